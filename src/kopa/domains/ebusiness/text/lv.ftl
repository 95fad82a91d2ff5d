domain = uzņēmumi un to darījumi

event-closed = slēgts
event-no_electricity = nav elektrības
event-no_water = nav ūdens
event-no_heat = nav siltuma
event-no_road_access = nav piebraukšanas
event-no_work = nestrādā neviens vai strādā mazāk

kind-office = birojs
kind-shop = veikals
kind-industry = ražotne
kind-craft = darbnīca

port-electricity = elektroenerģija
port-water = ūdens
port-heat = siltums
port-road_access = piebraukšana
port-trade = uzņēmuma darbs
port-electricity_demand = elektriskā jauda

quantity-work_lost = zaudētās darba personstundas
quantity-firm_hours = zaudētās uzņēmumu darba stundas

series-trade = uzņēmuma darbs
series-electricity_demand = elektriskā jauda

change-closed = slēgts

count-firms = uzņēmumi
