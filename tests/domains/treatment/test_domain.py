"""Plants in the kernel: storm, power cut, permit, ledger, causes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kopa.domain import Change, Result
from kopa.domains.treatment import domain as treatment_domain
from kopa.domains.treatment.domain import TreatmentDomain
from kopa.domains.treatment.network import Place, Target, Treatment, Waterworks
from kopa.domains.treatment.wastewater import model_window, simulate, steady_state
from kopa.domains.treatment.wastewater import usual as usual_forcing
from kopa.model import Window

from .plants import FLOW, bsm1, well, with_storm_tank

DAY = Window(0, 3600, 24)
LITRES = FLOW / 86.4
"""Mean dry flow, L/s."""


def works(**values: object) -> Waterworks:
    place = Place("WW", "", 0.0, 0.0)
    return Waterworks(place, 2400.0, 0.5, (well(),), **values)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def domain() -> TreatmentDomain:
    return TreatmentDomain(Treatment((bsm1(),), (works(target=Target(ph=(6.5, 9.5))),)))


@pytest.fixture(scope="module")
def usual(domain: TreatmentDomain) -> Result:
    return domain.run(DAY, (), {})


def account(result: Result, quantity: str) -> np.ndarray:
    (found,) = (a for a in result.accounts if a.quantity == quantity)
    return found.values


def cut(hours: slice) -> dict[str, np.ndarray]:
    share = np.ones((24, 2))
    share[hours] = 0.0
    return {"electricity": share}


def test_a_power_cut_stops_the_air_and_ammonia_rises(
    domain: TreatmentDomain, usual: Result
) -> None:
    result = domain.run(DAY, (), cut(slice(8, 14)))
    (run,) = domain.solve(DAY, (), cut(slice(8, 14)))
    fine = model_window(DAY)
    off = (fine.starts >= 8 * 3600) & (fine.starts < 14 * 3600)
    assert (run.energy["aeration"][off] == 0).all()
    assert (run.energy["pumping"][off] == 0).all()
    assert run.oxygen[off][8:, 2:].max() < 1e-3  # used up within two hours, none comes
    assert (run.energy["aeration"][~off] > 0).all()
    more = result.outputs["ammonia"][:, 0] / usual.outputs["ammonia"][:, 0]
    assert more[:8] == pytest.approx(np.ones(8), rel=1e-9)
    assert more[16] > 2
    assert account(result, "ammonia_discharged")[0] > 1.5 * account(usual, "ammonia_discharged")[0]
    saved = account(usual, "treatment_energy")[0] - account(result, "treatment_energy")[0]
    assert saved == pytest.approx(6 / 24 * (3341.4 + 388.17 + 240), rel=1e-4)
    assert result.outputs["supply"][8:14, 0].max() == 0
    assert [event.what for event in result.events] == [
        "no_electricity",
        "no_electricity",
        "above_permit",
    ]
    assert result.events[2].parents[0].index == 0
    assert result.origins["ammonia"][0] == 2
    assert result.origins["supply"][0] == 1


def test_pumped_inflow_flows_past_without_electricity() -> None:
    plant = replace(bsm1(), inflow=replace(bsm1().inflow, pumped=True, lift_kwh_m3=0.05))
    domain = TreatmentDomain(Treatment((plant,), ()))
    inputs = {"electricity": np.ones((24, 1))}
    inputs["electricity"][10:12] = 0.2
    result = domain.run(DAY, (), inputs)
    (run,) = domain.solve(DAY, (), inputs)
    fine = model_window(DAY)
    came = run.waters[:, 14].reshape(24, -1).mean(axis=1) / 86.4
    assert result.outputs["overflow"][10:12, 0] == pytest.approx(came[10:12], abs=1e-5)
    assert result.outputs["overflow"][:10].max() == 0
    assert fine.steps == 96
    lifted = run.routed.biology[:, 14].sum() * run.days * 0.05
    plain = 388.17 * 22 / 24
    assert run.energy["pumping"].sum() == pytest.approx(lifted + plain, rel=1e-4)


def test_a_storm_costs_energy_and_ammonia() -> None:
    """Storm → inflow → what is lifted and what flows past, by hand."""
    plant = with_storm_tank(2000.0)
    plant = replace(plant, inflow=replace(plant.inflow, lift_kwh_m3=0.05))
    domain = TreatmentDomain(Treatment((plant,), ()))
    usual = domain.run(DAY, (), {})
    inflow = np.full((24, 1), -1.0)
    inflow[6:12] = 5 * LITRES
    result = domain.run(DAY, (), {"inflow": inflow})
    assert result.status == "ok"
    volume = (5 - 2) * FLOW / 4 - 2000  # six hours of more than it takes, less the storm tank
    spilled = result.outputs["overflow"][:, 0].sum() * 3.6
    assert spilled == pytest.approx(volume, rel=1e-6)
    (run,) = domain.solve(DAY, (), {"inflow": inflow})
    (calm,) = domain.solve(DAY, (), {})
    lifted = run.routed.biology[:, 14].sum() - calm.routed.biology[:, 14].sum()
    more = account(result, "treatment_energy")[0] - account(usual, "treatment_energy")[0]
    assert more == pytest.approx(lifted * run.days * 0.05, rel=1e-6)
    assert more > 0
    assert account(result, "ammonia_discharged")[0] > account(usual, "ammonia_discharged")[0]
    assert account(result, "insufficiently_treated")[0] >= volume
    assert run.routed.tank.max() == pytest.approx(2000)
    assert run.routed.tank[-1] < 2000  # it empties when there is room
    assert [event.what for event in result.events][:2] == ["storm", "overflow"]


def test_out_of_service_all_flows_past(domain: TreatmentDomain) -> None:
    change = Change("treatment", "BSM1", "off", None, "", 6 * 3600, 8 * 3600)
    found = domain.run(DAY, (change,), {})
    past = found.outputs["overflow"][:, 0]
    assert past[6:8].sum() * 3.6 == pytest.approx(FLOW / 24 * (0.6213 + 0.6248), rel=1e-3)
    assert past[:6].max() == past[8:].max() == 0
    assert {event.what for event in found.events} >= {"off", "overflow"}


def test_less_oxygen_takes_less_electricity_and_leaves_more_ammonia(
    domain: TreatmentDomain,
) -> None:
    runs = [
        domain.run(DAY, (Change("treatment", "BSM1", "oxygen", value),), {})
        for value in (0.5, 1.0, 2.0, 3.0)
    ]
    energy = [account(run, "treatment_energy")[0] for run in runs]
    ammonia = [account(run, "ammonia_discharged")[0] for run in runs]
    assert energy == sorted(energy)
    assert ammonia == sorted(ammonia, reverse=True)


def test_the_set_point_is_held(domain: TreatmentDomain) -> None:
    (run,) = domain.solve(DAY, (Change("treatment", "BSM1", "oxygen", 1.5),), {})
    assert run.oxygen[8:, 2:] == pytest.approx(np.full((88, 3), 1.5), abs=0.15)


def test_load_times_two(domain: TreatmentDomain, usual: Result) -> None:
    change = Change("treatment", "BSM1", "factor", 2.0)
    result = domain.run(DAY, (change,), {})
    assert account(result, "nitrogen_received")[0] == pytest.approx(
        2 * account(usual, "nitrogen_received")[0]
    )
    assert account(result, "ammonia_discharged")[0] > 2 * account(usual, "ammonia_discharged")[0]


def test_a_linked_sewer_that_brings_the_dry_flow_changes_nothing(
    domain: TreatmentDomain, usual: Result
) -> None:
    (run,) = domain.solve(DAY, (), {})
    inflow = run.waters[:, 14].reshape(24, -1).mean(axis=1)[:, None] / 86.4
    result = domain.run(DAY, (), {"inflow": inflow})
    assert result.outputs["ammonia"] == pytest.approx(usual.outputs["ammonia"], rel=1e-6)


def test_hours_above_are_those_of_the_effluent(domain: TreatmentDomain, usual: Result) -> None:
    (run,) = domain.solve(DAY, (), {})
    strength = run.amount("ammonia") / run.amount("outflow")
    by_hand = (strength > 4.0).sum() / 4
    assert 0 < by_hand < 24
    assert account(usual, "permit_exceedance")[0] == pytest.approx(by_hand)
    poor = run.amount("outflow")[strength > 4.0].sum()
    assert account(usual, "insufficiently_treated")[0] == pytest.approx(poor)


def test_a_later_window_begins_in_the_day_that_was() -> None:
    """Halves of a day, one begun at noon, are the whole day."""
    domain = TreatmentDomain(Treatment((bsm1(),), ()))
    whole = domain.run(DAY, (), {}).outputs["ammonia"]
    late = domain.run(Window(12 * 3600, 3600, 12), (), {}).outputs["ammonia"]
    next_day = domain.run(Window(36 * 3600, 3600, 12), (), {}).outputs["ammonia"]
    assert late == pytest.approx(whole[12:], rel=1e-3)
    assert np.array_equal(late, next_day)


def test_fine_and_coarse_steps_agree() -> None:
    domain = TreatmentDomain(Treatment((bsm1(),), ()))
    coarse = domain.run(Window(0, 3600, 6), (), {})
    fine = domain.run(Window(0, 300, 72), (), {})
    hourly = fine.outputs["ammonia"].reshape(6, 12).mean(axis=1)
    assert hourly == pytest.approx(coarse.outputs["ammonia"][:, 0], rel=2e-3)


def test_waterworks_give_what_they_can(domain: TreatmentDomain, usual: Result) -> None:
    raw = np.ones((24, 1))
    raw[3:6] = 0.4
    change = Change("treatment", "WW", "off", None, "", 0, 3600)
    result = domain.run(DAY, (change,), {"raw_water": raw})
    assert result.outputs["supply"][:7, 0] == pytest.approx([0, 1, 1, 0.4, 0.4, 0.4, 1])
    missing = account(result, "insufficiently_treated")[1]
    assert missing == pytest.approx(100 * (1 + 3 * 0.6))  # 100 m³ an hour
    less = account(usual, "treatment_energy")[1] - account(result, "treatment_energy")[1]
    assert less == pytest.approx(0.5 * missing)
    assert {event.what for event in result.events} == {"off", "less_raw_water"}


def test_water_outside_its_targets_counts() -> None:
    asked = Target(hardness_mmol_l=(0.0, 2.0))
    domain = TreatmentDomain(Treatment((), (works(target=asked),)))
    result = domain.run(DAY, (), {})
    assert account(result, "insufficiently_treated")[0] == pytest.approx(2400)
    assert account(result, "permit_exceedance")[0] == 24


def test_an_engine_without_an_answer_is_unknown(
    domain: TreatmentDomain, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kopa.domains.treatment import engine_bsm2

    def lost(y: np.ndarray, *_: object) -> tuple[object, ...]:
        return y, np.zeros(engine_bsm2.MEANS), 1.0, -1

    monkeypatch.setattr(engine_bsm2, "advance", lost)
    result = domain.run(DAY, (Change("treatment", "BSM1", "factor", 1.1),), {})
    assert result.status == "unknown"
    assert [finding.code for finding in result.findings] == ["treatment.no-answer"]
    assert result.accounts == ()


def test_nitrogen_that_is_missing_is_unknown(
    domain: TreatmentDomain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(treatment_domain, "NITROGEN_GAP", -1.0)
    result = domain.run(DAY, (), {})
    assert result.status == "unknown"
    assert [finding.code for finding in result.findings] == ["treatment.nitrogen"]


def test_the_days_before_have_settled() -> None:
    """The next dry day is as the first: what comes before the window has adapted."""
    run = simulate(bsm1(), Window(0, 900, 192), usual_forcing(192))
    first, second = run.ammonia[:96], run.ammonia[96:]
    assert second.sum() == pytest.approx(first.sum(), rel=0.02)
    assert second == pytest.approx(first, rel=0.05)
    steady = steady_state(bsm1())[4 * 21 + 9]
    assert abs(first[0] / run.amount("outflow")[0] / steady - 1) > 0.1


def test_a_water_that_cannot_be_is_unknown_by_name() -> None:
    bad = replace(works(target=Target(ph=(6.5, 9.5))), sources=(well(ph=12.0, calcium_mg_l=1e3),))
    result = TreatmentDomain(Treatment((), (bad,))).run(DAY, (), {})
    assert result.status == "unknown"
    assert "WW: PHREEQC" in result.findings[0].what
