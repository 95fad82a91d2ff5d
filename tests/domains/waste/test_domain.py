"""A window of waste: rounds, overflow, plants, against sums done by hand."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from domains.waste.small import write_waste

from kopa.domain import Change, Result, checked, parse_change
from kopa.domains.waste import DOMAIN
from kopa.domains.waste.calendar import at_start
from kopa.domains.waste.domain import WasteDomain
from kopa.domains.waste.run import day
from kopa.geo.fastest import Fastest
from kopa.model import FloatArray, Window

DAY = Window()
"""A Wednesday."""


@pytest.fixture(name="town")
def _town(tmp_path: Path) -> WasteDomain:
    return load(tmp_path)


def load(folder: Path, **values: Any) -> WasteDomain:
    found, findings = DOMAIN.load(write_waste(folder, **values), folder)
    assert findings == ()
    assert isinstance(found, WasteDomain)
    return found


def changes(town: WasteDomain, *texts: str) -> tuple[Change, ...]:
    return tuple(
        checked(parse_change(f"waste:{text}"), town.assets(), town.kinds()) for text in texts
    )


def run(town: WasteDomain, *texts: str, window: Window = DAY, **inputs: FloatArray) -> Result:
    return town.run(window, changes(town, *texts), inputs)


def series(town: WasteDomain, port: str, asset: str, value: float, steps: int = 24) -> FloatArray:
    """An in-port's series that is neutral but for one asset."""
    of = next(p for p in town.ports() if p.name == port and p.direction == "in")
    values = np.full((steps, len(of.rows)), of.neutral)
    values[:, of.column[town.assets().index[asset]]] = value
    return values


def booked(town: WasteDomain, result: Result, quantity: str) -> dict[str, float]:
    values = next(one.values for one in result.accounts if one.quantity == quantity)
    ids = town.assets().ids
    return {ids[row]: float(values[row]) for row in np.flatnonzero(values)}


def told(town: WasteDomain, result: Result) -> list[tuple[str, list[str]]]:
    ids = town.assets().ids
    return [(one.what, [ids[row] for row in one.rows]) for one in result.events]


def metres(town: WasteDomain, *streets: str) -> float:
    """Length of streets, each written as often as it is driven."""
    of = town.network.streets
    return sum(float(of.length[of.ids.index(street)]) for street in streets)


TOUR = ["100-1", "100-2", "100-3", "106-1", "106-1", "105-1", "101-3", "101-2", "101-1", "102-1"]
"""1 to a (2), b (3), c (9) by 4; back to 4, by 8 along North Street to the transfer, home."""


def test_a_usual_round(town: WasteDomain) -> None:
    """The way back from c is as long by North Street as by Main Street: only its length counts."""
    result = run(town)
    assert result.status == "ok"
    assert result.events == ()
    way = metres(town, *TOUR)
    assert booked(town, result, "truck_distance")["truck/T1"] == pytest.approx(way / 1000, abs=2e-3)
    seconds = way / 8 + 3 * 45 + 600
    assert booked(town, result, "truck_hours")["truck/T1"] == pytest.approx(
        seconds / 3600, abs=1e-3
    )
    litres = booked(town, result, "truck_fuel")["truck/T1"]
    assert litres == pytest.approx(way / 1000 * 0.4 + 3 * 0.1, abs=1e-3)
    cost = booked(town, result, "utility_cost")["truck/T1"]
    assert cost == pytest.approx(seconds / 3600 * 50 + way / 1000 * 0.5, abs=0.05)
    assert booked(town, result, "overflowing_waste") == {}
    assert (result.outputs["collection"] == 1).all()


