domain = health care

event-out = closed
event-factor = more or fewer people
event-no_electricity = no electricity
event-no_water = no water
event-no_heat = no heat
event-no_staff = too few staff
event-no_care = gives no care
event-less_care = gives less care
event-out_of_reach = care out of reach
event-farther = farther to care

kind-hospital = hospital
kind-clinic = clinic
kind-practice = practice
kind-pharmacy = pharmacy
kind-facility = health facility
kind-residents = residents
kind-street = street

port-electricity = electricity
port-water = water
port-heat = heat
port-staff = staff
port-street_speed = speed over the usual
port-care = care given
port-care_access = care within reach

quantity-person_hours = person-hours without
quantity-added_time_to_care = longer way to care

series-care = care given
series-care_access = care within reach
series-running = running

change-out = closed
change-factor = people times a number

service-emergency = emergency care
service-maternity = maternity care
service-surgery = surgery
service-intensive_care = intensive care
service-inpatient = hospital beds
service-psychiatry = psychiatry
service-dialysis = dialysis
service-paediatrics = paediatrics
service-dentistry = dentistry
service-immunization = immunization
service-general_practice = general practice
service-pharmacy = pharmacy

hazard-heat = heat
hazard-cold = cold
hazard-air = bad air

count-hospitals = hospitals
count-facilities = health facilities
count-beds = beds

finding-health-off = { $asset } gives no care.
finding-health-off-do = Send those who need it to the nearest that works; see kopa health access.

health-access = Care within { $minutes } min
health-care = care
health-working = work
health-mean = mean, min
health-reached = people within
health-lost = lose it
health-farther = farther
health-catchment = per 1,000 (2SFCA)
health-warnings = Warnings
health-from = from
health-to = to
health-hazard = hazard
health-level = level
health-quantity = by
health-peak = peak
health-at-risk = people at risk
