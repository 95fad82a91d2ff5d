"""The jobs ``kopa water solve`` and ``kopa water screen``, on files alone."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import pytest
from domains.water.small import GRAVITY, PUMPED

from kopa.domains.water.cli import register
from kopa.errors import InputError, UsageError


def call(*words: str) -> int:
    parser = argparse.ArgumentParser()
    register(parser.add_subparsers())
    arguments = parser.parse_args(words)
    code: int = arguments.run(arguments)
    return code


def as_json(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert call(*words, "--json") == 0
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


@pytest.fixture
def gravity(tmp_path: Path) -> str:
    path = tmp_path / "gravity.inp"
    path.write_text(GRAVITY, encoding="utf-8")
    return str(path)


def test_solve(gravity: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = as_json(capsys, "solve", gravity, "--hours", "6", "--change", "P5 closed 01:00-03:00")
    assert found["status"] == "ok"
    assert found["totals"]["unserved_m3"] == pytest.approx(2 * 3600 * 0.004)
    last = found["junctions"][-1]
    assert last["id"] == "J4"
    assert last["share"] == [1, 0, 0, 1, 1, 1]
    assert len(last["pressure_m"]) == 6
    assert last["wanted_m3"] - last["delivered_m3"] == pytest.approx(28.8, rel=1e-4)
    assert found["balance"]["ok"]
    assert [event["what"] for event in found["events"]] == ["closed", "no_water"]


def test_solve_says_what_pumps_draw(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "pumped.inp"
    path.write_text(PUMPED, encoding="utf-8")
    (pump,) = as_json(capsys, "solve", str(path))["pumps"]
    assert pump["id"] == "U1"
    assert pump["energy_kwh"] > 0


def test_snapshot_is_held_for_a_step(gravity: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = as_json(capsys, "solve", gravity, "--hours", "0", "--step", "1800")
    assert found["totals"]["wanted_m3"] == pytest.approx(1800 * 0.014)
    assert (found["steps"], found["step_s"]) == (1, 1800)
    links = as_json(capsys, "screen", gravity, "--hours", "0", "--at", "08:00")["links"]
    assert links[4]["unserved_m3"] == pytest.approx(3600 * 0.004)


def test_screen(gravity: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = as_json(capsys, "screen", gravity, "--hours", "2", "--workers", "1", "--links", "all")
    assert found["wanted_m3"] == pytest.approx(2 * 3600 * 0.014)
    assert [link["id"] for link in found["links"]] == ["P1", "P2", "P3", "P4", "P5"]
    first, *middle, last = found["links"]
    assert (first["share"], first["status"]) == (0, "ok")
    assert [link["unserved_m3"] for link in middle] == [0, 0, 0]
    assert last["extra_m3"] == pytest.approx(2 * 3600 * 0.004)


def test_screen_for_people_begins_with_the_worst(
    gravity: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("screen", gravity) == 0
    text = capsys.readouterr().out
    assert text.index("P1") < text.index("P5")
    assert "1 210 m³" in text.replace("\u202f", " ")


def test_solve_for_people(gravity: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("solve", gravity) == 0
    assert "All junctions are served" in capsys.readouterr().out
    assert call("solve", gravity, "--change", "P5 closed") == 0
    text = capsys.readouterr().out
    assert "J4" in text
    assert "346 m³" in text


def test_pressures_may_be_given(gravity: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = as_json(capsys, "solve", gravity, "--required", "60", "--minimum", "10")
    assert (found["required_pressure_m"], found["minimum_pressure_m"]) == (60, 10)
    assert found["totals"]["unserved_m3"] > 0


@pytest.mark.parametrize(
    "words",
    [
        ("--hours", "-1"),
        ("--step", "0"),
        ("--hours", "1.3"),
        ("--at", "morning"),
        ("--change", "P9 closed"),
        ("--change", "P1"),
    ],
)
def test_wrong_usage(gravity: str, words: tuple[str, str]) -> None:
    with pytest.raises(UsageError):
        call("solve", gravity, *words)


def test_broken_file_raises_its_findings(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        call("solve", str(tmp_path / "none.inp"))
