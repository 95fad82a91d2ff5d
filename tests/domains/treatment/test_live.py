"""Effluents and plants as they are measured."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from kopa.domain import Change, LiveState, Meter, Readings
from kopa.domains.treatment.domain import TreatmentDomain
from kopa.domains.treatment.network import Treatment
from kopa.model import Window

from .plants import bsm1, with_storm_tank

WINDOW = Window(8 * 3600, 900, 96)
AMMONIA = "effluent_ammonia"


@pytest.fixture(scope="module")
def domain() -> TreatmentDomain:
    return TreatmentDomain(Treatment((bsm1(),), ()))


def shown(domain: TreatmentDomain, *changes: Change, **inputs: np.ndarray) -> dict[str, Meter]:
    return {m.quantity: m for m in domain.meters(WINDOW, changes, inputs)}


def measured(value: float, steady_s: float = 3600.0) -> Readings:
    one = np.ones(1)
    return Readings(
        np.array([0]), value * one, 0 * one, steady_s * one, value * one, 0 * one, 0 * one,
        3600.0, one < 0,
    )  # fmt: skip


def now(
    usual: Mapping[str, Meter], readings: Mapping[str, Readings], *changes: Change,
    expected: Mapping[str, Meter] | None = None,
) -> LiveState:  # fmt: skip
    return LiveState(WINDOW, readings, usual, changes, expected or usual)


def test_meters_show_what_the_run_lets_out(domain: TreatmentDomain) -> None:
    usual = shown(domain)
    assert set(usual) == {"running", AMMONIA}
    assert (usual["running"].values == 1).all()
    (run,) = domain.solve(WINDOW, (), {})
    let_out = run.amount("ammonia").sum() / run.amount("outflow").sum()
    assert usual[AMMONIA].values.mean() == pytest.approx(let_out, rel=0.1)


def test_effluent_above_a_limit_is_told_with_its_source(domain: TreatmentDomain) -> None:
    usual = shown(domain)
    (found,) = domain.watch(now(usual, {AMMONIA: measured(12.0)}))
    assert found.code == "treatment.above-limit"
    assert "12 g/m³" in found.what
    assert "Alex et al. 2008" in found.what
    assert not domain.watch(now(usual, {AMMONIA: measured(3.9)}))


def test_a_plant_that_stands_still_is_off(domain: TreatmentDomain) -> None:
    usual = shown(domain)
    assert not domain.state(now(usual, {"running": measured(0.0, 60.0)}))
    (change,) = domain.state(now(usual, {"running": measured(0.0)}))
    assert (change.asset, change.kind) == ("BSM1", "off")
    told = domain.watch(now(usual, {}, change))
    assert told[0].code == "treatment.off"
    assert told[0].asset == change.full


def test_a_limit_that_will_be_broken_is_told_before() -> None:
    """BSM1 without loss of power holds 10 g/m³ in two hours; without air it does not."""
    from dataclasses import replace

    limit = replace(bsm1().permit[0], limit_g_m3=18.0, average_h=2.0)
    domain = TreatmentDomain(Treatment((replace(with_storm_tank(0.0), permit=(limit,)),), ()))
    usual = shown(domain)
    power = np.ones((WINDOW.steps, 1))
    power[8:40] = 0.0
    dark = shown(domain, electricity=power)
    (found,) = domain.watch(now(usual, {}, expected=dark))
    assert found.code == "treatment.limit-ahead"
    means = np.convolve(dark[AMMONIA].values[:, 0], np.full(8, 1 / 8), mode="valid")
    first = int(np.flatnonzero(means > 18.0)[0]) + 8
    hour, minute = divmod(WINDOW.start // 60 + first * 15, 60)
    assert found.values["time"] == f"{hour % 24:02d}:{minute:02d}"
    assert not domain.watch(now(usual, {}))
