"""A window of safety against sums done by hand, and the sun against pvlib."""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from domains.safety.small import write_safety, write_town

from kopa.coupling.screen import outages
from kopa.domain import Change, Result, checked, parse_change
from kopa.domains.safety import DOMAIN
from kopa.domains.safety.domain import NOBODY_MIN, SafetyDomain
from kopa.domains.safety.sun import elevation, night
from kopa.errors import InputError
from kopa.model import FloatArray, Window

NIGHT = Window(20 * 3600, 3600, 4, datetime.date(2026, 12, 1))
DAY = Window(11 * 3600, 3600, 2, datetime.date(2026, 12, 1))
NEAR = 0.6
"""The map's blocks are not 243 and 223 m to the metre, s."""


@pytest.fixture(name="town")
def _town(tmp_path: Path) -> SafetyDomain:
    found, findings = DOMAIN.load(write_safety(tmp_path), tmp_path)
    assert findings == ()
    assert isinstance(found, SafetyDomain)
    return found


def changes(town: SafetyDomain, *texts: str) -> tuple[Change, ...]:
    return tuple(
        checked(parse_change(f"safety:{text}"), town.assets(), town.kinds()) for text in texts
    )


def run(town: SafetyDomain, *texts: str, window: Window = NIGHT, **inputs: FloatArray) -> Result:
    result = town.run(window, changes(town, *texts), inputs)
    assert result.status == "ok"
    assert result.balance is not None
    assert result.balance.ok
    return result


def series(town: SafetyDomain, port: str, asset: str, value: float, steps: int = 4) -> FloatArray:
    of = next(p for p in town.ports() if p.name == port and p.direction == "in")
    values = np.full((steps, len(of.rows)), of.neutral)
    values[:, of.column[town.assets().index[asset]]] = value
    return values


def booked(
    town: SafetyDomain, result: Result, quantity: str, service: str = ""
) -> dict[str, float]:
    values = next(
        one.values for one in result.accounts if (one.quantity, one.service) == (quantity, service)
    )
    ids = town.assets().ids
    return {ids[row]: float(values[row]) for row in np.flatnonzero(values)}


def told(town: SafetyDomain, result: Result) -> list[tuple[str, list[str]]]:
    ids = town.assets().ids
    return [(one.what, [ids[row] for row in one.rows]) for one in result.events]


def test_a_usual_night(town: SafetyDomain) -> None:
    """Fire at 1, police at 7: the slower one is told; 80 s of turnout, 10 m/s."""
    result = run(town)
    assert result.events == ()
    response = result.outputs["response"][0] * 60
    # a: police by 3 and 2; b: fire along Main Street; c: fire by either street
    assert response == pytest.approx([80 + 46.6, 80 + 97.2, 80 + 95.2], abs=NEAR)
    assert (result.outputs["coverage"] == 1).all()
    assert (result.outputs["lighting"] == 1).all()
    assert result.outputs["electricity_demand"][0] == pytest.approx([5, 4, 1, 0.6])
    assert booked(town, result, "lighting_energy") == pytest.approx({"M": 4.0, "N": 2.4})
    assert booked(town, result, "late_response", "fire") == {}


def test_lights_do_not_burn_by_day(town: SafetyDomain) -> None:
    result = run(town, "M out", window=DAY)
    assert result.outputs["electricity_demand"][0] == pytest.approx([5, 4, 0, 0])
    assert (result.outputs["lighting"] == 1).all()
    assert [what for what, _ in told(town, result)] == ["out"]


def test_a_station_out_leaves_all_without_its_service(town: SafetyDomain) -> None:
    result = run(town, "fire out 21:00-23:00")
    late = booked(town, result, "late_response", "fire")
    assert late == {"cell/a": 200.0, "cell/b": 120.0, "cell/c": 80.0}
    assert booked(town, result, "late_response", "police") == {}
    assert told(town, result) == [("out", ["fire"]), ("late", ["cell/a", "cell/b", "cell/c"])]
    assert result.events[1].parents[0].kind == "event"
    assert result.outputs["response"][1].tolist() == [NOBODY_MIN] * 3
    assert result.outputs["coverage"][:, 0].tolist() == [1, 0.5, 0.5, 1]
    assert result.origins["coverage"].tolist() == [1, 1, 1]


