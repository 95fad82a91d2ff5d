domain = water supply

event-closed = closed
event-isolated = shut off by valves
event-burst = burst
event-off = out of service
event-set = setting changed
event-level = level as measured
event-out = out of service
event-factor = demand changed
event-no_electricity = no electricity
event-no_supply = no water from its source
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
port-supply = supply of its source
port-pressure = pressure

quantity-water_not_supplied = water not supplied
quantity-water_lost = water lost
quantity-pump_energy = pump energy

count-junctions = junctions
count-pipes = mains
count-mains_km = km of mains
count-pressure_zones = pressure zones
count-water_works = water works
count-tanks = tanks
count-tank_volume_m3 = m³ in tanks
count-pumping_stations = pumping stations
count-pumps = pumps
count-pressure_reducing_valves = pressure reducing valves
count-mean_demand_m3_d = m³ of demand a day
count-hydrants = hydrants
count-isolation_valves = isolation valves
count-least_pressure_m = m least pressure at the peak hour
count-greatest_velocity_m_s = m/s greatest velocity

series-level = water level
series-flow = flow
series-running = running
series-open = open
series-pressure = pressure
series-water = water supply
series-spill = spilled water

change-closed = closing
change-isolated = isolation by valves
change-burst = burst
change-off = stop
change-set = another setting
change-level = level at the start
change-out = shut off
change-factor = demand times a number

finding-water-off = { $asset } does not run, though it usually does at this hour.
finding-water-off-do = See why it stopped.
finding-water-closed = { $asset } is shut, though it usually is open.
finding-water-closed-do = See who shut it, and until when.
finding-water-inflow = { $times } times the usual water went in during the last hour.
finding-water-inflow-do = Look for a burst, or an open hydrant; check the meters of the sources.
finding-water-tank-empties = { $asset } is empty at { $time } if nothing is done.
finding-water-tank-empties-do = Start a pump, close what leaks, or ask people to save water.
