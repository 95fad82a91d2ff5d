unknown = unknown
head-domain = domain
head-assets = assets
head-lens = lens
head-quantity = quantity
head-service = service
head-value = value
head-range = range (5–95 %)
head-unit = unit
head-built = built
head-time = time
new-done = { $folder } is made in { $seconds } s, with { $links } links. Its networks are synthetic. Map data { $attribution }.
check-done = { $city }: all files read, { $links } links. The city can be used.
answer-unknown = Unknown: the answer cannot be trusted, for the reasons above.
nothing-changes = Nothing changes.
lost-service = { $people } people at { $places } places lose { $service } { $start }-{ $end }: { $hours } person-hours
more-causes = … and { $number } more causes; --json tells all.
ledger = Ledger: difference from the day without the change
reliability = { $service }: SAIDI { $saidi } min, SAIFI { $saifi }, the worst-off tenth loses { $worst } h
solved = Engine runs: { $runs }.
took = { $seconds } s
screening = Taking out assets
screen-worst = What matters most
screen-surprises = What only the whole city shows: rank in the own domain → rank by people
screen-unknown = { $assets } assets could not be settled: unknown. --json says why.
screened = { $assets } assets ({ $how })
method-exact = exact
method-bound = bounded
method-full = run in full
column-asset = asset
column-kind = kind
column-people = people, person·h
column-environment = environment, kgCO2e
column-money = money, EUR
column-rank = own → people
lens-people = people
lens-environment = environment
lens-money = money
service-water = water
service-electricity = electricity
service-road_access = road access
service-heat = heat
service-collection = waste collection
service-sewerage = sewerage
quantity-greenhouse_gas = greenhouse gas
quantity-social_cost = social value
quantity-utility_cost = cash of the utility

finding-of-many = { $count } of this kind; the worst: { $worst }
finding-live-silent = { $count ->
    [one] { $asset }, { $quantity }, says nothing for { $number } min.
   *[other] { $count } meters ({ $quantity }, { $domain }) say nothing; { $asset } the longest: for { $number } min.
}
finding-live-silent-do = See whether the device has power and net.
finding-live-stuck = { $count ->
    [one] { $asset }, { $quantity }, shows one value that should vary, for { $number } min.
   *[other] { $count } meters ({ $quantity }, { $domain }) show one value that should vary; { $asset } the longest: for { $number } min.
}
finding-live-stuck-do = Look at the sensor: it may be blocked, or frozen.
finding-live-apart = { $count ->
    [one] { $asset }, { $quantity }, differs from the model by { $number } %.
   *[other] { $count } meters ({ $quantity }, { $domain }) differ from the model; { $asset } the most: by { $number } %.
}
finding-live-apart-do = Check the meter; if it is right, the model or the city's files are not.
finding-live-unknown = What the present state leads to cannot be said: the model has no answer for it.
finding-live-unknown-do = See the other findings; a meter that is wrong may be the reason.
finding-live-state-do = Check the meter.
finding-kernel-not-converged = The domains do not settle on one another in { $sweeps } sweeps.
finding-kernel-not-converged-do = Look at the links that form the cycle; a delay or a buffer may be missing.
finding-ledger-unknown-factor = { $gives } of { $of } ({ $service }) is unknown: no value of { $factor } is known.
finding-ledger-unknown-factor-do = Give { $factor } in [factors] of city.toml.
measure-sooner = { $asset } is repaired { $hours } h sooner
measure-protect = A supply of its own for { $asset }, instead of { $source }
measure-change = { $text }
service-transit = public transport
service-pressure = water pressure
service-road = road

