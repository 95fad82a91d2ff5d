# Words of the page. Those of domains come from the server: see words.svelte.ts.
# A language is a file: copy this one, translate it, and it stands in the language switch.

## Shell
skip = Skip to content
views = Views
nav-live = Live
nav-whatif = What if
nav-screen = Screen
nav-decide = Decide
nav-notices = Notices
nav-resident = For residents
language = Language
theme = Theme: { $theme }
theme-auto = as the system
theme-light = light
theme-dark = dark
messages = Messages
close = Close
undo = Undo
undone = Undone
loading = Loading
try-again = Try again
simulated = Simulated
simulated-why = The readings of this city are simulated: no sensor measured them.
synthetic = Synthetic networks
synthetic-why = The networks of this city were designed by Kopa from the map: they are likely, not real.
no-view = Your account may not see any view. Ask an administrator for the role viewer, operator or planner.
line-connecting = Connecting
line-connected = Connected
line-slow = The server answers slowly
line-reconnecting = No connection since { $since }: trying again
line-restarted = The server was restarted; everything is loaded anew

## Signing in
sign-in = Sign in
sign-in-title = Sign in to { $city }
sign-in-again = Your session has ended. Sign in to go on
sign-in-name = Name
sign-in-password = Password
sign-in-busy = Signing in…
sign-in-wrong = That name and password do not fit together.
sign-in-first = First time? Kopa made the account “admin” when it started, and wrote its password to the terminal it was started from.
sign-out = Sign out
signed-in-as = Signed in as { $name }

## Errors, and what to do
error-line = The server does not answer. Check your network; the page goes on trying.
error-sign-in = Your session has ended. Sign in again.
error-may-not = Your account may not do this. Ask an administrator for the role it takes.
error-too-often = Too many tries. Wait { $wait } and try again.
error-not-there = That is not there any more. Choose something else, or load the page again.
error-request = The server did not take that. Change what it names, and try again.
error-server = The server could not answer. Try again; if it stays so, look at its log.
error-page = Something went wrong on this page. Load it again.

## Map
map-search = Find an asset
map-none = This city has no place on earth, so there is no map of it: here is the same as a table.
map-making = The map is being made, and comes in a moment. Here is the same as a table.
map-failed = The map could not be made: the server’s terminal says why. Here is the same as a table.
map-broken = The map cannot be drawn here ({ $why }): here is the same as a table. It takes a browser with WebGL 2.
table = Table
layers = Layers
zoom-in = Zoom in
zoom-out = Zoom out
zoom-home = Whole city
legend-finding = named by a finding
legend-lost = loses a service: the larger and darker, the more people and hours
legend-cause = step of the cause
legend-off = off or out of service

## Assets and changes
asset-example = Id or name, e.g. P-12
asset-none = No asset is called that.
asset-clear = Choose another asset
change-asset = Asset
change-asset-hint = Click one on the map, or write its id or name.
change-kind = What happens
change-value = Value
change-unit = Unit
unit-none = none
change-hours = From – to
change-hours-hint = Left empty: from the start to the end.
change-from = From
change-to = To
change-none = Nothing can be changed at this asset. Choose another one.
change-add = Add change
change-write = Write it instead
change-choose = Choose it instead
change-written = Change as text
change-written-hint = asset, kind, value, hours: { $example }
fault-asset = Choose an asset.
fault-kind = Choose what happens.
fault-value = Give a value.
fault-value-number = That is no number.
fault-hours = Give both hours, or neither.
fault-text = Write asset, kind, value and hours, as in: { $example }

## Charts and tables
time = Time
on = on
off = off
chart-line = { $line }: from { $least } to { $greatest }, last { $last }.
chart-line-none = { $line }: no values.
table-empty = Nothing to show.
table-cut = The first { $shown } of { $all } are shown. Search or sort to see others.

## Ledger and causes
unit-customers = customers
unit-customer_min = customer-minutes
unit-person_h = person-hours
unit-site_h = site-hours
unit-vehicles = vehicles
unit-vehicle_h = vehicle-hours
unit-vehicle_km = vehicle-km
range = likely { $range }
factors = { $count ->
    [one] { $count } factor
   *[other] { $count } factors
}
factor-unknown = nobody knows it
ledger-none = No difference.
path-play = Show step by step
path-stop = Stop
step-assets = { $shown } × { $kind }
step-mixed = { $count ->
    [one] { $shown } asset
   *[other] { $shown } assets
}
people-count = { $count ->
    [one] { $shown } person
   *[other] { $shown } people
}

