"""The domain on a small town, every figure by hand."""

from __future__ import annotations

import datetime
import json
import pickle
from pathlib import Path

import numpy as np
import pytest
from domains.transport.small_streets import DEMAND, write_transport

from kopa.domain import Result, checked, parse_change
from kopa.domains.transport import DOMAIN
from kopa.domains.transport.access import bridges, joined
from kopa.domains.transport.cars import share_of_day
from kopa.domains.transport.domain import Transport
from kopa.errors import InputError
from kopa.model import FloatArray, Window

DAY = Window(0, 3600, 24, datetime.date(2026, 11, 25))
EAST = {"100-1", "100-2", "100-3"}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Transport:
    folder = tmp_path_factory.mktemp("town")
    domain, _ = DOMAIN.load(write_transport(folder), folder)
    assert isinstance(domain, Transport)
    return domain


def run(town: Transport, *texts: str, **inputs: FloatArray) -> Result:
    changes = [checked(parse_change(f"transport:{t}"), town.assets(), town.kinds()) for t in texts]
    result = town.run(DAY, changes, inputs)
    assert result.status == "ok"
    assert result.balance is not None
    assert result.balance.ok
    return result


def total(result: Result, quantity: str) -> float:
    (found,) = (a for a in result.accounts if a.quantity == quantity)
    return float(found.values.sum())


def lost(town: Transport, result: Result, port: str) -> dict[str, list[int]]:
    """Steps in which an asset has less than all."""
    rows = next(p for p in town.ports() if p.name == port and p.direction == "out").rows
    series = result.outputs[port]
    return {
        town.assets().ids[row]: np.flatnonzero(series[:, column] < 1).tolist()
        for column, row in enumerate(rows.tolist())
        if (series[:, column] < 1).any()
    }


def events(town: Transport, result: Result) -> list[tuple[str, list[str]]]:
    return [(e.what, [town.assets().ids[row] for row in e.rows]) for e in result.events]


def metres(town: Transport, *ids: str) -> float:
    streets = town.network.streets
    return float(sum(streets.length[streets.ids.index(one)] for one in ids))


def test_assets(town: Transport) -> None:
    assets = town.assets()
    kinds = dict(zip(assets.ids, assets.kinds, strict=True))
    assert kinds["100-1"] == "street"
    assert kinds["107-1"] == "path"
    assert kinds["way/100"] == "way"
    assert "way/102" not in kinds  # a way of one piece is its street
    assert kinds["signal/2"] == "signal"
    assert (kinds["stop/S1"], kinds["trip/morning"], kinds["route/B"]) == ("stop", "trip", "route")
    assert assets.names[assets.index["100-2"]] == "Main Street"


def test_nothing_happens(town: Transport) -> None:
    result = run(town)
    assert total(result, "added_travel_time") == 0
    assert (result.outputs["road_access"] == 1).all()
    assert (result.outputs["transit"] == 1).all()
    assert result.events == ()
    cars = [(1000, *EAST), (800, *EAST), (100, *EAST, "106-1"), (400, "101-1", "101-2", "101-3")]
    driven = sum(n * metres(town, *ids) for n, *ids in cars) / 1000  # type: ignore[arg-type]
    assert total(result, "distance_driven") == pytest.approx(driven)


def test_a_closed_street_sends_cars_round(town: Transport) -> None:
    """Between 2 and 3 over North Street, all day: 223 m up and 223 m down more, at 10 m/s."""
    result = run(town, "100-2 closed")
    # the shortest is not unique: up by First, Second, or down by Third, Fourth are all as long
    more = metres(town, "103-1", "104-1", "101-2") - metres(town, "100-2")
    assert total(result, "added_travel_time") == pytest.approx(1900 * more / 10 / 3600, rel=1e-3)
    usual = total(run(town), "distance_driven")
    assert total(result, "distance_driven") - usual == pytest.approx(1.9 * more, rel=1e-3)
    assert total(result, "cars_cut_off") == 0


def test_the_hours_of_the_closure_count(town: Transport) -> None:
    whole = total(run(town, "100-2 closed"), "added_travel_time")
    part = total(run(town, "100-2 closed 07:30-09:00"), "added_travel_time")
    assert part == pytest.approx(whole * share_of_day(27_000, 32_400), rel=1e-9)
    assert share_of_day(0, 86_400) == pytest.approx(1)
    assert share_of_day(82_800, 2 * 86_400) == pytest.approx(1.01791)


def test_a_slowed_street(town: Transport) -> None:
    """At half speed main street is still the shortest: each piece costs its time once more."""
    result = run(town, "100-2 slowed 0.5")
    more = metres(town, "100-2") / 10
    assert total(result, "added_travel_time") == pytest.approx(1900 * more / 3600, rel=1e-3)
    assert events(town, result) == [("slowed", ["100-2"])]


