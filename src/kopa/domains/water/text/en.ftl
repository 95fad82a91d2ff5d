domain = water supply

event-closed = closed
event-burst = burst
event-off = out of service
event-set = setting changed
event-out = out of service
event-factor = demand changed
event-no_electricity = no electricity
event-empty = empty
event-no_water = no water
event-low_pressure = low pressure

kind-pipe = pipe
kind-junction = junction
kind-pump = pump
kind-valve = valve
kind-tank = tank
kind-reservoir = reservoir
kind-zone = zone
kind-network = whole network

port-electricity = electricity
port-water = water
port-pressure = pressure

quantity-water_not_supplied = water not supplied
quantity-water_lost = water lost
quantity-pump_energy = pump energy
