# Lapas vārdi. Jomu vārdus dod serveris: skatiet words.svelte.ts.

## Apvalks
skip = Pāriet pie satura
views = Skati
nav-live = Tagad
nav-whatif = Kas notiks, ja
nav-screen = Izvērtēšana
nav-decide = Lēmumi
nav-notices = Paziņojumi
nav-resident = Iedzīvotājiem
language = Valoda
theme = Krāsas: { $theme }
theme-auto = kā sistēmā
theme-light = gaišas
theme-dark = tumšas
messages = Ziņas
close = Aizvērt
undo = Atsaukt
undone = Atsaukts
loading = Ielādē
try-again = Mēģināt vēlreiz
simulated = Simulēts
simulated-why = Šīs pilsētas rādījumi ir simulēti: tos nav izmērījis neviens sensors.
synthetic = Sintētiski tīkli
synthetic-why = Šīs pilsētas tīklus Kopa ir izveidojusi pēc kartes: tie ir ticami, bet nav īsti.
no-view = Jūsu kontam nav pieejams neviens skats. Lūdziet administratoram novērotāja, operatora vai plānotāja lomu.
line-connecting = Savienojas
line-connected = Savienots
line-slow = Serveris atbild lēni
line-reconnecting = Savienojuma nav kopš { $since }: mēģina vēlreiz
line-restarted = Serveris tika restartēts; viss ir ielādēts no jauna

## Pierakstīšanās
sign-in = Pierakstīties
sign-in-title = Pierakstieties: { $city }
sign-in-again = Jūsu sesija ir beigusies. Lai turpinātu, pierakstieties
sign-in-name = Vārds
sign-in-password = Parole
sign-in-busy = Pieraksta…
sign-in-wrong = Vārds un parole nesader.
sign-in-first = Pirmo reizi? Startējot Kopa izveidoja kontu „admin” un tā paroli parādīja terminālī, no kura tika palaista.
sign-out = Izrakstīties
signed-in-as = Pierakstījies: { $name }

## Kļūdas un kā rīkoties
error-line = Serveris neatbild. Pārbaudiet tīklu; lapa turpina mēģināt.
error-sign-in = Jūsu sesija ir beigusies. Pierakstieties vēlreiz.
error-may-not = Jūsu konts to nedrīkst. Lūdziet administratoram vajadzīgo lomu.
error-too-often = Pārāk daudz mēģinājumu. Pagaidiet { $wait } un mēģiniet vēlreiz.
error-not-there = Tā vairs nav. Izvēlieties ko citu vai pārlādējiet lapu.
error-request = Serveris to nepieņēma. Izlabojiet, ko tas norāda, un mēģiniet vēlreiz.
error-server = Serveris nevarēja atbildēt. Mēģiniet vēlreiz; ja nepāriet, skatiet tā žurnālu.
error-page = Šajā lapā kaut kas nogāja greizi. Pārlādējiet to.

## Karte
map-search = Meklēt objektu
map-none = Šai pilsētai nav vietas uz zemes, tāpēc nav arī kartes: šeit ir tas pats tabulā.
map-making = Karte vēl top un parādīsies pēc brīža. Šeit tas pats ir tabulā.
map-failed = Karti neizdevās izveidot; iemesls redzams servera terminālī. Šeit tas pats ir tabulā.
map-broken = Karti šeit nevar uzzīmēt ({ $why }): šeit ir tas pats tabulā. Vajadzīga pārlūkprogramma ar WebGL 2.
table = Tabula
layers = Slāņi
zoom-in = Tuvināt
zoom-out = Tālināt
zoom-home = Visa pilsēta
legend-finding = nosaukts atradumā
legend-lost = zaudē pakalpojumu: jo lielāks un tumšāks, jo vairāk cilvēku un stundu
legend-cause = cēloņa solis
legend-off = izslēgts vai nedarbojas

## Objekti un izmaiņas
asset-example = Identifikators vai nosaukums, piem., P-12
asset-none = Tāda objekta nav.
asset-clear = Izvēlēties citu objektu
change-asset = Objekts
change-asset-hint = Noklikšķiniet uz tā kartē vai ierakstiet identifikatoru vai nosaukumu.
change-kind = Kas notiek
change-value = Vērtība
change-unit = Mērvienība
unit-none = nav
change-hours = No – līdz
change-hours-hint = Ja tukšs: no sākuma līdz beigām.
change-from = No
change-to = Līdz
change-none = Šim objektam neko nevar mainīt. Izvēlieties citu.
change-add = Pievienot izmaiņu
change-write = Ierakstīt tekstā
change-choose = Izvēlēties no saraksta
change-written = Izmaiņa tekstā
change-written-hint = objekts, veids, vērtība, stundas: { $example }
fault-asset = Izvēlieties objektu.
fault-kind = Izvēlieties, kas notiek.
fault-value = Norādiet vērtību.
fault-value-number = Tas nav skaitlis.
fault-hours = Norādiet abus laikus vai nevienu.
fault-text = Rakstiet objektu, veidu, vērtību un stundas, piemēram: { $example }