## Timeline
timeline = Moment that is shown
timeline-back = A quarter of an hour back
timeline-forward = A quarter of an hour forward
now = Now
moment-past = Past
moment-now = Now
moment-forecast = Forecast
finding-came = New finding: { $what } { $people ->
    [0] {""}
    [one] { $people } person loses a service.
   *[other] { $people } people lose a service.
}

## Live
live-title = What is happening
map-live = Map of all networks and places, as they are now
map-live-table = Measured values of the city
services = Services
services-none = Nobody says yet which services there are.
service-ok = everybody has it
service-unknown = not known yet
service-lost = { $people } without it now
service-soon = { $people } from { $from }
service-later = { $people } in the coming 24 hours
findings = Findings ({ $count })
findings-silenced = show silenced ({ $count })
findings-forecast = Findings are of what was measured. The forecast shows services and values.
findings-soon = Kopa is having its first look
findings-soon-why = Findings come as soon as readings are held against the model.
findings-none = Nothing is wrong
findings-none-why = No reading differs from a usual day in a way that matters.
finding-nobody = nobody loses a service
finding-more = Cause, note, silence
finding-note = Note for the next shift
finding-acknowledged = Acknowledged
finding-silenced = Silenced
finding-reopened = Open again
finding-warn = Warn residents
state-acknowledged = acknowledged
state-silenced = silenced
state-resolved = resolved
acknowledge = Acknowledge
reopen = Open again
silence = Silence
silence-for = Silence for { $time }
since = since { $when }
and-more = and { $count } more
asset = Asset
domain = Domain
series = What
value = Value
measured = measured
forecast = forecast
expected = expected { $value }
asset-id = Id
asset-zone = Zone
asset-people = People
asset-customers = Customers
asset-whatif = What if it fails?
asset-series = Readings and forecast
asset-series-none = Nothing is measured here, and the model says nothing of it.
series-none = nothing in these hours
fed-by = Depends on
feeds = Feeds
link-origin = link: { $origin ->
    [surveyed] surveyed
    [gis] from a GIS
    [nearest] the nearest
    [synthetic] synthetic
   *[other] { $origin }
}

## What if
whatif-title = What if …
whatif-day = The day that it starts from
whatif-live = As it is now
whatif-usual = Usual day
whatif-hours = for
whatif-asking = Following it through all networks…
whatif-asked = From the city as it was at { $when }.
whatif-again = Ask again
whatif-empty = Nothing is changed yet
whatif-empty-why = Click an asset on the map, or find it by name; say what happens to it. The answer follows within seconds.
map-whatif = Map of what is changed, who loses by it, and why
map-whatif-table = Places where people lose something
lost-hours = Person-hours
scenarios = Scenarios
scenario = Scenario { $number }
scenario-add = Copy to compare
scenario-remove = Remove scenario { $number }
scenario-removed = Scenario { $number } removed
scenario-open = Open
scenario-empty = No change yet.
compare = Compare
compare-table = All numbers side by side
compare-people = Most people without at once: { $service }
compare-hint = ✓ marks the least harm of a row.
compare-none = No scenario has an answer yet.
changes = Changes
change-first = What happens?
change-another = What else happens?
change-remove = Remove: { $change }
change-removed = Change removed
link-copy = Copy a link to this
link-copied = Link copied
story-lose = { $people } lose a service
story-nobody = Nobody loses a service
story-unknown = It is not known what people lose
story-took = Calculated in { $seconds } s
status-partial = A part of this is not known:
status-unknown = The model has no answer that can be relied on:
story-who = Who loses what, when and why
story-when = People without a service
story-do = What to do
ledger = Ledger: the difference to the day without it
reliability = Reliability
service = Service
worst-tenth = worst-off tenth, h
worst-off = Worst off:
why = Why
places = { $count ->
    [one] { $shown } place
   *[other] { $shown } places
}
person-hours = { $hours } person-hours
measure-try = Try it
measures-decide = { $count ->
    [one] Weigh { $count } measure in Decide
   *[other] Weigh { $count } measures in Decide
}
measures-none = There is nothing to propose against this.

