domain = atkritumi

event-out = nedarbojas
event-factor = izmests vairāk vai mazāk
event-level = izmērīts piepildījums
event-no_electricity = nav elektrības
event-delayed = reiss kavējas
event-missed = nav iztukšots
event-added_waste = tiek izmests vairāk nekā parasti
event-overflow = pārpildīts

kind-site = konteineru laukums
kind-container = konteiners
kind-depot = autobāze
kind-transfer = pārkraušanas stacija
kind-sorting = šķirošanas rūpnīca
kind-recycling = pārstrādes centrs
kind-composting = kompostēšanas laukums
kind-digestion = biogāzes stacija
kind-incineration = atkritumu sadedzināšanas iekārta
kind-landfill = poligons
kind-truck = atkritumu auto
kind-zone = rajons
kind-street = iela

port-electricity = elektrība
port-staff = personāls
port-street_speed = ātrums pret parasto
port-added_waste = papildu atkritumi no citurienes
port-collection = atkritumu izvešana
port-overflow = atkritumi blakus konteineriem
port-electricity_demand = elektriskā jauda

quantity-overflowing_waste = atkritumi blakus konteineriem
quantity-uncollected_waste = neizvesti atkritumi
quantity-truck_fuel = atkritumu auto degviela
quantity-truck_distance = atkritumu auto nobraukums
quantity-truck_hours = atkritumu auto stundas
quantity-utility_cost = uzņēmuma naudas plūsma
quantity-waste_landfilled = apglabāti atkritumi
quantity-waste_unworked = atkritumi, kas gaida rūpnīcās
quantity-waste_composted = kompostēti atkritumi
quantity-waste_digested = biogāzē pārstrādāti atkritumi
quantity-waste_incinerated = sadedzināti atkritumi

series-collection = atkritumu izvešana
series-overflow = atkritumi blakus konteineriem
series-electricity_demand = elektriskā jauda
series-fill = piepildījums
series-running = darbojas

change-out = nedarbojas
change-factor = izmestais, reizināts ar skaitli
change-level = piepildījums

finding-waste-off = { $asset } neko nepārstrādā.
finding-waste-off-do = Noskaidrojiet, kāpēc tā apstājās; auto tikmēr piepilda tās krātuvi.
finding-waste-full = { $asset } ir pilns par { $fill } %.
finding-waste-full-do = Iztukšojiet to šodien: kas nesatilpst, paliek blakus.
finding-waste-filling = { $asset } ir pilns par { $fill } % un pārpildīsies plkst. { $when }.
finding-waste-filling-do = Iekļaujiet to nākamajā reisā.
finding-waste-no-level = Nav zināms, kas ir { $count } konteineros: tie tiek iztukšoti un skaitīti kā tukši.
finding-waste-no-level-do = Norādiet kg_per_day un fill vai reisu.
finding-waste-no-cost = Nav zināms, cik maksā { $count } atkritumu auto, tostarp { $truck }.
finding-waste-no-cost-do = Norādiet cost_eur_h un cost_eur_km.
finding-waste-loaded = { $trucks } nekur nevar izkraut { $kg } kg.
finding-waste-loaded-do = Pārbaudiet rūpnīcu darba laikus un krātuves, kas pieņem šīs plūsmas.

count-sites = konteineru laukumi
count-containers = konteineri
count-tonnes_per_year = t atkritumu gadā
count-facilities = autobāzes un rūpnīcas
count-trucks = atkritumu auto
count-rounds = reisi

waste-sheet-title = Reisi
waste-sheet-order = Nr.
waste-sheet-time = Laiks
waste-sheet-place = Vieta
waste-sheet-stream = Plūsma
waste-sheet-containers = Konteineri
waste-sheet-kg = kg
waste-sheet-load = Krava, kg
waste-sheet-done = Izdarīts
waste-sheet-start = Autobāze
waste-sheet-dump = Izkraut:
waste-sheet-way = Ceļā
waste-sheet-end = Autobāze
waste-sheet-sum = { $stops } pieturas, { $trips } kravas, { $km } km, { $hours } h

stream-residual = sadzīves atkritumi
stream-bio = bioloģiskie atkritumi
stream-garden = dārza atkritumi
stream-paper = papīrs
stream-packaging = iepakojums
stream-plastic = plastmasa
stream-metal = metāls
stream-glass = stikls
stream-textile = tekstils
stream-bulky = lielgabarīta atkritumi