def test_what_is_in_the_containers_is_what_came_since_monday(town: WasteDomain) -> None:
    """Emptied on Monday at 10:00, the middle of the shift: at midnight 38 h later a has 63.3 kg."""
    result = run(town)
    balance = result.balance
    assert balance is not None
    assert balance.ok
    assert balance.supplied == pytest.approx(40 + 30 + 45 + 10)
    first = metres(town, "100-1") / 8
    second = first + 45 + metres(town, "100-2") / 8
    third = second + 45 + metres(town, "100-3", "106-1") / 8
    days = (38 + 6) / 24  # to the begin of the shift
    kg = [40 * (days + first / 86_400), 30 * (days + second / 86_400), 45 * (days + third / 86_400)]
    paper = 10 * (14 - 10 / 24 + (6 * 3600 + metres(town, "101-2", "103-1", "100-1") / 8) / 86_400)
    assert balance.used == pytest.approx(sum(kg) + paper, abs=0.05)


def test_a_closed_dead_end_is_missed_and_told(town: WasteDomain) -> None:
    closed = series(town, "street_speed", "106-1", 0.0)
    usual = run(town)
    result = run(town, street_speed=closed)
    assert told(town, result) == [("delayed", ["truck/T1"]), ("missed", ["c"])]
    parent = result.events[1].parents[0]
    assert (parent.kind, parent.port) == ("input", "street_speed")
    assert closed[0, parent.index] == 0
    missed = booked(town, result, "uncollected_waste")
    assert missed == {"c": pytest.approx((38 / 24 + 1) * 45 / 1000)}
    less = booked(town, usual, "truck_distance")["truck/T1"]
    less -= booked(town, result, "truck_distance")["truck/T1"]
    more = metres(town, "100-3", "106-1", "106-1", "105-1", "101-3", "101-2", "101-1")
    # from b straight back to the transfer
    more -= metres(town, "104-1", "101-2", "101-1")
    assert less == pytest.approx(more / 1000, abs=2e-3)


def test_a_closed_street_is_driven_around(town: WasteDomain) -> None:
    """From a to b by Second, North Street and Third: two blocks more."""
    result = run(town, street_speed=series(town, "street_speed", "100-2", 0.0))
    more = booked(town, result, "truck_distance")["truck/T1"]
    more -= booked(town, run(town), "truck_distance")["truck/T1"]
    by = metres(town, "103-1", "101-2", "104-1") - metres(town, "100-2")
    assert more == pytest.approx(by / 1000, abs=2e-3)
    assert told(town, result) == [("delayed", ["truck/T1"])]


def test_a_slowed_street_costs_time(town: WasteDomain) -> None:
    slowed = series(town, "street_speed", "100-2", 0.5)
    more = booked(town, run(town, street_speed=slowed), "truck_hours")["truck/T1"]
    more -= booked(town, run(town), "truck_hours")["truck/T1"]
    assert more == pytest.approx(metres(town, "100-2") / 8 / 3600, rel=1e-3)


def test_a_truck_that_breaks_down_misses_the_rest(town: WasteDomain) -> None:
    result = run(town, "truck/T1 out 06:01-12:00")
    assert told(town, result)[-1] == ("missed", ["b", "c"])
    whole = run(town, "truck/T1 out")
    assert told(town, whole)[-1] == ("missed", ["a", "b", "c"])
    assert "truck/T1" not in booked(town, whole, "truck_hours")
    assert run(town, "truck/T1 out 15:00-16:00").events[1:] == ()


def test_without_staff_the_last_trucks_stay(town: WasteDomain) -> None:
    result = run(town, staff=series(town, "staff", "depot", 0.5))
    assert told(town, result) == [("delayed", ["truck/T2"]), ("missed", ["paper"])]


def test_a_festival_fills_containers_a_day_early(town: WasteDomain) -> None:
    """Thursday and Friday: a holds 132 kg, gets 40 a day; emptied on Friday in the usual way."""
    two = Window(86_400, 3600, 48)
    usual = run(town, window=two)
    assert booked(town, usual, "overflowing_waste") == {}
    result = run(town, "zone/centre ×5", window=two)
    over = booked(town, result, "overflowing_waste")
    assert set(over) == {"a", "b"}
    share = result.outputs["collection"]
    # from Wednesday 10:00 to midnight 23.3 and 17.5 kg; then 8.3 and 6.25 kg an hour
    assert [int(np.argmax(share[:, column] < 1)) for column in (0, 1)] == [13, 18]
    assert ("overflow", ["a", "b"]) in told(town, result)
    cause = result.origins["collection"][0]
    assert result.events[result.events[cause].parents[0].index].what == "factor"


