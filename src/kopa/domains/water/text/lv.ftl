domain = ūdensapgāde

event-closed = slēgts
event-isolated = atslēgts ar noslēgiem
event-burst = plīsums
event-off = nedarbojas
event-set = mainīts iestatījums
event-level = izmērīts līmenis
event-out = ārpus ekspluatācijas
event-factor = mainīts patēriņš
event-no_electricity = nav elektrības
event-no_supply = avots nedod ūdeni
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
port-supply = avota padeve
port-pressure = spiediens

quantity-water_not_supplied = nepiegādātais ūdens
quantity-water_lost = zudušais ūdens
quantity-pump_energy = sūkņu enerģija

count-junctions = mezgli
count-pipes = cauruļvadi
count-mains_km = km cauruļvadu
count-pressure_zones = spiediena zonas
count-water_works = ūdens ņemtuves
count-tanks = rezervuāri
count-tank_volume_m3 = m³ rezervuāros
count-pumping_stations = sūkņu stacijas
count-pumps = sūkņi
count-pressure_reducing_valves = spiediena samazinātāji
count-mean_demand_m3_d = m³ patēriņa dienā
count-hydrants = hidranti
count-isolation_valves = noslēgi
count-least_pressure_m = m mazākais spiediens maksimuma stundā
count-greatest_velocity_m_s = m/s lielākais ātrums

series-level = ūdens līmenis
series-flow = caurplūdums
series-running = darbojas
series-open = atvērts
series-pressure = spiediens
series-water = ūdens piegāde
series-spill = izplūdušais ūdens

change-closed = noslēgšana
change-isolated = posma atslēgšana ar noslēgiem
change-burst = plīsums
change-off = apturēšana
change-set = cits iestatījums
change-level = līmenis sākumā
change-out = atslēgšana no tīkla
change-factor = patēriņa reizinātājs

finding-water-off = { $asset } nedarbojas, lai gan šajā stundā parasti darbojas.
finding-water-off-do = Noskaidrojiet, kāpēc tas apstājās.
finding-water-closed = { $asset } ir slēgts, lai gan parasti ir atvērts.
finding-water-closed-do = Noskaidrojiet, kas to slēdza un līdz kuram laikam.
finding-water-inflow = Pēdējā stundā tīklā ieplūda { $times } reizes vairāk ūdens nekā parasti.
finding-water-inflow-do = Meklējiet plīsumu vai atvērtu hidrantu; pārbaudiet ūdens avotu skaitītājus.
finding-water-tank-empties = { $asset } plkst. { $time } būs tukšs, ja nekas netiks darīts.
finding-water-tank-empties-do = Ieslēdziet sūkni, noslēdziet noplūdi vai lūdziet cilvēkus taupīt ūdeni.
