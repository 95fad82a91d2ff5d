"""The domain in runs: closed forms of alerts, causes, people, releases."""

from __future__ import annotations

import datetime
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from domains.environment.small import FEATURES, write_environment

from kopa.domain import Result, parse_change
from kopa.domain.change import checked
from kopa.domains.environment import DOMAIN
from kopa.domains.environment.bathing import held
from kopa.domains.environment.domain import KINDS, EnvironmentDomain
from kopa.errors import RangeError, UsageError
from kopa.model import Window

DAY = Window(0, 900, 192)
WIND = {"wind_speed_m_s": 3.0, "wind_from_deg": 270.0, "stability": "D"}


def domain(
    folder: Path, features: list[dict[str, Any]] = FEATURES, **settings: Any
) -> EnvironmentDomain:
    write_environment(folder / "e.geojson", features)
    found, warnings = DOMAIN.load({"files": "e.geojson", **settings}, folder)
    assert warnings == ()
    assert isinstance(found, EnvironmentDomain)
    return found


def run(one: EnvironmentDomain, *changes: str, window: Window = DAY, **inputs: Any) -> Result:
    known = [checked(parse_change(f"environment:{text}"), one.assets(), KINDS) for text in changes]
    return one.run(window, known, inputs)


def overflow(litres: float, begin: int, end: int, window: Window = DAY) -> Any:
    series = np.zeros((window.steps, 2))
    series[begin:end, 0] = litres
    return series


def value(result: Result, quantity: str, service: str = "") -> Any:
    (found,) = (a for a in result.accounts if (a.quantity, a.service) == (quantity, service))
    return found.values


def test_pumping_station_spills_and_the_beach_is_closed(tmp_path: Path) -> None:
    """A wet well of 36 m³, inflow 20 L/s, power cut at 01:00: it spills 20 L/s from 01:30 on.

    Closed form: it is 3000 m at 0.25 m/s and 1000 m at 0.3 m/s to the beach, 4 h 15.6 min. At
    the plateau E. coli is 50 + 3e6 × q/(Q + q) e^(-k t), and k = 0.8 × 1.07^-2 a day.
    """
    one = domain(tmp_path, reopen_after_h=0.0)
    full, restored = round((1 + 36 / 0.020 / 3600) * 4), 16 * 4
    result = run(one, overflow=overflow(20.0, full, restored))
    assert result.status == "ok"
    travel = 3000 / 0.25 + 1000 / 0.3
    alive = math.exp(-0.8 * 1.07**-2 * travel / 86_400)
    plateau = 50 + 3e6 * 0.020 / 6.020 * alive
    baths = one.bathing(
        DAY, one.rivers(DAY, (), {"overflow": overflow(20.0, full, restored)}, [])[0]
    )
    ecoli = baths.concentration["mid"]["escherichia_coli"][:, 0]
    assert ecoli.max() == pytest.approx(plateau, rel=5e-3)
    # half of the plateau passes when the water does; the alert of 1,800 somewhat before
    half = int(np.argmax(ecoli > plateau / 2))
    assert half * 900 == pytest.approx(full * 900 + travel, abs=1200)
    shut = np.flatnonzero(result.outputs["bathing"][:, 0] < 0.5)
    assert shut[0] <= half
    assert shut[0] * 900 > full * 900 + 0.75 * travel
    assert shut[-1] * 900 > restored * 900 + travel
    assert (np.diff(shut) == 1).all()


def test_the_alert_names_what_brought_it(tmp_path: Path) -> None:
    result = run(domain(tmp_path), overflow=overflow(50.0, 8, 16))
    event = result.events[result.origins["bathing"][0]]
    assert event.what == "bathing_alert"
    (parent,) = event.parents
    cause = result.events[parent.index]
    assert (cause.what, cause.start, cause.end) == ("overflow", 7200, 14_400)
    assert (cause.parents[0].kind, cause.parents[0].port, cause.parents[0].index) == (
        "input", "overflow", 0,
    )  # fmt: skip
    (told,) = (f for f in result.findings if f.code == "environment.bathing-alert")
    assert "AFSSET" in told.what
    assert "2006/7/EC" in told.what


