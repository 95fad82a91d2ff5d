domain = education

event-out = closed
event-factor = more or fewer pupils
event-no_electricity = no electricity
event-no_water = no water
event-no_heat = too cold
event-no_staff = too few staff
event-no_road_access = cannot be reached
event-closed = takes no children

kind-kindergarten = kindergarten
kind-school = school

port-electricity = electricity
port-water = water
port-heat = heat
port-staff = staff
port-road_access = street to the door
port-learning = open for its pupils

quantity-person_hours = person-hours without
quantity-childcare_hours = hours that somebody stays at home with a child

service-learning = lessons and care

series-learning = open for its pupils

change-out = closed
change-factor = pupils times a number

count-schools = schools
count-kindergartens = kindergartens
count-places = places of learning

education-reason-electricity = electricity
education-reason-water = water
education-reason-heat = heat
education-reason-staff = staff
education-reason-road_access = street
education-reason-out = closed
education-reason-no_places = the school has no places
education-reason-reserved = all places went to quota groups
education-reason-priority = children of a better class went first
education-reason-sibling = children with a sibling there went first
education-reason-lottery = children with a lower lottery number went first
education-reason-family = another child of the family had the lower number

education-assigned = Places by deferred acceptance
education-school = school
education-places = places
education-taken = taken
education-rank = choice
education-children = children
education-none = none
education-stable = Stable: no child and school would both rather have one another.
education-not-stable = Not stable: { $pairs } pairs block it.
education-seed = Seed of the lottery: { $seed }
education-compared = Least total distance: { $metres } m instead of { $fair } m, and { $pairs } blocking pairs.

education-closures = Schools that close
education-from = from
education-to = to
education-why = missing
education-pupils = pupils
education-moved = moved
education-unplaced = without a place
education-moves = Where their children go
education-group = group
education-metres = m
education-nothing-closes = No school closes.

education-forecast = Children and places
education-catchment = catchment
education-year = year
education-low = low
education-mid = mid
education-high = high
education-missing = places missing
education-enough = enough
education-yes = yes
education-no = no
education-uncertain = uncertain
education-unknown = unknown

education-route = Way to school
education-way = way
education-weighted = weighted m
education-fast = m beside fast cars
education-shortest = shortest
education-safest = safest

education-purged = { $rounds } rounds of { $children } children deleted.