def test_a_power_cut_fills_the_transfer_station(town: WasteDomain) -> None:
    """Sorting holds 300 kg: paper, and of what T1 brings as much as fits; the rest waits."""
    dark = series(town, "electricity", "sorting", 0.0)
    result = run(town, electricity=dark)
    assert booked(town, run(town), "waste_unworked") == {}
    assert result.balance is not None
    waiting = booked(town, result, "waste_unworked")
    assert waiting["sorting"] == pytest.approx(0.3)
    assert waiting["transfer"] == pytest.approx(result.balance.used / 1000 - 0.3)
    assert 0.04 < waiting["transfer"] < 0.06
    assert told(town, result)[0] == ("no_electricity", ["sorting"])
    power = result.outputs["electricity_demand"]
    assert power[0].tolist() == [0, 5, 0]
    assert run(town).outputs["electricity_demand"][0].tolist() == [0, 5, 60]


def test_a_set_of_its_own_keeps_a_plant_running(tmp_path: Path) -> None:
    town = load(tmp_path, facilities={"sorting": {"backup_h": 3}})
    result = run(town, electricity=series(town, "electricity", "sorting", 0.0))
    assert result.outputs["electricity_demand"][:, 2].tolist() == [60] * 3 + [0] * 21


def test_a_full_truck_unloads_and_comes_back(tmp_path: Path) -> None:
    more = {"kg_per_day": 500, "volume_m3": 10}
    roomy = {name: {"store_t": 9} for name in ("transfer", "sorting")}
    town = load(tmp_path, containers={"b": more}, facilities=roomy)
    result = run(town)
    balance = result.balance
    assert balance is not None
    assert balance.ok
    # b has 917 kg on Wednesday morning: with a's 73 the truck is full, c is a trip of its own
    way = metres(town, "100-1", "100-2", "104-1", "101-2", "101-1")  # 1, 2, 3, 7, 6, 5
    way += metres(town, "101-1", "101-2", "101-3", "105-1", "106-1") * 2 + metres(town, "102-1")
    assert booked(town, result, "truck_distance")["truck/T1"] == pytest.approx(way / 1000, abs=3e-3)
    assert result.findings == ()


def test_a_truck_that_finds_no_room_comes_home_loaded(tmp_path: Path) -> None:
    town = load(tmp_path, facilities={"transfer": {"store_t": 0.1}})
    result = run(town)
    assert [one.code for one in result.findings] == ["waste.loaded"]
    assert result.findings[0].values["trucks"] == "T1"
    assert result.balance is not None
    assert result.balance.ok
    closed = load(tmp_path, facilities={"transfer": {"closes": "06:00"}})
    assert [one.code for one in run(closed).findings] == ["waste.loaded"]


def test_a_shift_that_is_too_short(tmp_path: Path) -> None:
    """There is time for a alone: 10 min to unload, 5 to drive; nothing unusual happens."""
    settings = write_waste(tmp_path)
    trucks = (tmp_path / "trucks.csv").read_text()
    (tmp_path / "trucks.csv").write_text(trucks.replace("3,06:00,14:00", "3,06:00,06:13", 1))
    town, _ = DOMAIN.load(settings, tmp_path)
    assert isinstance(town, WasteDomain)
    assert set(booked(town, run(town), "uncollected_waste")) == {"b", "c"}
    assert run(town).events == ()


def test_what_is_in_a_container_may_be_unknown(tmp_path: Path) -> None:
    town = load(tmp_path, containers={"a": {"kg_per_day": None}})
    result = run(town)
    assert result.status == "partial"
    assert [one.code for one in result.findings] == ["waste.no-level"]
    assert (result.outputs["collection"] == 1).all()


