"""Cohort survival by hand, and its range against counts drawn by its own rule."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from domains.education.jobs import codes, runner

from kopa.domains.education.forecast import needs, tried
from kopa.domains.education.read_children import Counts, Seats

CHILDREN = """\
catchment,year,age,children
west,2024,0,100
west,2024,1,80
west,2024,2,50
west,2025,0,90
west,2025,1,110
west,2025,2,60
"""
PLACES = """\
catchment,group,age_from,age_to,places,share
west,toddlers,1.5,2,100,
west,twos,2,2,80,0.5
"""


def written(folder: Path, children: str = CHILDREN, places: str = PLACES) -> list[object]:
    (folder / "children.csv").write_text(children, "utf-8")
    (folder / "places.csv").write_text(places, "utf-8")
    return [folder / "children.csv", folder / "places.csv", "--json"]


def test_two_years_by_hand(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Of age 0 come 110 / 100, of age 1 60 / 80: 2026 has 99 of age 1 and 82.5 of age 2."""
    words = written(tmp_path)
    code, found = runner(capfd, "forecast")(*words, "--years", 2)
    assert code == 0
    mids = {(row["group"], row["year"]): row["mid"] for row in found["rows"]}
    assert mids["toddlers", 2026] == pytest.approx(99 / 2 + 82.5)
    assert mids["twos", 2026] == pytest.approx(82.5 / 2)
    assert mids["twos", 2027] == pytest.approx(99 * 0.75 / 2)
    # those of age 1 in 2027 are not born yet, and two years tell no range
    assert mids["toddlers", 2027] is None
    assert {row["enough"] for row in found["rows"]} == {"unknown"}
    assert (found["status"], codes(found)) == ("partial", {"no-range", "unknown"})
    births = tmp_path / "births.csv"
    births.write_text("catchment,year,children\nwest,2026,70\n", "utf-8")
    _, found = runner(capfd, "forecast")(*words, "--years", 2, "--births", births)
    mids = {(row["group"], row["year"]): row["mid"] for row in found["rows"]}
    assert mids["toddlers", 2027] == pytest.approx(70 * 1.1 / 2 + 99 * 0.75)


def drawn(seed: int, years: int, catchments: int) -> Counts:
    """Counts of a town whose ratios change from year to year and from place to place."""
    random = np.random.default_rng(seed)
    children = np.empty((catchments, years, 7))
    children[:, 0] = random.poisson(60, (catchments, 7))
    for year in range(1, years):
        ratio = random.normal(1.0, 0.03)
        children[:, year, 0] = random.poisson(60, catchments)
        children[:, year, 1:] = random.poisson(children[:, year - 1, :-1] * ratio)
    names = tuple(f"c{row}" for row in range(catchments))
    return Counts(names, 2000, children, {})


def test_the_range_holds_most_of_what_comes() -> None:
    """Eight of ten by its own word; here of 48 numbers, drawn with noise of the same kind."""
    inside = []
    for seed in range(6):
        counts = drawn(seed, 8, 8)
        seats = tuple(Seats(name, "3-6", 3, 6, 200, 1.0) for name in counts.catchments)
        found = tried(counts, seats)
        assert found is not None
        assert found.groups == 8
        inside.append(found.inside)
    assert 0.65 <= np.mean(inside) <= 1.0
    counts = drawn(1, 8, 8)
    seats = (Seats("c0", "3-6", 3, 6, 200, 1.0),)
    first, *_, last = needs(counts, seats, 3)
    assert first.low < first.mid < first.high
    assert last.high - last.low > first.high - first.low
    assert needs(counts, seats, 3) == [first, *_, last]


def test_enough_is_said_where_the_whole_range_says_so() -> None:
    counts = drawn(2, 8, 1)
    words = [
        needs(counts, (Seats("c0", "3-6", 3, 6, places, 1.0),), 1)[0].enough
        for places in (1000.0, 1.0)
    ]
    mid = needs(counts, (Seats("c0", "3-6", 3, 6, 1.0, 1.0),), 1)[0].mid
    assert words == ["yes", "no"]
    assert needs(counts, (Seats("c0", "3-6", 3, 6, mid, 1.0),), 1)[0].enough == "uncertain"


@pytest.mark.parametrize(
    ("children", "places", "code"),
    [
        ("west,2025,2,60\n", "", "duplicate"),
        ("west,2025,3,-1\n", "", "value"),
        ("west,2025.5,3,1\n", "", "whole"),
        ("west,2025,,1\n", "", "missing"),
        ("", "east,twos,2,2,80,1\n", "catchment"),
        ("", "west,threes,3,2,80,1\n", "ages"),
        ("", "west,threes,3,3,80,2\n", "value"),
    ],
)
def test_what_is_wrong_is_told(
    children: str, places: str, code: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    exit_code, found = runner(capfd, "forecast")(
        *written(tmp_path, CHILDREN + children, PLACES + places)
    )
    assert exit_code == 1
    assert code in codes(found)


def test_one_year_tells_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    only = "".join(line for line in CHILDREN.splitlines(True) if "2024" not in line)
    code, found = runner(capfd, "forecast")(*written(tmp_path, only))
    assert (code, codes(found)) == (1, {"years"})


def test_ages_that_nobody_counts_are_unknown(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    words = written(tmp_path, places="catchment,group,age_from,age_to,places\nwest,old,2,5,9\n")
    _, found = runner(capfd, "forecast")(*words)
    assert {row["mid"] for row in found["rows"]} == {None}
