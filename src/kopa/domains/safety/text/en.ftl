domain = safety

event-out = out of service
event-factor = dimmed
event-no_electricity = no electricity
event-no_staff = too few staff
event-dark = dark street
event-late = help comes late
event-slower = help comes later than usual

kind-cell = block of homes
kind-fire_station = fire station
kind-police = police station
kind-patrol_base = patrol base
kind-lights = street lights
kind-street = street

port-electricity = electricity
port-staff = staff
port-street_speed = speed over the usual
port-coverage = share of services within their time
port-response = time until help is there
port-lighting = street lighting
port-electricity_demand = electric power

quantity-late_response = person-hours beyond the target time of help
quantity-dark_street = person-hours on dark streets
quantity-dark_length = length of dark streets times hours
quantity-lighting_energy = electricity of street lights

series-coverage = share of services within their time
series-response = time until help is there
series-lighting = street lighting
series-electricity_demand = electric power

change-out = out of service
change-factor = light and power times a number

finding-safety-nobody = No station of { $service } reaches { $people } people in { $cells } cells.
finding-safety-nobody-do = See which streets and stations they depend on.

count-stations = stations
count-cells = blocks
count-circuits = circuits of street lights
count-lamps = street lamps
