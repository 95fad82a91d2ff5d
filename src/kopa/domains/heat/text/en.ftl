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

change-burst = burst
change-closed = shut
change-out = out of service
change-off = disconnect
change-factor = times a number
change-supply = supply temperature, °C
change-outdoor = outdoor temperature, °C
