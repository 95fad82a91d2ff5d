domain = sewerage

event-off = out of service
event-no_electricity = no electricity
event-blocked = blocked
event-narrowed = narrowed
event-set = setting changed
event-out = shut
event-rain = rain
event-full = full, and overflowing
event-flooded = sewage on the street
event-overflow = overflow into a water body

kind-junction = manhole
kind-divider = divider
kind-storage = chamber
kind-outfall = outfall
kind-plant = treatment plant
kind-conduit = sewer
kind-pump = pump
kind-orifice = orifice
kind-weir = weir
kind-outlet = throttle
kind-network = whole network

port-electricity = electricity
port-sewerage = sewerage
port-spill = flooding
port-overflow = overflow
port-inflow = inflow

quantity-sewage_spilled = sewage spilled
quantity-sewage_on_streets = sewage on streets
quantity-sewage_overflow = overflow into water bodies
quantity-pump_energy = pump energy

count-manholes = manholes
count-sewers = sewers
count-sewers_km = km of sewers
count-pumping_stations = pumping stations
count-overflows = overflows
count-treatment_plants = treatment plants
count-people = people
count-paved_ha = ha paved
count-greatest_diameter_mm = mm greatest diameter
count-greatest_depth_m = m greatest depth
count-flooded_manholes = flooded manholes in the design storm
count-sewers_that_run_full = sewers that run full in it
count-routing_error_percent = % routing error
count-runoff_error_percent = % runoff error

series-sewerage = sewerage
series-spill = flooding
series-overflow = overflow
series-inflow = inflow to the plant
series-level = water level
series-running = running

change-off = stop
change-blocked = blockage
change-narrowed = narrowing
change-set = another opening
change-out = shut
change-rain = rain

finding-sewerage-off = { $asset } does not run, though water comes to it.
finding-sewerage-off-do = See why it stopped.
finding-sewerage-fills = { $asset } stands { $more } m above its dry day, and is full at { $time } if it goes on.
finding-sewerage-fills-do = See whether its pump runs, and what is blocked below it.
finding-sewerage-full = { $asset } stands { $more } m above its dry day, and is full.
finding-sewerage-full-do = Start its pump, or call a tanker.
finding-sewerage-overflows = { $asset } overflows into water: { $flow } L/s.
finding-sewerage-overflows-do = See what is blocked or stands still above it; warn bathers below.