def test_measured_levels_come_first(tmp_path: Path) -> None:
    town = load(tmp_path, containers={"a": {"fill": 1.5}})
    result = run(town)
    over = booked(town, result, "overflowing_waste")
    # until 06:00:30 half a cubic metre and what comes lies beside it
    assert over == {"a": pytest.approx(6 * 0.55 + 40 / 24 / 120 * 18, rel=1e-3)}
    fine = booked(town, run(town, window=Window(0, 900, 96)), "overflowing_waste")
    assert fine["a"] == pytest.approx(over["a"], rel=0.01)  # m³·h, whatever the step
    assert booked(town, run(town, "a level 0"), "overflowing_waste") == {}


def test_streets_that_no_truck_meets_change_nothing(tmp_path: Path) -> None:
    town = load(tmp_path)
    rounds = (tmp_path / "rounds.csv").read_text()
    (tmp_path / "rounds.csv").write_text(
        "".join(line for line in rounds.splitlines(True) if not line.endswith("c,1,0\n"))
    )
    town, _ = DOMAIN.load(write_waste_settings(), tmp_path)
    assert isinstance(town, WasteDomain)
    port = next(p for p in town.ports() if p.name == "street_speed")
    ignored = town.ignores(DAY)["street_speed"]
    ids = [town.assets().ids[row] for row in port.rows[ignored]]
    assert "106-1" in ids
    assert "100-1" not in ids
    usual = run(town)
    for name in ids:
        result = run(town, street_speed=series(town, "street_speed", name, 0.0))
        assert result.events == ()
        for one, other in zip(usual.accounts, result.accounts, strict=True):
            assert np.array_equal(one.values, other.values)


def write_waste_settings() -> dict[str, str]:
    from domains.waste.small import SETTINGS

    return dict(SETTINGS)


def test_a_truck_without_a_round_is_settled_without_a_run(town: WasteDomain) -> None:
    thursday = Window(86_400)
    for window, settled in ((DAY, [False, False]), (thursday, [True, True])):
        found = town.screen(window, changes(town, "truck/T1 out", "truck/T2 out"))
        assert [one is not None for one in found] == settled
    assert town.screen(thursday, changes(town, "sorting out")) == [None]
    out = run(town, "truck/T1 out", window=thursday)
    for one, other in zip(run(town, window=thursday).accounts, out.accounts, strict=True):
        assert np.array_equal(one.values, other.values)


def test_order_and_repetition_change_no_digit(town: WasteDomain) -> None:
    texts = ["truck/T1 out 06:02-07:00", "zone/centre ×3", "sorting out 08:00-12:00"]
    one, again, turned = run(town, *texts), run(town, *texts), run(town, *texts[::-1])
    other = pickle.loads(pickle.dumps(town))
    for result in (again, turned, run(other, *texts)):
        for a, b in zip(one.accounts, result.accounts, strict=True):
            assert np.array_equal(a.values, b.values)
        for port, values in one.outputs.items():
            assert np.array_equal(values, result.outputs[port])


def test_a_window_that_begins_within_a_shift(town: WasteDomain) -> None:
    """What the round had emptied by then is not emptied again."""
    result = run(town, window=Window(12 * 3600, 3600, 4))
    balance = result.balance
    assert balance is not None
    assert balance.ok
    assert balance.used < 30


def test_windows_side_by_side_book_what_one_does(town: WasteDomain) -> None:
    """Cut at 06:05, within the round: km, hours and litres add up."""
    parts = [Window(0, 300, 73), Window(73 * 300, 300, 288 - 73)]
    for quantity in ("truck_distance", "truck_hours", "truck_fuel"):
        whole = booked(town, run(town, window=Window(0, 300, 288)), quantity)["truck/T1"]
        cut = [booked(town, run(town, window=one), quantity)["truck/T1"] for one in parts]
        assert min(cut) > 0
        assert sum(cut) == pytest.approx(whole, rel=1e-3)


def test_the_load_of_a_broken_truck_is_no_matter_of_plants(town: WasteDomain) -> None:
    assert run(town, "truck/T1 out 06:01-12:00").findings == ()


def test_containers_have_hours(tmp_path: Path) -> None:
    """a may be emptied from 07:00 on: the truck waits; c until 06:00: it is late for it."""
    town = load(tmp_path, containers={"a": {"early": "07:00"}, "c": {"late": "06:00"}})
    result = run(town)
    assert set(booked(town, result, "uncollected_waste")) == {"c"}
    assert booked(town, result, "truck_hours")["truck/T1"] > 1


