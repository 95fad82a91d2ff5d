domain = elektroapgāde

event-out = ārpus ekspluatācijas
event-flooded = applūdis
event-opened = izslēgts
event-closed = ieslēgts
event-factor = mainīta jauda
event-no_electricity = nav elektrības

kind-bus = kopne
kind-line = līnija
kind-trafo = transformators
kind-impedance = pretestība
kind-switch = slēdzis
kind-load = slodze
kind-motor = dzinējs
kind-sgen = ģenerators
kind-storage = krātuve
kind-ward = tīkla ekvivalents
kind-shunt = šunts
kind-ext_grid = tīkla pieslēgums
kind-gen = balansējošais ģenerators
kind-network = viss tīkls

port-electricity = elektrība
port-dry = sausa vieta

quantity-energy_not_supplied = nepiegādātā enerģija
quantity-network_losses = tīkla zudumi
quantity-electricity = elektroenerģija

count-loads = slodzes
count-stations = transformatoru punkti
count-substations = apakšstacijas
count-rings = gredzeni
count-cables_km = km kabeļu
count-peak_mw = MW maksimumā
count-least_voltage_pu = p.u. mazākais spriegums
count-greatest_voltage_pu = p.u. lielākais spriegums
count-greatest_loading_percent = % lielākā noslodze
