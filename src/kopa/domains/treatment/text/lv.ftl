domain = notekūdeņu un dzeramā ūdens attīrīšana

event-off = nedarbojas
event-oxygen = mainīts skābekļa iestatījums
event-factor = mainīta slodze
event-dose = mainīta deva
event-no_electricity = nav elektrības
event-less_raw_water = mazāk jēlūdens
event-storm = vairāk ūdens, nekā bioloģiskā attīrīšana uzņem
event-inflow = pieplūde no kanalizācijas
event-overflow = notekūdeņi plūst garām attīrīšanai
event-above_permit = izplūde pārsniedz atļaujas vērtības

kind-wastewater_plant = notekūdeņu attīrīšanas iekārtas
kind-waterworks = ūdens sagatavošanas stacija

count-treatment_plants = notekūdeņu attīrīšanas iekārtas
count-population_equivalents = cilvēkekvivalenti
count-dry_flow_m3_d = m³ notekūdeņu sausā dienā

port-electricity = elektroenerģija
port-inflow = notekūdeņi
port-raw_water = jēlūdens
port-overflow = neattīrīti notekūdeņi
port-ammonia = amonija slāpeklis
port-supply = sagatavots ūdens

quantity-insufficiently_treated = nepietiekami attīrīts ūdens
quantity-ammonia_discharged = novadītais amonija slāpeklis
quantity-nitrogen_discharged = novadītais slāpeklis
quantity-nitrogen_received = attīrīšanai saņemtais slāpeklis
quantity-permit_exceedance = stundas virs atļaujas vai ārpus mērķa
quantity-treatment_energy = attīrīšanas enerģija

series-overflow = notekūdeņi garām iekārtām
series-ammonia = novadītais amonija slāpeklis
series-supply = sagatavots ūdens
series-running = darbojas
series-effluent_ammonia = amonija slāpeklis attīrītajā ūdenī
series-effluent_nitrogen = kopējais slāpeklis attīrītajā ūdenī
series-effluent_nitrate = nitrātu slāpeklis attīrītajā ūdenī
series-effluent_cod = ķīmiskais skābekļa patēriņš attīrītajā ūdenī
series-effluent_bod5 = bioķīmiskais skābekļa patēriņš attīrītajā ūdenī
series-effluent_solids = suspendētās vielas attīrītajā ūdenī

change-off = apturēšana
change-oxygen = skābekļa iestatījums, g/m³
change-factor = slodze reiz skaitlis
change-dose = devas reiz skaitlis

finding-treatment-off = { $asset } nedarbojas.
finding-treatment-off-do = Noskaidrojiet, kāpēc iekārtas apstājās un cik daudz plūst tām garām.
finding-treatment-above-limit = { $asset }: { $quantity } pēdējā stundā ir { $value } g/m³ – virs { $limit } g/m³, ko drīkst izlaist { $hours } h vidēji ({ $source }).
finding-treatment-above-limit-do = Palieliniet aerāciju vai aizturiet ūdeni.
finding-treatment-limit-ahead = { $asset }: { $quantity } plkst. { $time } pārsniegs robežu { $limit } g/m³ { $hours } h vidēji, ja nekas netiks darīts ({ $source }).
finding-treatment-limit-ahead-do = Palieliniet aerāciju vai aizturiet ūdeni.
