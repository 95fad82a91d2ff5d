"""Lost service in people, against sums by hand."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kopa.domain import Change, Result, parse_change
from kopa.domain.change import checked
from kopa.domains.places import DOMAIN
from kopa.domains.places.domain import KINDS, PlacesDomain
from kopa.model import Window

DAY = Window(0, 3600, 24)
CSV = """\
id,kind,people,customers,x,y,zone,opening_hours,electricity_buffer_h,water_buffer_h,critical,group:old,group:young
home,home,10,4,0,0,north,,,,,3,7
school,school,200,1,1,0,south,Mo-Fr 08:00-16:00,,,,,200
hospital,hospital,50,1,2,0,south,24/7,4,1.5,,20,
depot,office,5,1,3,0,south,,,,true,,
"""


@pytest.fixture
def places(tmp_path: Path) -> PlacesDomain:
    (tmp_path / "places.csv").write_text(CSV, encoding="utf-8")
    domain, findings = DOMAIN.load({"places": "places.csv"}, tmp_path)
    assert findings == ()
    assert isinstance(domain, PlacesDomain)
    return domain


def run(
    places: PlacesDomain, window: Window, electricity: Any, *changes: str, water: Any = 1.0
) -> Result:
    n = len(places.places.ids)
    inputs = {
        name: np.broadcast_to(np.asarray(series, float), (n, window.steps)).T.copy()
        for name, series in (("electricity", electricity), ("water", water))
    }
    known = [checked(parse_change(text), places.assets(), KINDS) for text in changes]
    return places.run(window, known, inputs)


def values(
    result: Result, quantity: str, service: str = "electricity", group: str = ""
) -> list[float]:
    (found,) = (
        a for a in result.accounts if (a.quantity, a.service, a.group) == (quantity, service, group)
    )
    return found.values.tolist()


def outage(start: int, end: int, window: Window = DAY) -> np.ndarray:
    share = np.ones(window.steps)
    share[start:end] = 0
    return share


def test_person_hours_count_who_is_there(places: PlacesDomain) -> None:
    result = run(places, DAY, outage(6, 12))
    # the school is open from 08:00 on; the hospital's generator covers four of six hours
    assert values(result, "person_hours") == [60, 4 * 200, 2 * 50, 30]
    assert values(result, "person_hours", group="old") == [18, 0, 40, 0]
    assert values(result, "person_hours", group="young") == [42, 800, 0, 0]
    assert values(result, "critical_site_hours") == [0, 0, 2, 6]
    assert values(result, "person_hours", "water") == [0, 0, 0, 0]


def test_customer_minutes_count_connections_day_and_night(places: PlacesDomain) -> None:
    result = run(places, DAY, outage(6, 12))
    assert values(result, "customer_minutes") == [4 * 360, 360, 120, 360]
    assert values(result, "customer_interruptions") == [4, 1, 1, 1]
    twice = outage(6, 8) * outage(10, 12)
    assert values(run(places, DAY, twice), "customer_interruptions") == [8, 2, 0, 2]


def test_a_part_of_a_service_is_a_part_of_an_hour(places: PlacesDomain) -> None:
    share = np.ones(24)
    share[0:4] = 0.75
    result = run(places, DAY, 1.0, water=share)
    assert values(result, "person_hours", "water")[0] == pytest.approx(10)
    assert values(result, "customer_minutes", "water") == [0, 0, 0, 0]
    # the hospital's tank gives the missing quarter for 1.5 hours of full need
    assert values(result, "person_hours", "water")[2] == 0


def test_the_day_of_the_week_matters(places: PlacesDomain) -> None:
    sunday = Window(0, 3600, 24, datetime.date(2026, 11, 22))
    assert values(run(places, sunday, outage(6, 12)), "person_hours")[1] == 0


def test_hours_that_cut_a_step_count_in_part(places: PlacesDomain) -> None:
    long = Window(0, 3 * 3600, 8)  # 06-09 holds one open hour of three
    assert values(run(places, long, outage(2, 3, long)), "person_hours")[1] == pytest.approx(200)


def test_measures_and_events(places: PlacesDomain) -> None:
    power = outage(6, 12)
    assert values(run(places, DAY, power, "places:home backup 6 h"), "person_hours")[0] == 0
    assert values(run(places, DAY, power, "places:home backup 90 min"), "person_hours")[0] == 45
    crowd = run(places, DAY, power, "places:home people ×3 08:00-10:00")
    assert values(crowd, "person_hours")[0] == 60 + 2 * 20
    dry = run(places, DAY, 1.0, "places:home tank 2 h", water=power)
    assert values(dry, "person_hours", "water")[0] == 40


def test_heaters_run_where_heat_fails_and_power_does_not(tmp_path: Path) -> None:
    text = "id,kind,people,heater_kw,x,y\na,home,3,2,0,0\nb,home,3,,1,0\nc,home,3,4,2,0\n"
    (tmp_path / "places.csv").write_text(text, encoding="utf-8")
    domain, findings = DOMAIN.load({"places": "places.csv"}, tmp_path)
    assert findings == ()
    heat, electricity = np.ones((24, 3)), np.ones((24, 3))
    heat[6:10], electricity[8:12] = 0.25, [0, 0, 1]
    result = domain.run(DAY, [], {"heat": heat, "electricity": electricity})
    expected = np.zeros((24, 2))
    expected[6:10] = [1.5, 3.0]
    expected[8:10, 0] = 0
    assert result.outputs["added_demand"] == pytest.approx(expected)
    (port,) = (p for p in domain.ports() if (p.name, p.direction) == ("added_demand", "out"))
    assert [domain.assets().ids[row] for row in port.rows] == ["a", "c"]
    reasons = [result.events[event].what for event in result.origins["added_demand"]]
    assert reasons == ["no_heat", "no_heat"]


def test_a_loss_points_to_the_input_that_brought_it(places: PlacesDomain) -> None:
    result = run(places, DAY, outage(6, 12))
    assert [e.what for e in result.events] == ["no_electricity"] * 4
    event = result.events[result.origins["electricity"][2]]
    assert (event.start, event.end) == (10 * 3600, 12 * 3600)
    assert (event.parents[0].port, event.parents[0].index) == ("electricity", 2)
    assert run(places, DAY, 1.0).events == ()


def test_polygons_stand_at_their_middle(tmp_path: Path) -> None:
    ring = [[0, 0], [4, 0], [4, 2], [0, 2], [0, 0]]
    text = (
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "id": "p", "geometry": '
        f'{{"type": "Polygon", "coordinates": [{ring}]}}, "properties": {{"people": 3}}}}]}}'
    )
    (tmp_path / "a.geojson").write_text(text, encoding="utf-8")
    domain, _ = DOMAIN.load({"places": ["*.geojson"]}, tmp_path)
    assets = domain.assets()
    assert (assets.ids, assets.x.tolist(), assets.y.tolist()) == (("p",), [2.0], [1.0])


def test_changes_are_checked(places: PlacesDomain) -> None:
    assert isinstance(KINDS[0].assets, tuple)
    change = Change("places", "home", "people", 3.0)
    assert places.run(DAY, (change,), {}).status == "ok"