## Diagrammas un tabulas
time = Laiks
on = ieslēgts
off = izslēgts
chart-line = { $line }: no { $least } līdz { $greatest }, pēdējā vērtība { $last }.
chart-line-none = { $line }: vērtību nav.
table-empty = Nav ko rādīt.
table-cut = Parādīti pirmie { $shown } no { $all }. Pārējos var atrast, meklējot vai kārtojot.

## Bilance un cēloņi
unit-customers = klienti
unit-customer_min = klientu min
unit-person_h = personst.
unit-site_h = objektu h
unit-vehicles = automobiļi
unit-vehicle_h = automobiļu h
unit-vehicle_km = automobiļu km
range = ticami { $range }
factors = { $count ->
    [zero] { $count } koeficientu
    [one] { $count } koeficients
   *[other] { $count } koeficienti
}
factor-unknown = nav zināms
ledger-none = Nekas nemainās.
path-play = Rādīt pa soļiem
path-stop = Apturēt
step-assets = { $shown } × { $kind }
step-mixed = { $count ->
    [zero] { $shown } objektu
    [one] { $shown } objekts
   *[other] { $shown } objekti
}
people-count = { $count ->
    [zero] { $shown } cilvēku
    [one] { $shown } cilvēks
   *[other] { $shown } cilvēki
}

## Laika josla
timeline = Parādītais brīdis
timeline-back = Ceturtdaļstundu atpakaļ
timeline-forward = Ceturtdaļstundu uz priekšu
now = Tagad
moment-past = Pagātne
moment-now = Tagad
moment-forecast = Prognoze
finding-came = Jauns atradums: { $what } { $people ->
    [0] {""}
    [zero] { $people } cilvēku zaudē pakalpojumu.
    [one] { $people } cilvēks zaudē pakalpojumu.
   *[other] { $people } cilvēki zaudē pakalpojumu.
}

## Tagad
live-title = Kas notiek
map-live = Visu tīklu un vietu karte: stāvoklis tagad
map-live-table = Pilsētā izmērītās vērtības
services = Pakalpojumi
services-none = Vēl nav zināms, kādi pakalpojumi šeit ir.
service-ok = ir visiem
service-unknown = vēl nav zināms
service-lost = tagad nav: { $people }
service-soon = no { $from } nebūs: { $people }
service-later = tuvākajās 24 stundās: { $people }
findings = Atradumi ({ $count })
findings-silenced = rādīt apklusinātos ({ $count })
findings-forecast = Atradumi attiecas uz izmērīto. Prognoze rāda pakalpojumus un vērtības.
findings-soon = Kopa pirmo reizi aplūko pilsētu
findings-soon-why = Atradumi parādīsies, tiklīdz rādījumi būs salīdzināti ar modeli.
findings-none = Viss kārtībā
findings-none-why = Neviens rādījums būtiski neatšķiras no parastas dienas.
finding-nobody = neviens nezaudē pakalpojumu
finding-more = Cēlonis, piezīme, apklusināšana
finding-note = Piezīme nākamajai maiņai
finding-acknowledged = Pieņemts zināšanai
finding-silenced = Apklusināts
finding-reopened = Atkal atvērts
finding-warn = Brīdināt iedzīvotājus
state-acknowledged = pieņemts zināšanai
state-silenced = apklusināts
state-resolved = atrisināts
acknowledge = Pieņemt zināšanai
reopen = Atvērt atkal
silence = Apklusināt
silence-for = Apklusināt uz { $time }
since = kopš { $when }
and-more = un vēl { $count }
asset = Objekts
domain = Joma
series = Lielums
value = Vērtība
measured = izmērīts
forecast = prognoze
expected = gaidāms { $value }
asset-id = Identifikators
asset-zone = Zona
asset-people = Cilvēki
asset-customers = Klienti
asset-whatif = Kas notiks, ja tas sabojāsies?
asset-series = Rādījumi un prognoze
asset-series-none = Šeit nekas netiek mērīts, un arī modelis par to neko nesaka.
series-none = šajās stundās nekā nav
fed-by = Atkarīgs no
feeds = Apgādā
link-origin = saite: { $origin ->
    [surveyed] uzmērīta
    [gis] no ĢIS
    [nearest] tuvākais
    [synthetic] sintētiska
   *[other] { $origin }
}

