domain = kanalizācija

event-off = nedarbojas
event-no_electricity = nav elektrības
event-blocked = aizsprostots
event-narrowed = sašaurināts
event-set = mainīts iestatījums
event-out = slēgts
event-rain = lietus
event-full = pilns un pārplūst
event-flooded = notekūdeņi uz ielas
event-overflow = pārplūde ūdenstilpē

kind-junction = skataka
kind-divider = sadalītājs
kind-storage = kamera
kind-outfall = izlaide
kind-plant = attīrīšanas iekārtas
kind-conduit = kanalizācijas vads
kind-pump = sūknis
kind-orifice = aizvars
kind-weir = pārgāze
kind-outlet = droseļatvere
kind-network = viss tīkls

port-electricity = elektrība
port-sewerage = kanalizācija
port-spill = applūšana
port-overflow = pārplūde
port-inflow = pieplūde

quantity-sewage_spilled = izplūdušie notekūdeņi
quantity-sewage_on_streets = notekūdeņi uz ielām
quantity-sewage_overflow = pārplūde ūdenstilpēs
quantity-pump_energy = sūkņu enerģija

count-manholes = skatakas
count-sewers = kanalizācijas vadi
count-sewers_km = km kanalizācijas vadu
count-pumping_stations = sūkņu stacijas
count-overflows = pārplūdes
count-treatment_plants = attīrīšanas iekārtas
count-people = iedzīvotāji
count-paved_ha = ha cietā seguma
count-greatest_diameter_mm = mm lielākais diametrs
count-greatest_depth_m = m lielākais dziļums
count-flooded_manholes = applūdušas skatakas aprēķina lietū
count-sewers_that_run_full = pilni vadi aprēķina lietū
count-routing_error_percent = % plūsmas bilances kļūda
count-runoff_error_percent = % noteces bilances kļūda

series-sewerage = kanalizācija
series-spill = applūšana
series-overflow = pārplūde
series-inflow = pieplūde attīrīšanas iekārtām
series-level = ūdens līmenis
series-running = darbojas

change-off = apturēšana
change-blocked = aizsprostojums
change-narrowed = sašaurinājums
change-set = cits atvērums
change-out = slēgšana
change-rain = lietus

finding-sewerage-off = { $asset } nedarbojas, lai gan tam pieplūst ūdens.
finding-sewerage-off-do = Noskaidrojiet, kāpēc tas apstājās.
finding-sewerage-fills = { $asset } ir { $more } m virs sausas dienas līmeņa un, ja tā turpināsies, plkst. { $time } būs pilns.
finding-sewerage-fills-do = Pārbaudiet, vai darbojas tā sūknis un kas aizsprostots aiz tā.
finding-sewerage-full = { $asset } ir { $more } m virs sausas dienas līmeņa un ir pilns.
finding-sewerage-full-do = Ieslēdziet tā sūkni vai izsauciet cisternu.
finding-sewerage-overflows = { $asset } pārplūst ūdenstilpē: { $flow } L/s.
finding-sewerage-overflows-do = Noskaidrojiet, kas pirms tās ir aizsprostots vai stāv; brīdiniet peldētājus lejpus tās.
