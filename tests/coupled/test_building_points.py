"""Points of an air handler through the city's own store into the fault rules."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from domains.buildings.test_cli import write_unit
from domains.buildings.units import trend
from small_city import write_whole_city

from kopa.cli.main import main

UNIT = "buildings:school/AHU"


def test_what_sensors_said_is_judged_like_a_file(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Replayed into the store, exported, and judged: the same faults as in the CSV of the day."""
    (tmp_path / "city").mkdir()
    city = write_whole_city(tmp_path / "city")
    given = trend(4.0, supply_air=30.0)
    lines = ["observed_at,entity,attribute,value,unit"]
    for name, series in given.values.items():
        for time, value in zip(given.times, series, strict=True):
            lines.append(f"{time}Z,{UNIT},{name},{value:g},")
    (tmp_path / "day.csv").write_text("\n".join(lines), encoding="utf-8")
    assert main(["replay", str(city), str(tmp_path / "day.csv")]) == 0
    assert main(["export", str(city), "-o", str(tmp_path / "o.csv"), "--entity", UNIT]) == 0
    capfd.readouterr()
    words = write_unit(tmp_path, hours=4.0, supply_air=30.0)
    found = []
    for data in (words[0], str(tmp_path / "o.csv")):
        assert main(["buildings", "faults", data, *words[1:], "--json"]) == 0
        found.append(json.loads(capfd.readouterr().out)["faults"])
    assert found[0] == found[1]
    assert [row["rule"] for row in found[0]] == ["FC12"]
    assert np.isfinite(found[0][0]["kwh"])
