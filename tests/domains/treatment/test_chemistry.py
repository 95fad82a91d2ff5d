"""Waters against textbook values and calculations by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from kopa.domains.treatment.engine_phreeqc import Beaker, Water
from kopa.domains.treatment.network import CHEMICALS, Chlorine, Softening, Waterworks
from kopa.domains.treatment.read_plant import read_one
from kopa.domains.treatment.water_quality import (
    blend_of,
    chlorine_left,
    chlorine_needed,
    conditioning,
    dose_for,
    imbalance,
    indices,
    leaving,
    mixed,
    softened,
)
from kopa.errors import EngineError, RangeError

from .plants import WORKS_TOML, well, write


def langelier(water: Water) -> float:
    """Saturation index by hand: Plummer and Busenberg (1982) and Davies, without ion pairs."""
    kelvin = water.temperature_c + 273.15
    pk2 = 107.8871 + 0.03252849 * kelvin - 5151.79 / kelvin - 38.92561 * math.log10(kelvin)
    pk2 += 563713.9 / kelvin**2
    pks = 171.9065 + 0.077993 * kelvin - 2839.319 / kelvin - 71.595 * math.log10(kelvin)
    root = math.sqrt(water.ionic_strength / 1000)
    one = 0.5 * (root / (1 + root) - 0.3 * root**2)
    calcium = -math.log10(water.totals["Ca"] / 1000) + 4 * one
    bicarbonate = -math.log10(water.alkalinity / 1000) + one
    return water.ph - (pk2 - pks + calcium + bicarbonate)


@pytest.mark.parametrize(
    ("carbon_dioxide", "ph", "calcium"),
    [(None, 9.91, 0.123), (-3.5, 8.3, 0.49), (-2.0, 7.3, 1.65), (-1.5, 6.98, 2.5)],
)
def test_calcite_in_pure_water(carbon_dioxide: float | None, ph: float, calcium: float) -> None:
    """25 °C: Appelo and Postma (2005), Geochemistry, Groundwater and Pollution, chapter 5.

    Closed to the air pH 9.9 and 0.12 mmol/L of calcium; open pH 8.3 and 0.5 mmol/L at the
    carbon dioxide of air; calcium rises with the cube root of the pressure.
    """
    with Beaker() as beaker:
        gas = {} if carbon_dioxide is None else {"CO2(g)": carbon_dioxide}
        beaker.equilibrate({"Calcite": 0.0, **gas})
        water = beaker.water()
    assert water.ph == pytest.approx(ph, abs=0.03)
    assert water.totals["Ca"] == pytest.approx(calcium, rel=0.03)
    assert water.saturation_index == pytest.approx(0, abs=1e-6)
    assert water.alkalinity == pytest.approx(2 * water.totals["Ca"], rel=1e-5)


def test_the_cube_root_law() -> None:
    """Ca ~ P^(1/3) (Appelo and Postma 2005, eq. 5.20) but for activities: a hundredfold is 4.6."""
    found = []
    for pressure in (-3.5, -1.5):
        with Beaker() as beaker:
            beaker.equilibrate({"Calcite": 0.0, "CO2(g)": pressure})
            found.append(beaker.water().totals["Ca"])
    assert found[1] / found[0] == pytest.approx(100 ** (1 / 3), rel=0.12)


@pytest.mark.parametrize("ph", [7.0, 7.4, 8.2])
@pytest.mark.parametrize("temperature", [5.0, 15.0, 25.0])
def test_the_index_is_langeliers(ph: float, temperature: float) -> None:
    water = mixed({well(ph=ph, temperature_c=temperature): 1.0})
    # ion pairs, which Langelier leaves out, hold some calcium
    assert water.saturation_index == pytest.approx(langelier(water), abs=0.1)
    assert indices(water)["ryznar_index"] == pytest.approx(
        2 * indices(water)["saturation_ph"] - water.ph
    )


def test_an_analysis_comes_back() -> None:
    water = mixed({well(): 1.0})
    assert water.hardness == pytest.approx(110 / 40.078 + 12 / 24.305, rel=2e-3)
    assert water.alkalinity == pytest.approx(5.2, rel=2e-3)
    assert water.ph == pytest.approx(7.2)
    ratio = (30 / 35.453 + 10 / 62.005 + 2 * 60 / 96.063) / 5.2
    assert indices(water)["corrosion_ratio"] == pytest.approx(ratio, rel=1e-3)


def test_charges_are_held_against_one_another() -> None:
    plus = 2 * 110 / 40.078 + 2 * 12 / 24.305 + 15 / 22.99 + 3 / 39.098
    minus = 30 / 35.453 + 10 / 62.005 + 2 * 60 / 96.063 + 5.2
    assert imbalance(well()) == pytest.approx((plus - minus) / ((plus + minus) / 2))


def test_waters_in_equilibrium_mix_to_one_that_dissolves_calcite() -> None:
    """The classic of blending: both sources saturated, the blend is not (DIN 38404-10)."""
    hard = replace(well(ph=7.12), id="hard")
    soft = replace(
        well(calcium_mg_l=30.0, magnesium_mg_l=3.0, alkalinity_mmol_l=1.5, ph=8.35), id="soft"
    )
    both = [mixed({one: 1.0}) for one in (hard, soft)]
    blend = mixed({hard: 0.5, soft: 0.5})
    assert min(one.saturation_index for one in both) > -0.1
    assert blend.saturation_index < min(one.saturation_index for one in both) - 0.1
    assert blend.precipitates < 0
    assert blend.hardness == pytest.approx((both[0].hardness + both[1].hardness) / 2, rel=1e-3)


@pytest.mark.parametrize("chemical", CHEMICALS)
def test_softening_keeps_its_books(chemical: str) -> None:
    """Calcium, alkalinity and sodium before and after, by hand."""
    raw = mixed({well(): 1.0})
    found = dose_for({well(): 1.0}, Softening(chemical, 0.0), 1.5)
    water, dose = found.water, found.dose
    brought = {"NaOH": (0, 1, 1), "Ca(OH)2": (1, 2, 0), "Na2CO3": (0, 2, 2)}[chemical]
    calcium = raw.totals["Ca"] + brought[0] * dose - found.calcite
    alkalinity = raw.alkalinity + brought[1] * dose - 2 * found.calcite
    assert water.hardness == pytest.approx(1.5, abs=1e-6)
    assert water.totals["Ca"] == pytest.approx(calcium, abs=2e-3)
    assert water.alkalinity == pytest.approx(alkalinity, abs=5e-3)
    assert water.totals["Na"] == pytest.approx(raw.totals["Na"] + brought[2] * dose, abs=2e-3)
    assert water.saturation_index == pytest.approx(0, abs=1e-6)
    less = softened({well(): 1.0}, Softening(chemical, 0.99 * dose))
    assert less.water.hardness > 1.5


def test_what_no_dose_reaches_is_told() -> None:
    with pytest.raises(RangeError, match="no dose of NaOH"):
        dose_for({well(): 1.0}, Softening("NaOH", 0.0), 0.1)  # magnesium alone is 0.49


def test_the_index_is_brought_where_it_is_wanted() -> None:
    for wanted, chemical in ((0.2, "NaOH"), (-0.3, "CO2")):

        def after(name: str, dose: float) -> Water:
            with Beaker({well(): 1.0}) as beaker:
                beaker.add(name, dose)
                return beaker.water()

        name, dose, water = conditioning(after, wanted)
        assert name == chemical
        assert dose > 0
        assert water.saturation_index == pytest.approx(wanted, abs=1e-4)


def test_chlorine_falls_by_the_law() -> None:
    one = Chlorine(0.5, 0.03, 0.0, 0.0, 30.0, 0.2)
    assert chlorine_left(one, 30.0) == pytest.approx(0.5 * math.exp(-0.9))
    two = replace(one, fast_share=0.4, fast_decay_per_h=1.0)
    by_hand = 0.5 * (0.4 * math.exp(-2.0) + 0.6 * math.exp(-0.06))
    assert chlorine_left(two, 2.0) == pytest.approx(by_hand)
    needed = chlorine_needed(two)
    assert chlorine_left(replace(two, dose_mg_l=needed), 30.0) == pytest.approx(0.2)


def test_what_leaves_is_held_against_its_targets(tmp_path: Path) -> None:
    works, _ = read_one(write(tmp_path, "works.toml", WORKS_TOML))
    assert isinstance(works, Waterworks)
    water, outside = leaving(works, 1.0)
    assert outside == ()
    assert 1 <= water.hardness <= 2.5
    assert mixed(blend_of(works)).hardness > 2.5
    assert leaving(works, 0.0)[1] == ("hardness_mmol_l", "chlorine_mg_l")


def test_water_that_cannot_be_is_no_answer_and_harms_no_other() -> None:
    for bad in (well(ph=12.0, calcium_mg_l=1100.0), well(alkalinity_mmol_l=0.001, ph=11.9)):
        with pytest.raises(EngineError, match="PHREEQC"):
            mixed({bad: 1.0})
    assert mixed({well(): 1.0}).ph == pytest.approx(7.2)
