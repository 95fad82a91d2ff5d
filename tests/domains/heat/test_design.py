"""A designed network: dense parts only, by its rules, and it works in its own engine."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from small_survey import small_survey

from kopa.domain import Change
from kopa.domain.design import Survey
from kopa.domain.rules import rules
from kopa.domains.heat.design.district import district
from kopa.domains.heat.design.draw import FILE, draw
from kopa.domains.heat.design.layout import PACKAGE, gradient, lay_out, size_for, sizes
from kopa.domains.heat.domain import HeatDomain, load
from kopa.domains.heat.network import PIPE
from kopa.model import Window

RULE = rules(PACKAGE)
COLDEST = Change("heat", "network", "outdoor", -15.0)


def dense(area: float = 4000.0) -> Survey:
    """The grid city with larger buildings: 200 kW each."""
    survey = small_survey()
    spots = replace(survey.spots, floor_area=np.full(len(survey.spots), area))
    return replace(survey, spots=spots)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Survey, HeatDomain, Path]:
    survey, folder = dense(), tmp_path_factory.mktemp("city")
    design = draw(survey, folder)
    assert design.files == (FILE,)
    domain, findings = load(design.settings, folder)
    assert findings == ()  # it writes what it takes
    (site,) = design.sites
    assert site.id == "heat:PLANT"
    assert site.power_kw > 1
    return survey, domain, folder


def test_no_network_where_the_city_is_sparse(tmp_path: Path) -> None:
    design = draw(small_survey(), tmp_path)
    assert (design.settings, design.files) == ({}, ())
    assert [found.code for found in design.findings] == ["design.no-heat-network"]


def test_everybody_gets_heat_on_the_coldest_day(
    made: tuple[Survey, HeatDomain, Path],
) -> None:
    _, domain, _ = made
    result = domain.run(Window(0, 3600, 2), (COLDEST,), {})
    assert (result.status, result.findings) == ("ok", ())
    assert (result.outputs["heat"] == 1).all()
    assert result.balance is not None
    assert result.balance.ok
    assert 0.002 < result.balance.lost / result.balance.supplied < 0.15
    flow = domain.steady.solve(domain.steady.usual()).flow
    assert flow is not None
    # the lift is what the farthest needs and a tenth more
    least = RULE["least_pressure"]
    lift = float(domain.network.plants.lift[0])
    assert least <= flow.pressure.min() < least + 0.2 * lift


def test_pipes_keep_the_gradient_and_are_no_larger(made: tuple[Survey, HeatDomain, Path]) -> None:
    survey, domain, _ = made
    layout = lay_out(RULE, survey, district(RULE, survey))
    every = [size.inner for size in sizes(RULE)]
    for trench in layout.trenches:
        assert gradient(RULE, trench.heat, trench.size.inner) <= RULE["gradient"]
        at = every.index(trench.size.inner)
        assert at == 0 or gradient(RULE, trench.heat, every[at - 1]) > RULE["gradient"]
    assert domain.network.assets.kinds.count(PIPE) == len(layout.trenches)
    largest = max(layout.trenches, key=lambda trench: trench.heat)
    assert largest.heat <= district(RULE, survey).heat.sum() + 1e-6
    assert size_for(RULE, 1e9).inner == every[-1]


def test_losses_of_pipes_are_those_of_catalogues() -> None:
    """EN 253, series 1: DN 100 loses about 0.28 to 0.33 W/(m K), DN 20 about 0.13 to 0.15."""
    loss = [size.loss for size in sizes(RULE)]
    assert 0.12 < loss[0] < 0.16
    assert 0.26 < loss[7] < 0.34
    inner = [size.inner for size in sizes(RULE)]
    assert inner == sorted(inner)


def test_consumers_are_the_places(made: tuple[Survey, HeatDomain, Path]) -> None:
    survey, domain, _ = made
    ids = {i for i, k in zip(domain.assets().ids, domain.assets().kinds, strict=True)
           if k == "consumer"}  # fmt: skip
    assert len(ids) > 20
    assert ids <= set(survey.spots.ids)


def test_the_district_is_full_at_its_greatest_load() -> None:
    survey = dense(40_000.0)
    area = district(RULE, survey)
    assert 0 < area.heat.sum() <= RULE["greatest_load"]
    assert len(area.rows) <= RULE["greatest_consumers"]


def test_it_is_drawn_the_same_again(made: tuple[Survey, HeatDomain, Path], tmp_path: Path) -> None:
    survey, _, folder = made
    draw(survey, tmp_path)
    assert (tmp_path / FILE).read_bytes() == (folder / FILE).read_bytes()
