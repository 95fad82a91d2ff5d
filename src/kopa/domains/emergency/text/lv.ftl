domain = ārkārtas situācijas

event-out = nedarbojas
event-no_electricity = nav elektrības
event-no_staff = trūkst personāla
event-late = palīdzība nokavē
event-slower = palīdzība ierodas vēlāk nekā parasti

kind-cell = kvartāls
kind-ambulance = neatliekamās palīdzības bāze
kind-fire = ugunsdzēsēju automašīnas
kind-rescue = glābēju bāze
kind-shelter = patvertne
kind-street = iela

port-electricity = elektrība
port-staff = personāls
port-street_speed = ātrums pret parasto
port-help = ātrā palīdzība ierodas laikā
port-shelter = patvertnes vietu daļa

quantity-late_help = cilvēkstundas ārpus palīdzības mērķa laika
quantity-added_time_to_help = vēlāka palīdzība

series-help = ātrā palīdzība ierodas laikā
series-shelter = patvertnes vietu daļa

change-out = nedarbojas

finding-emergency-nobody = Ātrā palīdzība nesasniedz { $people } cilvēkus { $cells } kvartālos.
finding-emergency-nobody-do = Pārbaudiet, no kurām ielām un bāzēm tie ir atkarīgi.

count-bases = vienību bāzes
count-shelters = patvertnes
count-places = vietas patvertnēs
count-cells = kvartāli
