domain = ēkas

event-out = apkure nedarbojas
event-setpoint = mainīta uzdotā temperatūra
event-outdoor = mainīta āra temperatūra
event-factor = mainīti siltuma zudumi
event-no_electricity = nav elektrības
event-no_heat = nav siltuma
event-less_heat = mazāk siltuma
event-too_cold = pārāk auksts

kind-building = ēka ar iekārtām
kind-unit = tehniskā iekārta

port-electricity = elektroenerģija
port-heat = siltums
port-electricity_demand = elektriskā jauda
port-heat_demand = siltuma patēriņš

quantity-heat_missing = trūkstošais siltums
quantity-too_cold_hours = pārāk aukstas stundas ēkās
quantity-too_cold_person_hours = pārāk aukstas cilvēkstundas
quantity-building_electricity = ēku elektroenerģija
quantity-building_heat = ēku centralizētais siltums
quantity-building_gas = ēku gāze

series-electricity_demand = elektriskā jauda
series-heat_demand = siltuma patēriņš
series-indoor_temperature = iekštelpu temperatūra

change-out = apkure nedarbojas
change-setpoint = uzdotā iekštelpu temperatūra
change-outdoor = āra temperatūra
change-factor = siltuma zudumi reiz skaitlis

finding-buildings-too-cold = { $asset }: pēdējā stundā { $value } °C, zem { $least } °C ēka ir auksta.
finding-buildings-too-cold-do = Noskaidrojiet, vai apkure darbojas un no kā tā tiek darbināta.
