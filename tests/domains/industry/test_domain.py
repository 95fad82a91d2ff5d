"""What lost power, heat and water, and restarts, do to plants: by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kopa.domain import Change, Result
from kopa.domains.industry.domain import IndustryDomain, load
from kopa.domains.industry.read_sites import read_sites
from kopa.errors import InputError
from kopa.model import Window

from .plants import changed, write

WINDOW = Window(0, 3600, 12)
DAIRY, MILL = 0, 1


@pytest.fixture
def town(tmp_path: Path) -> IndustryDomain:
    return IndustryDomain(read_sites(write(tmp_path))[0])


def values(result: Result, quantity: str) -> list[float]:
    (one,) = (account for account in result.accounts if account.quantity == quantity)
    return one.values.tolist()


def supply(dead: slice, sites: int = 2) -> np.ndarray:
    share = np.ones((12, sites))
    share[dead] = 0.0
    return share


def test_a_usual_day(town: IndustryDomain) -> None:
    result = town.run(WINDOW, (), {})
    assert (result.status, result.events, result.findings) == ("ok", (), ())
    assert (result.outputs["electricity_demand"] == [400, 150]).all()
    for quantity in ("production_hours_lost", "work_hours_lost", "production_lost"):
        assert values(result, quantity) == [0, 0]


def test_three_dark_hours_and_a_restart(town: IndustryDomain) -> None:
    """The dairy loses 3 h and 2.5 h of restart; the mill's own set covers 2 h of 3."""
    result = town.run(WINDOW, (), {"electricity": supply(slice(2, 5))})
    assert values(result, "production_hours_lost") == [5.5, 1]
    assert values(result, "work_hours_lost") == [110, 5]
    assert values(result, "production_lost") == [5500, 0]
    power = result.outputs["electricity_demand"]
    assert power[:, DAIRY].tolist() == [400, 400, 0, 0, 0] + [400] * 7
    assert power[:, MILL].tolist() == [150] * 4 + [0] + [150] * 7
    dark, stopped = (one for one in result.events if one.rows.tolist() == [DAIRY])
    assert (dark.what, dark.start, dark.end) == ("no_electricity", 2 * 3600, 5 * 3600)
    assert (dark.parents[0].port, dark.parents[0].index) == ("electricity", DAIRY)
    assert (stopped.what, stopped.end) == ("stopped", 8 * 3600)
    assert result.events[stopped.parents[0].index] is dark
    assert [one.code for one in result.findings] == ["industry.no-value"]
    own = next(one for one in result.accounts if one.own)
    assert own.quantity == "production_hours_lost"
    assert own.starts is not None
    assert own.ends is not None
    assert (own.starts[DAIRY], own.ends[DAIRY]) == (2 * 3600, 8 * 3600)


def test_no_heat_and_no_water_stop_only_who_needs_them(town: IndustryDomain) -> None:
    for need in ("heat", "water"):
        result = town.run(WINDOW, (), {need: supply(slice(0, 2), 1)})
        assert values(result, "production_hours_lost") == [4.5, 0]
        assert [one.what for one in result.events] == [f"no_{need}", "stopped"]
        # the power of idling, a tenth, while production stands
        assert result.outputs["electricity_demand"][:3, DAIRY].tolist() == [40, 40, 400]


def test_two_failures_at_once_are_lost_once(town: IndustryDomain) -> None:
    both = {"heat": supply(slice(0, 4), 1), "electricity": supply(slice(2, 5))}
    result = town.run(WINDOW, (), both)
    assert values(result, "production_hours_lost")[DAIRY] == 5 + 2.5
    (stopped,) = (e for e in result.events if e.what == "stopped" and e.rows[0] == DAIRY)
    assert len(stopped.parents) == 2


def test_a_failure_within_a_restart_begins_it_again(town: IndustryDomain) -> None:
    share = supply(slice(0, 1))
    share[2] = 0
    result = town.run(WINDOW, (), {"electricity": share})
    assert values(result, "production_hours_lost")[DAIRY] == 3 + 2.5


def test_a_restart_beyond_the_window_is_cut(town: IndustryDomain) -> None:
    result = town.run(WINDOW, (), {"electricity": supply(slice(10, 11))})
    assert values(result, "production_hours_lost")[DAIRY] == 2


def test_restarts_do_not_hang_on_the_step(tmp_path: Path) -> None:
    domain = IndustryDomain(read_sites(write(tmp_path))[0])
    fine = np.ones((48, 2))
    fine[8:20] = 0
    result = domain.run(Window(0, 900, 48), (), {"electricity": fine})
    assert values(result, "production_hours_lost")[DAIRY] == pytest.approx(5.5)


def test_half_of_the_supply_is_enough(town: IndustryDomain) -> None:
    result = town.run(WINDOW, (), {"electricity": np.full((12, 2), 0.5)})
    assert values(result, "production_hours_lost") == [0, 0]


def test_changes(town: IndustryDomain) -> None:
    out = town.run(WINDOW, (Change("industry", "mill", "out", None, "", 3600, 7200),), {})
    assert values(out, "production_hours_lost") == [0, 1]
    assert out.outputs["electricity_demand"][:3, MILL].tolist() == [150, 0, 150]
    half = town.run(WINDOW, (Change("industry", "dairy", "factor", 0.5),), {})
    assert values(half, "production_hours_lost") == [6, 0]
    assert half.outputs["electricity_demand"][0, DAIRY] == pytest.approx(40 + 360 * 0.5)
    assert [one.what for one in half.events] == ["factor"]
    more = town.run(WINDOW, (Change("industry", "dairy", "factor", 1.5),), {})
    assert values(more, "production_lost")[DAIRY] == -6000
    assert more.outputs["electricity_demand"][0, DAIRY] == pytest.approx(40 + 360 * 1.5)


def test_a_plant_that_needs_no_grid(tmp_path: Path) -> None:
    found = changed("mill", needs_electricity=False)
    domain = IndustryDomain(read_sites(write(tmp_path, found))[0])
    result = domain.run(WINDOW, (), {"electricity": supply(slice(0, 12), 1)})
    assert values(result, "production_hours_lost") == [12, 0]


def test_the_order_of_changes_does_not_matter(town: IndustryDomain) -> None:
    one = Change("industry", "dairy", "out", None, "", 0, 7200)
    other = Change("industry", "dairy", "factor", 1.2)
    first, second = town.run(WINDOW, (one, other), {}), town.run(WINDOW, (other, one), {})
    assert np.array_equal(first.outputs["electricity_demand"], second.outputs["electricity_demand"])
    assert values(first, "production_lost") == values(second, "production_lost")


def test_settings(tmp_path: Path) -> None:
    write(tmp_path)
    domain, findings = load({"sites": "sites.geojson"}, tmp_path)
    assert findings == ()
    assert len(domain.sites) == 2
    with pytest.raises(InputError):
        load({}, tmp_path)