### screen
screen-what = Take out every asset, one at a time, and see what that does to people across all networks.
screen-domain = Domain
screen-all = All domains
screen-hours = Hours
screen-hours-wrong = Between 1 and { $most } whole hours.
screen-hint = { $count ->
    [one] { $shown } asset lies in it; those that can fail are taken out. You can go on working meanwhile.
   *[other] { $shown } assets lie in it; those that can fail are taken out. You can go on working meanwhile.
}
screen-start = Start screen
screen-running = Screening: { $what }
screen-stop = Stop
screen-preparing = Reading the city…
screen-progress = { $count ->
    [one] { $done } of { $total } asset
   *[other] { $done } of { $total } assets
}
screen-left = about { $time } left
screen-past = { $count ->
    [one] { $count } screen was run
   *[other] { $count } screens were run
}
screen-about = { $at } · { $hours } h · { $by }
screen-state-running = running
screen-state-done = done
screen-state-failed = failed
screen-state-stopped = stopped
screen-ended-done = The screen is done.
screen-ended-failed = The screen failed.
screen-ended-stopped = The screen was stopped.
screen-remove = Remove: { $what }, { $at }
screen-removed = Screen removed: { $what }
screen-failed = This screen failed. Mend what it names, and start another.
screen-was-stopped = This screen was stopped before it ended, so there is nothing to rank.
screen-none = No screen yet
screen-none-why = Choose a domain and start one: it shows what matters most, and what no domain sees by itself.
screen-results = Results
screen-tab-surprises = Surprises
screen-tab-all = All by rank
screen-tab-unknown = Unknown
screen-took = { $count ->
    [one] { $total } asset over { $hours } h, in { $time }
   *[other] { $total } assets over { $hours } h, in { $time }
}
screen-surprises-why = These assets hurt people far more than their own domain’s ranking says: the harm comes through another network. The larger the leap, the higher it stands.
screen-surprise = In { $domain } it stands at place { $own }, by what people lose at place { $people }.
screen-loses = Without it people lose, in person-hours: { $lost }.
screen-no-surprises = No surprises
screen-no-surprises-why = By people every asset stands about where its own domain puts it.
screen-more = { $count ->
    [one] Show { $count } more
   *[other] Show { $count } more
}
screen-table = What each asset does when it fails
screen-asset = Asset
screen-kind = Kind
screen-people = People, person·h
screen-environment = Environment, kgCO2e
screen-money = Money, { $currency }
screen-money-plain = Money
screen-own-rank = Place in own domain
screen-people-rank = Place by people
screen-surprise-column = Surprise
screen-unknown = unknown
screen-no-rows = No asset of this domain can fail on its own.
screen-unknown-what = What these do is not known: the model gave no answer it can stand by. None is counted as harmless.
screen-unknown-why = Unknown: { $why }
screen-no-unknown = Everything has an answer
screen-bound = The values are an upper bound.
screen-whatif = Open as what-if
screen-close = Close
screen-picked = { $asset } is chosen
screen-not-among = { $asset } is not among the results: it hurts fewer people than those listed, or cannot fail on its own.
screen-map = Map of what matters most
screen-legend-rank = the larger and darker, the more people lose
screen-legend-surprise = the larger and darker, the greater the surprise