def test_streams_are_not_mixed_in_a_truck(tmp_path: Path) -> None:
    """T1 takes paper after a: it unloads residual waste first, at the transfer station."""
    settings = write_waste(tmp_path)
    trucks = (tmp_path / "trucks.csv").read_text()
    both = trucks.replace("T1,depot,residual", "T1,depot,residual paper")
    (tmp_path / "trucks.csv").write_text(both)
    (tmp_path / "rounds.csv").write_text("truck,weekday,container\nT1,wed,a\nT1,wed,paper\n")
    town, _ = DOMAIN.load(settings, tmp_path)
    assert isinstance(town, WasteDomain)
    done = day(town.network, Fastest(town.network.driving), DAY, (), {})
    delivered = dict(zip(town.network.facilities.ids, done.plants.delivered.tolist(), strict=True))
    paper = at_start(town.network, DAY)[0][3]
    assert delivered["sorting"] == pytest.approx(paper + 10 * 6.2 / 24, abs=0.1)
    assert delivered["transfer"] > 20
    assert done.plants.passed[2] == pytest.approx(delivered["transfer"])


def test_a_full_station_is_put_down_to_the_plant_that_it_feeds(tmp_path: Path) -> None:
    """Without power sorting fills, then transfer: T1 comes home loaded, and is told why."""
    small = {"transfer": {"store_t": 0.06}, "sorting": {"store_t": 0.15}}
    town = load(tmp_path, facilities=small)
    result = run(town, electricity=series(town, "electricity", "sorting", 0.0))
    assert "waste.loaded" in {one.code for one in result.findings}
    late = next(one for one in result.events if one.what == "delayed")
    assert [result.events[parent.index].what for parent in late.parents] == ["no_electricity"]


def test_plants_tell_what_the_ledger_prices(tmp_path: Path) -> None:
    """Paper is burnt here: by stream, for its carbon is partly fossil."""
    town = load(tmp_path, facilities={"sorting": {"kind": "incineration"}})
    for texts, tonnes in (((), 0.1383), (("truck/T2 out",), 0.0)):
        accounts = run(town, *texts).accounts
        (account,) = (one for one in accounts if one.quantity == "waste_incinerated")
        assert (account.service, account.unit) == ("paper", "t")
        assert account.values.sum() == pytest.approx(tonnes, abs=1e-4)


def test_a_plant_that_holds_more_than_fits_gives_nothing_back(tmp_path: Path) -> None:
    """Sorting stands still with 1 t where 0.3 t fit: the transfer station before it gets none."""
    plants = {"sorting": {"stock_t": 1.0, "rate_t_h": 0}, "transfer": {"store_t": 9}}
    town = load(tmp_path, facilities=plants)
    held = booked(town, run(town, "truck/T1 out"), "waste_unworked")
    assert held == pytest.approx({"sorting": 1.0})


def test_a_truck_does_not_wait_for_a_plant_beyond_its_shift(tmp_path: Path) -> None:
    """The transfer station opens at 15:00, the shift ends at 14:00."""
    town = load(tmp_path, facilities={"transfer": {"opens": "15:00"}})
    result = run(town)
    assert [one.code for one in result.findings] == ["waste.loaded"]
    assert booked(town, result, "truck_hours")["truck/T1"] < 1


def test_costs_that_are_not_given_are_told_and_no_zero(tmp_path: Path) -> None:
    settings = write_waste(tmp_path)
    trucks = (tmp_path / "trucks.csv").read_text()
    (tmp_path / "trucks.csv").write_text(trucks.replace("0.8,50", "0.8,", 1))
    town, _ = DOMAIN.load(settings, tmp_path)
    assert isinstance(town, WasteDomain)
    (told,) = run(town).findings
    assert (told.code, told.values) == ("waste.no-cost", {"count": 1, "truck": "T1"})
    assert run(town, "truck/T1 out").findings == ()
