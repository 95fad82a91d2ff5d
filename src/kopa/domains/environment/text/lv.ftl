domain = vide

event-spill = notekūdeņu noplūde
event-overflow = notekūdeņu pārplūde
event-effluent = attīrīto notekūdeņu ieplūde
event-factor = mainīta caurtece
event-dry = mazūdens
event-closed = peldēties aizliegts
event-release = izplūde gaisā
event-bathing_alert = brīdinājums peldētājiem
event-unclean_air = kaitīgs gaiss

kind-river = upes posms
kind-bathing = peldvieta
kind-air_station = gaisa kvalitātes stacija
kind-noise_station = trokšņa mērstacija
kind-climate_station = meteoroloģiskā stacija
kind-zone = zona
kind-site = objekts ar bīstamu vielu

count-reaches = upju posmi
count-waters_km = km upju, strautu un kanālu
count-bathing_waters = peldvietas

port-overflow = pārplūde
port-ammonia = amonjaks
port-bathing = peldēšanās
port-clean_air = tīrs gaiss

quantity-person_hours = personstundas bez pakalpojuma
quantity-sewage_received = neattīrīti notekūdeņi upēs
quantity-ammonia_received = amonija slāpeklis upēs
quantity-ammonia_exceeded = upe ar kaitīgu amonjaka daudzumu
quantity-substance_released = gaisā izplūdusī viela

series-bathing = peldēšanās
series-clean_air = tīrs gaiss
series-escherichia_coli = E. coli
series-enterococci = enterokoki
series-flow = caurtece
series-pm25 = PM2,5
series-pm10 = PM10
series-no2 = slāpekļa dioksīds
series-o3 = ozons
series-so2 = sēra dioksīds
series-laeq = troksnis
series-temperature = gaisa temperatūra
series-humidity = gaisa mitrums
series-rain = lietus
series-wind = vējš

change-spill = notekūdeņu noplūde
change-factor = caurteces reizinātājs
change-dry = mazūdens
change-closed = aizliegums peldēties
change-release = izplūde gaisā

finding-environment-bathing-alert = { $asset }: brīdinājums peldētājiem { $when } (ja notekūdeņos baktēriju maz: { $low }; ja daudz: { $high }); E. coli līdz { $most } KVV/100 mL, slieksnis { $limit }.
finding-environment-bathing-alert-do = Slēdziet peldvietu, izlieciet zīmes, beigās ņemiet paraugu.
finding-environment-bathing-ahead = { $asset }: piesārņots ūdens pienāks plkst. { $time }.
finding-environment-bathing-ahead-do = Slēdziet peldvietu pirms tam un apturiet pārplūdi.
finding-environment-ammonia = { $asset }: nejonizētais amonjaks līdz { $most } mg NH3/L, slieksnis { $limit }.
finding-environment-ammonia-do = Apdraudētas zivis: samaziniet slodzi vai aerējiet ūdeni.
finding-environment-more-sewage-than-river = { $asset }: notekūdeņu ieplūst { $times } reizes vairāk, nekā upē ir ūdens.
finding-environment-more-sewage-than-river-do = Upes dziļums un ātrums ņemts bez tiem: laiki ir par garu, pārējais ir spēkā.
finding-environment-no-weather = Nav zināms, kurp aizplūst izplūde objektā { $asset }: nav norādīts vējš.
finding-environment-no-weather-do = Norādiet wind_speed_m_s, wind_from_deg un stability city.toml sadaļā [environment].
finding-environment-closed = { $asset }: peldēties aizliegts.
finding-environment-closed-do = Noskaidrojiet, līdz kuram laikam.
finding-environment-above-alert = { $asset }: { $quantity } ir { $value } { $unit } un pārsniedz trauksmes slieksni { $limit }.
finding-environment-above-alert-do = Brīdiniet cilvēkus; meklējiet avotu.
finding-environment-above-information = { $asset }: { $quantity } ir { $value } { $unit } un pārsniedz informēšanas slieksni { $limit }.
finding-environment-above-information-do = Informējiet cilvēkus; meklējiet avotu.
finding-environment-above-limit = { $asset }: { $quantity } ir { $value } { $unit } un pārsniedz robežlielumu { $limit }.
finding-environment-above-limit-do = Informējiet cilvēkus; meklējiet avotu.
finding-environment-above-limit-2030 = { $asset }: { $quantity } ir { $value } { $unit } un pārsniedz 2030. gada robežlielumu { $limit }.
finding-environment-above-limit-2030-do = Meklējiet avotu.
finding-environment-above-target = { $asset }: { $quantity } ir { $value } { $unit } un pārsniedz mērķlielumu { $limit }.
finding-environment-above-target-do = Meklējiet avotu.
finding-environment-above-guideline = { $asset }: { $quantity } ir { $value } { $unit } un pārsniedz ieteicamo vērtību { $limit }.
finding-environment-above-guideline-do = Meklējiet avotu.
finding-environment-above-report = { $asset }: { $quantity } ir { $value } { $unit } un pārsniedz { $limit }.
finding-environment-above-report-do = Meklējiet avotu.
