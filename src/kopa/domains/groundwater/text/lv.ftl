domain = pazemes ūdeņi

event-off = apturēts
event-polluted = slēgts piesārņojuma dēļ
event-out = nedarbojas
event-factor = mainīta ūdens ieguve
event-no_electricity = nav elektrības
event-take_over = pārņem slodzi
event-less_water = mazāk jēlūdens
event-no_water = gandrīz nav jēlūdens

kind-field = ūdensgūtne
kind-well = urbums
kind-observation = novērošanas urbums
kind-river = upe vai ezers

port-electricity = elektrība
port-raw_water = jēlūdens
port-supply = ūdens padeve tīklā

quantity-water_not_abstracted = neiegūtais ūdens
quantity-pump_energy = sūkņu enerģija
quantity-permit_exceedance = ieguve virs atļautā apjoma
quantity-drawdown_above_limit = stundas ar pārāk lielu līmeņa pazeminājumu

series-raw_water = jēlūdens
series-supply = ūdens padeve tīklā

change-off = apturēšana
change-polluted = slēgšana piesārņojuma dēļ
change-out = ūdensgūtnes atslēgšana
change-factor = ūdens ieguves reizinātājs