### decide
decide-what = Hold measures against what may happen: what each avoids, what it is worth, and what would change the choice.
decide-parts = Parts of this view
decide-part-compare = Compare measures
decide-part-decisions = Decisions
decide-events = What happens
decide-add-event = Add a change
decide-often = How often, over how many years
decide-rarities = Common guesses, which fill in the fields below
decide-times-legend = Times a year
decide-end-low = Low
decide-end-mid = Likely
decide-end-high = High
decide-often-hint = 0.1 is once in ten years. One value alone means that you are sure of it.
decide-often-told = Likely { $often }
decide-often-wrong = Write numbers that rise from low to high, above zero.
decide-years = Years that count
decide-years-wrong = Between 1 and { $most } whole years.
decide-once-in = { $count ->
    [one] once in { $shown } year
   *[other] once in { $shown } years
}
decide-times = { $count ->
    [one] once a year
   *[other] { $shown } times a year
}
decide-never = never
decide-measures = Measures
decide-propose = Propose measures
decide-proposing = Asking the model…
decide-proposed = { $count ->
    [one] { $count } measure is proposed.
   *[other] { $count } measures are proposed.
}
decide-no-measures = None yet. Let the model propose some, or write your own.
decide-cost-hint = Costs in { $currency }, today’s money. Left blank: nobody has said, and nothing is assumed.
decide-cost-legend = What it costs
decide-cost-blank = Nobody has said what it costs.
decide-range-wrong = Write numbers that rise from low to high.
decide-weigh = Weigh this measure: { $name }
decide-name = Name of the measure
decide-name-wrong = Give it a name.
decide-measure-remove = Remove the measure: { $name }
decide-measure-removed = Measure removed: { $name }
decide-own = Add a measure of your own
decide-own-change = Add what is done
decide-own-idle = Add at least one change that is made.
decide-own-save = Add measure
decide-cancel = Cancel
decide-evaluate = Evaluate
decide-evaluating = Running the model for each measure…
decide-done = The measures are evaluated.
decide-missing-events = Add what happens first.
decide-missing-measures = Add or tick at least one measure.
decide-missing-often = Say how often it happens, and mend what is marked.
decide-nothing = Nothing evaluated yet
decide-nothing-why = Say what happens, how often, and what could be done. A what-if can hand all of it over.
decide-results = Measures, best first
decide-old = You have changed something since: evaluate again.
decide-assumes = { $count ->
    [one] It happens { $often } ({ $low } to { $high }); { $count } year counts, discounted at { $discount } a year. Ranges are 5–95 %.
   *[other] It happens { $often } ({ $low } to { $high }); { $count } years count, discounted at { $discount } a year. Ranges are 5–95 %.
}
decide-none-worth = None of these is worth its cost in money alone. What people would gain stands beside it.
decide-best = Best
decide-shortlist = Put on the shortlist: { $name }
decide-unknown = Not known: { $why }
decide-measure = Measure
decide-people = People: person·h avoided
decide-carbon = Environment: kgCO2e avoided
decide-no-carbon = nothing is said of it
decide-each-time = People and environment are counted each time it happens, money over all the years in today’s value.
decide-benefit = { $count ->
    [one] Worth over { $count } year
   *[other] Worth over { $count } years
}
decide-cost = Cost
decide-cost-unsaid = nobody has said
decide-net = Worth less cost
decide-net-unknown = unknown without a cost
decide-chance-worth = Chance that it is worth it
decide-chance-best = Chance that it is the best
decide-break-often = Worth it from
decide-worth-up-to = Worth it as long as it costs less than { $cost } ({ $low } … { $high })
decide-worth-nothing = It saves no money at any cost
decide-worth-from = Worth it if it happens more often than { $often }
decide-unpriced = The worth leaves out what people lose of: { $services }. No price of it is known, so it is not in { $currency }.
decide-turns = What would flip the choice
decide-turn-cost-nothing = “{ $option }” is not worth it if it costs more than { $value } (now { $now }).
decide-turn-cost-only = “{ $option }” becomes worth it if it costs less than { $value } (now { $now }).
decide-turn-cost-other = “{ $other }” becomes better if “{ $option }” costs more than { $value } (now { $now }).
decide-turn-cost-catch = “{ $option }” becomes better than “{ $other }” if it costs less than { $value } (now { $now }).
decide-turn-often-nothing = “{ $option }” is not worth it if it happens less often than { $value } (now { $now }).
decide-turn-often-only = “{ $option }” becomes worth it if it happens more often than { $value } (now { $now }).
decide-turn-often-other-below = “{ $other }” becomes better than “{ $option }” if it happens less often than { $value } (now { $now }).
decide-turn-often-other-above = “{ $other }” becomes better than “{ $option }” if it happens more often than { $value } (now { $now }).
decide-factors = { $count ->
    [one] { $count } factor, with its source
   *[other] { $count } factors, with their sources
}
decide-take = Take a decision
decide-chosen = Shortlist
decide-choose-first = Tick one or more measures above.
decide-title = Title
decide-title-wrong = Give it a title.
decide-reason = Reason
decide-reason-wrong = Say why: others will read it.
decide-second = Takes a second person
decide-second-why = It is proposed, and holds once somebody else approves it.
decide-alone-why = It is approved at once, in your name.
decide-propose-it = Propose decision
decide-approve-it = Decide
decide-made-proposed = Decision proposed: it waits for a second person
decide-made-approved = Decision taken
decide-decisions = Decisions
decide-no-decisions = No decisions yet
decide-no-decisions-why = Compare measures, tick the ones you want, and give a reason.
decide-state-proposed = proposed
decide-state-approved = approved
decide-state-refused = refused
decide-state-withdrawn = withdrawn
decide-by = { $author }, { $at }
decide-net-told = worth { $net } after its cost
decide-history = { $count ->
    [one] { $count } step
   *[other] { $count } steps
}
decide-over = { $count ->
    [one] over { $count } year
   *[other] over { $count } years
}
decide-waits = It waits for a second person: you may be the one.
decide-waits-mine = You wrote it: somebody else must approve it.
decide-needs-second = This takes a second person: who wrote it cannot approve it.
decide-note = Note (optional)
decide-do-approved = Approve
decide-do-refused = Refuse
decide-do-withdrawn = Withdraw
decide-do-proposed = Propose again
decide-led-approved = Approved: { $title }
decide-led-refused = Refused: { $title }
decide-led-withdrawn = Withdrawn: { $title }
decide-led-proposed = Proposed again: { $title }

