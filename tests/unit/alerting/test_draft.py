"""Who counts in an alert, and how grave it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from kopa.alerting.draft import Wish, draft
from kopa.domain.affected import Affected, Cut
from kopa.errors import EngineError

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def cut(domain: str, service: str, people: float) -> Cut:
    one, hours = np.array([people]), np.array([1.0])
    where = np.array([506_000.0]), np.array([312_000.0])
    times = np.array([36_000]), np.array([72_000])
    names = (f"{domain}:a",), ("",), ("Centrs",)
    return Cut(domain, service, *names, *where, one, hours, *times, ("x: out",))


def lost(*cuts: Cut) -> Affected:
    return Affected("Pilsēta", "EPSG:3059", ("lv",), "Europe/Riga", ("c",), cuts, "ok")


def test_nobody_counts_twice() -> None:
    found = lost(cut("a", "water", 50), cut("a", "heat", 50), cut("b", "water", 70))
    assert found.people() == {"water": 70, "heat": 50}
    assert found.most_people() == 70


@pytest.mark.parametrize(
    ("people", "word"), [(99, "Minor"), (100, "Moderate"), (1000, "Severe"), (20_000, "Extreme")]
)
def test_severity_is_by_people(people: float, word: str) -> None:
    made = draft(lost(cut("a", "water", people)), Wish("a@b.lv", NOW, NOW.date()))
    assert {info.severity for info in made.infos} == {word}
    assert made.infos[0].areas[0].description == "Pilsēta: Centrs"


def test_what_is_unknown_makes_no_alert() -> None:
    with pytest.raises(EngineError, match="unknown"):
        draft(replace(lost(), status="unknown", reason="x"), Wish("a@b.lv", NOW, NOW.date()))