## Kas notiks, ja
whatif-title = Kas notiks, ja …
whatif-day = Diena, no kuras sākt
whatif-live = Kā ir tagad
whatif-usual = Parasta diena
whatif-hours = cik ilgi
whatif-asking = Izseko sekām visos tīklos…
whatif-asked = Pēc pilsētas stāvokļa plkst. { $when }.
whatif-again = Jautāt vēlreiz
whatif-empty = Vēl nekas nav mainīts
whatif-empty-why = Noklikšķiniet uz objekta kartē vai atrodiet to pēc nosaukuma un norādiet, kas ar to notiek. Atbilde būs pēc dažām sekundēm.
map-whatif = Karte: kas ir mainīts, kas tāpēc zaudē pakalpojumus un kāpēc
map-whatif-table = Vietas, kur cilvēki kaut ko zaudē
lost-hours = Personstundas
scenarios = Scenāriji
scenario = { $number }. scenārijs
scenario-add = Kopēt salīdzināšanai
scenario-remove = Dzēst { $number }. scenāriju
scenario-removed = { $number }. scenārijs ir dzēsts
scenario-open = Atvērt
scenario-empty = Izmaiņu vēl nav.
compare = Salīdzināt
compare-table = Visi skaitļi līdzās
compare-people = Vienlaikus bez pakalpojuma „{ $service }”, cilvēki
compare-hint = ✓ norāda mazāko kaitējumu rindā.
compare-none = Nevienam scenārijam vēl nav atbildes.
changes = Izmaiņas
change-first = Kas notiek?
change-another = Kas vēl notiek?
change-remove = Noņemt: { $change }
change-removed = Izmaiņa ir noņemta
link-copy = Kopēt saiti uz šo
link-copied = Saite ir nokopēta
story-lose = Bez kāda pakalpojuma paliek { $people }
story-nobody = Neviens nezaudē pakalpojumu
story-unknown = Nav zināms, ko cilvēki zaudē
story-took = Aprēķināts { $seconds } s
status-partial = Daļa no šī nav zināma:
status-unknown = Modelim nav atbildes, uz kuru varētu paļauties:
story-who = Kas ko zaudē, kad un kāpēc
story-when = Cilvēki bez pakalpojuma
story-do = Ko darīt
ledger = Bilance: atšķirība no dienas bez izmaiņām
reliability = Apgādes drošums
service = Pakalpojums
worst-tenth = vissmagāk skartā desmitdaļa, h
worst-off = Visvairāk cieš:
why = Kāpēc
places = { $count ->
    [zero] { $shown } vietu
    [one] { $shown } vieta
   *[other] { $shown } vietas
}
person-hours = { $hours } personstundas
measure-try = Izmēģināt
measures-decide = { $count ->
    [zero] Izvērtēt { $count } pasākumu lēmumam
    [one] Izvērtēt { $count } pasākumu lēmumam
   *[other] Izvērtēt { $count } pasākumus lēmumam
}
measures-none = Pret šo nav ko ieteikt.

### screen
screen-what = Izslēdz katru objektu pa vienam un parāda, ko tas nodara cilvēkiem visos tīklos kopā.
screen-domain = Joma
screen-all = Visas jomas
screen-hours = Stundas
screen-hours-wrong = No 1 līdz { $most } veselām stundām.
screen-hint = { $count ->
    [zero] Tajā ir { $shown } objektu; tiek izslēgti tie, kas var sabojāties. Tikmēr varat turpināt darbu.
    [one] Tajā ir { $shown } objekts; tiek izslēgti tie, kas var sabojāties. Tikmēr varat turpināt darbu.
   *[other] Tajā ir { $shown } objekti; tiek izslēgti tie, kas var sabojāties. Tikmēr varat turpināt darbu.
}
screen-start = Sākt izvērtēšanu
screen-running = Izvērtē: { $what }
screen-stop = Apturēt
screen-preparing = Nolasa pilsētu…
screen-progress = { $count ->
    [zero] { $done } no { $total } objektiem
    [one] { $done } no { $total } objekta
   *[other] { $done } no { $total } objektiem
}
screen-left = atlicis apmēram { $time }
screen-past = { $count ->
    [zero] Veiktas { $count } izvērtēšanas
    [one] Veikta { $count } izvērtēšana
   *[other] Veiktas { $count } izvērtēšanas
}
screen-about = { $at } · { $hours } h · { $by }
screen-state-running = notiek
screen-state-done = pabeigta
screen-state-failed = neizdevās
screen-state-stopped = apturēta
screen-ended-done = Izvērtēšana ir pabeigta.
screen-ended-failed = Izvērtēšana neizdevās.
screen-ended-stopped = Izvērtēšana ir apturēta.
screen-remove = Dzēst: { $what }, { $at }
screen-removed = Izvērtēšana dzēsta: { $what }
screen-failed = Šī izvērtēšana neizdevās. Novērsiet norādīto un sāciet citu.
screen-was-stopped = Šī izvērtēšana tika apturēta pirms beigām, tāpēc nav ko sarindot.
screen-none = Izvērtēšanas vēl nav
screen-none-why = Izvēlieties jomu un sāciet: redzēsiet, kas ir vissvarīgākais un ko neviena joma viena pati neredz.
screen-results = Rezultāti
screen-tab-surprises = Pārsteigumi
screen-tab-all = Visi pēc vietas
screen-tab-unknown = Nav zināms
screen-took = { $count ->
    [zero] { $total } objektu, { $hours } h, aprēķināts { $time }
    [one] { $total } objekts, { $hours } h, aprēķināts { $time }
   *[other] { $total } objekti, { $hours } h, aprēķināts { $time }
}
screen-surprises-why = Šie objekti cilvēkiem nodara daudz vairāk, nekā rāda vieta savā jomā: ļaunums nāk caur citu tīklu. Jo lielāks lēciens, jo augstāk sarakstā.
screen-surprise = Jomā „{ $domain }” tas ir { $own }. vietā, pēc cilvēku zaudējuma – { $people }. vietā.
screen-loses = Bez tā cilvēki zaudē (personstundas): { $lost }.
screen-no-surprises = Pārsteigumu nav
screen-no-surprises-why = Pēc cilvēku zaudējuma katrs objekts ir aptuveni tur, kur to ierindo paša joma.
screen-more = { $count ->
    [zero] Rādīt vēl { $count }
    [one] Rādīt vēl { $count }
   *[other] Rādīt vēl { $count }
}
screen-table = Kas notiek, kad objekts nedarbojas
screen-asset = Objekts
screen-kind = Veids
screen-people = Cilvēki, pers.·h
screen-environment = Vide, kgCO2e
screen-money = Nauda, { $currency }
screen-money-plain = Nauda
screen-own-rank = Vieta savā jomā
screen-people-rank = Vieta pēc cilvēkiem
screen-surprise-column = Pārsteigums
screen-unknown = nav zināms
screen-no-rows = Šajā jomā nav objektu, kas var sabojāties paši par sevi.
screen-unknown-what = Šo objektu ietekme nav zināma: modelis nedeva atbildi, kurai var ticēt. Neviens nav pieskaitīts nekaitīgajiem.
screen-unknown-why = Nav zināms: { $why }
screen-no-unknown = Atbilde ir par visiem
screen-bound = Vērtības ir augšējais novērtējums.
screen-whatif = Atvērt kā „Kas notiks, ja”
screen-close = Aizvērt
screen-picked = Izvēlēts { $asset }
screen-not-among = { $asset } nav starp rezultātiem: tas skar mazāk cilvēku nekā uzskaitītie vai pats par sevi nevar sabojāties.
screen-map = Vissvarīgākais kartē
screen-legend-rank = jo lielāks un tumšāks, jo vairāk cilvēki zaudē
screen-legend-surprise = jo lielāks un tumšāks, jo lielāks pārsteigums

