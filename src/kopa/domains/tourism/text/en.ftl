domain = tourism

event-out = closed
event-factor = more or fewer visitors
event-festival = festival
event-no_electricity = no electricity
event-no_water = no water
event-no_road_access = cannot be reached
event-no_transit = public transport fails
event-full = full
event-lost_visits = visitors stay away

kind-attraction = attraction
kind-museum = museum
kind-monument = monument
kind-viewpoint = viewpoint
kind-park = park
kind-venue = venue
kind-event = event

port-electricity = electricity
port-water = water
port-road_access = street to the door
port-transit = public transport
port-visit = open to those who want to come
port-visitors = visitors who are there
port-added_water = water that more visitors use
port-added_waste = waste that more visitors leave
port-added_riders = more riders

quantity-visitor_hours = hours of visits
quantity-visitor_hours_lost = hours of visits lost

service-visit = visit

series-visit = open to those who want to come
series-visitors = visitors who are there
series-added_water = water that more visitors use
series-added_waste = waste that more visitors leave
series-added_riders = more riders

change-out = closed
change-factor = visitors times a number
change-festival = so many visitors more at once

count-sights = sights
count-visitors = visitors a day

tourism-route = Route for a day
tourism-sight = sight
tourism-arrive = from
tourism-leave = to
tourism-walk = walk, m
tourism-visitors = visitors
tourism-prize = Worth { $prize } of { $all }, { $metres } m on foot.
tourism-none = No sight fits into the day.
tourism-skipped = Left out
tourism-why = why
tourism-reason-closed = closed by a change
tourism-reason-not_open = not open that day
tourism-reason-unreachable = no way leads there
tourism-reason-wheelchair = not known to be step-free
tourism-reason-full = full all the time
tourism-reason-time = does not fit into the day
tourism-score = Score { $score }, length { $length } of { $limit }.
tourism-published = Published { $published }: { $gap } % under it.
tourism-quiet = Quiet hours
tourism-hour = hour
tourism-load = of its room
tourism-unknown = unknown
unknown = unknown
