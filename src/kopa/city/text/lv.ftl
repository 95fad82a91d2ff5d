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
service-heat = siltums
service-collection = atkritumu izvešana
service-sewerage = kanalizācija
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

### report
report-title = { $city }: Kopa pārskats
report-kicker = Pilsētas pārskats
report-contents = Šajā pārskatā
report-any-day = parasta diena
report-window = { $day }, no plkst. { $begin }, { $hours } h
report-step = { $minutes } min
report-fact-made = Sagatavots
report-fact-window = Aptver
report-fact-step = Aprēķina solis
report-fact-population = Iedzīvotāji
report-fact-status = Atbilde
report-fact-version = Modelis
report-status-ok = pilnīga
report-status-partial = daļēja: skat., kas nav zināms
report-status-unknown = nav zināma
report-banner-head = Tīkli ir sintētiski.
report-banner = Tie projektēti uz īstas kartes pēc inženiertehniskiem noteikumiem, nevis saņemti no tīklu uzņēmumiem. Pārskats palīdz saprast, kā pilsēta ir saistīta kopā; rakšanas darbiem tas neder.
report-and = { $first } un { $last }
report-and-more = { $count ->
    [one] un vēl { $count }
   *[other] un vēl { $count }
}
report-none = nav
report-n = Z

report-summary = Kopsavilkums
report-summary-city = { $city } vienā modelī. Jomas: { $domains }. Objektu skaits: { $assets }; tos savieno saites, kas rāda, kurš kuru apgādā; saišu skaits: { $links }.
report-summary-day-ok = Parastā dienā visiem aprēķiniem ir atbilde, un katrā tīklā ieplūst tikpat, cik izplūst.
report-summary-day-partial = Parastā dienā daļai atbildes nevar uzticēties: skat., kas nav zināms.
report-summary-day-unknown = Parastajai dienai modelim nav atbildes, kurai var uzticēties: skat., kas nav zināms.
report-summary-ask = Scenārijs nav norādīts. Pajautājiet, kas notiek, ja kaut kas pārstāj darboties, un pārskats parādīs, kurš ko zaudē, kad un kāpēc:
report-summary-trust = Iekavās norādīts diapazons no 5. līdz 95. procentilei, ko pieļauj koeficienti. Cik drošas ir saites un ko pārskats nevar pateikt, lasāms beigās.
report-summary-trust-synthetic = Iekavās norādīts diapazons no 5. līdz 95. procentilei, ko pieļauj koeficienti; tas nerāda, cik tālu sintētiskie tīkli ir no īstajiem.
report-summary-people = { $count ->
    [one] Kādu pakalpojumu zaudē { $count } cilvēks ({ $services }): kopā { $hours } personstundas.
   *[other] Kādu pakalpojumu zaudē { $count } cilvēki ({ $services }): kopā { $hours } personstundas.
}
report-service-people = { $service } – { $people } smagākajā brīdī
report-summary-nobody = Neviens nezaudē nevienu pakalpojumu.
report-summary-greenhouse-gas = Siltumnīcefekta gāzes: par { $amount } vairāk.
report-summary-greenhouse-gas-less = Siltumnīcefekta gāzes: par { $amount } mazāk.
report-summary-social-cost = Zaudējumi sabiedrībai: { $amount }.
report-summary-social-cost-less = Ieguvums sabiedrībai: { $amount }.
report-summary-utility-cost = Izdevumi tīklu uzņēmumiem: { $amount }.
report-summary-utility-cost-less = Ietaupījums tīklu uzņēmumiem: { $amount }.
report-summary-unpriced = Zaudējumos sabiedrībai nav ietverts: { $services }; tā vērtību vēl neviens nav norādījis.

report-map = Pilsēta un tās tīkli
report-map-lede = Visi tīkli attēloti uz pilsētas pamatkartes. Jo platāka līnija, jo vairāk pa to plūst.
report-map-beyond = Dažas līnijas turpinās aiz kartes malas.
report-map-no-ground = Pilsētai nav pamatkartes, tāpēc tīkli attēloti bez tās. Jo platāka līnija, jo vairāk pa to plūst.
report-map-nothing = Nevienam pilsētas objektam nav norādīta vieta, tāpēc kartes nav.
report-map-about = Karte ar visiem tīkliem ({ $city }); skaitļi doti tabulās zemāk.
report-map-caption = { $city }: visi tīkli.
report-map-one = Viena tīkla karte: { $domain }.

