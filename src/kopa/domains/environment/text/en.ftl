domain = environment

event-spill = sewage spilled
event-overflow = sewage overflows
event-effluent = effluent enters
event-factor = flow changed
event-dry = low flow
event-closed = closed to bathers
event-release = release into the air
event-bathing_alert = bathing alert
event-unclean_air = harmful air

kind-river = river reach
kind-bathing = bathing water
kind-air_station = air quality station
kind-noise_station = noise station
kind-climate_station = climate station
kind-zone = zone
kind-site = site with a hazardous substance

count-reaches = river reaches
count-waters_km = km of rivers, streams and canals
count-bathing_waters = bathing waters

port-overflow = overflow
port-ammonia = ammonia
port-bathing = bathing
port-clean_air = clean air

quantity-person_hours = person-hours without
quantity-sewage_received = untreated sewage in rivers
quantity-ammonia_received = ammonia nitrogen in rivers
quantity-ammonia_exceeded = river with harmful ammonia
quantity-substance_released = substance released

series-bathing = bathing
series-clean_air = clean air
series-escherichia_coli = E. coli
series-enterococci = enterococci
series-flow = flow
series-pm25 = PM2.5
series-pm10 = PM10
series-no2 = nitrogen dioxide
series-o3 = ozone
series-so2 = sulphur dioxide
series-laeq = noise
series-temperature = air temperature
series-humidity = humidity
series-rain = rain
series-wind = wind

change-spill = sewage spill
change-factor = flow times a number
change-dry = low flow
change-closed = closing to bathers
change-release = release into the air

finding-environment-bathing-alert = { $asset }: bathing alert { $when } (little in the sewage: { $low }; much: { $high }); E. coli up to { $most } CFU/100 mL, threshold { $limit }.
finding-environment-bathing-alert-do = Close it, put up signs, sample when it ends.
finding-environment-bathing-ahead = { $asset }: polluted water arrives at { $time }.
finding-environment-bathing-ahead-do = Close it before, and stop the overflow.
finding-environment-ammonia = { $asset }: un-ionised ammonia up to { $most } mg NH3/L, threshold { $limit }.
finding-environment-ammonia-do = Fish are at risk: cut the load, or aerate.
finding-environment-more-sewage-than-river = { $asset }: { $times } times as much sewage as water enters.
finding-environment-more-sewage-than-river-do = Its depth and speed are those without it: times are too long, the rest holds.
finding-environment-no-weather = Where the release at { $asset } goes is unknown: the wind is not given.
finding-environment-no-weather-do = Give wind_speed_m_s, wind_from_deg and stability in [environment] of city.toml.
finding-environment-closed = { $asset } is closed to bathers.
finding-environment-closed-do = See until when.
finding-environment-above-alert = { $asset }: { $quantity } is { $value } { $unit }, above the alert threshold { $limit }.
finding-environment-above-alert-do = Tell people; look for the source.
finding-environment-above-information = { $asset }: { $quantity } is { $value } { $unit }, above the information threshold { $limit }.
finding-environment-above-information-do = Tell people; look for the source.
finding-environment-above-limit = { $asset }: { $quantity } is { $value } { $unit }, above the limit value { $limit }.
finding-environment-above-limit-do = Tell people; look for the source.
finding-environment-above-limit-2030 = { $asset }: { $quantity } is { $value } { $unit }, above the limit value of 2030, { $limit }.
finding-environment-above-limit-2030-do = Look for the source.
finding-environment-above-target = { $asset }: { $quantity } is { $value } { $unit }, above the target value { $limit }.
finding-environment-above-target-do = Look for the source.
finding-environment-above-guideline = { $asset }: { $quantity } is { $value } { $unit }, above the guideline value { $limit }.
finding-environment-above-guideline-do = Look for the source.
finding-environment-above-report = { $asset }: { $quantity } is { $value } { $unit }, above { $limit }.
finding-environment-above-report-do = Look for the source.
