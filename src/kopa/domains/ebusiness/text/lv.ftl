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

exchange-title = Plūsmas starp uzņēmumiem: { $case }
exchange-from = no
exchange-to = uz
exchange-ewc = klase
exchange-t = t
exchange-km = km
exchange-value_eur = ietaupa, EUR
exchange-kgco2e = ietaupa, kgCO2e
exchange-unknown = nav zināms
exchange-year = gads
exchange-saved = Ietaupīts laikposmā ({ $period }): { $value_eur } EUR, { $kgco2e } kgCO2e.
exchange-baseline = Bez apmaiņas: { $disposal_t } t atkritumu apglabāšana par { $disposal_eur } EUR, { $virgin_t } t pirmreizēju izejvielu par { $virgin_eur } EUR.

rules-title = Rēķinu pārbaudes noteikumi mapē { $folder }
rules-name = noteikumi
rules-syntax = sintakse
rules-only = tikai rēķiniem ar
rules-installed = uzstādīti
rules-assertions = pārbaudes

invoice-is_ok = { $file }: kļūdu nav
invoice-is_broken = { $file }: jālabo
invoice-is_unknown = { $file }: nav pārbaudīts
invoice-rule = noteikums
invoice-severity = svars
invoice-line = rinda
invoice-mend = kas jālabo
invoice-words = noteikuma teksts
invoice-error = kļūda
invoice-warning = brīdinājums
invoice-give = Aizpildiet: { $fields }.
invoice-decimals = Noapaļojiet līdz divām zīmēm aiz komata: { $fields }.
invoice-code = Izvēlieties kodu no saraksta: { $fields }.
invoice-sum = Summas nesakrīt, pārrēķiniet: { $fields }.
invoice-leave = Izņemiet lieko: { $fields }.
invoice-look = Pārbaudiet: { $fields }.

tenders-kind = Publiskie iepirkumi; pazīme ir iemesls paskatīties, nevis spriedums
tenders-ocid = ocid
tenders-title = iepirkums
tenders-buyer = pasūtītājs
tenders-flags = pazīmes
tenders-unknown = nav norādīts

partners-member = dalībnieks
partners-reasons = kāpēc
partners-score = vērtējums
partners-none = neviens dalībnieks to nepiedāvā
partners-can = piedāvā: { $what }
partners-code = CPV { $what }
partners-zone = strādā te: { $what }

requests-title = Pieprasījumi; { $steps } soļi, ķēde ir neskarta
requests-request = pieprasījums
requests-state = stāvoklis
requests-partner = partneris
requests-need = vajadzība
requests-at = laiks
requests-by = kas
requests-text = piezīme
requests-is_contact = pirmā saziņa
requests-is_meeting = tikšanās
requests-is_offer = piedāvājums
requests-is_tender = iepirkums
requests-is_contract = līgums
requests-is_done = pabeigts
requests-is_declined = noraidīts
