domain = centralizētā siltumapgāde

event-burst = plīsums
event-closed = noslēgts
event-out = nedarbojas
event-off = atslēgts
event-factor = mainīts patēriņš vai jauda
event-supply = mainīta turpgaitas temperatūra
event-outdoor = mainīta āra temperatūra
event-no_electricity = nav elektrības
event-heat_demand = ēku siltuma patēriņš
event-no_heat = nav siltuma
event-less_heat = mazāk siltuma

kind-pipe = siltumtrase
kind-valve = noslēgarmatūra
kind-consumer = ēka ar centralizēto siltumapgādi
kind-plant = siltumavots
kind-network = siltumtīkls

count-heat_plants = siltumavoti
count-heat_consumers = ēkas ar centralizēto siltumapgādi
count-heat_trenches_km = km siltumtrašu
count-heat_load_mw = MW siltuma slodzes

port-electricity = elektroenerģija
port-heat_demand = siltuma patēriņš
port-heat = siltums
port-electricity_demand = elektriskā jauda

quantity-heat_not_supplied = nepiegādātais siltums
quantity-cold_building_hours = atdzisušu ēku stundas
quantity-cold_person_hours = aukstumā pavadītās cilvēkstundas
quantity-heat_losses = siltuma zudumi
quantity-pump_energy = sūkņu enerģija
quantity-network_water_lost = zaudētais tīkla ūdens
quantity-heat_gas = gāze siltumam
quantity-heat_oil = šķidrais kurināmais siltumam
quantity-heat_biomass = biomasa siltumam
quantity-heat_waste = atkritumi siltumam
quantity-heat_electricity = elektroenerģija siltumam
quantity-heat_other = cita enerģija siltumam

series-heat = siltums
series-electricity_demand = elektriskā jauda
series-running = darbojas
series-supply_temperature = turpgaitas temperatūra
series-pressure_difference = spiedienu starpība

change-burst = plīsums
change-closed = noslēgšana
change-out = apturēšana
change-off = atslēgšana
change-factor = reiz skaitlis
change-supply = turpgaitas temperatūra, °C
change-outdoor = āra temperatūra, °C

finding-heat-off = { $asset } nedod siltumu.
finding-heat-off-do = Noskaidrojiet, kāpēc siltumavots apstājās un kuras ēkas atdzisīs pirmās.
finding-heat-supply-low = { $asset }: pēdējā stundā { $value } { $unit }, vajag { $least } { $unit }.
finding-heat-supply-low-do = Paaugstiniet turpgaitas temperatūru vai spiedienu siltumavotā vai meklējiet noslēgtu armatūru.
finding-heat-pressure-low = { $asset }: pēdējā stundā { $value } { $unit }, vajag { $least } { $unit }.
finding-heat-pressure-low-do = Paaugstiniet turpgaitas temperatūru vai spiedienu siltumavotā vai meklējiet noslēgtu armatūru.
finding-heat-plant-cool = { $asset }: pēdējā stundā { $value } { $unit }, vajag { $least } { $unit }.
finding-heat-plant-cool-do = Paaugstiniet turpgaitas temperatūru vai spiedienu siltumavotā vai meklējiet noslēgtu armatūru.
