domain = offices and services of the municipality

event-closed = closed
event-no_electricity = no electricity
event-no_road_access = no road access
event-no_service = serves nobody, or fewer

kind-town_hall = town hall
kind-service_centre = customer service centre
kind-register_office = register office

port-electricity = electricity
port-road_access = road access
port-public_service = service of the office
port-electricity_demand = electric power

quantity-person_hours = person-hours without the service
quantity-office_hours = hours of offices lost

series-public_service = service of the office
series-electricity_demand = electric power

change-closed = closed

count-offices = municipal offices

desk-title = Work orders
desk-order = work order
desk-fault = fault
desk-requests = requests
desk-people = people cut off
desk-single = { $count } requests that no fault explains; { $duplicates } of all repeat another, { $reopened } ask for a closed one again.
desk-late = Late: { $open } that wait still, { $closed } that were done late.

budget-title = Winners by the rule: { $rule }
budget-project = project
budget-cost = cost
budget-why = why
budget-spent = { $cost } of { $budget } are spent; { $voters } voters.
budget-paid = { $supporters } supporters pay { $least } to { $most } each; { $poor } of them all that they had left
budget-no_cost = it costs nothing: there is nothing to fund
budget-most_votes = score { $score }, in its turn { $left } were left
budget-completion = { $votes } votes; it fits into the { $left } that shares left over
budget-short = its { $votes } supporters have { $had } left, { $missing } too little
budget-no_room = in its turn { $left } were left
budget-no_share = its { $votes } supporters had { $had } left; of the rest { $left } were left in its turn
budget-stopped = the rule ended at the first project that did not fit
budget-few_votes = fewer votes than the rule asks
budget-no_votes = nobody voted for it
budget-override_in = put in by { $by }: { $reason }
budget-override_out = taken out by { $by }: { $reason }
budget-losers = Not chosen

indicators-title = Indicators of { $city }
indicators-code = code
indicators-name = indicator
indicators-value = value
indicators-unit = unit
indicators-why = from, or why not
indicators-none = no data
