"""Ensembles, outages and plans, on Astlingen (zeta) and by hand."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from domains.sewerage.astlingen import equal_filling
from domains.sewerage.small import sewerage
from schemas import valid
from shared_data import data
from small_city import SEWERS

from kopa.domains.sewerage.cases import (
    Case,
    Forecast,
    Study,
    elements,
    forecast,
    outage,
    own_period,
)
from kopa.domains.sewerage.cli import register
from kopa.domains.sewerage.control import Search, control, movable
from kopa.domains.sewerage.edits import Period
from kopa.domains.sewerage.read_inp import read_inp
from kopa.domains.sewerage.read_rain import read_rain
from kopa.errors import InputError, UsageError


@pytest.fixture
def small(tmp_path: Path) -> Study:
    network = sewerage(tmp_path).network
    return Study(network, own_period(network, 6, 6 * 3600, 900), 900)


def test_a_hot_start_goes_on_as_if_nothing_had_been(small: Study) -> None:
    """Twelve hours at once, or six and then six: SWMM's hot start keeps the routing's state."""
    whole = own_period(small.network, 12, 6 * 3600, 900)
    rain = [(at, 10.0) for at in range(whole.begin, whole.end, 300)]
    once = replace(small, period=whole).run(Case(rain=rain))
    first = small.run(Case(rain=rain), keep=True)
    later = Period(whole.day, first_end := small.period.end, whole.end)
    second = Study(small.network, later, 900, hotstart=first.hotstart).run(
        Case(rain=[one for one in rain if one[0] >= first_end])
    )
    both = np.concatenate([first.inflow, second.inflow])
    assert both == pytest.approx(once.inflow, rel=0.01, abs=1e-4)


def test_probability_counts_members(small: Study) -> None:
    """Rain r on 1 ha brings r / 0.36 L/s; 45 L/s are left of the pump, so 16.2 mm/h spill."""
    begin, end = small.period.begin, small.period.end
    rates = (0.0, 10.0, 14.0, 20.0, 30.0)
    members = [([(at, rate) for at in range(begin, end, 300)], 300) for rate in rates]
    found = forecast(small, members)
    river = small.network.node_ids.index("RIVER")
    low, high = found.probability(1.0)
    assert low[river] == high[river] == pytest.approx(2 / 5)
    hours, fills = 6.0, 50 * 1.65
    expected = (30 / 0.36 - 45) * 3.6 * hours - fills
    assert found.volumes[4, river] == pytest.approx(expected, rel=0.05)


def test_a_member_without_an_answer_widens_the_probability() -> None:
    found = Forecast(np.array([[2.0], [0.0], [np.nan], [3.0]]), {2: "it crashed"})
    low, high = found.probability(1.0)
    assert (low[0], high[0]) == (0.5, 0.75)


def test_outages_by_hand(small: Study) -> None:
    names = small.network.assets.ids
    rows = elements(small.network, conduits=True)
    assert [names[row] for row in rows] == ["C1", "C2", "PU1", "WWTP", "RIVER"]
    found = small.spills([outage(small.network, row, small.period) for row in rows])
    volumes = dict(zip([names[row] for row in rows], found, strict=True))
    assert float(np.sum(volumes["PU1"])) == pytest.approx(0.015 * 6 * 3600 - 50 * 2, rel=0.03)
    assert float(np.sum(volumes["RIVER"])) == 0
    assert float(np.sum(volumes["C1"])) > 150


def test_astlingen_spills_less_than_by_equal_filling() -> None:
    """Gates found by simulation from the rule's own behaviour, which is what it falls back on."""
    network, _ = read_inp(data("sewer", "zeta.inp"))
    network = replace(network, inp=network.inp.added("CONTROLS", equal_filling()))
    study = Study(network, own_period(network, 36, None, 300), 300)
    found = control(study, movable(network), Search(block=18 * 3600, levels=(0.25, 1.0)))
    assert found.complete
    assert found.saved_m3 > 0.005 * found.fallback.sum()
    assert found.moves


def test_a_plan_is_never_worse_than_the_files_rules(small: Study) -> None:
    """Nothing spills in dry weather: no gate moves, after one run."""
    found = control(small, movable(small.network), Search())
    assert found.moves == ()
    assert found.runs == 1
    assert found.saved_m3 == 0


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "head"),
        ("a,b\n1,2\n", "head"),
        ("time,mm/h\n", "empty"),
        ("time,mm/h\n00:00,1\nlater,2\n", "time"),
        ("time,mm/h\n00:00,-1\n", "value"),
        ("time,mm/h\n00:00,nan\n", "value"),
        ("time,mm/h\n00:00,1,3\n", "row"),
        ("time,mm/h\n00:00,1\n00:05,1\n00:15,1\n", "steps"),
    ],
)
def test_broken_rain(tmp_path: Path, text: str, code: str) -> None:
    path = tmp_path / "rain.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_rain(str(path), 0, 3600)
    assert f"sewerage.rain-{code}" in {finding.code for finding in error.value.findings}


