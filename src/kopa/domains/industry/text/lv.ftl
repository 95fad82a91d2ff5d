domain = rūpniecība

event-out = nedarbojas
event-factor = mainīta ražošana
event-no_electricity = nav elektrības
event-no_heat = nav siltuma
event-no_water = nav ūdens
event-stopped = ražošana apstājusies

kind-site = ražotne

port-electricity = elektroenerģija
port-heat = siltums
port-water = ūdens
port-electricity_demand = elektriskā jauda

quantity-production_hours_lost = zaudētās ražošanas stundas
quantity-work_hours_lost = zaudētās darba stundas
quantity-production_lost = zaudētās produkcijas vērtība

series-electricity_demand = elektriskā jauda
series-running = darbojas
series-power = elektriskā jauda

change-out = apturēt
change-factor = ražošana reizināta ar skaitli

finding-industry-off = { $asset } neko neražo.
finding-industry-off-do = Noskaidrojiet, kāpēc ražotne apstājās un kas vajadzīgs, lai to atkal palaistu.
finding-industry-power-high = { $asset }: pēdējā stundā { $value } kW, parasti { $usual } kW.
finding-industry-power-high-do = Noskaidrojiet, kas darbojas, lai gan parasti nedarbojas.
finding-industry-no-value = Nav zināms, cik vērta ir produkcija, kas zaudēta { $count } ražotnēs.
finding-industry-no-value-do = Norādiet lost_eur_h.
