"""Each formula against an example that is published, or against a hand calculation."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kopa.domains.industry.catalogue import catalogue, parsed
from kopa.domains.industry.checklist import rows, saved_kwh
from kopa.domains.industry.money import annuity, net_present_value, payback
from kopa.domains.industry.read_plant import Planned, Plant, read_plant
from kopa.errors import InputError, RangeError

PSI, BTU_LB, LB = 6894.757e-5, 2.326, 0.45359237
"""bar, kJ/kg and kg."""


def saved(use: str, **values: Any) -> float:
    measure = catalogue().measures[use]
    given = {k: np.array(v) if isinstance(v, list) else v for k, v in values.items()}
    assert set(given) == set(measure.inputs)
    return float(saved_kwh(measure, Planned(use, values=given)))


def test_there_are_enough_measures_with_sources_and_ranges() -> None:
    known = catalogue()
    assert len(known.measures) >= 12
    for group in ("compressed_air", "steam", "drives"):
        assert sum(one.group == group for one in known.measures.values()) >= 4
    used = {name for one in known.measures.values() for name in one.inputs}
    assert used == set(known.inputs)
    for one in known.measures.values():
        assert any(word in one.source for word in ("DOE", "ISO", "IEC", "BImSchV")), one.id
    for one in known.inputs.values():
        assert one.low < one.high, one.name
        assert len(one.what) > 5, one.name


def test_leaks() -> None:
    assert saved(
        "air-leaks", leak_m3_min=2.0, repaired_share=0.5, specific_power_kw_min_m3=6.0,
        power_slope=1.0, hours_h=8000,
    ) == pytest.approx(2 * 0.5 * 6 * 8000)  # fmt: skip


def test_a_leak_test_by_the_fall_of_pressure() -> None:
    """10 m³ from 7 to 3.5 bar in 5 min: 10 × 3.5 / (5 × 1.01325) × 1.25 = 8.64 m³/min."""
    energy = saved(
        "air-leak-test", volume_m3=10, test_start_bar=7, test_end_bar=3.5, test_min=5,
        repaired_share=1, specific_power_kw_min_m3=1, power_slope=1, hours_h=1,
    )  # fmt: skip
    assert energy == pytest.approx(8.6356, rel=1e-4)


def test_pressure_by_the_rule_of_the_sourcebook() -> None:
    """US DOE: every 2 psi less at about 100 psig saves about 1 %."""
    energy = saved(
        "air-pressure", compressor_kwh_yr=100.0, pressure_now_bar=100 * PSI,
        pressure_new_bar=98 * PSI,
    )  # fmt: skip
    assert energy == pytest.approx(1.0, abs=0.15)


def test_heat_and_intake() -> None:
    assert saved(
        "air-heat", compressor_kwh_yr=1000, recovered_share=0.8, used_share=0.5,
        boiler_efficiency=0.8,
    ) == pytest.approx(500)  # fmt: skip
    cool = saved("air-intake", compressor_kwh_yr=1000, intake_now_c=35, intake_new_c=15)
    assert cool == pytest.approx(1000 * 20 / 308.15)


def test_variable_speed_in_place_of_idle_running() -> None:
    """2,000 h idle at 20 kW less 4,000 h loaded at 80 kW × 3 %."""
    assert saved(
        "air-vsd", hours_h=6000, unloaded_kw=20, loaded_share=2 / 3, loaded_kw=80,
        vsd_loss_share=0.03,
    ) == pytest.approx(2000 * 20 - 4000 * 80 * 0.03)  # fmt: skip


@pytest.mark.parametrize(
    ("inch", "psig", "lb_h"), [(1 / 8, 15, 13.8), (1 / 8, 100, 52.8), (1 / 8, 150, 75.8)]
)
def test_traps_by_the_table_of_the_tip_sheet(inch: float, psig: float, lb_h: float) -> None:
    """US DOE, Steam Tip Sheet 1: steam that a trap loses that has failed open."""
    energy = saved(
        "steam-traps", traps=1, orifice_mm=25.4 * inch, discharge_coefficient=0.73,
        steam_bar=psig * PSI, steam_kj_kg=4000, feedwater_kj_kg=400, hours_h=1,
        boiler_efficiency=1,
    )  # fmt: skip
    assert energy == pytest.approx(lb_h * LB, rel=0.01)  # 3,600 kJ/kg: kWh is kg


def test_blowdown_by_its_tip_sheet() -> None:
    """US DOE, Steam Tip Sheet 9: 8 % to 6 % at 100,000 lb/h is 2,313 lb/h of feedwater."""
    energy = saved(
        "steam-blowdown", steam_kg_h=100_000 * LB, blowdown_now=0.08, blowdown_new=0.06,
        boiler_water_kj_kg=338.5 * BTU_LB, makeup_kj_kg=28 * BTU_LB, hours_h=8000,
        boiler_efficiency=0.8,
    )  # fmt: skip
    assert energy == pytest.approx(2313 * LB * 310.5 * BTU_LB / 3600 * 8000 / 0.8, rel=1e-3)


def test_condensate_and_insulation() -> None:
    assert saved(
        "steam-condensate", condensate_kg_h=3600, condensate_kj_kg=377, makeup_kj_kg=42,
        hours_h=10, boiler_efficiency=0.5,
    ) == pytest.approx(335 * 10 / 0.5)  # fmt: skip
    assert saved(
        "steam-insulation", length_m=10, bare_w_m=500, insulated_w_m=50, hours_h=8000,
        boiler_efficiency=0.9,
    ) == pytest.approx(10 * 0.45 * 8000 / 0.9)  # fmt: skip


def test_flue_gas_by_siegert() -> None:
    """Natural gas at 200 K above the air, 6 % of oxygen: 200 × (0.66 / 15 + 0.009) = 10.6 %."""
    energy = saved(
        "steam-stack", fuel_kwh_yr=1000, flue_now_c=220, air_c=20, oxygen_now=6, flue_new_c=120,
        oxygen_new=3, siegert_a=0.66, siegert_b=0.009,
    )  # fmt: skip
    new = 100 * (0.66 / 18 + 0.009) / 100
    assert energy == pytest.approx(1000 * (1 - (1 - 0.106) / (1 - new)))


def test_drives() -> None:
    assert saved(
        "drive-class", rated_kw=75, load_share=0.8, hours_h=6000, efficiency_now=0.936,
        efficiency_new=0.954,
    ) == pytest.approx(60 * 6000 * (1 / 0.936 - 1 / 0.954))  # fmt: skip
    assert saved(
        "drive-size", shaft_kw=10, hours_h=1000, efficiency_now=0.8, efficiency_new=0.9
    ) == pytest.approx(10_000 * (1.25 - 1 / 0.9))
    assert saved("drive-off", idle_kw=5, idle_h=2000, avoided_share=0.9) == pytest.approx(9000)


def test_belts_by_the_tip_sheet() -> None:
    """US DOE, Motor Systems Tip Sheet 5: 527,000 kWh from 93 to 98 % saves 26,888 kWh."""
    energy = saved("drive-belt", input_kw=62, hours_h=8500, belt_now=0.93, belt_new=0.98)
    assert energy == pytest.approx(26_888, rel=1e-3)


def test_affinity_with_and_without_static_head() -> None:
    both = {
        "full_kw": 10, "hours_h": 1000, "time_share": [0.5, 0.5], "flow_share": [1.0, 0.5],
        "power_share": [1.0, 0.8],
    }  # fmt: skip
    fan = saved("drive-vsd", **both, static_share=0, vsd_efficiency=1.0)
    assert fan == pytest.approx(10_000 * 0.5 * (0.8 - 0.125))
    pump = saved("drive-vsd", **both, static_share=1, vsd_efficiency=1.0)
    assert pump == pytest.approx(10_000 * 0.5 * (0.8 - 0.5))
    lossy = saved("drive-vsd", **both, static_share=0, vsd_efficiency=0.9)
    assert lossy == pytest.approx(fan - 10_000 * 0.5 * 1.125 * (1 / 0.9 - 1))


def test_money() -> None:
    """Annuity of 20 years at 3 %: 14.8775 (any table of interest)."""
    assert annuity(0.03, 20) == pytest.approx(14.8775, abs=1e-4)
    assert annuity(0.0, 7) == 7
    by_years = sum(100 / 1.06**year for year in range(1, 6)) - 300
    assert net_present_value(300, 100, 0.06, 5) == pytest.approx(by_years)
    assert payback(300, 100) == 3
    assert payback(300, -5) == math.inf
    assert math.isnan(payback(math.nan, 100))


PLANT = """\
name = "Dairy"
discount_rate = 0.05
[electricity]
price_eur_kwh = 0.1
kgco2e_kwh = 0.2
[compressed_air]
hours_h = 6000
specific_power_kw_min_m3 = 6
power_slope = 1
[[measure]]
use = "air-leaks"
name = "hall 2"
investment_eur = 1000
lifetime_yr = 2
leak_m3_min = 1
repaired_share = 0.5
[[measure]]
use = "air-leaks"
name = "hall 3"
leak_m3_min = 1
"""


def plant(tmp_path: Path, text: str) -> Plant:
    file = tmp_path / "plant.toml"
    file.write_text(text, encoding="utf-8")
    return read_plant(file)[0]


def test_what_is_missing_is_unknown_and_named(tmp_path: Path) -> None:
    found = rows(plant(tmp_path, PLANT))
    assert len(found) == len(catalogue().measures) + 1
    first = found[0]
    assert (first.kwh, first.eur, first.co2) == pytest.approx((18_000, 1800, 3600))
    assert first.npv == pytest.approx(1800 / 1.05 + 1800 / 1.05**2 - 1000)
    assert first.payback == pytest.approx(1000 / 1800)
    assert first.lacks == ()
    assert [row.known for row in found] == [True] + [False] * (len(found) - 1)
    (third,) = (row for row in found if row.planned.name == "hall 3")
    assert third.missing == ("repaired_share",)
    for row in found[1:]:
        assert row.missing
        assert math.isnan(row.eur)
        assert math.isnan(row.npv)


def test_energy_is_known_where_money_is_not(tmp_path: Path) -> None:
    text = PLANT.replace("price_eur_kwh = 0.1\n", "").replace("lifetime_yr = 2\n", "")
    first = rows(plant(tmp_path, text))[0]
    assert first.kwh == pytest.approx(18_000)
    assert math.isnan(first.eur)
    assert math.isnan(first.npv)
    assert first.lacks == ("electricity.price_eur_kwh", "lifetime_yr")


def test_a_formula_without_a_value_is_unknown(tmp_path: Path) -> None:
    text = '[[measure]]\nuse = "steam-stack"\nfuel_kwh_yr = 1\nflue_now_c = 800\nflue_new_c = 800\n'
    text += "oxygen_now = 20\noxygen_new = 20\nair_c = -40\nsiegert_a = 0.9\nsiegert_b = 0.02\n"
    first = rows(plant(tmp_path, text))[0]
    assert first.known  # 78 % lost before and after: nothing is saved
    assert first.kwh == pytest.approx(0)
    toml = '[input]\na = {unit="", low=0, high=1, what="a number"}\n[[measure]]\nid="m"\n'
    toml += 'group="steam"\nname="n"\nsaves="fuel"\nformula="1/(a-a)"\nsource="s"\n'
    measure = parsed(toml).measures["m"]
    assert not math.isfinite(float(saved_kwh(measure, Planned("m", values={"a": 1.0}))))


BROKEN = {
    "toml": ("= 3", "no TOML"),
    "unknown-key": ('[steam]\nhour_h = 3\n[[measure]]\nuse = "air-leaks"\nleak = 3', "hours_h"),
    "measure": ('[[measure]]\nuse = "air-leak"\n[[measure]]\nname = "x"', "Write one of"),
    "value": ('discount_rate = "low"\n[[measure]]\nuse = "drive-off"\nidle_kw = -1', "from 0"),
    "lists": (
        '[[measure]]\nuse = "drive-vsd"\ntime_share = [1.0]\nflow_share = [1.0, 0.5]',
        "as many",
    ),
    "table": ("steam = 3", "Write [steam]"),
}


@pytest.mark.parametrize("code", BROKEN)
def test_broken_plants(tmp_path: Path, code: str) -> None:
    text, words = BROKEN[code]
    with pytest.raises(InputError) as caught:
        plant(tmp_path, text)
    assert {one.code for one in caught.value.findings} == {f"industry.{code}"}
    assert words in str(caught.value)
    if code in ("unknown-key", "measure", "value"):
        assert len(caught.value.findings) == 2


def test_shares_that_do_not_make_one(tmp_path: Path) -> None:
    text = '[[measure]]\nuse = "drive-vsd"\ntime_share = [0.5, 0.4]\n'
    with pytest.raises(InputError, match=r"make 0\.9 together"):
        plant(tmp_path, text)


@pytest.mark.parametrize(
    ("old", "new"),
    [("a * a", "a * b"), ('group="steam"', 'group="air"'), ("a * a", "a.real")],
)
def test_a_catalogue_that_contradicts_itself_is_refused(old: str, new: str) -> None:
    toml = '[input]\na = {unit="", low=0, high=1, what="a number"}\n[[measure]]\nid="m"\n'
    toml += 'group="steam"\nname="n"\nsaves="fuel"\nformula="a * a"\nsource="s"\n'
    assert parsed(toml).measures["m"].inputs == ("a",)
    with pytest.raises(RangeError):
        parsed(toml.replace(old, new))