### decide
decide-what = Salīdziniet pasākumus pret to, kas var notikt: ko katrs novērš, cik tas ir vērts un kas mainītu izvēli.
decide-parts = Šī skata daļas
decide-part-compare = Salīdzināt pasākumus
decide-part-decisions = Pieņemtie lēmumi
decide-events = Kas notiek
decide-add-event = Pievienot izmaiņu
decide-often = Cik bieži un cik gados
decide-rarities = Bieži minējumi, kas aizpilda laukus zemāk
decide-times-legend = Reižu skaits gadā
decide-end-low = Mazākais
decide-end-mid = Ticamākais
decide-end-high = Lielākais
decide-often-hint = 0,1 ir reizi desmit gados. Ja norādīta tikai viena vērtība, tā ir droši zināma.
decide-often-told = Ticamākais: { $often }
decide-often-wrong = Rakstiet skaitļus augošā secībā, lielākus par nulli.
decide-years = Cik gadus vērtēt
decide-years-wrong = No 1 līdz { $most } veseliem gadiem.
decide-once-in = { $count ->
    [zero] reizi { $shown } gados
    [one] reizi { $shown } gadā
   *[other] reizi { $shown } gados
}
decide-times = { $count ->
    [zero] { $shown } reizes gadā
    [1] reizi gadā
    [one] { $shown } reizi gadā
   *[other] { $shown } reizes gadā
}
decide-never = nekad
decide-measures = Pasākumi
decide-propose = Ieteikt pasākumus
decide-proposing = Jautā modelim…
decide-proposed = { $count ->
    [zero] Ieteikti { $count } pasākumu.
    [one] Ieteikts { $count } pasākums.
   *[other] Ieteikti { $count } pasākumi.
}
decide-no-measures = Pagaidām neviena. Ļaujiet modelim ieteikt vai rakstiet savu.
decide-cost-hint = Izmaksas ({ $currency }) šodienas cenās. Ja tukšs: neviens nav teicis, un nekas netiek pieņemts.
decide-cost-legend = Cik tas maksā
decide-cost-blank = Neviens nav teicis, cik tas maksā.
decide-range-wrong = Rakstiet skaitļus augošā secībā.
decide-weigh = Vērtēt šo pasākumu: { $name }
decide-name = Pasākuma nosaukums
decide-name-wrong = Dodiet tam nosaukumu.
decide-measure-remove = Dzēst pasākumu: { $name }
decide-measure-removed = Pasākums dzēsts: { $name }
decide-own = Pievienot savu pasākumu
decide-own-change = Pievienot, kas tiek darīts
decide-own-idle = Pievienojiet vismaz vienu izmaiņu.
decide-own-save = Pievienot pasākumu
decide-cancel = Atcelt
decide-evaluate = Novērtēt
decide-evaluating = Aprēķina katru pasākumu…
decide-done = Pasākumi ir novērtēti.
decide-missing-events = Vispirms pievienojiet, kas notiek.
decide-missing-measures = Pievienojiet vai atzīmējiet vismaz vienu pasākumu.
decide-missing-often = Norādiet, cik bieži tas notiek, un izlabojiet atzīmēto.
decide-nothing = Vēl nekas nav novērtēts
decide-nothing-why = Norādiet, kas notiek, cik bieži un ko varētu darīt. To visu var nodot arī skats „Kas notiks, ja”.
decide-results = Pasākumi, labākais vispirms
decide-old = Kopš tā laika kaut kas ir mainīts: novērtējiet vēlreiz.
decide-assumes = { $count ->
    [zero] Tas notiek { $often } (no { $low } līdz { $high }); vērtēti { $count } gadi, diskonta likme { $discount } gadā. Diapazoni ir 5–95 %.
    [one] Tas notiek { $often } (no { $low } līdz { $high }); vērtēts { $count } gads, diskonta likme { $discount } gadā. Diapazoni ir 5–95 %.
   *[other] Tas notiek { $often } (no { $low } līdz { $high }); vērtēti { $count } gadi, diskonta likme { $discount } gadā. Diapazoni ir 5–95 %.
}
decide-none-worth = Naudā vien neviens no tiem savas izmaksas neatpelna. Ieguvums cilvēkiem ir norādīts blakus.
decide-best = Labākais
decide-shortlist = Iekļaut izlasē: { $name }
decide-unknown = Nav zināms: { $why }
decide-measure = Pasākums
decide-people = Cilvēki: novērstas pers.·h
decide-carbon = Vide: novērsti kgCO2e
decide-no-carbon = par to nekas nav zināms
decide-each-time = Cilvēki un vide ir skaitīti katrai reizei, nauda – visiem gadiem kopā šodienas vērtībā.
decide-benefit = { $count ->
    [zero] Vērtība { $count } gados
    [one] Vērtība { $count } gadā
   *[other] Vērtība { $count } gados
}
decide-cost = Izmaksas
decide-cost-unsaid = neviens nav teicis
decide-net = Vērtība mīnus izmaksas
decide-net-unknown = bez izmaksām nav zināms
decide-chance-worth = Varbūtība, ka atmaksājas
decide-chance-best = Varbūtība, ka ir labākais
decide-break-often = Atmaksājas, sākot no
decide-worth-up-to = Atmaksājas, kamēr maksā mazāk nekā { $cost } ({ $low } … { $high })
decide-worth-nothing = Naudu tas neietaupa pie jebkādām izmaksām
decide-worth-from = Atmaksājas, ja notiek biežāk nekā { $often }
decide-unpriced = Vērtībā nav ieskaitīts, ko cilvēki zaudē: { $services }. Tam nav zināma cena, tāpēc tas nav izteikts { $currency }.
decide-turns = Kas mainītu izvēli
decide-turn-cost-nothing = „{ $option }” neatmaksājas, ja maksā vairāk nekā { $value } (tagad { $now }).
decide-turn-cost-only = „{ $option }” sāk atmaksāties, ja maksā mazāk nekā { $value } (tagad { $now }).
decide-turn-cost-other = „{ $other }” kļūst labāks, ja „{ $option }” maksā vairāk nekā { $value } (tagad { $now }).
decide-turn-cost-catch = „{ $option }” kļūst labāks par „{ $other }”, ja maksā mazāk nekā { $value } (tagad { $now }).
decide-turn-often-nothing = „{ $option }” neatmaksājas, ja tas notiek retāk nekā { $value } (tagad { $now }).
decide-turn-often-only = „{ $option }” sāk atmaksāties, ja tas notiek biežāk nekā { $value } (tagad { $now }).
decide-turn-often-other-below = „{ $other }” kļūst labāks par „{ $option }”, ja tas notiek retāk nekā { $value } (tagad { $now }).
decide-turn-often-other-above = „{ $other }” kļūst labāks par „{ $option }”, ja tas notiek biežāk nekā { $value } (tagad { $now }).
decide-factors = { $count ->
    [zero] { $count } koeficientu un to avoti
    [one] { $count } koeficients un tā avots
   *[other] { $count } koeficienti un to avoti
}
decide-take = Pieņemt lēmumu
decide-chosen = Izlase
decide-choose-first = Atzīmējiet augstāk vienu vai vairākus pasākumus.
decide-title = Virsraksts
decide-title-wrong = Dodiet lēmumam virsrakstu.
decide-reason = Pamatojums
decide-reason-wrong = Paskaidrojiet, kāpēc: to lasīs citi.
decide-second = Vajadzīgs otrs cilvēks
decide-second-why = Lēmums tiek ierosināts un stājas spēkā, kad to apstiprina kāds cits.
decide-alone-why = Lēmums tiek apstiprināts uzreiz, jūsu vārdā.
decide-propose-it = Ierosināt lēmumu
decide-approve-it = Pieņemt lēmumu
decide-made-proposed = Lēmums ierosināts: tas gaida otru cilvēku
decide-made-approved = Lēmums pieņemts
decide-decisions = Lēmumi
decide-no-decisions = Lēmumu vēl nav
decide-no-decisions-why = Salīdziniet pasākumus, atzīmējiet vajadzīgos un norādiet pamatojumu.
decide-state-proposed = ierosināts
decide-state-approved = apstiprināts
decide-state-refused = noraidīts
decide-state-withdrawn = atsaukts
decide-by = { $author }, { $at }
decide-net-told = vērtība pēc izmaksām { $net }
decide-history = { $count ->
    [zero] { $count } soļu
    [one] { $count } solis
   *[other] { $count } soļi
}
decide-over = { $count ->
    [zero] { $count } gados
    [one] { $count } gadā
   *[other] { $count } gados
}
decide-waits = Gaida otru cilvēku: tas varat būt jūs.
decide-waits-mine = To rakstījāt jūs: apstiprināt var tikai kāds cits.
decide-needs-second = Vajadzīgs otrs cilvēks: autors pats to apstiprināt nevar.
decide-note = Piezīme (nav obligāta)
decide-do-approved = Apstiprināt
decide-do-refused = Noraidīt
decide-do-withdrawn = Atsaukt lēmumu
decide-do-proposed = Ierosināt vēlreiz
decide-led-approved = Apstiprināts: { $title }
decide-led-refused = Noraidīts: { $title }
decide-led-withdrawn = Atsaukts: { $title }
decide-led-proposed = Ierosināts vēlreiz: { $title }