def test_an_alert_holds_for_some_hours_more(tmp_path: Path) -> None:
    short, long = (
        run(domain(tmp_path, reopen_after_h=hours), overflow=overflow(50.0, 8, 16))
        for hours in (0.0, 6.0)
    )
    lost = [(1 - one.outputs["bathing"]).sum() for one in (short, long)]
    assert lost[1] - lost[0] == 6 * 4
    over = np.zeros((8, 1), dtype=bool)
    over[[1, 5]] = True
    assert (held(over, DAY, 0.0) == over).all()
    assert held(over, DAY, 0.5)[:, 0].tolist() == [False, True, True, True, False, True, True, True]


def test_person_hours_without_bathing(tmp_path: Path) -> None:
    """300 bathers in 10 h, 2 h each: closed from 12:00 to 15:00 it is 3/10 of 600 person-hours."""
    result = run(domain(tmp_path), "beach closed 12:00-15:00")
    assert value(result, "person_hours", "bathing")[2] == pytest.approx(180)
    assert result.events[result.origins["bathing"][0]].what == "closed"
    winter = Window(0, 900, 96, datetime.date(2026, 12, 1))
    season = [
        {**one, "season_start": "05-15", "season_end": "09-15"} if one["id"] == "beach" else one
        for one in FEATURES
    ]
    result = run(domain(tmp_path, season), "beach closed 12:00-15:00", window=winter)
    assert value(result, "person_hours", "bathing")[2] == 0
    assert not result.outputs["bathing"].any()


def test_what_rivers_receive(tmp_path: Path) -> None:
    ammonia = np.zeros((192, 2))
    ammonia[:, 1] = 0.5
    result = run(
        domain(tmp_path),
        "up spill 10 L/s 02:00-03:00",
        overflow=overflow(50.0, 8, 16),
        ammonia=ammonia,
    )
    assert value(result, "sewage_received")[0] == pytest.approx(50 * 7.2 + 10 * 3.6)
    assert value(result, "ammonia_received")[0] == pytest.approx(396 * 25 / 1000)
    assert value(result, "ammonia_received")[1] == pytest.approx(0.5 * 48 * 3.6)
    assert result.balance is not None
    assert result.balance.ok
    assert result.balance.supplied == pytest.approx(396 * 3e6 * 1e4)


def test_a_dry_river_dilutes_less(tmp_path: Path) -> None:
    one = domain(tmp_path)
    peaks = []
    for changes in ((), ("up dry",), ("up ×0.2",)):
        known = [
            checked(
                parse_change(f"environment:{c}" if "×" not in c else "environment:up ×0.2"),
                one.assets(),
                KINDS,
            )
            for c in changes
        ]
        run_, _ = one.rivers(DAY, known, {"overflow": overflow(20.0, 8, 96)}, [])
        assert run_ is not None
        peaks.append(run_.moved["escherichia_coli"].peak[:, 0].max())
        if changes:
            assert run_.loads.natural[0].tolist() == pytest.approx([1, 2])
    assert peaks[0] == pytest.approx(20 / 5020, rel=0.01)
    assert peaks[1] == pytest.approx(20 / 1020, rel=0.02)
    assert peaks[1] == peaks[2]


def test_a_dry_river_needs_its_low_flow(tmp_path: Path) -> None:
    result = run(domain(tmp_path), "down dry")
    assert result.status == "unknown"
    assert "low_flow_m3_s" in result.findings[0].what


def test_ammonia_that_harms_fish(tmp_path: Path) -> None:
    """2 g/s in 6 m³/s at 18 °C and pH 8: 0.38 mg N/L, of which 3.4 % is NH3: 0.016 mg/L."""
    one, load = domain(tmp_path), np.zeros((192, 2))
    load[:, 1] = 2.0
    calm = run(one, ammonia=load)
    assert not calm.findings
    assert not value(calm, "ammonia_exceeded").any()
    alkaline = domain(tmp_path, ph=8.5)
    result = run(alkaline, ammonia=load)
    assert [f.code for f in result.findings] == ["environment.ammonia"]
    assert value(result, "ammonia_exceeded")[1] > 2 * 40  # 2 km for most of 48 h


