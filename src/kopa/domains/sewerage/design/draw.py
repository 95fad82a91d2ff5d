"""Sewerage for a city that has no files of it: sewers, stations, overflows and one plant.

Rules and their sources stand in ``rules.csv``; ``docs/design/sewerage.md`` tells how they are used.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from kopa.domain.design import Design, Progress, Site, Survey
from kopa.domain.rules import Rules, rules
from kopa.errors import Finding, Severity

from .catchment import catchment
from .profile import Chamber, Profile, loop_heads, with_lifts
from .sizing import Proved, prove
from .tree import Ground, fall_tree, plant_site
from .write_inp import Plan, link_id

PACKAGE = "kopa.domains.sewerage.design"
NETWORK = "sewerage/network.inp"

_GRAVITY = 9.80665
_LEAST_LIFT_M = 2.0
_CONTINUITY = 2.0  # %


def draw(survey: Survey, folder: Path, progress: Progress = lambda text: None) -> Design:
    """Write ``sewerage/network.inp`` below a folder."""
    rule = rules(PACKAGE)
    progress("sewerage: which way the sewers fall")
    streets = survey.streets
    edge = np.flatnonzero(survey.mains & (streets.a != streets.b))
    node = np.unique(np.concatenate([streets.a[edge], streets.b[edge]]))
    ground = Ground(
        x=streets.x[node],
        y=streets.y[node],
        height=np.round(survey.ground[node], 3),
        a=np.searchsorted(node, streets.a[edge]),
        b=np.searchsorted(node, streets.b[edge]),
        length=streets.length[edge],
    )
    none = np.full(len(edge), -1)
    rough = catchment(rule, survey, node, edge, none)
    tree = fall_tree(rule, ground, plant_site(rule, ground, rough.dry))
    with_lifts(rule, ground, tree, rough.dry)
    heads = loop_heads(ground, tree)
    own = none.copy()
    own[heads.edge] = len(node) + np.arange(len(heads.edge))
    plan = Plan(survey, node, edge, ground, heads, catchment(rule, survey, node, edge, own))
    progress("sewerage: the design storm")
    proved = prove(rule, plan, tree, lambda text: progress(f"sewerage: {text}"))
    file = folder / NETWORK
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(proved.text, encoding="utf-8", newline="\n")
    return Design(
        settings={"network": NETWORK, "routing_step_s": 15},
        files=(NETWORK,),
        counts=_counts(plan, proved),
        sites=_sites(rule, plan, proved.profile),
        findings=_findings(plan, proved),
    )


def _counts(plan: Plan, proved: Proved) -> dict[str, float]:
    profile = proved.profile
    kinds = [chamber.kind for chamber in profile.chambers]
    length = plan.ground.length[[sewer.edge for sewer in profile.sewers]]
    return {
        "manholes": len(profile.invert),
        "sewers": len(profile.sewers),
        "sewers_km": round(float(length.sum()) / 1e3, 1),
        "pumping_stations": kinds.count("lift"),
        "overflows": len(kinds),
        "treatment_plants": kinds.count("plant"),
        "people": round(float(plan.load.people.sum())),
        "paved_ha": round(float(plan.load.paved.sum()), 1),
        "greatest_diameter_mm": max((round(1e3 * s.diameter) for s in profile.sewers), default=0),
        "greatest_depth_m": round(float(np.max(np.array(plan.rim()) - profile.invert)), 1),
        "flooded_manholes": int((proved.flooded > 0).sum()),
        "sewers_that_run_full": len(proved.full),
        "routing_error_percent": round(proved.run.routing_error, 2),
        "runoff_error_percent": round(proved.run.runoff_error, 2),
    }


def _sites(rule: Rules, plan: Plan, profile: Profile) -> tuple[Site, ...]:
    """Pumping stations by the power of their lift; the plant's own design says what it needs."""
    names, rim, places = plan.manhole_ids(), plan.rim(), plan.places()
    nodes = [*plan.node.tolist(), *plan.node[plan.heads.up].tolist()]
    found = []
    for chamber in profile.chambers:
        if chamber.kind == "overflow":
            continue
        x, y = places[chamber.node]
        plant = chamber.kind == "plant"
        power = 0.0 if plant else pump_power(rule, plan, chamber, rim)
        found.append(
            Site(
                id="sewerage:WWTP" if plant else f"sewerage:{link_id(chamber, names)}",
                kind="treatment_plant" if plant else "pump",
                x=x,
                y=y,
                power_kw=round(power, 2),
                node=int(nodes[chamber.node]),
            )
        )
    return tuple(found)


def pump_power(rule: Rules, plan: Plan, chamber: Chamber, rim: list[float]) -> float:
    """Electric power of a station at its rated flow: ρ g Q H / η, kW."""
    if chamber.target < 0:
        return 0.0
    length = float(plan.ground.length[list(chamber.streets)].sum())
    lift = rim[chamber.target] - rule["cover"] - chamber.floor + rule["main_loss"] * length
    return _GRAVITY * chamber.flow * max(lift, _LEAST_LIFT_M) / rule["efficiency"]


def _findings(plan: Plan, proved: Proved) -> tuple[Finding, ...]:
    """What fell short of the rules."""
    found: list[Finding] = []

    def tell(
        code: str, what: str, do: str, asset: str = "", severity: Severity = "warning"
    ) -> None:
        place = f"sewerage:{asset}" if asset else ""
        found.append(Finding(f"design.sewerage-{code}", what, do, severity, NETWORK, asset=place))

    flooded = np.flatnonzero(proved.flooded)
    if len(flooded):
        worst = plan.manhole_ids()[int(np.argmax(proved.flooded))]
        tell(
            "flooding",
            f"the design storm floods {len(flooded)} of {len(proved.flooded)} manholes with "
            f"{proved.flooded.sum():.0f} m³; most at {worst}.",
            "Look at the ground there, or replace the network by your own.",
            worst,
        )
    for name, error in (("routing", proved.run.routing_error), ("runoff", proved.run.runoff_error)):
        if abs(error) > _CONTINUITY:
            tell("continuity", f"SWMM's {name} continuity error is {error:.1f} %.",
                 "Shorten ROUTING_STEP in the file.")  # fmt: skip
    for message in proved.run.messages:
        tell("engine", f"SWMM says: {message}.", "Look at the object that it names.")
    return tuple(found)
