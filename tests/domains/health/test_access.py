"""Floating catchments by hand, and `kopa health access` and `status`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from domains.health.jobs import runner
from domains.health.small import BEDS, write_town

from kopa.domains.health import cli_access, cli_status
from kopa.domains.health.access import WEIGHTS, catchment, floating
from kopa.domains.health.read_fhir import read_fhir
from kopa.errors import UsageError

MIN = 60.0
TIMES = np.array([[5, 25, np.inf], [15, 10, 31], [29, 30.0, 20]]) * MIN
PEOPLE = np.array([1000.0, 2000.0, 500.0])
SUPPLY = np.array([10.0, 6.0, 4.0])


def test_two_steps_by_hand() -> None:
    """Facility 1 has all 3,500 around it, 2 as well (30 min is within), 3 the last 500."""
    found = floating(catchment(TIMES, 30 * MIN), PEOPLE, SUPPLY)
    both = 10 / 3500 + 6 / 3500
    assert found == pytest.approx([both, both, both + 4 / 500])
    assert PEOPLE @ found == pytest.approx(20)  # nothing is lost on the way


def test_enhanced_steps_by_hand() -> None:
    """Weights 1, 0.68 and 0.22 (Luo and Qi 2009); 10 and 20 min belong to the nearer ring."""
    weight = catchment(TIMES, 30 * MIN, WEIGHTS)
    assert weight.tolist() == [[1, 0.22, 0], [0.68, 1, 0], [0.22, 0.22, 0.68]]
    one = 10 / (1000 + 0.68 * 2000 + 0.22 * 500)
    two = 6 / (0.22 * 1000 + 2000 + 0.22 * 500)
    three = 4 / (0.68 * 500)
    by_hand = [
        one + 0.22 * two,
        0.68 * one + two,
        0.22 * one + 0.22 * two + 0.68 * three,
    ]
    assert floating(weight, PEOPLE, SUPPLY) == pytest.approx(by_hand)


def test_a_facility_that_nobody_reaches_serves_nobody() -> None:
    times = np.array([[1.0, np.inf]])
    assert floating(catchment(times, 9.0), np.array([10.0]), np.array([5.0, 7.0])) == 0.5


Run = Callable[..., tuple[int, Any]]


@pytest.fixture(name="access")
def _access(capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(capsys, cli_access, "access")


@pytest.fixture(name="town")
def _town(tmp_path: Path) -> Path:
    return write_town(tmp_path)


def of(document: Any, name: str) -> Any:
    return next(row for row in document["capabilities"] if row["capability"] == name)


def test_access_on_a_usual_day(access: Run, town: Path) -> None:
    code, found = access(town, "--json")
    assert (code, found["status"], found["people"]) == (0, "ok", 180)
    dialysis = of(found, "dialysis")
    # beds with staff: 4 of the hospital's, 2 of the clinic's, for 180 who reach both
    assert dialysis["two_step"]["mean"] == pytest.approx(1000 * 6 / 180)
    assert (dialysis["reached"], dialysis["lost"], dialysis["nowhere"]) == (180, 0, 0)
    mean = (70.951 * 100 + 46.611 * 50 + 22.271 * 30) / 180 / 60
    assert dialysis["mean_min"] == pytest.approx(mean, abs=1e-3)
    closing = {row["id"]: row for row in of(found, "emergency")["facilities"]}
    assert closing["hospital"]["lost_if_closed"] == 180
    both = {row["id"]: row for row in dialysis["facilities"]}
    assert both["clinic"]["people_nearest"] == 180
    added = (100 * 2.072 + 50 * 2.071 + 30 * 2.070) / 60
    assert both["clinic"]["added_person_min"] == pytest.approx(added, abs=0.01)


def test_who_loses_care_when_a_street_closes(access: Run, town: Path) -> None:
    file = town / "o.geojson"
    words = ("--closed", "transport:way/106", "--capability", "emergency", "-o", file, "--json")
    _, found = access(town, *words)
    (emergency,) = found["capabilities"]
    assert emergency["lost"] == emergency["nowhere"] == 180
    assert emergency["lost_by_group"] == {"0-14": 25, "65+": 37}
    assert emergency["mean_min"] is None
    assert [one["code"] for one in found["findings"]] == ["health.nowhere"]
    features = json.loads(file.read_text("utf-8"))["features"]
    points = [one["properties"] for one in features if "people" in one["properties"]]
    assert [one["emergency_lost"] for one in points] == [True] * 3
    assert len(features) == 6


def test_a_closed_facility_and_another_threshold(access: Run, town: Path) -> None:
    _, found = access(town, "--closed", "clinic", "--json")
    dialysis = of(found, "dialysis")
    assert (dialysis["working"], dialysis["farther"], dialysis["lost"]) == (1, 180, 0)
    assert dialysis["two_step"]["mean"] == pytest.approx(1000 * 4 / 180)
    _, near = access(town, "--within", "1", "--capability", "emergency", "--json")
    assert near["capabilities"][0]["reached"] == 80  # 49 s for mid, 24 s for east
    _, shut = access(town, "--within", "1", "--closed", "106-1", "--json")
    assert of(shut, "emergency")["lost"] == 80  # west had none within a minute before


def test_beds_that_are_not_known_are_told(access: Run, town: Path) -> None:
    (town / "beds.csv").write_text(BEDS.splitlines()[0] + "\nhospital,dialysis,6,4,\n", "utf-8")
    _, found = access(town, "--json")
    assert found["status"] == "partial"
    assert "health.no-beds" in [one["code"] for one in found["findings"]]


def test_words_for_people_and_wrong_words(access: Run, town: Path) -> None:
    code, text = access(town, "--lang", "lv")
    assert code == 0
    assert "dialīze" in text
    for words in (["--closed", "nothing"], ["--capability", "magic"]):
        with pytest.raises(UsageError):
            access(town, *words)


def test_a_city_that_cannot_be_read(access: Run, tmp_path: Path) -> None:
    code, found = access(tmp_path, "--json")
    assert (code, found["status"]) == (1, "unknown")


def test_the_state_of_facilities_as_fhir(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Closed is C; beds in use make O or U; what nobody counts has no code. Read back, it holds."""
    town, file = write_town(tmp_path), tmp_path / "out.json"
    status = runner(capsys, cli_status, "status")
    rows = ["facility,capability,beds,occupied", "hospital,dialysis,6,6", "clinic,dialysis,2,1", ""]
    (town / "beds.csv").write_text("\n".join(rows), "utf-8")
    _, found = status(town, "--closed", "pharmacy", "-o", file, "--json")
    locations = [one["resource"] for one in found["bundle"]["entry"]]
    assert [one["operationalStatus"]["code"] for one in locations] == ["O", "U", "C"]
    assert [one["status"] for one in locations] == ["active", "active", "suspended"]
    places, _ = read_fhir(file)
    assert [(one.id, one.closed) for one in places] == [
        ("hospital", False), ("clinic", False), ("pharmacy", True),
    ]  # fmt: skip
    assert places[0].lon == pytest.approx(24.116, abs=1e-5)
    rows[1:2] = ["hospital,dialysis,6,6", "hospital,emergency,9,"]
    (town / "beds.csv").write_text("\n".join(rows), "utf-8")
    _, part = status(town, "--json")
    assert "operationalStatus" not in part["bundle"]["entry"][0]["resource"]
    (town / "beds.csv").write_text(BEDS, "utf-8")
    _, plain = status(town, "--json")
    assert not any("operationalStatus" in one["resource"] for one in plain["bundle"]["entry"])
    with pytest.raises(UsageError):
        status(town, "--closed", "106-1")
