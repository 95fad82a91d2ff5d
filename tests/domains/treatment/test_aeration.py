"""Set-points: the cheapest that hold the permit, by simulation, and never worse than now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from kopa.domains.treatment import aeration, wastewater
from kopa.domains.treatment.aeration import Advice, advise
from kopa.domains.treatment.network import Limit, WastewaterPlant
from kopa.domains.treatment.wastewater import simulate, usual
from kopa.model import Window

from .plants import bsm1


def limited(ammonia: float, oxygen: float = 2.5) -> WastewaterPlant:
    permit = (Limit("ammonia", ammonia, 24.0, "written for the test"),)
    return replace(bsm1(), permit=permit).with_oxygen((oxygen,) * 3)


@pytest.fixture(autouse=True, scope="module")
def _few() -> Iterator[None]:
    """A coarse grid, and few days to adapt, so that it is quick."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(aeration, "MOST", 2.5)
        patch.setattr(aeration, "STEP", 1.0)
        patch.setattr(wastewater, "WARM_DAYS", 1)
        yield


@pytest.fixture(scope="module")
def advice(_few: None) -> Advice:
    return advise(limited(5.0), 0.1)


def test_it_saves_and_holds(advice: Advice) -> None:
    assert advice.best is not None
    assert advice.best.energy_kwh < advice.now.energy_kwh
    assert advice.best.status == advice.now.status == "holds"


def test_what_it_says_is_what_the_plant_does(advice: Advice) -> None:
    """Simulated once more, on its own."""
    assert advice.best is not None
    run = simulate(limited(5.0).with_oxygen(advice.best.oxygen), Window(0, 900, 96), usual(96))
    mean = run.amount("ammonia").sum() / run.amount("outflow").sum()
    assert mean <= 0.9 * 5.0
    assert advice.best.limits[0].worst == pytest.approx(mean)
    assert advice.best.energy_kwh == pytest.approx(sum(v.sum() for v in run.energy.values()))


def test_nothing_cheaper_that_was_tried_holds(advice: Advice) -> None:
    assert advice.best is not None
    assert len(advice.tried) >= 6
    for one in advice.tried:
        assert one.status == "breaks" or one.energy_kwh >= advice.best.energy_kwh


def test_what_cannot_be_held_is_said() -> None:
    assert advise(limited(0.5), 0.1).best is None


def test_it_is_never_worse_than_now() -> None:
    """Without a limit that binds, the least air that is tried; from there nothing is found."""
    least = limited(50.0, oxygen=0.5)
    found = advise(least, 0.1)
    assert found.best is found.now