### report
report-title = { $city }: a report by Kopa
report-kicker = City report
report-contents = In this report
report-any-day = a usual day
report-window = { $day }, from { $begin }, { $hours } h
report-step = { $minutes } min
report-fact-made = Made on
report-fact-window = Covers
report-fact-step = In steps of
report-fact-population = Population
report-fact-status = Answer
report-fact-version = Model
report-status-ok = complete
report-status-partial = in part: see what is not known
report-status-unknown = unknown
report-banner-head = The networks are synthetic.
report-banner = They are designed by engineering rules on the real map, not taken from the utilities. Use this report to learn how the city hangs together, not to dig.
report-and = { $first } and { $last }
report-and-more = { $count ->
    [one] and { $count } more
   *[other] and { $count } more
}
report-none = none
report-n = N

report-summary = Summary
report-summary-city = { $city } as one model: { $assets } assets of { $domains }, tied together by { $links } links that say who supplies whom.
report-summary-day-ok = On a usual day all engines have an answer, and what goes into each network comes out of it.
report-summary-day-partial = On a usual day a part of the answer cannot be trusted: see what is not known.
report-summary-day-unknown = On a usual day the model has no answer that can be trusted: see what is not known.
report-summary-ask = No scenario was given. Ask what breaks if something fails, and this report shows who loses what, when and why:
report-summary-trust = Ranges in brackets run from the 5th to the 95th percentile of what the factors allow. How sure the links are, and what cannot be said, stands at the end.
report-summary-trust-synthetic = Ranges in brackets run from the 5th to the 95th percentile of what the factors allow; they say nothing of how far the synthetic networks are from the real ones.
report-summary-people = { $count ->
    [one] { $count } person loses a service ({ $services }): { $hours } person-hours in all.
   *[other] { $count } people lose a service ({ $services }): { $hours } person-hours in all.
}
report-service-people = { $service } { $people } at the worst moment
report-summary-nobody = Nobody loses a service.
report-summary-greenhouse-gas = { $amount } more of greenhouse gas go into the air.
report-summary-greenhouse-gas-less = { $amount } less of greenhouse gas go into the air.
report-summary-social-cost = It costs society { $amount }.
report-summary-social-cost-less = It saves society { $amount }.
report-summary-utility-cost = It costs the utilities { $amount } in cash.
report-summary-utility-cost-less = It saves the utilities { $amount } in cash.
report-summary-unpriced = The cost to society leaves out { $services }: nobody has given a value for that yet.

report-map = The city and its networks
report-map-lede = All networks lie on the city's own base map. Wide lines carry more than narrow ones.
report-map-beyond = A few lines go on beyond its edge.
report-map-no-ground = The city has no base map; its networks are drawn alone. Wide lines carry more than narrow ones.
report-map-nothing = No asset of the city has a place: there is no map.
report-map-about = Map of { $city } with all networks; the tables below say what there is in numbers.
report-map-caption = { $city }: all networks.
report-map-one = Map of one network alone: { $domain }.

report-numbers = The city in numbers
report-numbers-lede = { $assets } assets in { $domains } domains, and { $links } links between them.
report-assets = Assets by domain
report-people = People by kind of place
report-people-note = Somebody who lives at one place and works at another is counted at both: these numbers do not add up to the population.
report-links = Who supplies whom
report-links-none = No links: each network stands alone.
report-links-note = Confidence is how sure it is that the link is there in truth; least is that of the least sure.
report-day = A usual day
report-day-lede = What goes into each network must come out of it again. A run that does not balance counts as unknown.
report-day-table = Balance of a day without any change
report-balances = balances
report-balances-not = does not balance

