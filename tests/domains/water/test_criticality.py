"""N-1 by the day beside a snapshot: what empties a tank is seen by one of them only."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from domains.water.small import GRAVITY, PUMPED, changes, water
from domains.water.test_cli import call
from schemas import valid
from shared_data import data

from kopa.domains.water.criticality import criticality, ranking
from kopa.domains.water.domain import Water
from kopa.domains.water.effects import person_hours
from kopa.domains.water.network import Service
from kopa.domains.water.read_inp import read_inp
from kopa.domains.water.screen import Pool, outages, screen
from kopa.errors import UsageError
from kopa.model import Window

HELD = 2 * math.pi * 25  # m³ in the tank of PUMPED at 00:00
ASKED = 72.0  # m³/h


def test_a_snapshot_misses_the_tank_that_runs_dry(tmp_path: Path) -> None:
    """PUMPED without its pump: the tank holds for 2.18 h, and 24 h are asked for."""
    network = water(tmp_path, PUMPED).network
    found = criticality(network, Window(0, 3600, 24), outages(network, False), Pool(1))
    rows = {network.link_ids[case.link]: row for row, case in enumerate(found.window.cases)}
    for name in ("U1", "P1"):
        case = found.window.cases[rows[name]]
        assert case.unserved == pytest.approx(24 * ASKED - HELD, rel=1e-3)
        assert found.by_snapshot(rows[name]) == pytest.approx(0, abs=1e-6)
        assert found.is_missed(rows[name])
    # without its tank the pump supplies alone: neither sees harm
    assert found.is_missed(rows["P2"]) is False


def test_a_snapshot_sees_what_is_cut_off_at_once(tmp_path: Path) -> None:
    network = water(tmp_path, GRAVITY).network
    people = np.array([0.0, 10, 20, 30, 0])
    found = criticality(network, Window(0, 3600, 24), outages(network, True), Pool(1), people)
    rows = {network.link_ids[case.link]: row for row, case in enumerate(found.window.cases)}
    branch = rows["P5"]
    assert found.by_snapshot(branch) == pytest.approx(24 * 14.4)
    assert not any(found.is_missed(row) for row in rows.values())
    assert found.window.cases[branch].person_hours == pytest.approx(30 * 24)
    assert found.window.cases[rows["P1"]].person_hours == pytest.approx(60 * 24)
    assert found.window.person_hours == 0
    ranked = [network.link_ids[found.window.cases[row].link] for row in ranking(found.window)]
    assert ranked[:2] == ["P1", "P5"]


def test_people_where_nothing_is_asked_for_need_pressure(tmp_path: Path) -> None:
    """J1 asks for nothing but somebody lives there: they are counted as the full run does."""
    network = water(tmp_path, GRAVITY).network
    people = np.array([7.0, 0, 0, 0, 0])
    found = screen(network, Window(0, 3600, 2), outages(network, True), Pool(1), people)
    assert [case.person_hours for case in found.cases] == [14, 0, 0, 0, 0]


def test_the_quick_check_counts_people_as_full_runs_do() -> None:
    network, _ = read_inp(data("water", "Net3.inp"), Service())
    window = Window(0, 3600, 6)
    people = np.where(network.base_demand > 0, 10.0, 0.0)
    model = Water(network)
    found = screen(network, window, outages(network, True)[::9], Pool(1), people)
    for case in found.cases:
        run = model.solve(window, changes(model, f"{_id(network, case.link)} closed"), {})[1]
        assert case.person_hours == pytest.approx(person_hours(network, run, window, people))


def _id(network: object, link: int) -> str:
    return network.assets.ids[network.link_row(link)]  # type: ignore[attr-defined, no-any-return]


def test_screen_tells_both(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "pumped.inp"
    path.write_text(PUMPED)
    (tmp_path / "people.csv").write_text("node,people\nJ2,100\n")
    words = (str(path), "--links", "all", "--snapshot", "--workers", "1")
    addresses = ("--addresses", str(tmp_path / "people.csv"))
    assert call("screen", *words, *addresses, "--json") == 0
    found = valid("water-screen", capsys.readouterr().out)
    rows = {row["id"]: row for row in found["links"]}
    assert rows["U1"]["snapshot_misses_it"] is True
    # the tank is dry after 2.18 h: of its third hour the people have less than half
    assert rows["U1"]["person_hours"] == pytest.approx(100 * 22)
    assert set(found["ranking"][:2]) == {"P1", "U1"}
    assert call("screen", *words) == 0
    text = capsys.readouterr().out
    assert "A snapshot at 00:00 misses 2 of them" in text
    assert "unknown" in text
    with pytest.raises(UsageError, match="--snapshot"):
        call("screen", *words, "--hours", "0")


def test_a_screen_without_people_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "gravity.inp"
    path.write_text(GRAVITY)
    assert call("screen", str(path), "--workers", "1", "--json") == 0
    found = valid("water-screen", capsys.readouterr().out)
    assert {row["person_hours"] for row in found["links"]} == {"unknown"}
    assert "snapshot_unserved_m3" not in found["links"][0]
