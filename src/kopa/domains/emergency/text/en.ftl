domain = emergency

event-out = out of service
event-no_electricity = no electricity
event-no_staff = too few staff
event-late = help comes late
event-slower = help comes later than usual

kind-cell = block of homes
kind-ambulance = ambulance base
kind-fire = fire engines
kind-rescue = rescue base
kind-shelter = shelter
kind-street = street

port-electricity = electricity
port-staff = staff
port-street_speed = speed over the usual
port-help = an ambulance arrives in time
port-shelter = share of a shelter's places

quantity-late_help = person-hours beyond the target time of help
quantity-added_time_to_help = later help

series-help = an ambulance arrives in time
series-shelter = share of a shelter's places

change-out = out of service

finding-emergency-nobody = No ambulance reaches { $people } people in { $cells } cells.
finding-emergency-nobody-do = See which streets and bases they depend on.

count-bases = bases of units
count-shelters = shelters
count-places = places in shelters
count-cells = blocks