report-compare = Scenarios side by side
report-compare-lede = All scenarios run over the same hours, against the same usual day.
report-compare-table = What each scenario does; ranges in brackets
report-scenario = Scenario { $label }
report-unknown-answer = There is no answer that can be trusted, for the reasons below; so no effect is shown.
report-partial-answer = A part of this answer cannot be trusted: see the findings below.
report-nothing-changes = Nothing changes for people, environment or money.
report-card-people = { $count ->
    [one] person loses a service
   *[other] people lose a service
}
report-card-hours = { $hours } person-hours without
report-card-gas = of greenhouse gas
report-card-social = cost to society
report-card-cash = in cash of the utilities
report-card-no-money = no cost that can be told
report-card-also-cash = and { $amount } in cash of the utilities
report-why = Who loses what, when, and why
report-loss = { $people ->
    [one] { $people } person
   *[other] { $people } people
} at { $places ->
    [one] { $places } place
   *[other] { $places } places
} without { $service }, { $times }: { $hours } person-hours
report-no-cause = How this comes about is not known.
report-more-causes = { $count ->
    [one] … and { $count } more cause
   *[other] … and { $count } more causes
} with { $hours } person-hours.
report-cause-map = Scenario { $label }: where it happens
report-cause-map-about = Map with the numbered steps from the change to the losses, and a dot at each of { $places } places where people lose a service; the list and the table below say the same.
report-cause-map-caption = Numbers are the steps that are told below. Dots are people who lose a service: the larger, the more. Bright lines and points are what fails on the way.
report-places = { $count ->
    [one] Where people lose services: { $shown } of { $count } place
   *[other] Where people lose services: the worst { $shown } of { $count } places
}
report-hours = Hour by hour
report-hours-about = People without each service over the hours, one row a service, all on one scale; the table below has the numbers.
report-hours-caption = People without each service. All rows have the same scale; the number is the worst moment.
report-hours-table = People without each service
report-ledger = Ledger
report-ledger-lede = The difference from the usual day, in three lenses that are never mixed.
report-ledger-ranges = What the factors leave open
report-ledger-about = Bars from low to high with a mark at the best value, for every total that a factor is part of; the table below has the numbers.
report-ledger-caption = From the 5th to the 95th percentile; the mark is the best value. A factor that several totals share is drawn once for all.
report-ledger-table = All totals
report-reliability = Reliability
report-reliability-lede = As in IEEE 1366: minutes without (SAIDI) and interruptions (SAIFI) of a mean customer of the city, and the mean hours that the worst-off tenth of all people lose.
report-reliability-table = Indices of this scenario
report-measures = What could be done
report-measures-lede = Each measure was run as a scenario of its own. What it avoids is what it may cost at most to be worth it for one such event.
report-measures-table = Proposed measures, and what they avoid of one such event
report-measures-note = What the measures cost, and how often such an event happens, nobody has said: they are unknown here. A measure that lasts { $years } years may cost { $times } times as much for each time a year that it happens (discounted by { $rate } a year).
report-measure-sooner = Repaired { $hours } h sooner: { $asset }
report-measure-protect = A supply of its own: { $asset } (now from { $source })
report-measure-change = { $text }
report-gap-unpriced = What it costs society to lose { $services }: no factor gives it a value.
report-at-least = at least { $amount }; without { $services }
report-scenario-findings = Findings of this scenario

