domain = ūdensapgāde

event-closed = slēgts
event-burst = plīsums
event-off = nedarbojas
event-set = mainīts iestatījums
event-out = ārpus ekspluatācijas
event-factor = mainīts patēriņš
event-no_electricity = nav elektrības
event-empty = tukšs
event-no_water = nav ūdens
event-low_pressure = zems spiediens

kind-pipe = caurule
kind-junction = mezgls
kind-pump = sūknis
kind-valve = vārsts
kind-tank = rezervuārs
kind-reservoir = ūdens avots
kind-zone = zona
kind-network = viss tīkls

port-electricity = elektrība
port-water = ūdens
port-pressure = spiediens

quantity-water_not_supplied = nepiegādātais ūdens
quantity-water_lost = zudušais ūdens
quantity-pump_energy = sūkņu enerģija
