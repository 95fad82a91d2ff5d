domain = ielas un sabiedriskais transports

event-closed = slēgta satiksme
event-slowed = palēnināts
event-out = ārpus ekspluatācijas
event-cancelled = atcelts
event-no_electricity = nav elektrības
event-cut_off = nav piebraukšanas
event-hit = skar slēgta iela

kind-street = iela
kind-path = ceļš
kind-way = visa iela
kind-signal = luksofors
kind-stop = pietura
kind-route = maršruts
kind-trip = reiss
kind-network = viss tīkls

port-electricity = elektrība
port-dry = sausa zeme
port-road_access = piekļuve pa ielu
port-street_speed = ātrums pret parasto
port-transit = sabiedriskais transports

quantity-added_travel_time = papildu ceļā pavadītais laiks
quantity-cars_cut_off = automobiļi bez ceļa
quantity-distance_driven = nobrauktais attālums
quantity-trips_hit = skartie reisi
quantity-departures_lost = nenotikušie atiešanas laiki

count-ways = ielas un ceļi
count-streets_km = km ielu
count-car_flows = automašīnu plūsmas

series-road_access = piekļuve pa ielu
series-street_speed = ātrums pret parasto
series-transit = sabiedriskais transports
series-closed = slēgta
series-out = nedarbojas

change-closed = slēgšana
change-slowed = satiksmes palēnināšana
change-out = darbības pārtraukums
change-cancelled = atcelšana

finding-transport-closed = { $asset } ir slēgta.
finding-transport-closed-do = Virziet cilvēkus un transportu apkārt; noskaidrojiet, līdz kuram laikam.
finding-transport-out = { $asset } nedarbojas.
finding-transport-out-do = Virziet cilvēkus un transportu apkārt; noskaidrojiet, līdz kuram laikam.