### resident
resident-title = What works at your home
resident-simulated = This is a demonstration: the readings are simulated, no sensor measured them.
resident-synthetic = The networks were designed from the map: they are likely, not real.
resident-alerts = Alerts
resident-services = Services at your address
resident-address = Your address
resident-address-example = Street and number
resident-address-failed = Addresses cannot be searched just now. Try again, or choose the place on the map.
resident-address-none = No such address is known. Try the street alone, or choose the place on the map.
resident-address-count = { $count ->
    [one] { $count } address. Choose it with the arrow keys.
   *[other] { $count } addresses. Choose one with the arrow keys.
}
resident-no-search = Addresses cannot be searched in this city: choose the place on the map.
resident-no-place = This city has neither addresses nor a map, so services cannot be shown for a place. Works and alerts are below.
resident-on-map = Choose on the map
resident-map = Map to choose a place
resident-map-hint = Move the map until the pin stands at your house. Arrow keys move it, plus and minus zoom.
resident-map-follow = Move the map until the pin stands at the problem. Arrow keys move it, plus and minus zoom.
resident-map-use = Use this place
resident-map-place = A place on the map
resident-kept = The address stays in this browser. There is no account.
resident-forget = Forget
resident-forgotten = The address is forgotten
resident-sum-ok = Everything works
resident-sum-soon = Everything works now, but not all day
resident-sum-alert = Everything works, but read the alert above
resident-sum-lost = Something does not work now
resident-sum-unknown = Not everything is known
resident-at = As seen at { $at }
resident-not-yet = The city was not looked at yet
resident-state-ok = works
resident-see-alert = see the alert above
resident-state-unknown = not known
resident-lost = does not work; expected back { $to }
resident-lost-open = does not work
resident-soon = works now; none expected from { $from } until { $to }
resident-unknown-why = “Not known” means that the model has no answer it can stand by: it says neither that a service works nor that it does not.
resident-not-found = No home or building is known near this place, so nothing can be said of its services. Try an address nearby.
resident-works = Planned works
resident-no-works = None are planned.
resident-here = at your address
resident-elsewhere = elsewhere
resident-concerns = Concerns: { $services }
resident-report = Report a problem
resident-no-name = No name is needed. Phone numbers, e-mail addresses and personal codes in your text are blotted out.
resident-category = What is it about?
resident-category-water = Water
resident-category-electricity = Electricity
resident-category-road = Road
resident-category-waste = Waste
resident-category-other = Something else
resident-category-wrong = Choose one.
resident-text = What is wrong?
resident-text-wrong = Say it in { $least } characters or more.
resident-text-left = { $left } characters left
resident-where = Where is it?
resident-where-map = I will show it on the map
resident-where-none = I would rather not say
resident-send = Send
resident-sending = Sending…
resident-sent = Thank you, your report has arrived.
resident-code = Your code:
resident-code-why = Keep it: with it, and only with it, you can ask below what became of your report.
resident-copy = Copy
resident-copied = Code copied
resident-another = Report something else
resident-unsent = It could not be sent: the server does not answer. Your text stays here; check your network and send it again.
resident-too-often = Too many reports from here. Wait { $wait } and try again.
resident-became = What became of my report?
resident-ask-code = Code of the report
resident-ask = Ask
resident-code-missing = Write the code that you were given.
resident-code-none = There is no report of this code. Look whether it is written right.
resident-reported = reported { $at }
resident-report-new = It has arrived and nobody has read it yet.
resident-report-seen = It was read, and somebody is seeing to it.
resident-report-done = It is done.
resident-report-refused = It was not taken up.
resident-privacy = This page asks for no account, sets no cookie and stores no data about you.
resident-emergency = If anybody is in danger, call 112.
resident-staff = For staff

