domain = tūrisms

event-out = slēgts
event-factor = vairāk vai mazāk apmeklētāju
event-festival = svētki
event-no_electricity = nav elektrības
event-no_water = nav ūdens
event-no_road_access = nav piekļuves
event-no_transit = nekursē sabiedriskais transports
event-full = pilns
event-lost_visits = apmeklētāji netiek iekšā

kind-attraction = apskates vieta
kind-museum = muzejs
kind-monument = piemineklis
kind-viewpoint = skatu vieta
kind-park = parks
kind-venue = norises vieta
kind-event = pasākums

port-electricity = elektrība
port-water = ūdens
port-road_access = iela līdz durvīm
port-transit = sabiedriskais transports
port-visit = atvērts visiem, kas vēlas apmeklēt
port-visitors = apmeklētāji uz vietas
port-added_water = papildu apmeklētāju ūdens patēriņš
port-added_waste = papildu apmeklētāju atkritumi
port-added_riders = papildu pasažieri

quantity-visitor_hours = apmeklējuma stundas
quantity-visitor_hours_lost = zaudētās apmeklējuma stundas

service-visit = apmeklējums

series-visit = atvērts visiem, kas vēlas apmeklēt
series-visitors = apmeklētāji uz vietas
series-added_water = papildu apmeklētāju ūdens patēriņš
series-added_waste = papildu apmeklētāju atkritumi
series-added_riders = papildu pasažieri

change-out = slēgts
change-factor = apmeklētāju skaits, reizināts ar skaitli
change-festival = tik daudz papildu apmeklētāju vienlaikus

count-sights = apskates vietas
count-visitors = apmeklētāji dienā

tourism-route = Dienas maršruts
tourism-sight = apskates vieta
tourism-arrive = no
tourism-leave = līdz
tourism-walk = jāiet, m
tourism-visitors = apmeklētāji
tourism-prize = Vērtība { $prize } no { $all }, kājām { $metres } m.
tourism-none = Dienā neietilpst neviena apskates vieta.
tourism-skipped = Izlaists
tourism-why = kāpēc
tourism-reason-closed = slēgts
tourism-reason-not_open = tajā dienā nav atvērts
tourism-reason-unreachable = nav ceļa
tourism-reason-wheelchair = nav zināms, vai iekļūstams ratiņkrēslā
tourism-reason-full = visu laiku pilns
tourism-reason-time = neietilpst dienā
tourism-score = Punkti: { $score }, garums { $length } no { $limit }.
tourism-published = Publicētais rezultāts { $published }: par { $gap } % zemāks.
tourism-quiet = Klusās stundas
tourism-hour = stunda
tourism-load = no ietilpības
tourism-unknown = nav zināms
unknown = nav zināms
