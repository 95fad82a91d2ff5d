domain = firms and what they trade

event-closed = closed
event-no_electricity = no electricity
event-no_water = no water
event-no_heat = no heat
event-no_road_access = no road access
event-no_work = nobody works, or fewer

kind-office = office
kind-shop = shop
kind-industry = factory
kind-craft = workshop

port-electricity = electricity
port-water = water
port-heat = heat
port-road_access = road access
port-trade = work of the firm
port-electricity_demand = electric power

quantity-work_lost = person-hours of work lost
quantity-firm_hours = hours of firms lost

series-trade = work of the firm
series-electricity_demand = electric power

change-closed = closed

count-firms = firms

exchange-title = Flows between firms: { $case }
exchange-from = from
exchange-to = to
exchange-ewc = code
exchange-t = t
exchange-km = km
exchange-value_eur = saves, EUR
exchange-kgco2e = saves, kgCO2e
exchange-unknown = unknown
exchange-year = year
exchange-saved = Saved in the period ({ $period }): { $value_eur } EUR, { $kgco2e } kgCO2e.
exchange-baseline = Without exchange: disposal of { $disposal_t } t for { $disposal_eur } EUR, { $virgin_t } t of virgin material for { $virgin_eur } EUR.

rules-title = Rules of invoices in { $folder }
rules-name = rules
rules-syntax = syntax
rules-only = only for
rules-installed = installed
rules-assertions = assertions

invoice-is_ok = { $file }: breaks no rule that is an error
invoice-is_broken = { $file }: to be mended
invoice-is_unknown = { $file }: not checked
invoice-rule = rule
invoice-severity = weight
invoice-line = line
invoice-mend = what to mend
invoice-words = the rule
invoice-error = error
invoice-warning = warning
invoice-give = Fill in: { $fields }.
invoice-decimals = Round to two decimals: { $fields }.
invoice-code = Take a code of the list: { $fields }.
invoice-sum = The amounts do not agree, calculate anew: { $fields }.
invoice-leave = Take out what does not belong there: { $fields }.
invoice-look = Look at: { $fields }.

tenders-kind = Public tenders; a flag is a reason to look, not a verdict
tenders-ocid = ocid
tenders-title = tender
tenders-buyer = buyer
tenders-flags = flags
tenders-unknown = not told

partners-member = member
partners-reasons = why
partners-score = score
partners-none = no member offers it
partners-can = offers { $what }
partners-code = CPV { $what }
partners-zone = works in { $what }

requests-title = Requests; { $steps } steps, the chain holds
requests-request = request
requests-state = state
requests-partner = partner
requests-need = need
requests-at = at
requests-by = by
requests-text = text
requests-is_contact = first contact
requests-is_meeting = meeting
requests-is_offer = offer
requests-is_tender = tender
requests-is_contract = contract
requests-is_done = done
requests-is_declined = declined