report-numbers = Pilsēta skaitļos
report-numbers-lede = Objekti: { $assets }; jomas: { $domains }; saites starp tām: { $links }.
report-assets = Objekti pa jomām
report-people = Cilvēki pēc vietas veida
report-people-note = Kas vienā vietā dzīvo, bet citā strādā, ir ieskaitīts abās, tāpēc summa nav iedzīvotāju skaits.
report-links = Kurš kuru apgādā
report-links-none = Saišu nav: katrs tīkls darbojas atsevišķi.
report-links-note = Drošums rāda, cik pārliecinoši ir tas, ka saite patiesībā pastāv; mazākais ir vismazāk drošās saites drošums.
report-day = Parasta diena
report-day-lede = Kas tīklā ieplūst, tam no tā arī jāizplūst. Ja bilance nesaskan, atbilde nav zināma.
report-day-table = Bilance dienā bez izmaiņām
report-balances = saskan
report-balances-not = nesaskan

report-compare = Scenāriju salīdzinājums
report-compare-lede = Visi scenāriji aprēķināti vienām un tām pašām stundām un salīdzināti ar vienu un to pašu parasto dienu.
report-compare-table = Ko izraisa katrs scenārijs; iekavās diapazons
report-scenario = Scenārijs { $label }
report-unknown-answer = Atbildes, kurai var uzticēties, nav; iemesli minēti zemāk, un ietekme netiek rādīta.
report-partial-answer = Daļai šīs atbildes nevar uzticēties: skat. atradumus zemāk.
report-nothing-changes = Cilvēkiem, videi un naudai nekas nemainās.
report-card-people = { $count ->
    [one] cilvēks zaudē kādu pakalpojumu
   *[other] cilvēki zaudē kādu pakalpojumu
}
report-card-hours = { $hours } personstundas bez pakalpojuma
report-card-gas = siltumnīcefekta gāzu
report-card-social = zaudējumi sabiedrībai
report-card-cash = izdevumi tīklu uzņēmumiem
report-card-no-money = izmaksas nav nosakāmas
report-card-also-cash = un { $amount } izdevumi tīklu uzņēmumiem
report-why = Kurš ko zaudē, kad un kāpēc
report-loss = { $people ->
    [one] { $people } cilvēkam
   *[other] { $people } cilvēkiem
} { $places ->
    [one] { $places } vietā
   *[other] { $places } vietās
} zūd { $service }, { $times }: { $hours } personstundas
report-no-cause = Nav zināms, kā tas notiek.
report-more-causes = { $count ->
    [one] … un vēl { $count } cēlonis
   *[other] … un vēl { $count } cēloņi
}: { $hours } personstundas.
report-cause-map = Scenārijs { $label }: kur tas notiek
report-cause-map-about = Karte ar numurētiem soļiem no izmaiņas līdz zaudējumiem un punktu katrā vietā, kur cilvēki zaudē pakalpojumu (vietu skaits: { $places }); to pašu rāda saraksts un tabula zemāk.
report-cause-map-caption = Skaitļi ir soļi, kas aprakstīti zemāk. Punkti ir cilvēki, kuri zaudē pakalpojumu: jo lielāks punkts, jo vairāk cilvēku. Spilgtās līnijas un punkti rāda, kas pa ceļam pārstāj darboties.
report-places = { $count ->
    [one] Kur cilvēki zaudē pakalpojumus: { $shown } no { $count } vietas
   *[other] Kur cilvēki zaudē pakalpojumus: { $shown } vissmagāk skartās no { $count } vietām
}
report-hours = Stundu pēc stundas
report-hours-about = Cilvēki bez katra pakalpojuma pa stundām, katram pakalpojumam sava rinda, visām viens mērogs; skaitļi doti tabulā zemāk.
report-hours-caption = Cilvēki bez katra pakalpojuma. Visām rindām ir viens mērogs; skaitlis rāda smagāko brīdi.
report-hours-table = Cilvēki bez katra pakalpojuma
report-ledger = Bilance
report-ledger-lede = Atšķirība no parastās dienas trīs skatījumos, kas netiek jaukti kopā.
report-ledger-ranges = Ko koeficienti atstāj neskaidru
report-ledger-about = Joslas no mazākās līdz lielākajai vērtībai ar atzīmi pie ticamākās, katrai summai, kurā ir kāds koeficients; skaitļi doti tabulā zemāk.
report-ledger-caption = No 5. līdz 95. procentilei; atzīme rāda ticamāko vērtību. Koeficients, kas kopīgs vairākām summām, izlozēts visām reizē.
report-ledger-table = Visas summas
report-reliability = Apgādes drošums
report-reliability-lede = Pēc IEEE 1366: vidējā pilsētas klienta minūtes bez pakalpojuma (SAIDI) un pārtraukumi (SAIFI), kā arī stundas, ko vidēji zaudē vissmagāk skartā desmitdaļa cilvēku.
report-reliability-table = Šī scenārija rādītāji
report-measures = Ko var darīt
report-measures-lede = Katrs pasākums aprēķināts kā atsevišķs scenārijs. Cik tas novērš, tik tas drīkst maksāt, lai atmaksātos vienā šādā notikumā.
report-measures-table = Ierosinātie pasākumi un ko tie novērš vienā šādā notikumā
report-measures-note = Cik pasākumi maksā un cik bieži šāds notikums atkārtojas, neviens nav norādījis: šeit tas nav zināms. Pasākums, kas kalpo { $years } gadus, par katru reizi gadā, kad tas notiek, drīkst maksāt { $times } reizes vairāk (diskonta likme { $rate } gadā).
report-measure-sooner = Labojums { $hours } h agrāk: { $asset }
report-measure-protect = Sava apgāde: { $asset } (tagad to apgādā { $source })
report-measure-change = { $text }
report-gap-unpriced = Ko sabiedrībai maksā šo pakalpojumu zudums: { $services }; neviens koeficients nedod tam vērtību.
report-at-least = vismaz { $amount }; neietver: { $services }
report-scenario-findings = Šī scenārija atradumi