def test_more_sewage_than_river_is_told(tmp_path: Path) -> None:
    """9 m³/s into 5 m³/s: the mixture is 9/14 sewage, never more than sewage."""
    one = domain(tmp_path)
    flood, _ = one.rivers(DAY, (), {"overflow": overflow(9000.0, 4, 100)}, [])
    assert flood is not None
    assert flood.moved["escherichia_coli"].peak.max() == pytest.approx(9 / 14, rel=0.02)
    result = run(one, "up spill 9000 L/s 01:00-02:00")
    assert "environment.more-sewage-than-river" in {f.code for f in result.findings}


def test_a_release_reaches_the_zone_downwind(tmp_path: Path) -> None:
    """The zone lies 1.2 km east; at 3 m/s the plume comes 400 s later; all of it is exposed."""
    far = [{**one, "at": [1200, 0]} if one["id"] == "centre" else one for one in FEATURES]
    one = domain(tmp_path, far, **WIND)
    result = run(one, "plant release 2 kg/s 08:00-09:00")
    assert result.status == "ok"
    assert value(result, "person_hours", "clean_air")[-2] == pytest.approx(1000, rel=1e-9)
    assert value(result, "substance_released", "chlorine")[-1] == pytest.approx(7200)
    clean = result.outputs["clean_air"]
    assert clean.shape == (192, 2)
    zone = 1
    assert clean[32, zone] == pytest.approx(400 / 900)
    assert clean[33, zone] == 0
    event = result.events[result.origins["clean_air"][zone]]
    assert event.what == "unclean_air"
    assert result.events[event.parents[0].index].what == "release"
    east = domain(tmp_path, far, **{**WIND, "wind_from_deg": 90.0})
    assert run(east, "plant release 2 kg/s 08:00-09:00").outputs["clean_air"].all()


def test_without_wind_a_release_is_unknown(tmp_path: Path) -> None:
    result = run(domain(tmp_path), "plant release 2 kg/s 08:00-09:00")
    assert result.status == "unknown"
    assert [f.code for f in result.findings] == ["environment.no-weather"]


def test_no_rivers_no_bathing(tmp_path: Path) -> None:
    one = domain(tmp_path, FEATURES[3:])
    result = run(one)
    assert result.status == "ok"
    assert result.outputs["bathing"].shape == (192, 0)
    assert one.meters(DAY, (), {})[0].rows.tolist() == []


def test_background_alone_can_close(tmp_path: Path) -> None:
    dirty = [
        {**one, "background_ecoli": 5000} if one["kind"] == "river" else one for one in FEATURES
    ]
    result = run(domain(tmp_path, dirty))
    assert not result.outputs["bathing"].any()
    assert result.origins["bathing"].tolist() == [-1]
    assert result.events == ()


def test_more_in_the_sewage_is_a_longer_alert(tmp_path: Path) -> None:
    one = domain(tmp_path, reopen_after_h=0.0)
    known, _ = one.rivers(DAY, (), {"overflow": overflow(20.0, 8, 16)}, [])
    alert = one.bathing(DAY, known).alert
    low, mid, high = (int(alert[name].sum()) for name in ("low", "mid", "high"))
    assert 0 < low < mid < high


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("up closed", UsageError),
        ("beach spill 3 L/s", UsageError),
        ("plant release", RangeError),
        ("plant release 3 m", UsageError),
        ("up ×1000", RangeError),
    ],
)
def test_changes_are_checked(text: str, error: type[Exception], tmp_path: Path) -> None:
    one = domain(tmp_path)
    with pytest.raises(error):
        checked(parse_change(f"environment:{text}"), one.assets(), KINDS)
