domain = electricity

event-out = out of service
event-flooded = flooded
event-opened = opened
event-closed = closed
event-factor = power changed
event-more_demand = draws more than usual
event-no_electricity = no electricity

kind-bus = bus
kind-line = line
kind-trafo = transformer
kind-impedance = impedance
kind-switch = switch
kind-load = load
kind-motor = motor
kind-sgen = generator
kind-storage = storage
kind-ward = ward equivalent
kind-shunt = shunt
kind-ext_grid = grid connection
kind-gen = slack generator
kind-network = whole network

port-electricity = electricity
port-dry = dry site
port-added_demand = power beyond the usual

quantity-energy_not_supplied = energy not supplied
quantity-network_losses = network losses
quantity-electricity = electricity

count-loads = loads
count-stations = stations
count-substations = substations
count-rings = rings
count-cables_km = km of cables
count-peak_mw = MW at the peak
count-least_voltage_pu = p.u. least voltage
count-greatest_voltage_pu = p.u. greatest voltage
count-greatest_loading_percent = % greatest loading

series-closed = switch closed
series-in_service = in service
series-voltage = voltage
series-loading = loading
series-power = power
series-electricity = electricity supply

change-out = outage
change-opened = opening
change-closed = closing
change-factor = power times a number

finding-energy-opened = { $asset } is open, though it usually is closed.
finding-energy-opened-do = See who opened it, or what tripped it.
finding-energy-out = { $asset } is out, though it usually is in service.
finding-energy-out-do = See what tripped it.
finding-energy-under-voltage = { $count } buses are below 0.9 p.u.; the worst is { $asset } ({ $number }).
finding-energy-under-voltage-do = Check ratings and loads, or reinforce.
finding-energy-over-voltage = { $count } buses are above 1.1 p.u.; the worst is { $asset } ({ $number }).
finding-energy-over-voltage-do = Check ratings and loads, or reinforce.
finding-energy-overload = { $count } lines or transformers are overloaded; the worst is { $asset } ({ $number }).
finding-energy-overload-do = Check ratings and loads, or reinforce.
