"""Transport down rivers, against exact answers and the matrix exponential."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.linalg import expm
from scipy.special import erfc
from scipy.stats import gamma

from kopa.domains.environment import engine_transport
from kopa.domains.environment.engine_transport import Grid, grid_of, transport
from kopa.domains.environment.network import Rivers
from kopa.domains.environment.river import Hydraulics, hydraulics, routed, summed_down
from kopa.errors import EngineError


def rivers(downstream: list[int], flow: list[float], **more: Any) -> Rivers:
    n = len(flow)
    blank = np.full(n, np.nan)
    values: dict[str, Any] = {
        "low_flow": blank,
        "width": np.full(n, 20.0),
        "depth": np.ones(n),
        "manning": np.full(n, 0.035),
        "slope": blank,
        "length": np.full(n, 4000.0),
        "temperature": blank,
        "ph": blank,
        "background": {},
        "lines": tuple(np.zeros((2, 2)) for _ in range(n)),
        **more,
    }
    ids = tuple(f"r{number}" for number in range(n))
    return Rivers(ids, ids, np.array(downstream), flow=np.array(flow), **values)


def solved(
    reaches: Rivers, load: Any, decay: float = 0.0, step: int = 300, dispersion: float | None = None
) -> tuple[Hydraulics, Grid, Any, Any]:
    state = hydraulics(reaches, reaches.flow)
    if dispersion is not None:
        wide = np.full(len(reaches), dispersion)
        state = Hydraulics(state.depth, state.velocity, wide)
    grid = grid_of(reaches, state, step)
    flow = np.broadcast_to(reaches.flow, load.shape)
    rates = np.full(len(reaches), decay)
    return state, grid, flow, transport(grid, flow, load, rates, step)


def test_a_pulse_leaves_as_cells_in_series_do() -> None:
    """Levenspiel (1999), equation 14.3: the age of what leaves n cells is gamma distributed."""
    one = rivers([-1], [5.0])
    load = np.zeros((200, 1))
    load[0] = 1 / 300
    state, grid, flow, found = solved(one, load)
    time_through = 4000 / state.velocity[0]
    out = found.mean[:, -1] * flow[:, 0] * 300
    edges = np.arange(201) * 300.0
    age = gamma(grid.size, scale=time_through / grid.size)
    # what leaves until t, for an even release over the first step
    inside = np.linspace(0, 300, 61)
    until = np.mean([age.cdf(edges - begin) for begin in (inside[1:] + inside[:-1]) / 2], axis=0)
    assert np.abs(np.cumsum(out) - until[1:]).max() < 2e-3


def test_it_spreads_as_fischers_dispersion_says() -> None:
    """Variance of the passage at a place: 2 E L / u³ (Fischer et al. 1979, equation 2.31)."""
    one = rivers([-1], [5.0])
    load = np.zeros((1200, 1))
    load[0] = 1 / 60
    state, _, flow, found = solved(one, load, step=60, dispersion=20.0)
    out = found.mean[:, -1] * flow[:, 0] * 60
    middle = (np.arange(1200) + 0.5) * 60.0
    mean = (out * middle).sum() / out.sum()
    variance = (out * (middle - mean) ** 2).sum() / out.sum()
    speed = state.velocity[0]
    assert out.sum() == pytest.approx(1, rel=1e-6)
    assert mean == pytest.approx(4000 / speed + 30, rel=1e-3)
    assert variance == pytest.approx(2 * 20 * 4000 / speed**3, rel=0.02)


def test_a_front_arrives_as_ogata_and_banks_say() -> None:
    """Ogata & Banks (1961), USGS PP 411-A, of a front in steady flow with dispersion."""
    one = rivers([-1], [5.0])
    speed, spread, far, steps = 0.25, 20.0, 4000.0, 140
    load = np.full((steps, 1), 5.0)  # concentration 1
    _, _, _, found = solved(one, load, dispersion=spread)
    at = (np.arange(steps) + 0.5) * 300.0
    root = 2 * np.sqrt(spread * at)
    exact = 0.5 * erfc((far - speed * at) / root)
    exact += 0.5 * np.exp(speed * far / spread) * erfc((far + speed * at) / root)
    assert np.abs(found.mean[:, -1] - exact).max() < 0.03


def test_what_decays_in_a_steady_river() -> None:
    """Chapra (1997), lecture 9: advection, dispersion and decay; the exponent is exact."""
    one = rivers([-1], [5.0])
    rate = 1.0 / 86_400
    _, grid, _, found = solved(one, np.full((400, 1), 5.0), rate, dispersion=20.0)
    exact = np.exp(0.25 * 4000 / 40 * (1 - np.sqrt(1 + 4 * rate * 20 / 0.25**2)))
    assert found.mean[-1, -1] == pytest.approx(exact, rel=1e-4)
    cells = (1 + rate * 16_000 / grid.size) ** -grid.size
    assert found.mean[-1, -1] == pytest.approx(cells, rel=1e-9)


NETWORK = rivers(
    [2, 2, 3, -1],
    [2.0, 3.0, 4.5, 6.0],
    width=np.array([10.0, 12, 20, 25]),
    length=np.full(4, 600.0),
)
"""Two springs join; half a cubic metre is drawn off there; water is added below."""


def pulses() -> Any:
    load = np.zeros((48, 4))
    load[2:6, 0], load[4:9, 1], load[10:12, 3] = 3.0, 1.0, 2.0
    return load


def test_against_the_matrix_exponential() -> None:
    """scipy's expm, exact for what is even in a step, on the same cells, set up apart from ours."""
    _, grid, _, found = solved(NETWORK, pulses(), 2e-5, 1800)
    cells = grid.size
    assert 20 < cells < 120
    rate = NETWORK.flow[grid.reach] / grid.volume
    change = np.zeros((2 * cells + 1, 2 * cells + 1))  # mass, its sum over time, one
    for cell, below in enumerate(grid.below):
        change[cell, cell] = -rate[cell] - 2e-5
        change[cells + cell, cell] = 1
        if below >= 0:
            drawn_off = 4.5 / 5 if cell in (grid.last[0], grid.last[1]) else 1
            change[below, cell] = rate[cell] * drawn_off
    mass, mean = np.zeros(cells), []
    after: dict[tuple[float, ...], Any] = {}
    for load in pulses():
        if tuple(load) not in after:
            change[grid.first, -1] = load
            after[tuple(load)] = expm(change * 1800.0)
        state = after[tuple(load)] @ np.concatenate([mass, np.zeros(cells), [1.0]])
        mass = state[:cells]
        mean.append(state[cells:-1] / 1800 / grid.volume)
    exact = np.array(mean)
    assert np.abs(found.mean - exact).max() < 2e-3 * exact.max()
    assert found.stored == pytest.approx(mass.sum(), rel=2e-3)