def test_streets_tell_how_fast_they_may_be_driven(town: Transport) -> None:
    """Half an hour at a fifth of the speed leaves 0.6 of the hour's; of two, the slower counts."""
    texts = ["100-2 slowed 0.2 08:30-09:00", "100-2 slowed 0.5 08:00-10:00", "101-1 closed -01:00"]
    result = run(town, *texts)
    assert lost(town, result, "street_speed") == {"100-2": [8, 9], "101-1": [0]}
    port = next(p for p in town.ports() if p.name == "street_speed")
    ids = [town.assets().ids[row] for row in port.rows]
    speed = result.outputs["street_speed"]
    assert speed[8:10, ids.index("100-2")].tolist() == [0.35, 0.5]
    assert speed[:2, ids.index("101-1")].tolist() == [0, 1]
    behind = result.origins["street_speed"]
    assert [result.events[behind[ids.index(one)]].what for one in ("100-2", "101-1")] == [
        "slowed",
        "closed",
    ]


def test_a_dead_end_is_cut_off(town: Transport) -> None:
    result = run(town, "106-1 closed 08:00-10:00")
    assert lost(town, result, "road_access") == {}  # its own end is still joined
    assert total(result, "cars_cut_off") == pytest.approx(100 * share_of_day(28_800, 36_000))
    assert total(result, "added_travel_time") == 0
    assert result.balance is not None
    assert result.balance.lost == pytest.approx(100 * share_of_day(28_800, 36_000))


def test_a_street_between_closed_ones_is_cut_off(town: Transport) -> None:
    result = run(town, "100-3 closed 08:00-10:00", "105-1 closed 09:00-11:00")
    assert lost(town, result, "road_access") == {"106-1": [9]}
    told = events(town, result)
    assert told[:3] == [("closed", ["100-3"]), ("closed", ["105-1"]), ("cut_off", ["106-1"])]
    assert [p.index for p in result.events[2].parents] == [0, 1]
    column = np.flatnonzero(result.outputs["road_access"].min(axis=0) < 1)[0]
    assert result.origins["road_access"][column] == 2


def test_a_flooded_street_is_closed(town: Transport) -> None:
    ports = {p.name: p for p in town.ports() if p.direction == "in"}
    ids = [town.assets().ids[row] for row in ports["dry"].rows]
    dry = np.ones((24, len(ids)))
    dry[8:10, ids.index("100-2")] = 0.2
    dry[8:10, ids.index("101-1")] = 0.6  # wet, but open
    flooded, shut = run(town, dry=dry), run(town, "100-2 closed 08:00-10:00")
    assert events(town, flooded)[0] == ("closed", ["100-2"])
    assert flooded.events[0].parents[0].kind == "input"
    assert flooded.events[0].parents[0].index == ids.index("100-2")
    for one, other in zip(flooded.accounts, shut.accounts, strict=True):
        assert np.array_equal(one.values, other.values), one.quantity


def test_a_water_main_that_bursts_floods_the_street_by_its_spill(town: Transport) -> None:
    dry = next(p for p in town.ports() if p.name == "dry")
    assert dry.match.port == "spill"
    assert dry.match.within_m == 25.0


def test_without_electricity_signals_are_dark_and_trams_stand(town: Transport) -> None:
    port = next(p for p in town.ports() if p.name == "electricity")
    ids = [town.assets().ids[row] for row in port.rows]
    assert ids == ["signal/2", "stop/S5", "stop/S8"]  # the tram's stops
    off = np.ones((24, 3))
    off[8] = 0.0
    result = run(town, electricity=off)
    cars = 1900 * share_of_day(8 * 3600, 9 * 3600)  # all of them pass the signal
    assert total(result, "added_travel_time") == pytest.approx(cars * 20 / 3600, rel=1e-3)
    assert lost(town, result, "transit") == {"stop/S8": [8]}
    assert total(result, "departures_lost") == 1
    assert {what for what, _ in events(town, result)} == {"no_electricity"}


@pytest.mark.parametrize(
    ("change", "stops"),
    [
        ("trip/morning cancelled", {"stop/S1": [8], "stop/M": [8]}),
        ("route/B cancelled 11:00-13:00", {"stop/S1": [12], "stop/M": [12]}),
        ("stop/M out 08:00-09:00", {"stop/M": [8]}),
        ("trip/late cancelled", {"stop/S1": [1], "stop/M": [1]}),  # Tuesday's, after midnight
        ("100-2 closed 08:00-09:00", {"stop/M": [8]}),  # the stop is on it; the bus goes round
    ],
)
def test_departures_that_are_lost(
    town: Transport, change: str, stops: dict[str, list[int]]
) -> None:
    assert lost(town, run(town, change), "transit") == stops