report-factors = Koeficienti un to avoti
report-factors-used = Visi cenu un emisiju koeficienti, ar kuriem šajā pārskatā reizināts kāds skaitlis.
report-factors-all = Visi cenu un emisiju koeficienti, ar kuriem reizinātu šīs pilsētas scenārijus.
report-factors-table = Koeficienti un to diapazoni
report-factors-none = Neviens koeficients ar vērtību nebija vajadzīgs.
report-factors-unknown = Koeficienti bez vērtības un kas tāpēc paliek nezināms
report-synthetic = Kas ir sintētisks
report-synthetic-yes = Ielas, ēkas un vietas ir no kartes. Ūdens un elektrības tīkli, saites starp tiem un cilvēku skaits katrā vietā projektēti pēc plānošanas noteikumiem ar nemainīgu gadījuma sēklu: tie ir ticami, bet nav īsti. Atsevišķu cauruļu un kabeļu vietas, numuri un nosaukumi ir izdomāti.
report-synthetic-no = Pilsētas faili nav atzīmēti kā sintētiski. Uz ko balstās saites starp tīkliem, rāda tabula.
report-synthetic-do = Ar katru pilsētas failu, kas aizstāj projektēto, atbildes kļūst īstākas; modelis paliek tas pats.
report-origins = Uz ko balstās saites
report-origin-surveyed = apsekota
report-origin-gis = no tīklu uzņēmumu kartēm
report-origin-nearest = tuvākā
report-origin-synthetic = sintētiska
report-origin-surveyed-what = kāds to ir pārbaudījis dabā
report-origin-gis-what = nolasīta no tīkla kartes
report-origin-nearest-what = pieņemts, ka apgādā tuvākais, kas to var
report-origin-synthetic-what = projektēta kopā ar tīkliem
report-gaps = Kas nav zināms
report-gaps-lede = Šis pārskats nevar pateikt:
report-gap-partial = { $domain }: daļai parastās dienas atbildes nevar uzticēties; skat. atradumus.
report-gap-unknown = { $domain }: parastajai dienai nav atbildes, kurai var uzticēties; skat. atradumus.
report-gap-scenario-partial = Scenārijs { $label }: daļai atbildes nevar uzticēties.
report-gap-scenario-unknown = Scenārijam { $label } nav atbildes, kurai var uzticēties.
report-gap-missing = Kas notiek šajās jomās: { $domains }; pilsētai nav to failu.
report-gap-factors = Kas atkarīgs no koeficientiem bez vērtības: { $factors }.
report-gap-links = { $count ->
    [one] Vai { $count } saite ({ $share }) patiesībā pastāv: tās drošums ir mazāks par { $least }.
   *[other] Vai { $count } saites ({ $share }) patiesībā pastāv: to drošums ir mazāks par { $least }.
}
report-gap-date = Ar ko noteikta diena atšķiras no parastas: datums nav norādīts, tāpēc darba laiks un brīvdienas nav ņemtas vērā.
report-gap-costs = Cik pasākumi maksā un cik bieži šādi notikumi atkārtojas.
report-limit-people = Kur cilvēki attiecīgajā stundā patiesībā ir: pilsētas faili rāda, cik to ir katrā vietā.
report-limit-averages = Kas notiek viena soļa laikā: vērtība ir soļa vidējā.
report-limit-behaviour = Kā cilvēki notikuma dēļ maina savu rīcību, izņemot automašīnas, kas brauc pa citu ceļu.
report-limit-cascade = Kas izplatās pa saitēm, par kurām modelim neviens nav pateicis.
report-limit-designs = Cik kas ir vecs, nolietots vai slikti uzturēts, ja to nerāda faili.
report-weak = Saites, kuru drošums ir mazāks par { $least }
report-weak-do = Apstipriniet vai izlabojiet tās ar kopa links: tas ir drošākais ceļš uz labākām atbildēm.
report-findings = Pilsētas failu un parastās dienas atradumi
report-findings-none = Pilsētas failos un parastajā dienā atradumu nav.
report-method = Metode
report-method-runs = Katru tīklu visam laika posmam aprēķina savas nozares programma: ūdeni – EPANET, elektrību – jaudas plūsmas aprēķins, ielas – maršrutu meklēšana.
report-method-links = Pa saitēm tas, ko viens tīkls dod, stundu pēc stundas nonāk tur, kur citam to vajag, līdz vairs nekas nemainās. Katra izmaiņa saglabā savu cēloni: cēloņi tiek nolasīti, nevis minēti.
report-method-difference = Scenārija ietekme ir atšķirība starp pilsētu ar to un bez tā: cilvēkos, vidē un naudā.
report-method-ranges = Katrs koeficients izlozēts 2000 reižu no trīsstūra sadalījuma starp mazāko un lielāko vērtību; kas summām kopīgs, izlozēts vienreiz.
report-method-trust = Ja bilance nesaskan vai aprēķins nenostājas, atbilde nav zināma un ietekme netiek rādīta.
report-again = Kā pārskatu izveidot vēlreiz
report-again-lede = Ar tiem pašiem failiem un Kopa { $version } šī komanda dod tos pašus skaitļus:

