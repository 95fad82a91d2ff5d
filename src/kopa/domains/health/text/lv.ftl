domain = veselības aprūpe

event-out = slēgts
event-factor = vairāk vai mazāk iedzīvotāju
event-no_electricity = nav elektrības
event-no_water = nav ūdens
event-no_heat = nav siltuma
event-no_staff = trūkst personāla
event-no_care = nesniedz aprūpi
event-less_care = sniedz mazāk aprūpes
event-out_of_reach = aprūpe nav sasniedzama
event-farther = tālāk līdz aprūpei

kind-hospital = slimnīca
kind-clinic = ambulance
kind-practice = ārsta prakse
kind-pharmacy = aptieka
kind-facility = veselības iestāde
kind-residents = iedzīvotāji
kind-street = iela

port-electricity = elektrība
port-water = ūdens
port-heat = siltums
port-staff = personāls
port-street_speed = ātrums pret parasto
port-care = sniegtā aprūpe
port-care_access = sasniedzamā aprūpe

quantity-person_hours = personstundas bez pakalpojuma
quantity-added_time_to_care = garāks ceļš līdz aprūpei

series-care = sniegtā aprūpe
series-care_access = sasniedzamā aprūpe
series-running = darbojas

change-out = slēgts
change-factor = iedzīvotāju skaita reizinātājs

service-emergency = neatliekamā palīdzība
service-maternity = dzemdību palīdzība
service-surgery = ķirurģija
service-intensive_care = intensīvā terapija
service-inpatient = stacionāra gultas
service-psychiatry = psihiatrija
service-dialysis = dialīze
service-paediatrics = pediatrija
service-dentistry = zobārstniecība
service-immunization = vakcinācija
service-general_practice = ģimenes ārsts
service-pharmacy = aptieka

hazard-heat = karstums
hazard-cold = aukstums
hazard-air = slikts gaiss

count-hospitals = slimnīcas
count-facilities = veselības iestādes
count-beds = gultas

finding-health-off = { $asset } nesniedz aprūpi.
finding-health-off-do = Sūtiet, kam tā vajadzīga, uz tuvāko, kas darbojas; skat. kopa health access.

health-access = Aprūpe { $minutes } min laikā
health-care = aprūpe
health-working = darbojas
health-mean = vidēji, min
health-reached = cilvēki tās robežās
health-lost = zaudē to
health-farther = tālāk
health-catchment = uz 1000 (2SFCA)
health-warnings = Brīdinājumi
health-from = no
health-to = līdz
health-hazard = apdraudējums
health-level = pakāpe
health-quantity = pēc
health-peak = augstākā vērtība
health-at-risk = apdraudētie cilvēki
