"""Days on which nothing is wrong are solved once; what is kept is what was solved."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kopa.domains.treatment import wastewater
from kopa.domains.treatment.kept import MOST_FILES, folder, kept
from kopa.domains.treatment.network import WastewaterPlant
from kopa.domains.treatment.read_plant import read_one
from kopa.domains.treatment.wastewater import model_window, simulate, usual
from kopa.model import Window

FINE = model_window(Window(0, 3600, 4))


@pytest.fixture
def plant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WastewaterPlant:
    from small_city import TREATMENT

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    file = tmp_path / "plant.toml"
    file.write_text(TREATMENT["plant.toml"], encoding="utf-8")
    found, _ = read_one(file)
    assert isinstance(found, WastewaterPlant)
    return found


def no_engine(*given: object) -> None:
    raise AssertionError("the engine was asked")


def test_a_dry_day_is_solved_once(plant: WastewaterPlant, monkeypatch: pytest.MonkeyPatch) -> None:
    first = simulate(plant, FINE, usual(FINE.steps))
    monkeypatch.setattr(wastewater, "_solve", no_engine)
    again = simulate(plant, FINE, usual(FINE.steps))
    np.testing.assert_array_equal(again.amounts, first.amounts)
    assert again.stored_nitrogen == first.stored_nitrogen
    assert {name: values.sum() for name, values in again.energy.items()} == {
        name: values.sum() for name, values in first.energy.items()
    }


@pytest.mark.parametrize("what", ["plant", "time", "inflow", "power"])
def test_another_day_is_another_answer(
    plant: WastewaterPlant, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    day = usual(FINE.steps)
    simulate(plant, FINE, day)
    monkeypatch.setattr(wastewater, "_solve", no_engine)
    monkeypatch.setattr(wastewater, "start_state", no_engine)
    fine = replace(FINE, start=3600) if what == "time" else FINE
    other = replace(plant, load=replace(plant.load, persons=70_000)) if what == "plant" else plant
    if what == "inflow":
        day = replace(day, inflow=(18_000.0,) * FINE.steps)
    if what == "power":
        day = replace(day, power=(0.0,) * FINE.steps)
    with pytest.raises(AssertionError, match="engine was asked"):
        simulate(other, fine, day)


def test_a_day_with_a_change_is_not_kept(plant: WastewaterPlant) -> None:
    simulate(plant, FINE, replace(usual(FINE.steps), load=(1.5,) * FINE.steps))
    assert not folder().exists()


def test_a_damaged_file_is_solved_again_and_old_ones_go(plant: WastewaterPlant) -> None:
    solved = (np.ones((2, 3)), 4.0)
    kept("a", lambda: solved)
    (file,) = folder().glob("*.npz")
    file.write_bytes(b"PK\x03\x04 cut off")
    amounts, stored = kept("a", lambda: solved)
    assert (amounts.sum(), stored) == (6.0, 4.0)
    for number in range(MOST_FILES + 5):
        kept(number, lambda: solved)
    assert len(list(folder().iterdir())) == MOST_FILES


def test_without_a_place_it_is_solved(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert kept("a", lambda: (np.zeros(1), 2.0))[1] == 2.0
