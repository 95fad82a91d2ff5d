domain = drošība

event-out = nedarbojas
event-factor = aptumšots
event-no_electricity = nav elektrības
event-no_staff = trūkst personāla
event-dark = tumša iela
event-late = palīdzība nokavē
event-slower = palīdzība ierodas vēlāk nekā parasti

kind-cell = kvartāls
kind-fire_station = ugunsdzēsēju depo
kind-police = policijas iecirknis
kind-patrol_base = patruļu bāze
kind-lights = ielu apgaismojums
kind-street = iela

port-electricity = elektrība
port-staff = personāls
port-street_speed = ātrums pret parasto
port-coverage = dienestu daļa, kas ierodas laikā
port-response = laiks līdz palīdzībai
port-lighting = ielu apgaismojums
port-electricity_demand = elektriskā jauda

quantity-late_response = cilvēkstundas ārpus palīdzības mērķa laika
quantity-dark_street = cilvēkstundas tumšās ielās
quantity-dark_length = tumšo ielu garums reiz stundas
quantity-lighting_energy = ielu apgaismojuma elektrība

series-coverage = dienestu daļa, kas ierodas laikā
series-response = laiks līdz palīdzībai
series-lighting = ielu apgaismojums
series-electricity_demand = elektriskā jauda

change-out = nedarbojas
change-factor = gaisma un jauda, reizinātas ar skaitli

finding-safety-nobody = Neviena dienesta ({ $service }) stacija nesasniedz { $people } cilvēkus { $cells } kvartālos.
finding-safety-nobody-do = Pārbaudiet, no kurām ielām un stacijām tie ir atkarīgi.

count-stations = stacijas
count-cells = kvartāli
count-circuits = ielu apgaismojuma līnijas
count-lamps = ielu lampas