def call(*words: str) -> int:
    parser = argparse.ArgumentParser()
    register(parser.add_subparsers())
    arguments = parser.parse_args(words)
    code: int = arguments.run(arguments)
    return code


def as_json(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert call(*words, "--json") == 0
    return valid(f"sewerage-{words[0]}", capsys.readouterr().out)


def test_the_jobs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    inp, state = tmp_path / "s.inp", tmp_path / "state.hsf"
    inp.write_text(SEWERS, encoding="utf-8")
    net = str(inp)
    found = as_json(capsys, "run", net, "--hours", "6", "--change", "PU1 off",
                    "--save-hotstart", str(state))  # fmt: skip
    assert found["totals"]["spilled_m3"] == pytest.approx(0.015 * 6 * 3600 - 100, rel=0.05)
    assert found["outfalls"][0]["plant"]
    assert len(found["outfalls"][1]["flow_l_s"]) == found["steps"] == 72
    found = as_json(capsys, "screen", net, "--hours", "6")
    assert {e["id"] for e in found["elements"]} == {"PU1", "WWTP", "RIVER"}
    rain = tmp_path / "ensemble.csv"
    rows = [f"{m},{h:02d}:00,{20 * m}" for m in range(3) for h in range(2)]
    rain.write_text("member,time,mm/h\n" + "\n".join(rows) + "\n", encoding="utf-8")
    found = as_json(capsys, "forecast", net, "--at", "06:00", "--hours", "2", "--rain-ensemble",
                    str(rain), "--hotstart", str(state))  # fmt: skip
    assert found["points"][0]["id"] == "RIVER"
    assert found["points"][0]["probability"] >= 2 / 3
    found = as_json(capsys, "control", net, "--hours", "2", "--rain", "40mm/h", "--gates", "PU1")
    assert found["planned_spilled_m3"] <= found["fallback_spilled_m3"]
    off = tmp_path / "off.inp"
    off.write_text(SEWERS.replace("LIFT ON 0 0", "LIFT OFF 0 0"), encoding="utf-8")
    found = as_json(capsys, "control", str(off), "--hours", "4", "--rain", "40mm/h")
    assert [(move["id"], move["setting"]) for move in found["moves"]][:1] == [("PU1", 1)]
    for job in (["run", net, "--hours", "2", "--rain", "50mm/h"], ["screen", net, "--hours", "2"],
                ["control", net, "--hours", "2"]):  # fmt: skip
        assert call(*job) == 0
        assert "m³" in capsys.readouterr().out
    with pytest.raises(UsageError):
        call("control", net, "--gates", "C1")


def test_documents_without_an_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that loses too much water has no totals; an outage without an answer says why."""
    inp = tmp_path / "s.inp"
    inp.write_text(SEWERS, encoding="utf-8")
    monkeypatch.setattr("kopa.domains.sewerage.hydraulics.MOST_ERROR", -1.0)
    assert call("run", str(inp), "--hours", "1", "--json") == 1
    found = valid("sewerage-run", capsys.readouterr().out)
    assert found["status"] == "unknown"
    assert "totals" not in found
    assert found["findings"][-1]["code"] == "sewerage.no-answer"
    monkeypatch.undo()
    usual = Study.spills

    def spills(study: Study, cases: list[Case], *more: Any) -> list[Any]:
        return [*usual(study, cases, *more)[:-1], "it crashed"]

    monkeypatch.setattr(Study, "spills", spills)
    assert call("screen", str(inp), "--hours", "1", "--json") == 0
    found = valid("sewerage-screen", capsys.readouterr().out)
    assert found["status"] == "partial"
    assert (found["elements"][-1]["why"], found["elements"][-1]["extra_m3"]) == ("it crashed", None)
    rain = tmp_path / "ensemble.csv"
    rain.write_text("member,time,mm/h\n0,00:00,60\n1,00:00,60\n", encoding="utf-8")
    assert call("forecast", str(inp), "--hours", "2", "--rain-ensemble", str(rain), "--json") == 0
    found = valid("sewerage-forecast", capsys.readouterr().out)
    assert found["status"] == "partial"
    assert [p["probability_most"] - p["probability"] for p in found["points"]] == [0.5]
