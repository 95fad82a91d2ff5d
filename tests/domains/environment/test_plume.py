"""Plumes and puffs, against the workbook, against sums over puffs, and conservation of mass."""

from __future__ import annotations

import datetime
import math

import numpy as np
import pytest
from scipy.integrate import quad

from kopa.domains.environment.plume import Weather, passing, plume, puff, reach
from kopa.domains.environment.read_substances import substances
from kopa.domains.environment.stability import pasquill_class, sun_height, widths
from kopa.errors import RangeError

RURAL = Weather(7.0, 270.0, "D", urban=False)


def at(value: float) -> np.ndarray:
    return np.array([value])


def test_turners_burning_dump() -> None:
    """Turner (1970), problem 1: 3 g/s, overcast night, 7 m/s: 1.1e-5 g/m³ at 3 km.

    Turner reads 190 and 65 m from Gifford's curves; with these the formula gives his number,
    with Briggs' 210 and 77 m a fifth less.
    """
    assert pasquill_class(7.0, 1.0, -10.0) == "D"
    side, up = widths(at(3000.0), "D", urban=False)
    assert (side[0], up[0]) == (pytest.approx(210.5, rel=1e-3), pytest.approx(76.8, rel=1e-3))
    found = plume(RURAL, at(3000.0), at(0.0), 3.0)[0]
    assert found * (side[0] * up[0]) / (190 * 65) == pytest.approx(1.1e-5, rel=0.01)
    assert found == pytest.approx(3 / (math.pi * 7 * side[0] * up[0]))


@pytest.mark.parametrize("source", [0.0, 40.0])
def test_all_that_is_released_passes_every_plane(source: float) -> None:
    """Flux through a plane across the wind, up to the lid, is the rate."""
    air = Weather(3.0, 90.0, "C", lid=400.0)
    side, _ = widths(at(1500.0), "C", urban=True)
    assert side[0] > 0
    from kopa.domains.environment.plume import _upward

    up = widths(at(1500.0), "C", urban=True)[1]
    high = quad(lambda z: _upward(z, source, up, 400.0)[0], 0, 400.0)[0]
    assert high == pytest.approx(1, rel=1e-6)
    across = np.linspace(-8, 8, 4001) * side[0]
    ground = plume(air, np.full(4001, 1500.0), across, 2.0, source)
    flux = np.trapezoid(ground, across) * 3.0
    assert flux == pytest.approx(2.0 * _upward(0.0, source, up, 400.0)[0], rel=1e-6)


def test_far_below_a_lid_it_is_well_mixed() -> None:
    """Turner (1970), equation 5.9: Q / (√(2π) σy L u)."""
    air = Weather(3.0, 90.0, "B", lid=200.0)
    side, _ = widths(at(20_000.0), "B", urban=True)
    expected = 2 / (math.sqrt(2 * math.pi) * side[0] * 200 * 3)
    assert plume(air, at(20_000.0), at(0.0), 2.0)[0] == pytest.approx(expected, rel=1e-6)


def test_a_short_release_is_a_sum_of_puffs() -> None:
    """Palazzi et al. (1982), against 2,000 puffs whose widths are those of the place."""
    place, lasts = 2000.0, 600.0
    side, up = widths(at(place), "D", urban=False)
    for now in (200.0, 300.0, 500.0, 900.0):
        begins = (np.arange(2000) + 0.5) * lasts / 2000
        ages = now - begins
        ages = ages[ages > 0]
        mass = 3.0 * lasts / 2000
        spot = np.exp(-((place - 7.0 * ages) ** 2) / (2 * side**2))
        summed = (mass * spot / (2 * math.pi * side**2)).sum() * 2 / (math.sqrt(2 * math.pi) * up)
        ours = plume(RURAL, at(place), at(0.0), 3.0) * passing(RURAL, at(place), now, lasts)
        assert ours[0] == pytest.approx(summed[0], rel=2e-3)


def test_the_dose_of_a_puff_is_that_of_a_plume() -> None:
    """Mass of a puff over the speed is what a steady plume brings, where the widths are alike."""
    place = 5000.0
    dose = quad(
        lambda t: puff(RURAL, at(place), at(0.0), 10.0, t)[0], 400, 1200, points=[5000 / 7]
    )[0]
    assert dose == pytest.approx(plume(RURAL, at(place), at(0.0), 10.0)[0], rel=0.01)


