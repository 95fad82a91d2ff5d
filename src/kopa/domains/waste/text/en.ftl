domain = waste

event-out = out of service
event-factor = more or less thrown in
event-level = fill level measured
event-no_electricity = no electricity
event-delayed = round delayed
event-missed = not emptied
event-added_waste = more is thrown in than usual
event-overflow = overflow

kind-site = container site
kind-container = container
kind-depot = depot
kind-transfer = transfer station
kind-sorting = sorting plant
kind-recycling = recycling centre
kind-composting = composting plant
kind-digestion = digestion plant
kind-incineration = waste incineration plant
kind-landfill = landfill
kind-truck = truck
kind-zone = zone
kind-street = street

port-electricity = electricity
port-staff = staff
port-street_speed = speed over the usual
port-added_waste = waste that others add
port-collection = waste collection
port-overflow = waste beside containers
port-electricity_demand = electric power

quantity-overflowing_waste = waste beside containers
quantity-uncollected_waste = waste not collected
quantity-truck_fuel = fuel of the trucks
quantity-truck_distance = distance driven by trucks
quantity-truck_hours = hours of trucks
quantity-utility_cost = cash of the utility
quantity-waste_landfilled = waste landfilled
quantity-waste_unworked = waste that waits at plants
quantity-waste_composted = waste composted
quantity-waste_digested = waste digested
quantity-waste_incinerated = waste incinerated

series-collection = waste collection
series-overflow = waste beside containers
series-electricity_demand = electric power
series-fill = fill level
series-running = running

change-out = out of service
change-factor = what is thrown in times a number
change-level = fill level

finding-waste-off = { $asset } works nothing off.
finding-waste-off-do = See why it stopped; trucks fill its store meanwhile.
finding-waste-full = { $asset } is { $fill } % full.
finding-waste-full-do = Empty it today: what does not fit in lies beside it.
finding-waste-filling = { $asset } is { $fill } % full and flows over at { $when }.
finding-waste-filling-do = Take it into the next round.
finding-waste-no-level = What is in { $count } containers is unknown: they are emptied, and counted as holding nothing.
finding-waste-no-level-do = Give kg_per_day, and fill or a round.
finding-waste-no-cost = What { $count } trucks cost is unknown, { $truck } among them.
finding-waste-no-cost-do = Give cost_eur_h and cost_eur_km.
finding-waste-loaded = { $trucks } cannot unload { $kg } kg anywhere.
finding-waste-loaded-do = See opening hours and stores of the plants that take their streams.

count-sites = container sites
count-containers = containers
count-tonnes_per_year = t of waste a year
count-facilities = depots and plants
count-trucks = trucks
count-rounds = rounds

waste-sheet-title = Rounds
waste-sheet-order = No
waste-sheet-time = Time
waste-sheet-place = Place
waste-sheet-stream = Stream
waste-sheet-containers = Containers
waste-sheet-kg = kg
waste-sheet-load = Load, kg
waste-sheet-done = Done
waste-sheet-start = Depot
waste-sheet-dump = Unload at
waste-sheet-way = On the way
waste-sheet-end = Depot
waste-sheet-sum = { $stops } stops, { $trips } loads, { $km } km, { $hours } h

stream-residual = residual waste
stream-bio = bio waste
stream-garden = garden waste
stream-paper = paper
stream-packaging = packaging
stream-plastic = plastic
stream-metal = metal
stream-glass = glass
stream-textile = textiles
stream-bulky = bulky waste
