domain = wastewater plants and waterworks

event-off = out of service
event-oxygen = oxygen set-point changed
event-factor = load changed
event-dose = dose changed
event-no_electricity = no electricity
event-less_raw_water = less raw water
event-storm = more water than the biology takes
event-inflow = inflow from the sewers
event-overflow = wastewater flows past the plant
event-above_permit = effluent above the permit's values

kind-wastewater_plant = wastewater plant
kind-waterworks = waterworks

count-treatment_plants = wastewater plants
count-population_equivalents = population equivalents
count-dry_flow_m3_d = m³ of dry flow a day

port-electricity = electricity
port-inflow = wastewater
port-raw_water = raw water
port-overflow = untreated wastewater
port-ammonia = ammonia nitrogen
port-supply = treated water

quantity-insufficiently_treated = insufficiently treated water
quantity-ammonia_discharged = ammonia nitrogen discharged
quantity-nitrogen_discharged = nitrogen discharged
quantity-nitrogen_received = nitrogen received for treatment
quantity-permit_exceedance = hours above permit or target
quantity-treatment_energy = energy of treatment

series-overflow = wastewater past the plant
series-ammonia = ammonia nitrogen discharged
series-supply = treated water
series-running = running
series-effluent_ammonia = ammonia nitrogen in the effluent
series-effluent_nitrogen = total nitrogen in the effluent
series-effluent_nitrate = nitrate nitrogen in the effluent
series-effluent_cod = chemical oxygen demand in the effluent
series-effluent_bod5 = biochemical oxygen demand in the effluent
series-effluent_solids = suspended solids in the effluent

change-off = stop
change-oxygen = oxygen set-point, g/m³
change-factor = load times a number
change-dose = doses times a number

finding-treatment-off = { $asset } does not run.
finding-treatment-off-do = See why it stopped, and what flows past it.
finding-treatment-above-limit = { $asset }: { $quantity } is { $value } g/m³ in the last hour, above the { $limit } g/m³ that may leave in { $hours } h ({ $source }).
finding-treatment-above-limit-do = Give more air, or hold water back.
finding-treatment-limit-ahead = { $asset }: { $quantity } passes its limit of { $limit } g/m³ in { $hours } h at { $time } if nothing is done ({ $source }).
finding-treatment-limit-ahead-do = Give more air, or hold water back.
