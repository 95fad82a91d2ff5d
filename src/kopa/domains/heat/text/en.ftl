domain = district heating

event-burst = burst
event-closed = shut
event-out = out of service
event-off = disconnected
event-factor = demand or capacity changed
event-supply = supply temperature changed
event-outdoor = outdoor temperature changed
event-no_electricity = no electricity
event-heat_demand = demand of buildings
event-no_heat = no heat
event-less_heat = less heat

kind-pipe = heat pipe
kind-valve = valve
kind-consumer = building on heat
kind-plant = heat plant
kind-network = heat network

count-heat_plants = heat plants
count-heat_consumers = buildings on heat
count-heat_trenches_km = km of heat pipes
count-heat_load_mw = MW of heat

port-electricity = electricity
port-heat_demand = heat demand
port-heat = heat
port-electricity_demand = electric power

quantity-heat_not_supplied = heat not supplied
quantity-cold_building_hours = hours of cold buildings
quantity-cold_person_hours = person-hours in the cold
quantity-heat_losses = heat losses
quantity-pump_energy = energy of pumps
quantity-network_water_lost = heating water lost
quantity-heat_gas = gas for heat
quantity-heat_oil = oil for heat
quantity-heat_biomass = biomass for heat
quantity-heat_waste = waste for heat
quantity-heat_electricity = electricity for heat
quantity-heat_other = other energy for heat

series-heat = heat
series-electricity_demand = electric power
series-running = running
series-supply_temperature = supply temperature
series-pressure_difference = pressure difference

change-burst = burst
change-closed = shut
change-out = out of service
change-off = disconnect
change-factor = times a number
change-supply = supply temperature, °C
change-outdoor = outdoor temperature, °C

finding-heat-off = { $asset } gives no heat.
finding-heat-off-do = See why it stopped, and which buildings cool first.
finding-heat-supply-low = { $asset }: { $value } { $unit } in the last hour, { $least } { $unit } is needed.
finding-heat-supply-low-do = Raise the supply temperature or the pressure of the plants, or look for a valve that is shut.
finding-heat-pressure-low = { $asset }: { $value } { $unit } in the last hour, { $least } { $unit } is needed.
finding-heat-pressure-low-do = Raise the supply temperature or the pressure of the plants, or look for a valve that is shut.
finding-heat-plant-cool = { $asset }: { $value } { $unit } in the last hour, { $least } { $unit } is needed.
finding-heat-plant-cool-do = Raise the supply temperature or the pressure of the plants, or look for a valve that is shut.