def test_a_closed_street_is_named_as_the_cause(town: SafetyDomain) -> None:
    """The dead end is closed: nobody reaches b, and both services are late for 60 people."""
    closed = series(town, "street_speed", "106-1", 0.0)
    result = run(town, street_speed=closed)
    assert booked(town, result, "late_response", "fire") == {"cell/b": 240.0}
    assert booked(town, result, "late_response", "police") == {"cell/b": 240.0}
    assert told(town, result) == [("late", ["cell/b"]), ("late", ["cell/b"])]
    parent = result.events[0].parents[0]
    assert (parent.kind, parent.port, closed[0, parent.index]) == ("input", "street_speed", 0)
    assert [one.code for one in result.findings] == ["safety.nobody", "safety.nobody"]


def test_a_slow_street_makes_help_late_or_only_later(town: SafetyDomain) -> None:
    """From 1 to 2 at half the speed: b after 80 + 121.5 s, beyond 3 min; a after 80 + 48.6 s."""
    slow = series(town, "street_speed", "100-1", 0.5)
    result = run(town, street_speed=slow)
    assert booked(town, result, "late_response", "fire") == {"cell/b": 240.0}
    assert told(town, result) == [("slower", ["cell/a"]), ("late", ["cell/b"])]
    response = result.outputs["response"][0] * 60
    assert response[:2] == pytest.approx([80 + 48.6, 80 + 121.5], abs=NEAR)


def test_power_and_staff(town: SafetyDomain) -> None:
    """The police has a set for an hour; half of two units is one, less is none."""
    result = run(town, electricity=series(town, "electricity", "police", 0.0))
    assert booked(town, result, "late_response", "police") == {
        "cell/a": 300.0, "cell/b": 180.0, "cell/c": 120.0,
    }  # fmt: skip
    assert told(town, result)[0] == ("no_electricity", ["police"])
    enough = run(town, staff=series(town, "staff", "police", 0.5))
    assert enough.events == ()
    few = run(town, staff=series(town, "staff", "police", 0.49))
    assert told(town, few)[0] == ("no_staff", ["police"])


def test_dark_streets(town: SafetyDomain) -> None:
    """Without power for four hours of night: 120 people, 729 m."""
    result = run(town, electricity=series(town, "electricity", "M", 0.0))
    assert booked(town, result, "dark_street") == {"M": 480.0}
    assert booked(town, result, "dark_length")["M"] == pytest.approx(4 * 0.729, rel=0.01)
    assert booked(town, result, "lighting_energy") == pytest.approx({"N": 2.4})
    assert told(town, result) == [("no_electricity", ["M"]), ("dark", ["M"])]
    assert (result.outputs["lighting"][:, 0] == 0).all()
    dimmed = run(town, "N factor 0.5")
    assert booked(town, dimmed, "dark_street") == {"N": 160.0}
    assert dimmed.outputs["electricity_demand"][0] == pytest.approx([5, 4, 1, 0.3])


def test_lights_that_are_known_to_be_dead(tmp_path: Path) -> None:
    town, _ = DOMAIN.load(write_safety(tmp_path, {"M": {"dead": True}}), tmp_path)
    assert isinstance(town, SafetyDomain)
    usual = run(town)
    assert booked(town, usual, "dark_street") == {"M": 480.0}
    assert usual.outputs["electricity_demand"][0] == pytest.approx([5, 4, 0, 0.6])


