domain = streets and public transport

event-closed = closed
event-slowed = slowed
event-out = out of service
event-cancelled = cancelled
event-no_electricity = no electricity
event-cut_off = cut off
event-hit = hit by a closed street

kind-street = street
kind-path = path
kind-way = whole street
kind-signal = traffic lights
kind-stop = stop
kind-route = route
kind-trip = trip
kind-network = whole network

port-electricity = electricity
port-dry = dry ground
port-road_access = access by road
port-street_speed = speed over the usual
port-transit = public transport

quantity-added_travel_time = added travel time
quantity-cars_cut_off = cars cut off
quantity-distance_driven = distance driven
quantity-trips_hit = trips hit
quantity-departures_lost = departures lost

count-ways = streets and paths
count-streets_km = km of streets
count-car_flows = flows of cars

series-road_access = access by road
series-street_speed = speed over the usual
series-transit = public transport
series-closed = closed
series-out = out of service

change-closed = closure
change-slowed = slower traffic
change-out = out of service
change-cancelled = cancellation

finding-transport-closed = { $asset } is closed.
finding-transport-closed-do = Send people and vehicles around it; see until when.
finding-transport-out = { $asset } is out of service.
finding-transport-out-do = Send people and vehicles around it; see until when.