def test_mass_is_kept_to_rounding() -> None:
    _, _, _, found = solved(NETWORK, pulses(), 2e-5, 1800)
    assert found.released == pytest.approx((3 * 4 + 5 + 4) * 1800)
    assert found.left > 0
    assert found.decayed > 0
    assert found.stored > 0
    gone = found.left + found.decayed + found.stored
    assert gone == pytest.approx(found.released, rel=1e-12)
    assert found.mean.min() >= 0
    assert (found.peak >= found.mean - 1e-12).all()


def test_nothing_in_is_nothing_there() -> None:
    _, _, _, found = solved(NETWORK, np.zeros((4, 4)))
    assert found.released == 0
    assert not found.peak.any()


def test_too_many_sub_steps_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_transport, "MOST_STEPS", 10)
    with pytest.raises(EngineError, match="short reaches"):
        solved(NETWORK, pulses(), step=1800)


def test_less_flow_above_is_less_flow_below() -> None:
    own = np.full((2, 4), np.nan)
    own[1, 0] = 1.0
    flow = routed(NETWORK, own, NETWORK.flow)
    assert flow.tolist() == [[2, 3, 4.5, 6], [1, 3, 3.5, 5]]
    more = summed_down(NETWORK, np.array([[0.1, 0.2, 0, 0]]))
    assert more[0] == pytest.approx([0.1, 0.2, 0.3, 0.3])
