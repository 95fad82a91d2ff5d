domain = electricity

event-out = out of service
event-flooded = flooded
event-opened = opened
event-closed = closed
event-factor = power changed
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