def test_the_screen_is_exact(town: SafetyDomain) -> None:
    cases = [checked(c, town.assets(), town.kinds()) for c in outages({"safety": town})]
    assert [case.asset for case in cases] == ["fire", "police", "M", "N"]
    by_night = town.screen(NIGHT, cases)
    assert by_night == [None] * 4
    by_day = town.screen(DAY, cases)
    assert [None if one is None else one.method for one in by_day] == [None, None, *["exact"] * 2]
    usual = run(town, window=DAY)
    for case in cases[2:]:
        result = town.run(DAY, (case,), {})
        for port, values in usual.outputs.items():
            assert np.array_equal(values, result.outputs[port])
        for one, other in zip(usual.accounts, result.accounts, strict=True):
            assert np.array_equal(one.values, other.values)


def test_what_it_ignores_changes_nothing(town: SafetyDomain) -> None:
    """Each ignored column alone at 0 leaves all as it is, and some that are not ignored do not."""
    for window in (DAY, NIGHT):
        usual, ignored = run(town, window=window), town.ignores(window)
        moved: dict[str, bool] = {}
        for port in (one for one in town.ports() if one.name in ignored):
            for column, row in enumerate(port.rows.tolist()):
                values = np.ones((window.steps, len(port.rows)))
                values[:, column] = 0
                result = town.run(window, (), {port.name: values})
                same = all(np.array_equal(result.outputs[n], v) for n, v in usual.outputs.items())
                same &= all(
                    np.array_equal(one.values, other.values)
                    for one, other in zip(usual.accounts, result.accounts, strict=True)
                )
                assert same or not ignored[port.name][column], town.assets().ids[row]
                moved[port.name] = moved.get(port.name, False) or not same
        assert moved == {"street_speed": True, "electricity": True}


def test_the_sun_is_that_of_pvlib() -> None:
    """Within 0.02 degree through a year, in three places."""
    pytest.importorskip("pvlib")
    from pvlib.solarposition import get_solarposition

    times = pd.date_range("2026-01-01", "2026-12-31", freq="7h", tz="UTC")
    for lon, lat in ((24.1, 56.9), (-73.9, 40.7), (151.2, -33.9)):
        other = get_solarposition(times, lat, lon)["elevation"].to_numpy()
        mine = elevation(times.tz_localize(None).to_numpy(), lon, lat)
        assert np.abs(mine - other).max() < 0.02


def test_nights_of_riga() -> None:
    """On the shortest night the sun is below the horizon for some 6.1 h, from about 22:20 on."""
    noon = Window(12 * 3600, 900, 96, datetime.date(2026, 6, 21))
    hours = night(noon, (24.1, 56.95), -0.833, "Europe/Riga").sum() / 4
    assert hours == pytest.approx(6.1, abs=0.1)
    first = noon.starts[np.flatnonzero(night(noon, (24.1, 56.95), -0.833, "Europe/Riga"))[0]]
    assert 22.0 <= first / 3600 <= 22.5


def test_a_city_tells_its_time_zone(tmp_path: Path) -> None:
    folder = write_town(tmp_path)
    settings = {**write_safety(folder)}
    settings.pop("timezone")
    text = 'name = "T"\ntimezone = "Europe/Rome"\n'
    (folder / "city.toml").write_text(text, encoding="utf-8")
    town, _ = DOMAIN.load(settings, folder)
    assert isinstance(town, SafetyDomain)
    assert town.network.timezone == "Europe/Rome"
    with pytest.raises(InputError, match="no time zone"):
        DOMAIN.load({**settings, "timezone": "Mars/Base"}, folder)


def test_energy_that_the_grid_does_not_give_has_a_cause(town: SafetyDomain) -> None:
    window = Window(0, 900, 4, datetime.date(2026, 1, 15))
    stations, lights = len(town.network.stations), len(town.network.lights)
    found = town.run(window, (), {"electricity": np.zeros((4, stations + lights))})
    (energy,) = (one for one in found.accounts if one.quantity == "lighting_energy")
    assert energy.values.sum() == 0
    assert energy.events is not None
    assert {found.events[row].what for row in energy.events[energy.events >= 0]} == {"dark"}
    assert (energy.events >= 0).sum() == lights