### resident
resident-title = Kas darbojas jūsu mājās
resident-simulated = Šis ir paraugs: rādījumi ir simulēti, tos nav izmērījis neviens sensors.
resident-synthetic = Tīkli ir izveidoti pēc kartes: tie ir ticami, bet nav īsti.
resident-alerts = Brīdinājumi
resident-services = Pakalpojumi jūsu adresē
resident-address = Jūsu adrese
resident-address-example = Iela un numurs
resident-address-failed = Adreses pašlaik nevar meklēt. Mēģiniet vēlreiz vai izvēlieties vietu kartē.
resident-address-none = Tāda adrese nav zināma. Mēģiniet tikai ielu vai izvēlieties vietu kartē.
resident-address-count = { $count ->
    [zero] { $count } adrešu. Izvēlieties ar bultiņu taustiņiem.
    [one] { $count } adrese. Izvēlieties ar bultiņu taustiņiem.
   *[other] { $count } adreses. Izvēlieties ar bultiņu taustiņiem.
}
resident-no-search = Šajā pilsētā adreses nevar meklēt: izvēlieties vietu kartē.
resident-no-place = Šai pilsētai nav ne adrešu, ne kartes, tāpēc pakalpojumus konkrētā vietā parādīt nevar. Darbi un brīdinājumi ir zemāk.
resident-on-map = Izvēlēties kartē
resident-map = Karte vietas izvēlei
resident-map-hint = Pārvietojiet karti, līdz adata ir pie jūsu mājas. Bultiņas to pārvieto, plus un mīnus tuvina un tālina.
resident-map-follow = Pārvietojiet karti, līdz adata ir problēmas vietā. Bultiņas to pārvieto, plus un mīnus tuvina un tālina.
resident-map-use = Izmantot šo vietu
resident-map-place = Vieta kartē
resident-kept = Adrese paliek šajā pārlūkprogrammā. Konts nav vajadzīgs.
resident-forget = Aizmirst
resident-forgotten = Adrese ir aizmirsta
resident-sum-ok = Viss darbojas
resident-sum-soon = Tagad viss darbojas, bet ne visu dienu
resident-sum-alert = Viss darbojas, bet izlasiet brīdinājumu augstāk
resident-sum-lost = Kaut kas tagad nedarbojas
resident-sum-unknown = Ne viss ir zināms
resident-at = Stāvoklis { $at }
resident-not-yet = Pilsētas stāvoklis vēl nav noskaidrots
resident-state-ok = darbojas
resident-see-alert = skatiet brīdinājumu augstāk
resident-state-unknown = nav zināms
resident-lost = nedarbojas; gaidāms atpakaļ { $to }
resident-lost-open = nedarbojas
resident-soon = tagad darbojas; nebūs no { $from } līdz { $to }
resident-unknown-why = „Nav zināms” nozīmē, ka modelim nav atbildes, kurai var ticēt: tas neapgalvo ne to, ka pakalpojums darbojas, ne to, ka nedarbojas.
resident-not-found = Šīs vietas tuvumā nav zināma neviena māja vai ēka, tāpēc par pakalpojumiem neko nevar teikt. Mēģiniet kādu tuvāko adresi.
resident-works = Plānotie darbi
resident-no-works = Darbi nav plānoti.
resident-here = jūsu adresē
resident-elsewhere = citur
resident-concerns = Skar: { $services }
resident-report = Ziņot par problēmu
resident-no-name = Vārds nav vajadzīgs. Tālruņa numuri, e-pasta adreses un personas kodi jūsu tekstā tiek aizklāti.
resident-category = Par ko ir ziņojums?
resident-category-water = Ūdens
resident-category-electricity = Elektrība
resident-category-road = Ceļš vai iela
resident-category-waste = Atkritumi
resident-category-other = Kas cits
resident-category-wrong = Izvēlieties vienu.
resident-text = Kas nav kārtībā?
resident-text-wrong = Aprakstiet to vismaz { $least } rakstzīmēs.
resident-text-left = Atlikušās rakstzīmes: { $left }
resident-where = Kur tas ir?
resident-where-map = Parādīšu kartē
resident-where-none = Nevēlos norādīt
resident-send = Nosūtīt
resident-sending = Sūta…
resident-sent = Paldies, jūsu ziņojums ir saņemts.
resident-code = Jūsu kods:
resident-code-why = Saglabājiet to: ar šo kodu, un tikai ar to, zemāk varat uzzināt, kas noticis ar jūsu ziņojumu.
resident-copy = Kopēt
resident-copied = Kods nokopēts
resident-another = Ziņot par ko citu
resident-unsent = Neizdevās nosūtīt: serveris neatbild. Jūsu teksts paliek šeit; pārbaudiet tīklu un sūtiet vēlreiz.
resident-too-often = No šejienes ir pārāk daudz ziņojumu. Pagaidiet { $wait } un mēģiniet vēlreiz.
resident-became = Kas noticis ar manu ziņojumu?
resident-ask-code = Ziņojuma kods
resident-ask = Uzzināt
resident-code-missing = Ierakstiet kodu, ko saņēmāt.
resident-code-none = Ziņojuma ar šādu kodu nav. Pārbaudiet, vai tas ir ierakstīts pareizi.
resident-reported = ziņots { $at }
resident-report-new = Tas ir saņemts, bet vēl nav izlasīts.
resident-report-seen = Tas ir izlasīts, un kāds ar to nodarbojas.
resident-report-done = Tas ir paveikts.
resident-report-refused = Tas netika pieņemts izpildei.
resident-privacy = Šī lapa neprasa kontu, neizmanto sīkdatnes un neglabā datus par jums.
resident-emergency = Ja kāds ir briesmās, zvaniet 112.
resident-staff = Darbiniekiem

