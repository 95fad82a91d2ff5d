"""A day of the town's schools, against what is counted by hand."""

from __future__ import annotations

import pickle
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from domains.education.small import write_education

from kopa.domain import Change, Result, checked, parse_change
from kopa.domains.education import DOMAIN
from kopa.domains.education.domain import EducationDomain
from kopa.model import FloatArray, Window

DAY = Window()


@pytest.fixture(name="town")
def _town(tmp_path: Path) -> EducationDomain:
    found, findings = DOMAIN.load(write_education(tmp_path), tmp_path)
    assert findings == ()
    assert isinstance(found, EducationDomain)
    return found


def changes(town: EducationDomain, *texts: str) -> tuple[Change, ...]:
    return tuple(
        checked(parse_change(f"education:{text}"), town.assets(), town.kinds()) for text in texts
    )


def run(town: EducationDomain, *texts: str, window: Window = DAY, **inputs: FloatArray) -> Result:
    return town.run(window, changes(town, *texts), inputs)


def booked(result: Result, quantity: str, group: str = "") -> list[float]:
    (found,) = (
        one.values for one in result.accounts if (one.quantity, one.group) == (quantity, group)
    )
    return found.tolist()


def without(need: str, row: int, start: int, end: int) -> dict[str, FloatArray]:
    """A need that one school does not get for some hours."""
    found = np.ones((24, 4))
    found[start:end, row] = 0
    return {need: found}


def test_a_usual_day_loses_nothing(town: EducationDomain) -> None:
    result = run(town)
    assert result.events == ()
    assert (result.outputs["learning"] == 1).all()
    assert all((one.values == 0).all() for one in result.accounts)
    assert town.assets().people.tolist() == [12, 4, 4, 15]
    assert pickle.dumps(run(town)) == pickle.dumps(result)


def test_a_closed_kindergarten_costs_its_hours_by_hand(town: EducationDomain) -> None:
    """Closed 6 to 12, open from 8: four hours of 12 children, all of whom need somebody."""
    result = run(town, "k1 out 06:00-12:00")
    assert booked(result, "person_hours") == [48, 0, 0, 0]
    assert booked(result, "person_hours", "3-4") == [32, 0, 0, 0]
    assert booked(result, "childcare_hours") == [48, 0, 0, 0]
    assert [one.what for one in result.events] == ["out", "closed"]
    assert result.events[1].parents[0].index == 0
    assert (result.events[1].start, result.events[1].end) == (6 * 3600, 12 * 3600)
    assert result.origins["learning"].tolist() == [1, -1, -1, -1]


def test_pupils_of_seven_stay_alone(town: EducationDomain) -> None:
    result = run(town, "s out 00:00-24:00")
    assert booked(result, "person_hours")[3] == 15 * 8
    assert booked(result, "childcare_hours")[3] == 0


@pytest.mark.parametrize("need", ["water", "heat", "electricity", "staff", "road_access"])
def test_every_need_closes_and_is_named(town: EducationDomain, need: str) -> None:
    result = run(town, **without(need, 0, 9, 11))
    assert booked(result, "person_hours") == [24, 0, 0, 0]
    assert [one.what for one in result.events] == [f"no_{need}", "closed"]
    assert (result.events[0].parents[0].kind, result.events[0].parents[0].port) == ("input", need)


def test_rooms_stay_warm_for_a_while(town: EducationDomain) -> None:
    """Moon stays warm for two hours of four."""
    result = run(town, **without("heat", 1, 9, 13))
    assert booked(result, "person_hours") == [0, 2 * 4, 0, 0]


def test_half_of_the_staff_is_enough(town: EducationDomain) -> None:
    short = np.ones((24, 4))
    short[:, 0], short[:, 1] = 0.5, 0.49
    result = run(town, staff=short)
    assert booked(result, "person_hours") == [0, 32, 0, 0]


def test_nobody_learns_at_the_weekend(town: EducationDomain) -> None:
    for day in (21, 22):
        window = Window(date=date(2026, 11, day))
        assert booked(run(town, "k1 out", window=window), "person_hours") == [0, 0, 0, 0]
    monday = Window(date=date(2026, 11, 23))
    assert booked(run(town, "k1 out", window=monday), "person_hours") == [96, 0, 0, 0]


def test_more_pupils_lose_more(town: EducationDomain) -> None:
    result = run(town, "k1 factor 2", "k1 out 08:00-09:00")
    assert booked(result, "person_hours") == [24, 0, 0, 0]


def test_what_is_closed_anyway_is_settled_without_a_run(tmp_path: Path) -> None:
    settings = write_education(tmp_path, {"k2": {"closed": True}})
    town, _ = DOMAIN.load(settings, tmp_path)
    assert isinstance(town, EducationDomain)
    asked = changes(town, "k2 out", "k1 out", "k1 out 25:00-26:00")
    found = town.screen(DAY, asked)
    assert [one is not None for one in found] == [True, False, True]
    usual = town.run(DAY, (), {})
    for change, bound in zip(asked, found, strict=True):
        result = town.run(DAY, (change,), {})
        same = bool((result.outputs["learning"] == usual.outputs["learning"]).all())
        assert same == (bound is not None)
