domain = groundwater

event-off = stopped
event-polluted = shut for pollution
event-out = out of service
event-factor = abstraction changed
event-no_electricity = no electricity
event-take_over = takes over
event-less_water = less raw water
event-no_water = hardly any raw water

kind-field = well field
kind-well = well
kind-observation = observation well
kind-river = river or lake

port-electricity = electricity
port-raw_water = raw water
port-supply = water into the network

quantity-water_not_abstracted = water not abstracted
quantity-pump_energy = energy of pumps
quantity-permit_exceedance = abstraction beyond the permit
quantity-drawdown_above_limit = hours of too large drawdown

series-raw_water = raw water
series-supply = water into the network

change-off = stop
change-polluted = closure for pollution
change-out = outage of the well field
change-factor = factor of abstraction