def test_trips_hit_are_told_with_their_street(town: Transport) -> None:
    result = run(town, "100-2 closed 12:00-13:00")
    hit = [ids for what, ids in events(town, result) if what == "hit"]
    assert hit == [["trip/noon", "trip/special"]]
    assert total(result, "trips_hit") == 2


def test_what_the_screen_calls_exact_is_exact(town: Transport, tmp_path: Path) -> None:
    """First to Fourth carry no car and join what is joined anyway; stops are at their ends."""
    section = write_transport(tmp_path)
    del section["gtfs"]
    quiet, _ = DOMAIN.load(section, tmp_path)
    assert isinstance(quiet, Transport)
    del section["demand"]
    empty, _ = DOMAIN.load(section, tmp_path)
    assert isinstance(empty, Transport)
    crossing = {"102-1", "103-1", "104-1", "105-1"}
    ring = crossing | EAST | {"101-1", "101-2", "101-3"}  # all but the dead end, a bridge
    for domain, expected in ((town, set()), (quiet, crossing), (empty, ring)):
        assets = domain.assets()
        changes = [
            checked(parse_change(f"transport:{name} closed"), assets, domain.kinds())
            for name, kind in zip(assets.ids, assets.kinds, strict=True)
            if kind == "street"
        ]
        found = domain.screen(DAY, changes)
        exact = [c for c, bound in zip(changes, found, strict=True) if bound]
        assert {c.asset for c in exact} == expected
        usual = run(domain)
        for change in exact:
            result = domain.run(DAY, (change,), {})
            for a, b in zip(usual.accounts, result.accounts, strict=True):
                assert np.array_equal(a.values, b.values), change
            row = assets.index[change.asset]
            bound = found[changes.index(change)]
            assert bound is not None
            assert bound.moves == (("street_speed", row),)
            for port, series in usual.outputs.items():
                moved = np.flatnonzero((series != result.outputs[port]).any(axis=0))
                rows = next(p for p in domain.ports() if p.name == port).rows[moved]
                assert rows.tolist() == ([row] if port == "street_speed" else []), change


def test_order_and_repetition_change_no_digit(town: Transport) -> None:
    texts = ["100-2 closed 08:00-12:00", "101-2 slowed 0.3 07:00-09:00", "stop/S4 out"]
    one, again, turned = run(town, *texts), run(town, *texts), run(town, *texts[::-1])
    copy = pickle.loads(pickle.dumps(town))
    other = copy.run(
        DAY,
        [checked(parse_change(f"transport:{t}"), town.assets(), town.kinds()) for t in texts],
        {},
    )
    for result in (again, turned, other):
        for a, b in zip(one.accounts, result.accounts, strict=True):
            assert np.array_equal(a.values, b.values), a.quantity


def test_bridges_and_parts() -> None:
    """A triangle with a tail; two edges side by side are no bridge."""
    a, b = np.array([0, 1, 2, 2, 3, 3]), np.array([1, 2, 0, 3, 4, 4])
    assert bridges(5, a, b).tolist() == [False, False, False, True, False, False]


def test_an_island_of_the_map_is_no_loss(town: Transport) -> None:
    assert joined(town.network, np.zeros(town.network.streets.edges, dtype=bool)).all()


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        (DEMAND.replace("cars_per_day", "cars"), "line 1", "cars_per_day"),
        (DEMAND.replace(",1000\n", ",many\n"), "line 2", "'many'"),
        (DEMAND.replace(",800\n", ",-8\n"), "line 3", "'-8'"),
        (DEMAND.replace("56.95,", "156.95,", 1), "line 2", "from_lat"),
    ],
)
def test_broken_demand(tmp_path: Path, text: str, place: str, words: str) -> None:
    section = write_transport(tmp_path)
    (tmp_path / "demand.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        DOMAIN.load(section, tmp_path)
    assert any(f.place == place and words in f.what for f in caught.value.findings)


def test_all_files_are_told_at_once(tmp_path: Path) -> None:
    section = {"streets": "none.pbf", "gtfs": "none.zip", "demand": "none.csv"}
    with pytest.raises(InputError) as caught:
        DOMAIN.load(section, tmp_path)
    assert len({f.file for f in caught.value.findings}) == 3
    (tmp_path / "bad.json").write_text(json.dumps({}), encoding="utf-8")
    with pytest.raises(InputError, match="no setting"):
        DOMAIN.load({"streets": "x", "speed": 3}, tmp_path)
