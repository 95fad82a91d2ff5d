domain = izglītība

event-out = slēgta
event-factor = vairāk vai mazāk audzēkņu
event-no_electricity = nav elektrības
event-no_water = nav ūdens
event-no_heat = par aukstu
event-no_staff = trūkst personāla
event-no_road_access = nav piekļuves
event-closed = neuzņem bērnus

kind-kindergarten = bērnudārzs
kind-school = skola

port-electricity = elektrība
port-water = ūdens
port-heat = siltums
port-staff = personāls
port-road_access = iela līdz durvīm
port-learning = atvērta saviem audzēkņiem

quantity-person_hours = cilvēkstundas bez pakalpojuma
quantity-childcare_hours = stundas, kad kāds paliek mājās ar bērnu

service-learning = mācības un pieskatīšana

series-learning = atvērta saviem audzēkņiem

change-out = slēgta
change-factor = audzēkņu skaits, reizināts ar skaitli

count-schools = skolas
count-kindergartens = bērnudārzi
count-places = vietas izglītības iestādēs

education-reason-electricity = elektrība
education-reason-water = ūdens
education-reason-heat = siltums
education-reason-staff = personāls
education-reason-road_access = iela
education-reason-out = slēgta
education-reason-no_places = skolā nav vietu
education-reason-reserved = visas vietas ieguva kvotu grupas
education-reason-priority = pirms tam ir bērni ar augstāku prioritāti
education-reason-sibling = pirms tam ir bērni, kuru brāļi vai māsas jau ir šajā skolā
education-reason-lottery = pirms tam ir bērni ar mazāku izlozes numuru
education-reason-family = mazāks numurs bija citam ģimenes bērnam

education-assigned = Vietas pēc atliktās pieņemšanas
education-school = skola
education-places = vietas
education-taken = aizņemtas
education-rank = izvēle
education-children = bērni
education-none = nav
education-stable = Stabili: nav bērna un skolas, kas abi labāk izvēlētos viens otru.
education-not-stable = Nav stabili: to izjauc { $pairs } pāri.
education-seed = Izlozes sākumvērtība: { $seed }
education-compared = Mazākais kopējais attālums: { $metres } m, nevis { $fair } m, un { $pairs } izjaucoši pāri.

education-closures = Slēdzamās skolas
education-from = no
education-to = līdz
education-why = trūkst
education-pupils = audzēkņi
education-moved = pārvietoti
education-unplaced = bez vietas
education-moves = Kurp dodas bērni
education-group = grupa
education-metres = m
education-nothing-closes = Neviena skola nav jāslēdz.

education-forecast = Bērni un vietas
education-catchment = apkaime
education-year = gads
education-low = mazākais
education-mid = vidējais
education-high = lielākais
education-missing = trūkst vietu
education-enough = pietiek
education-yes = jā
education-no = nē
education-uncertain = nav droši
education-unknown = nav zināms

education-route = Ceļš uz skolu
education-way = ceļš
education-weighted = svērtie m
education-fast = m gar ātrām automašīnām
education-shortest = īsākais
education-safest = drošākais

education-purged = Dzēstas { $rounds } kārtas ar { $children } bērniem.
