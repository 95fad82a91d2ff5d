domain = pašvaldības iestādes un pakalpojumi

event-closed = slēgts
event-no_electricity = nav elektrības
event-no_road_access = nav piebraukšanas
event-no_service = neapkalpo nevienu vai apkalpo mazāk

kind-town_hall = dome
kind-service_centre = klientu apkalpošanas centrs
kind-register_office = dzimtsarakstu nodaļa

port-electricity = elektroenerģija
port-road_access = piebraukšana
port-public_service = iestādes pakalpojums
port-electricity_demand = elektriskā jauda

quantity-person_hours = personstundas bez pakalpojuma
quantity-office_hours = zaudētās iestāžu darba stundas

series-public_service = iestādes pakalpojums
series-electricity_demand = elektriskā jauda

change-closed = slēgts

count-offices = pašvaldības iestādes

desk-title = Darba uzdevumi
desk-order = darba uzdevums
desk-fault = bojājums
desk-requests = pieteikumi
desk-people = cilvēki bez pakalpojuma
desk-single = { $count } pieteikumi, ko neizskaidro neviens bojājums; { $duplicates } atkārto citu, { $reopened } prasa atvērt slēgtu no jauna.
desk-late = Nokavēti: { $open } vēl gaida, { $closed } izpildīti par vēlu.

budget-title = Uzvarētāji pēc noteikuma: { $rule }
budget-project = projekts
budget-cost = izmaksas
budget-why = kāpēc
budget-spent = Iztērēti { $cost } no { $budget }; { $voters } balsotāji.
budget-paid = { $supporters } atbalstītāji maksā no { $least } līdz { $most } katrs; { $poor } no tiem visu, kas bija atlicis
budget-no_cost = tas neko nemaksā: nav ko finansēt
budget-most_votes = vērtējums { $score }, savā kārtā bija atlikuši { $left }
budget-completion = { $votes } balsis; ietilpst tajos { $left }, kas palika pāri no daļām
budget-short = { $votes } atbalstītājiem ir atlikuši { $had }, pietrūkst { $missing }
budget-no_room = savā kārtā bija atlikuši { $left }
budget-no_share = tā { $votes } atbalstītājiem bija atlikuši { $had }; no atlikuma savā kārtā bija { $left }
budget-stopped = noteikums beidzās ar pirmo projektu, kas neietilpa
budget-few_votes = mazāk balsu, nekā prasa noteikums
budget-no_votes = par to nebalsoja neviens
budget-override_in = iekļāva { $by }: { $reason }
budget-override_out = izslēdza { $by }: { $reason }
budget-losers = Nav izvēlēti

indicators-title = Pilsētas { $city } rādītāji
indicators-code = kods
indicators-name = rādītājs
indicators-value = vērtība
indicators-unit = vienība
indicators-why = no kā, vai kāpēc nav
indicators-none = nav datu