### notices
notices-what = Tell residents of planned works and dangers, and answer what they report.
notices-parts = Parts of this view
notices-part-notices = Works and alerts
notices-part-reports = Residents’ reports
notices-fresh = { $count ->
    [one] { $count } new
   *[other] { $count } new
}
notices-write = Write a notice
notices-new = New notice
notices-kind = Kind
notices-kind-works = Planned works
notices-kind-alert = Alert
notices-works-why = Works can be published by who wrote them.
notices-alert-why = An alert takes a second person: somebody else than its author publishes it.
notices-changes = What is done
notices-add-change = Add a change
notices-preview = Concerned, on a usual day:
notices-preview-when = { $count ->
    [one] Counted for its first hour.
   *[other] Counted for its first { $count } hours.
}
notices-preview-none = Add what is shut or switched off, and the model tells whom it concerns. Without a change the notice is for the whole city.
notices-preview-failed = Who is concerned could not be asked. Change something to ask again.
notices-preview-unknown = Who is concerned is not known: the model has no answer. Such a notice cannot be saved; take the change away and name the services yourself.
notices-preview-nobody = Nobody loses a service.
notices-preview-places = { $count ->
    [one] { $count } place
   *[other] { $count } places
}
notices-person-hours = { $hours } person-hours
notices-from = From
notices-to = Until
notices-zone = Times of the city ({ $zone }).
notices-missing-text = Write title and text in one language at least.
notices-missing-half = In each language write both title and text, or neither.
notices-missing-times = Give both times.
notices-missing-order = The end lies before the beginning.
notices-missing-long = A notice is for { $days } days at most.
notices-missing-past = It would be over already.
notices-missing-far = It may begin within { $days } days.
notices-title = Title
notices-text = Text
notices-untold = Nothing is written in: { $languages }. Readers of it see another language.
notices-services = Services concerned
notices-services-hint = Left empty: those that the changes take away.
notices-save = Save as draft
notices-saved = Draft saved; residents do not see it yet
notices-cancel = Close
notices-none = No notices yet
notices-none-why = Write one: it stays a draft until it is published.
notices-state = State
notices-state-draft = draft
notices-state-published = published
notices-state-ending = about to end
notices-state-replaced = replaced by a newer one
notices-state-withdrawn = withdrawn
notices-over = over
notices-everywhere = the whole city
notices-by = { $author }, { $at }
notices-waits-draft = It waits for a second person: you may be the one.
notices-waits-mine-draft = You wrote it: somebody else must publish it.
notices-waits-ending = Its end waits for a second person: you may be the one.
notices-waits-mine-ending = You ended it: somebody else must confirm that.
notices-needs-second = An alert takes a second person: who wrote it cannot publish it.
notices-do-published = Publish
notices-do-ending = It is over
notices-end-published = It is not over
notices-end-withdrawn = Confirm the end
notices-update = Write a newer one
notices-newer = A newer alert
notices-propose = Propose words
notices-sent = { $count ->
    [one] { $count } message in the alert feed
   *[other] { $count } messages in the alert feed
}
notices-do-withdrawn = Withdraw
notices-do-draft = Make it a draft again
notices-led-published = Published: { $title }
notices-led-ending = About to end: { $title }
notices-led-withdrawn = Withdrawn: { $title }
notices-led-draft = A draft again: { $title }
notices-heard = Alerts of others
notices-heard-none = None of them holds now.
notices-heard-silent = never answered
notices-heard-at = asked { $at }
notices-verdict-trusted = signature verified
notices-verdict-untrusted = signer not on the trust list
notices-verdict-unsigned = not signed
notices-verdict-tampered = changed on the way: do not act on it
notices-filter = Which reports
notices-filter-open = Open
notices-filter-closed = Closed
notices-filter-all = All
notices-no-open = No open reports
notices-no-reports = No reports
notices-no-reports-why = What residents report on their page comes up here by itself.
notices-report-came = A resident reported a problem.
notices-report-new = new
notices-report-seen = seen
notices-report-done = done
notices-report-refused = refused
notices-report-do-new = Mark as unread
notices-report-do-seen = Take it up
notices-report-do-done = Done
notices-report-do-refused = Refuse
notices-report-led-new = Marked as unread
notices-report-led-seen = Taken up
notices-report-led-done = Report closed as done
notices-report-led-refused = Report refused
notices-report-why = Explained by: { $why } { $count ->
    [one] One report of it.
   *[other] { $count } reports of it: one work order.
}
notices-report-repeats = Repeats an earlier report near by.
notices-report-reopens = Asks again for one that was closed.
notices-report-late = Late by { $time }.
notices-show-place = Show on the map
notices-placeless = No place was given.
notices-answer = Answer, which the resident reads by their code
notices-steps = { $count ->
    [one] { $count } step
   *[other] { $count } steps
}
notices-resident = resident
notices-map = Map of residents’ reports
notices-legend = a resident’s report