report-head-domain = joma
report-head-kinds = kas tajā ir
report-head-assets = objekti
report-head-kind = veids
report-head-places = vietas
report-head-place = vieta
report-head-people = cilvēki
report-head-person-hours = personstundas
report-head-from-to = no → uz
report-head-brings = ko dod
report-head-origin = izcelsme
report-head-links = saites
report-head-confidence = vidējais drošums
report-head-least = mazākais
report-head-supplied = ieplūst
report-head-used = izlieto
report-head-lost = zūd
report-head-balance = bilance
report-head-status = atbilde
report-head-time = laiks
report-head-quantity = lielums
report-head-lens = skatījums
report-head-unit = mērvienība
report-head-low = mazākā
report-head-mid = ticamākā
report-head-high = lielākā
report-head-service = pakalpojums
report-head-worst-tenth = vissmagāk skartā desmitdaļa, h
report-head-measure = pasākums
report-head-hours-avoided = novērstās personstundas
report-head-break-even = drīkst maksāt ne vairāk kā
report-head-cost = maksā
report-head-scenario = scenārijs
report-head-what = kas
report-head-do = ko darīt
report-head-severity = nozīme
report-head-count = skaits
report-head-factor = koeficients
report-head-source = avots
report-head-year = gads, reģions
report-head-stays-unknown = paliek nezināms
report-head-why = kāpēc
report-head-meaning = ko tas nozīmē
report-head-weak = nedrošas
report-severity-error = kļūda
report-severity-warning = brīdinājums
report-severity-info = piezīme
report-unit-person-hours = personstundas
report-unit-customers = klienti
report-unit-customer-minutes = klientu minūtes
report-unit-vehicle-hours = transportlīdzekļu stundas
report-unit-vehicle-km = transportlīdzekļu km
report-unit-trips = braucieni
report-unit-cars = automašīnas
report-unit-departures = atiešanas
report-doing-map = Zīmē karti
report-doing-day = Aprēķina parastu dienu
report-doing-scenario = Aprēķina scenāriju
report-doing-page = Raksta pārskatu
report-doing-print = Drukā
report-done = { $file }: { $size } MB, { $seconds } s.
