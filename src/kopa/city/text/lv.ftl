unknown = nav zināms
head-domain = joma
head-assets = objekti
head-lens = skatījums
head-quantity = lielums
head-service = pakalpojums
head-value = vērtība
head-range = diapazons (5–95 %)
head-unit = mērvienība
head-built = izveidots
head-time = laiks
new-done = { $folder } ir izveidota { $seconds } s, ar { $links } saitēm. Tās tīkli ir sintētiski. Karte: { $attribution }.
check-done = { $city }: visi faili nolasīti, saites: { $links }. Pilsētu var izmantot.
answer-unknown = Nav zināms: atbildei nevar uzticēties iepriekš minēto iemeslu dēļ.
nothing-changes = Nekas nemainās.
lost-service = { $start }-{ $end } { $service } zūd { $people } cilvēkiem { $places } vietās: { $hours } personstundas
more-causes = … un vēl { $number } cēloņi; visus parāda --json.
ledger = Bilance: atšķirība no dienas bez izmaiņas
reliability = { $service }: SAIDI { $saidi } min, SAIFI { $saifi }, vissmagāk skartā desmitdaļa zaudē { $worst } h
solved = Aprēķina palaišanas: { $runs }.
took = { $seconds } s
screening = Izslēdz objektus
screen-worst = Kas ir vissvarīgākais
screen-surprises = Ko parāda tikai visa pilsēta: vieta savā jomā → vieta pēc cilvēkiem
screen-unknown = { $assets } objektu ietekme nav zināma; iemeslu parāda --json.
screened = { $assets } objekti ({ $how })
method-exact = precīzi
method-bound = novērtēti
method-full = pilnībā aprēķināti
column-asset = objekts
column-kind = veids
column-people = cilvēki, pers.·h
column-environment = vide, kgCO2e
column-money = nauda, EUR
column-rank = jomā → cilvēki
lens-people = cilvēki
lens-environment = vide
lens-money = nauda
service-water = ūdens
service-electricity = elektrība
service-road_access = piebraukšana
quantity-greenhouse_gas = siltumnīcefekta gāzes
quantity-social_cost = sabiedriskā vērtība
quantity-utility_cost = uzņēmuma naudas plūsma

finding-of-many = Šādu gadījumu: { $count }; ļaunākais: { $worst }
finding-live-silent = { $count ->
    [one] { $asset }: rādījums „{ $quantity }” nav saņemts { $number } min.
   *[other] Mērītāji bez datiem: { $count } ({ $quantity }, { $domain }); visilgāk { $asset }: { $number } min.
}
finding-live-silent-do = Pārbaudiet, vai ierīcei ir barošana un sakari.
finding-live-stuck = { $count ->
    [one] { $asset }: rādījums „{ $quantity }” nemainās { $number } min, lai gan tam būtu jāmainās.
   *[other] Mērītāji, kuru rādījums nemainās, lai gan tam būtu jāmainās: { $count } ({ $quantity }, { $domain }); visilgāk { $asset }: { $number } min.
}
finding-live-stuck-do = Apskatiet sensoru: tas var būt aizsprostots vai aizsalis.
finding-live-apart = { $count ->
    [one] { $asset }: rādījums „{ $quantity }” atšķiras no modeļa par { $number } %.
   *[other] Mērītāji, kas atšķiras no modeļa: { $count } ({ $quantity }, { $domain }); visvairāk { $asset }: par { $number } %.
}
finding-live-apart-do = Pārbaudiet mērītāju; ja tas rāda pareizi, kļūda ir modelī vai pilsētas failos.
finding-live-unknown = Nav zināms, pie kā noved pašreizējais stāvoklis: modelim nav atbildes.
finding-live-unknown-do = Skatiet citus atradumus; iemesls var būt kļūdains mērītājs.
finding-live-state-do = Pārbaudiet mērītāju.
finding-kernel-not-converged = Jomas savstarpēji nesaskaņojas { $sweeps } gājienos.
finding-kernel-not-converged-do = Apskatiet saites, kas veido ciklu; var trūkt aiztures vai krājuma.
finding-ledger-unknown-factor = { $gives } ({ $of }, { $service }) nav zināms: koeficienta { $factor } vērtība nav zināma.
finding-ledger-unknown-factor-do = Norādiet { $factor } sadaļā [factors] failā city.toml.
measure-sooner = { $asset } salabo { $hours } h agrāk
measure-protect = Pašam sava apgāde objektam { $asset }, nevis no { $source }
measure-change = { $text }
service-transit = sabiedriskais transports
service-pressure = ūdens spiediens
service-road = ceļš
