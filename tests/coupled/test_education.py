"""A cut main closes a kindergarten, and its children are re-assigned."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from domains.education.jobs import runner
from domains.education.small import TOML, write_education
from small_city import extend, write_city

from kopa.city.affected import asked
from kopa.city.load import load_city
from kopa.city.whatif import what_if
from kopa.model import Window

LINKS = (
    "water,water,B,education,water,k1,all,,,,surveyed\n"
    "energy,electricity,load:1,education,electricity,k2,all,,,,surveyed\n"
)


@pytest.fixture(name="city", scope="module")
def _city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_city(tmp_path_factory.mktemp("city"))
    write_education(folder)
    extend(folder, TOML, LINKS)
    return folder


def ask(folder: Path, changes: Any, live: str = "") -> Any:
    return asked(folder, changes)


def test_a_cut_main_closes_a_kindergarten_and_its_children_move(
    city: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    words = [city, "--change", "water:P1 closed", "--json"]
    code, found = runner(capfd, "closures", ask)(*words)
    assert code == 0
    (school,) = found["schools"]
    assert (school["school"], school["reasons"]) == ("k1", ["water"])
    assert school["cause"][0].startswith("water:P1: closed")
    assert "education:k1" in school["cause"][-1]
    assert {(one["to"], one["group"]): one["children"] for one in found["moves"]} == {
        ("k2", "3-4"): 5, ("k3", "3-4"): 3, ("k3", "5-6"): 2,
    }  # fmt: skip
    # with the power out as well, Moon takes nobody
    _, found = runner(capfd, "closures", ask)(*words, "--change", "energy:line:1 out")
    assert {one["school"]: one["reasons"] for one in found["schools"]} == {
        "k1": ["water"], "k2": ["electricity"],
    }  # fmt: skip
    assert {one["to"] for one in found["moves"]} == {"k3"}


def test_lost_hours_are_in_the_ledger_with_their_cause_and_their_price(city: Path) -> None:
    """Twelve children, eight hours, at 31.80 EUR for who stays at home."""
    town = load_city(city)
    answer = what_if(town, town.solver(Window()), [town.change("water:P1 closed")])
    rows = [row for row in answer.effects if row.domain == "education"]
    hours = [row for row in rows if row.quantity == "person_hours" and not row.group]
    assert sum(row.mid for row in hours) == pytest.approx(96)
    (money,) = (row for row in rows if row.lens == "money")
    assert money.mid == pytest.approx(96 * 31.8)
