"""Treatment as a domain of the kernel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from kopa.domain import Change, ChangeKind, Finding, LiveState, Meter, Result
from kopa.domain.attributes import settings
from kopa.errors import EngineError
from kopa.model import Assets, FloatArray, Match, Port, Ports, PortSeries, Window

from . import live
from .causes import Causes
from .effects import accounts, balance, plants_of
from .forcing import UNLINKED, WorksForcing, plant_forcing, works_forcing
from .network import PLANT, WORKS, Target, Treatment
from .read_plant import read_all
from .wastewater import Forcing, PlantRun, model_window, simulate, usual

PACKAGE = "kopa.domains.treatment"
NITROGEN_GAP = 1e-3
"""A plant whose nitrogen balance misses more than this share cannot be trusted."""

KINDS = (
    ChangeKind("off", (PLANT, WORKS), "out of service", outage=True),
    ChangeKind(
        "oxygen",
        (PLANT,),
        "oxygen set-point of the tanks with air, g/m³",
        units=("",),
        high=8.0,
    ),
    ChangeKind("factor", (PLANT,), "load of the inflow times a number", units=("",), high=10.0),
    ChangeKind("dose", (WORKS,), "doses times a number; 0 stops dosing", units=("",), high=10.0),
)


class TreatmentDomain:
    """The wastewater plants and waterworks of a city.

    Parameters
    ----------
    treatment
        What the files say.
    """

    name = "treatment"

    def __init__(self, treatment: Treatment) -> None:
        self.treatment = treatment
        self._reset()

    def _reset(self) -> None:
        self._solved = lru_cache(maxsize=256)(self._solve)

    def __getstate__(self) -> Treatment:
        return self.treatment

    def __setstate__(self, treatment: Treatment) -> None:
        self.treatment = treatment
        self._reset()

    def assets(self) -> Assets:
        """Plants and waterworks."""
        return self.treatment.assets

    def ports(self) -> Ports:
        """All need electricity; plants take wastewater, waterworks raw water.

        The neutral inflow is below zero: the plant's own dry weather comes.
        """
        plants, works = self.treatment.plant_rows, self.treatment.works_rows
        everything = np.arange(len(self.treatment.assets))
        return (
            Port("electricity", "in", everything, flag=True),
            Port("inflow", "in", plants, "flow", "L/s", UNLINKED, match=Match(gathers=True)),
            Port("raw_water", "in", works),
            Port("overflow", "out", plants, quantity="flow", unit="L/s", neutral=0.0),
            Port("ammonia", "out", plants, quantity="load", unit="g/s", neutral=0.0),
            Port("supply", "out", works, flag=True),
        )

    def kinds(self) -> Sequence[ChangeKind]:
        """What can be done to its assets."""
        return KINDS

    def run(self, window: Window, changes: Sequence[Change], inputs: PortSeries) -> Result:
        """Solve the plants that something is done to; what was solved before is kept."""
        treatment = self.treatment
        solved = self._solved.cache_info().misses
        try:
            runs = self.solve(window, changes, inputs)
            calm = usual(model_window(window).steps)
            quiet = [self._solved(row, window, calm) for row in range(len(treatment.plants))]
            works = [
                works_forcing(treatment, number, window, changes, inputs)
                for number in range(len(treatment.works))
            ]
            outside = [self._outside(number, one) for number, one in enumerate(works)]
        except EngineError as error:
            do = "See whether the change leaves a plant that can work; split the change."
            told = Finding("treatment.no-answer", f"{error}.", do, "warning")
            return Result("unknown", self._neutral(window), findings=(told,))
        ran = self._solved.cache_info().misses - solved
        audit = balance(runs, treatment)
        wrong = _distrust(treatment, runs, audit.ok)
        if wrong:
            return Result("unknown", self._neutral(window), (), {}, (), audit, wrong, ran)
        plants = plants_of(treatment, window, runs)
        causes = Causes(treatment, window)
        origins = causes.of(changes, inputs, plants, plants_of(treatment, window, quiet))
        behind = np.concatenate([origins["ammonia"], origins["supply"]])
        supply = [one.supply for one in works]
        outputs = {
            "overflow": np.round(plants.overflow / window.step * 1000, 6),
            "ammonia": np.round(plants.ammonia / window.step, 6),
            "supply": np.stack(supply, axis=1) if supply else np.zeros((window.steps, 0)),
        }
        booked = accounts(treatment, window, plants, list(zip(works, outside, strict=True)), behind)
        return Result("ok", outputs, tuple(causes.events), origins, booked, audit, (), ran)

    def meters(
        self, window: Window, changes: Sequence[Change], inputs: PortSeries
    ) -> Sequence[Meter]:
        """What runs, and what the effluents hold."""
        treatment = self.treatment
        try:
            runs = self.solve(window, changes, inputs)
        except EngineError:
            return ()
        works = [
            works_forcing(treatment, number, window, changes, inputs)
            for number in range(len(treatment.works))
        ]
        return live.meters(treatment, window, runs, works)

    def state(self, now: LiveState) -> Sequence[Change]:
        """Plants and waterworks that stand still."""
        return live.state(self.treatment, now)

    def watch(self, now: LiveState) -> Sequence[Finding]:
        """What stands still, and limits that are or will be broken."""
        return live.watch(self.treatment, now)

    def solve(
        self, window: Window, changes: Sequence[Change], inputs: PortSeries
    ) -> list[PlantRun]:
        """What each wastewater plant does, by model step.

        Raises
        ------
        EngineError
            If there is no answer for one.
        """
        treatment = self.treatment
        return [
            self._solved(row, window, plant_forcing(treatment, row, window, changes, inputs))
            for row in range(len(treatment.plants))
        ]

    def _solve(self, row: int, window: Window, forcing: Forcing) -> PlantRun:
        return simulate(self.treatment.plants[row], model_window(window), forcing)

    def _outside(self, number: int, forcing: WorksForcing) -> FloatArray:
        """1 in each step in which a waterworks' water is outside its targets."""
        from .water_quality import leaving

        one = self.treatment.works[number]
        if one.target == Target() and one.chlorine is None:
            return np.zeros(len(forcing.dosed))
        values = {float(d): float(bool(leaving(one, float(d))[1])) for d in set(forcing.dosed)}
        return np.array([values[float(dosed)] for dosed in forcing.dosed])

    def _neutral(self, window: Window) -> dict[str, FloatArray]:
        return {p.name: p.neutral_series(window) for p in self.ports() if p.direction == "out"}


def _distrust(treatment: Treatment, runs: Sequence[PlantRun], water: bool) -> tuple[Finding, ...]:
    """Why a run's numbers cannot be used; empty if they can."""
    found = []
    do = "Report it with the plant's file: the model loses what it should keep."
    if not water:
        found.append(Finding("treatment.water", "the water balance does not close.", do, "warning"))
    for plant, run in zip(treatment.plants, runs, strict=True):
        gap = run.nitrogen_gap()
        if not abs(gap) <= NITROGEN_GAP:
            what = f"{plant.place.id}: {abs(gap):.2%} of the nitrogen is missing."
            found.append(Finding("treatment.nitrogen", what, do, "warning"))
    return tuple(found)


def load(section: Mapping[str, Any], folder: Path) -> tuple[TreatmentDomain, tuple[Finding, ...]]:
    """Read the domain's files.

    Parameters
    ----------
    section
        The table ``[treatment]`` of ``city.toml``.
    folder
        The city's folder.

    Raises
    ------
    InputError
        With all findings.
    """
    values = settings(section, PACKAGE, "treatment")
    given = values["plants"]
    patterns = [given] if isinstance(given, str) else list(given)
    treatment, warnings = read_all(folder, patterns)
    return TreatmentDomain(treatment), warnings
