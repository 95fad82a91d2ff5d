domain = firms and what they trade

event-closed = closed
event-no_electricity = no electricity
event-no_water = no water
event-no_heat = no heat
event-no_road_access = no road access
event-no_work = nobody works, or fewer

kind-office = office
kind-shop = shop
kind-industry = factory
kind-craft = workshop

port-electricity = electricity
port-water = water
port-heat = heat
port-road_access = road access
port-trade = work of the firm
port-electricity_demand = electric power

quantity-work_lost = person-hours of work lost
quantity-firm_hours = hours of firms lost

series-trade = work of the firm
series-electricity_demand = electric power

change-closed = closed

count-firms = firms
