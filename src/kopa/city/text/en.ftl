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