report-factors = Factors and their sources
report-factors-used = Every price and emission factor that a number in this report was multiplied by.
report-factors-all = Every price and emission factor that scenarios of this city would be multiplied by.
report-factors-table = Factors with their ranges
report-factors-none = No factor with a value was needed.
report-factors-unknown = Factors without a value, and what stays unknown for that
report-synthetic = What is synthetic
report-synthetic-yes = The streets, buildings and places are those of the map. The networks of water and electricity, who supplies whom, and how many people are where, are designed by planning rules with fixed seeds: plausible, and not real. Places, numbers and names of single pipes and cables are invented.
report-synthetic-no = The city's files are not marked as synthetic. What links between networks rest on stands in the table.
report-synthetic-do = Each file of the city's own that takes the place of a designed one makes the answers more real; the model stays the same.
report-origins = What the links rest on
report-origin-surveyed = surveyed
report-origin-gis = from maps of the utilities
report-origin-nearest = nearest
report-origin-synthetic = synthetic
report-origin-surveyed-what = somebody has looked
report-origin-gis-what = read from a network's own map
report-origin-nearest-what = taken to be the nearest that could supply
report-origin-synthetic-what = designed with the networks
report-gaps = What is not known
report-gaps-lede = This report cannot say:
report-gap-partial = { $domain }: a part of the usual day cannot be trusted; see the findings.
report-gap-unknown = { $domain }: the usual day has no answer that can be trusted; see the findings.
report-gap-scenario-partial = Scenario { $label }: a part of the answer cannot be trusted.
report-gap-scenario-unknown = Scenario { $label } has no answer that can be trusted.
report-gap-missing = What happens in { $domains }: the city has no files of it.
report-gap-factors = What depends on factors without a value: { $factors }.
report-gap-links = { $count ->
    [one] Whether { $count } link ({ $share }) is there in truth: its confidence is below { $least }.
   *[other] Whether { $count } links ({ $share }) are there in truth: their confidence is below { $least }.
}
report-gap-date = How a certain day differs from a usual one: no date was given, so opening hours and weekends play no part.
report-gap-costs = What measures cost, and how often such events happen.
report-limit-people = Where people really are at an hour: the city's files say how many are at each place.
report-limit-averages = What happens within a step: a value is the mean of its step.
report-limit-behaviour = How people change what they do because of what happens, but for cars that take another way.
report-limit-cascade = What passes along links that nobody has told it of.
report-limit-designs = How old, worn or badly kept anything is, where the files do not say so.
report-weak = Links with a confidence below { $least }
report-weak-do = Confirm or correct them with kopa links: the surest way to better answers.
report-findings = Findings of the city's files and of the usual day
report-findings-none = The city's files and the usual day give no findings.
report-method = Method
report-method-runs = Each network is run by an engine of its field over the whole window: water by EPANET, electricity by a power flow, streets by routing.
report-method-links = Links carry what one network gives to what another needs, hour by hour, until nothing moves any more. Each change keeps its cause: causes are read off, not guessed.
report-method-difference = The effect of a scenario is the city with it less the city without, in people, environment and money.
report-method-ranges = Each factor is drawn 2,000 times from a triangle between low and high; what totals share is drawn once.
report-method-trust = A run that does not balance, or does not settle, is unknown and shows no effect.
report-again = Make it again
report-again-lede = With the same files and Kopa { $version }, this command gives the same numbers:

report-head-domain = domain
report-head-kinds = what there is
report-head-assets = assets
report-head-kind = kind
report-head-places = places
report-head-place = place
report-head-people = people
report-head-person-hours = person-hours
report-head-from-to = from → to
report-head-brings = brings
report-head-origin = origin
report-head-links = links
report-head-confidence = mean confidence
report-head-least = least
report-head-supplied = in
report-head-used = used
report-head-lost = lost
report-head-balance = balance
report-head-status = answer
report-head-time = time
report-head-quantity = quantity
report-head-lens = lens
report-head-unit = unit
report-head-low = low
report-head-mid = best
report-head-high = high
report-head-service = service
report-head-worst-tenth = worst-off tenth, h
report-head-measure = measure
report-head-hours-avoided = person-hours avoided
report-head-break-even = may cost at most
report-head-cost = costs
report-head-scenario = scenario
report-head-what = what
report-head-do = what to do
report-head-severity = weight
report-head-count = number
report-head-factor = factor
report-head-source = source
report-head-year = year, region
report-head-stays-unknown = stays unknown
report-head-why = why
report-head-meaning = what that means
report-head-weak = not sure
report-severity-error = error
report-severity-warning = warning
report-severity-info = note
report-unit-person-hours = person-hours
report-unit-customers = customers
report-unit-customer-minutes = customer-minutes
report-unit-vehicle-hours = vehicle-hours
report-unit-vehicle-km = vehicle-km
report-unit-trips = trips
report-unit-cars = cars
report-unit-departures = departures
report-doing-map = Drawing the map
report-doing-day = Running a usual day
report-doing-scenario = Running a scenario
report-doing-page = Writing the page
report-doing-print = Printing
report-done = { $file }: { $size } MB, in { $seconds } s.
