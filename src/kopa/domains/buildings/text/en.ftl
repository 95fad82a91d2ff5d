domain = buildings

event-out = heating out of service
event-setpoint = setpoint changed
event-outdoor = outdoor temperature changed
event-factor = heat loss changed
event-no_electricity = no electricity
event-no_heat = no heat
event-less_heat = less heat
event-too_cold = too cold

kind-building = building with equipment
kind-unit = unit of equipment

port-electricity = electricity
port-heat = heat
port-electricity_demand = electric power
port-heat_demand = heat demand

quantity-heat_missing = heat that is missing
quantity-too_cold_hours = hours too cold in buildings
quantity-too_cold_person_hours = person-hours too cold
quantity-building_electricity = electricity of buildings
quantity-building_heat = district heat of buildings
quantity-building_gas = gas of buildings

series-electricity_demand = electric power
series-heat_demand = heat demand
series-indoor_temperature = indoor temperature

change-out = heating out of service
change-setpoint = indoor setpoint
change-outdoor = outdoor temperature
change-factor = heat loss times a number

finding-buildings-too-cold = { $asset }: { $value } °C in the last hour, below { $least } °C it counts as cold.
finding-buildings-too-cold-do = See whether its heating runs, and what it runs on.
