domain = industry

event-out = out of service
event-factor = production changed
event-no_electricity = no electricity
event-no_heat = no heat
event-no_water = no water
event-stopped = production stopped

kind-site = plant

port-electricity = electricity
port-heat = heat
port-water = water
port-electricity_demand = electric power

quantity-production_hours_lost = hours of production lost
quantity-work_hours_lost = hours of work lost
quantity-production_lost = value of production lost

series-electricity_demand = electric power
series-running = running
series-power = electric power

change-out = out of service
change-factor = production times a number

finding-industry-off = { $asset } makes nothing.
finding-industry-off-do = See why it stopped, and what its restart needs.
finding-industry-power-high = { $asset }: { $value } kW in the last hour, { $usual } kW is usual.
finding-industry-power-high-do = See what runs that usually does not.
finding-industry-no-value = What the production lost at { $count } plants is worth is unknown.
finding-industry-no-value-do = Give lost_eur_h.
