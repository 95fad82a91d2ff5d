"""Well fields for tests, as text and in memory."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from kopa.domains.groundwater.network import Aquifer, Field, Observations, River, Wells
from kopa.domains.groundwater.read_field import DAY, read_field

FOUR = """\
id = "north"
name = "North"
crs = "EPSG:3059"
gradient = 0.002
flow_azimuth_degree = 90
take_over = true
[[layer]]
conductivity_m_d = 25
thickness_m = 20
specific_storage_1_m = 1e-5
porosity = 0.25
[permit]
m3_per_year = 1500000
source = "made for the test"
[[observation]]
id = "P1"
x = 505700
y = 312300
drawdown_limit_m = 5
limit_source = "made for the test"
"""

WELL = """
[[well]]
id = "{id}"
x = {x}
y = {y}
radius_m = 0.2
discharge_m3_d = {q}
capacity_m3_h = {capacity}
lift_m = 35
pump_efficiency = 0.6
max_drawdown_m = {most}
"""

PLACES = ((0, 0, 432, 30), (100, 50, 864, 60), (200, 200, 1728, 90), (300, 450, 1296, 80))


def four(most: float = 14.0, head: str = FOUR) -> str:
    """Four wells in uniform flow."""
    wells = (
        WELL.format(id=f"W{i + 1}", x=506000 + x, y=312000 + y, q=q, capacity=capacity, most=most)
        for i, (x, y, q, capacity) in enumerate(PLACES)
    )
    return head + "".join(wells)


def read(text: str, folder: Path) -> Field:
    """A field from its text."""
    file = folder / "field.toml"
    file.write_text(text, encoding="utf-8")
    return read_field(file)[0]


def aquifer(resistance_d: float = np.inf, gradient: float = 0.0, layers: int = 1) -> Aquifer:
    """Layers of 500 m²/d, the first under an aquitard."""
    one = np.ones(layers)
    above = np.array([resistance_d, *[800.0] * (layers - 1)]) * DAY
    return Aquifer(
        25 / DAY * one, 20 * one, 1e-5 * one, 0.25 * one, above, False, gradient, np.pi / 2
    )


def field(
    ground: Aquifer, xy: np.ndarray, discharge_m3_d: list[float], rivers: tuple[River, ...] = ()
) -> Field:
    """Wells without limits, and no points."""
    n = len(xy)
    rate = np.array(discharge_m3_d) / DAY
    endless = np.full(n, np.inf)
    wells = Wells(
        tuple(f"W{i}" for i in range(n)), ("",) * n, xy[:, 0], xy[:, 1], np.full(n, 0.2),
        np.zeros(n, dtype=np.int64), rate, rate, np.full(n, 30.0), np.full(n, 0.6), endless,
        endless, np.zeros(n),
    )  # fmt: skip
    none = np.empty(0)
    points = Observations((), (), none, none, np.empty(0, dtype=np.int64), none, ())
    return Field("f", "", "", "waterworks", False, 3650 * DAY, ground, wells, points, rivers)
