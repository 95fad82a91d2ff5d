domain = elektroapgāde

event-out = ārpus ekspluatācijas
event-flooded = applūdis
event-opened = izslēgts
event-closed = ieslēgts
event-factor = mainīta jauda
event-more_demand = patērē vairāk nekā parasti
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
port-added_demand = jauda virs parastās

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

series-closed = slēdzis ieslēgts
series-in_service = ekspluatācijā
series-voltage = spriegums
series-loading = noslodze
series-power = jauda
series-electricity = elektroenerģijas piegāde

change-out = atslēgums
change-opened = izslēgšana
change-closed = ieslēgšana
change-factor = jaudas reizinātājs

finding-energy-opened = { $asset } ir izslēgts, lai gan parasti ir ieslēgts.
finding-energy-opened-do = Noskaidrojiet, kas to izslēdza vai kāpēc nostrādāja aizsardzība.
finding-energy-out = { $asset } ir atslēgts, lai gan parasti ir ekspluatācijā.
finding-energy-out-do = Noskaidrojiet, kāpēc nostrādāja aizsardzība.
finding-energy-under-voltage = Kopnes ar spriegumu zem 0,9 p.u.: { $count }; vissliktākā ir { $asset } ({ $number }).
finding-energy-under-voltage-do = Pārbaudiet nominālvērtības un slodzes vai pastipriniet tīklu.
finding-energy-over-voltage = Kopnes ar spriegumu virs 1,1 p.u.: { $count }; vissliktākā ir { $asset } ({ $number }).
finding-energy-over-voltage-do = Pārbaudiet nominālvērtības un slodzes vai pastipriniet tīklu.
finding-energy-overload = Pārslogotas līnijas vai transformatori: { $count }; visvairāk { $asset } ({ $number }).
finding-energy-overload-do = Pārbaudiet nominālvērtības un slodzes vai pastipriniet tīklu.