### notices
notices-what = Pastāstiet iedzīvotājiem par plānotiem darbiem un briesmām un atbildiet uz viņu ziņojumiem.
notices-parts = Šī skata daļas
notices-part-notices = Darbi un brīdinājumi
notices-part-reports = Iedzīvotāju ziņojumi
notices-fresh = { $count ->
    [zero] { $count } jaunu
    [one] { $count } jauns
   *[other] { $count } jauni
}
notices-write = Rakstīt paziņojumu
notices-new = Jauns paziņojums
notices-kind = Veids
notices-kind-works = Plānoti darbi
notices-kind-alert = Brīdinājums
notices-works-why = Darbus var publicēt to autors.
notices-alert-why = Brīdinājumam vajadzīgs otrs cilvēks: to publicē kāds cits, nevis autors.
notices-changes = Kas tiek darīts
notices-add-change = Pievienot izmaiņu
notices-preview = Parastā dienā skar:
notices-preview-when = { $count ->
    [zero] Aprēķināts tā pirmajām { $count } stundām.
    [one] Aprēķināts tā pirmajai { $count } stundai.
   *[other] Aprēķināts tā pirmajām { $count } stundām.
}
notices-preview-none = Pievienojiet, kas tiek noslēgts vai atslēgts, un modelis pateiks, ko tas skar. Bez izmaiņām paziņojums attiecas uz visu pilsētu.
notices-preview-failed = Neizdevās noskaidrot, ko tas skar. Kaut ko mainiet, lai jautātu vēlreiz.
notices-preview-unknown = Nav zināms, ko tas skar: modelim nav atbildes. Tādu paziņojumu nevar saglabāt; noņemiet izmaiņu un norādiet pakalpojumus paši.
notices-preview-nobody = Neviens nezaudē pakalpojumu.
notices-preview-places = { $count ->
    [zero] { $count } vietu
    [one] { $count } vieta
   *[other] { $count } vietas
}
notices-person-hours = { $hours } personstundas
notices-from = No
notices-to = Līdz
notices-zone = Pilsētas laiks ({ $zone }).
notices-missing-text = Uzrakstiet virsrakstu un tekstu vismaz vienā valodā.
notices-missing-half = Katrā valodā uzrakstiet gan virsrakstu, gan tekstu vai arī neko.
notices-missing-times = Norādiet abus laikus.
notices-missing-order = Beigas ir pirms sākuma.
notices-missing-long = Paziņojums var būt ne ilgāks par { $days } dienām.
notices-missing-past = Tas jau būtu beidzies.
notices-missing-far = Tam jāsākas { $days } dienu laikā.
notices-title = Virsraksts
notices-text = Teksts
notices-untold = Nav uzrakstīts šajās valodās: { $languages }. To lasītāji redzēs citu valodu.
notices-services = Skartie pakalpojumi
notices-services-hint = Ja tukšs: tie, kurus pārtrauc izmaiņas.
notices-save = Saglabāt melnrakstu
notices-saved = Melnraksts saglabāts; iedzīvotāji to vēl neredz
notices-cancel = Aizvērt
notices-none = Paziņojumu vēl nav
notices-none-why = Uzrakstiet pirmo: līdz publicēšanai tas ir melnraksts.
notices-state = Stāvoklis
notices-state-draft = melnraksts
notices-state-published = publicēts
notices-state-ending = tiek beigts
notices-state-replaced = aizstāts ar jaunāku
notices-state-withdrawn = atsaukts
notices-over = beidzies
notices-everywhere = visa pilsēta
notices-by = { $author }, { $at }
notices-waits-draft = Gaida otru cilvēku: tas varat būt jūs.
notices-waits-mine-draft = To rakstījāt jūs: publicēt var tikai kāds cits.
notices-waits-ending = Beigas gaida otru cilvēku: tas varat būt jūs.
notices-waits-mine-ending = Beigas pieteicāt jūs: apstiprināt var tikai kāds cits.
notices-needs-second = Brīdinājumam vajadzīgs otrs cilvēks: autors pats to publicēt nevar.
notices-do-published = Publicēt
notices-do-ending = Tas ir beidzies
notices-end-published = Tas nav beidzies
notices-end-withdrawn = Apstiprināt beigas
notices-update = Rakstīt jaunāku
notices-newer = Jaunāks brīdinājums
notices-propose = Ieteikt tekstu
notices-sent = { $count ->
    [zero] { $count } ziņu brīdinājumu plūsmā
    [one] { $count } ziņa brīdinājumu plūsmā
   *[other] { $count } ziņas brīdinājumu plūsmā
}
notices-do-withdrawn = Atsaukt paziņojumu
notices-do-draft = Atkal par melnrakstu
notices-led-published = Publicēts: { $title }
notices-led-ending = Tiek beigts: { $title }
notices-led-withdrawn = Atsaukts: { $title }
notices-led-draft = Atkal melnraksts: { $title }
notices-heard = Citu brīdinājumi
notices-heard-none = Neviens no tiem tagad nav spēkā.
notices-heard-silent = nav atbildējis
notices-heard-at = jautāts { $at }
notices-verdict-trusted = paraksts pārbaudīts
notices-verdict-untrusted = parakstītājs nav uzticamo sarakstā
notices-verdict-unsigned = nav parakstīts
notices-verdict-tampered = ceļā mainīts: neņemiet vērā
notices-filter = Kurus ziņojumus rādīt
notices-filter-open = Atvērtie
notices-filter-closed = Slēgtie
notices-filter-all = Visi
notices-no-open = Atvērtu ziņojumu nav
notices-no-reports = Ziņojumu nav
notices-no-reports-why = Šeit pats parādās, ko iedzīvotāji ziņo savā lapā.
notices-report-came = Iedzīvotājs ziņo par problēmu.
notices-report-new = jauns
notices-report-seen = izlasīts
notices-report-done = paveikts
notices-report-refused = noraidīts
notices-report-do-new = Atzīmēt kā nelasītu
notices-report-do-seen = Pieņemt
notices-report-do-done = Paveikts
notices-report-do-refused = Noraidīt
notices-report-led-new = Atzīmēts kā nelasīts
notices-report-led-seen = Ziņojums pieņemts
notices-report-led-done = Ziņojums slēgts kā paveikts
notices-report-led-refused = Ziņojums noraidīts
notices-report-why = Izskaidro: { $why } { $count ->
    [zero] Par to ir { $count } ziņojumu: viens darba uzdevums.
    [one] Par to ir { $count } ziņojums.
   *[other] Par to ir { $count } ziņojumi: viens darba uzdevums.
}
notices-report-repeats = Atkārto agrāku ziņojumu tuvumā.
notices-report-reopens = Vēlreiz lūdz to, kas tika slēgts.
notices-report-late = Kavējas par { $time }.
notices-show-place = Rādīt kartē
notices-placeless = Vieta nav norādīta.
notices-answer = Atbilde, ko iedzīvotājs izlasa ar savu kodu
notices-steps = { $count ->
    [zero] { $count } soļu
    [one] { $count } solis
   *[other] { $count } soļi
}
notices-resident = iedzīvotājs
notices-map = Iedzīvotāju ziņojumi kartē
notices-legend = iedzīvotāja ziņojums