def test_the_wind_blows_away_from_where_it_comes() -> None:
    west = Weather(3.0, 270.0, "D")
    downwind, across = west.along(np.array([[100.0, 0.0], [0.0, 50.0], [-10.0, 0.0]]))
    assert downwind == pytest.approx([100, 0, -10], abs=1e-9)
    assert across == pytest.approx([0, 50, 0], abs=1e-9)
    assert west.ground(downwind, across)[1] == pytest.approx([0, 50], abs=1e-9)
    south = Weather(3.0, 180.0, "D")
    assert south.along(np.array([[0.0, 80.0]]))[0][0] == pytest.approx(80)
    assert plume(west, at(-10.0), at(0.0), 1.0)[0] == 0


def test_the_contour_is_where_the_level_is() -> None:
    level = 1e-5
    found = reach(RURAL, 1.0, level)
    assert plume(RURAL, at(found.distance), at(0.0), 1.0)[0] == pytest.approx(level, rel=0.01)
    x, y = found.outline[len(found.outline) // 4]
    assert plume(RURAL, at(x), at(y), 1.0)[0] == pytest.approx(level, rel=1e-9)
    grid = np.array(np.meshgrid(np.arange(5, 6000, 10.0), np.arange(-400, 400, 4.0))).reshape(2, -1)
    area = (plume(RURAL, grid[0], grid[1], 1.0) > level).sum() * 40.0
    assert found.area == pytest.approx(area, rel=0.02)
    assert reach(RURAL, 1e-9, 1.0).distance == 0
    assert math.isinf(reach(RURAL, 1e6, 1e-9).distance)


def test_levels_in_milligrams() -> None:
    """EPA's AEGL tables, at 25 °C: chlorine 2 ppm = 5.8, ammonia 160 ppm = 112 mg/m³."""
    for name, expected in (("chlorine", 5.8), ("ammonia", 112.0)):
        level = substances()[name].level(2, 60, 25.0)
        assert level is not None
        assert level * 1e6 == pytest.approx(expected, rel=0.01)
    assert substances()["carbon_monoxide"].level(1) is None
    for one in substances().values():
        for minutes in (10, 30, 60):
            known = [one.levels_ppm.get((level, minutes), 0.0) for level in (1, 2, 3)]
            assert known == sorted(known), one.name


@pytest.mark.parametrize(
    ("wind", "cloud", "sun", "expected"),
    [
        (1.0, 0.0, 65, "A"), (4.0, 0.0, 65, "B"), (4.0, 0.0, 50, "C"), (7.0, 0.0, 20, "D"),
        (2.5, 0.2, -5, "F"), (2.5, 0.6, -5, "E"), (4.0, 0.2, -5, "E"), (4.0, 1.0, 65, "D"),
        (1.0, 0.7, 65, "B"),
    ],
)  # fmt: skip
def test_pasquills_table(wind: float, cloud: float, sun: float, expected: str) -> None:
    assert pasquill_class(wind, cloud, sun) == expected


def test_height_of_the_sun() -> None:
    """NOAA's solar calculator: Riga, 21 June 2026, 10:24 UTC: 56.5°; equinox at the equator 90°."""
    noon = datetime.datetime(2026, 6, 21, 10, 24)
    assert sun_height(noon, 56.95, 24.1) == pytest.approx(90 - 56.95 + 23.44, abs=0.2)
    equinox = datetime.datetime(2026, 3, 20, 12, 7)
    assert sun_height(equinox, 0.0, 0.0) == pytest.approx(90, abs=0.6)
    assert sun_height(datetime.datetime(2026, 6, 21, 22, 24), 56.95, 24.1) < 0


@pytest.mark.parametrize(
    "make",
    [
        lambda: Weather(0.2, 0.0, "D"),
        lambda: Weather(2.0, 400.0, "D"),
        lambda: Weather(2.0, 0.0, "G"),
        lambda: Weather(2.0, 0.0, "D", lid=0.0),
        lambda: pasquill_class(2.0, 1.5, 10.0),
    ],
)
def test_no_such_weather(make: object) -> None:
    with pytest.raises(RangeError):
        make()  # type: ignore[operator]
