"""The environment as a domain of the kernel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kopa.domain import Change, ChangeKind, Event, Finding, LiveState, Meter, Parent, Result
from kopa.domain.attributes import settings
from kopa.errors import EngineError, InputError, RangeError
from kopa.model import (
    Assets,
    FloatArray,
    IntArray,
    Match,
    Port,
    Ports,
    PortSeries,
    Shapes,
    Window,
)

from .network import Environment

if TYPE_CHECKING:
    from .river_run import BathingRun, RiverRun

PACKAGE = "kopa.domains.environment"
COUPLED_TOLERANCE = 1e-3

KINDS = (
    ChangeKind("spill", ("river",), "untreated sewage enters the reach", units=("L/s", "m3/h")),
    ChangeKind(
        "factor", ("river",), "natural flow times a number", units=("",), low=0.01, high=100.0
    ),
    ChangeKind("dry", ("river",), "the reach carries its low flow"),
    ChangeKind("closed", ("bathing",), "closed to bathers", outage=True),
    ChangeKind("release", ("site",), "its substance enters the air", units=("kg/s", "g/s")),
)


class EnvironmentDomain:
    """Rivers, bathing waters and air of a city.

    Parameters
    ----------
    environment
        What the files say.
    values
        The domain's settings.
    """

    name = "environment"

    def __init__(self, environment: Environment, values: Mapping[str, Any]) -> None:
        self.environment = environment
        self.settings = dict(values)

    def assets(self) -> Assets:
        """Reaches, bathing waters, stations, zones and sites."""
        return self.environment.assets

    def shapes(self) -> Shapes:
        """Reaches as they run, all else as points."""
        return self.environment.shapes

    def ports(self) -> Ports:
        """Overflows and effluents come in; bathing and clean air go out."""
        return self._ports

    @cached_property
    def _ports(self) -> Ports:
        environment = self.environment
        reaches = np.arange(len(environment.rivers), dtype=np.int64)
        air = environment.point_rows[environment.breathing]
        gathered = Match(gathers=True)
        return (
            Port("overflow", "in", reaches, "flow", "L/s", 0.0, COUPLED_TOLERANCE, match=gathered),
            Port("ammonia", "in", reaches, "load", "g/s", 0.0, COUPLED_TOLERANCE, match=gathered),
            Port("bathing", "out", environment.bathing_rows, flag=True),
            Port("clean_air", "out", air),
        )

    def kinds(self) -> Sequence[ChangeKind]:
        """What can be done to its assets."""
        return KINDS

    def run(self, window: Window, changes: Sequence[Change], inputs: PortSeries) -> Result:
        """Follow overflows down the rivers, and releases through the air."""
        from .air_run import releases
        from .effects import air_accounts, bathing_accounts, river_accounts
        from .findings import of_run

        environment = self.environment
        events = [_event(environment, window, n, change) for n, change in enumerate(changes)]
        try:
            run, entered = self.rivers(window, changes, inputs, events)
            air = releases(environment, self.settings, window, changes, events)
        except (EngineError, RangeError) as error:
            return Result("unknown", {}, tuple(events), findings=(_failed(error),))
        baths = self.bathing(window, run)
        open_, origins = self._open(window, changes, baths, entered, events)
        accounts = [
            *bathing_accounts(environment, self.settings, window, open_, baths.season, origins),
            *air_accounts(environment, window, air),
        ]
        findings = [*air.findings]
        trusted = not air.findings
        if run is not None:
            behind = np.array([entered.get(n, [-1])[0] for n in range(len(environment.rivers))])
            accounts += river_accounts(environment, self.settings, window, run, behind)
            findings += of_run(environment, window, run, baths)
            trusted = trusted and run.trusted
        return Result(
            "ok" if trusted else "unknown",
            {"bathing": open_, "clean_air": air.clean},
            tuple(events),
            {"bathing": origins, "clean_air": air.origins},
            tuple(accounts),
            None if run is None else run.balance,
            tuple(findings),
        )

    def rivers(
        self,
        window: Window,
        changes: Sequence[Change],
        inputs: PortSeries,
        events: list[Event],
    ) -> tuple[RiverRun | None, dict[int, list[int]]]:
        """The rivers of a run, None where there are none, and what enters them.

        Parameters
        ----------
        window, changes, inputs
            The run.
        events
            One a change; one is added for each reach that something enters by a port.

        Returns
        -------
        tuple
            The run, and the events of each reach.

        Raises
        ------
        EngineError
            If the rivers cannot be solved.
        RangeError
            If a reach is to be dry whose low flow is not known.
        """
        from .river_run import flow_down, input_events, loads

        rivers = self.environment.rivers
        if not len(rivers):
            return None, {}
        entered = input_events(rivers, window, inputs, events)
        for number, change in enumerate(changes):
            if change.kind in ("spill", "factor", "dry"):
                entered.setdefault(rivers.ids.index(change.asset), []).append(number)
        given = loads(rivers, window, changes, inputs)
        return flow_down(self.environment, self.settings, window, given), entered

    def bathing(self, window: Window, run: RiverRun | None) -> BathingRun:
        """Concentrations and alerts at the bathing waters of a run."""
        from .river_run import at_bathing

        return at_bathing(self.environment, self.settings, window, run)

    def _open(
        self,
        window: Window,
        changes: Sequence[Change],
        baths: BathingRun,
        entered: Mapping[int, Sequence[int]],
        events: list[Event],
    ) -> tuple[FloatArray, IntArray]:
        """Where and when people may bathe, and the event behind each closure."""
        from .river_run import upstream

        environment = self.environment
        alert = baths.alert["mid"]
        open_ = baths.season * ~alert
        origins = np.full(len(environment.bathing), -1, dtype=np.int64)
        for column in np.flatnonzero((alert & (baths.season > 0)).any(axis=0)).tolist():
            above = upstream(environment.rivers, int(environment.bathing.reach[column]))
            causes = [event for reach in above.tolist() for event in entered.get(reach, ())]
            if not causes:
                continue  # the river is so without any overflow
            steps = np.flatnonzero(alert[:, column])
            begin = window.start + int(steps[0]) * window.step
            end = window.start + (int(steps[-1]) + 1) * window.step
            origins[column] = len(events)
            parents = tuple(Parent("event", one) for one in causes)
            row = environment.bathing_rows[[column]]
            events.append(Event("bathing_alert", row, begin, end, parents))
        for number, change in enumerate(changes):
            if change.kind == "closed":
                column = environment.bathing.ids.index(change.asset)
                shut = window.cover(change.start, change.end) > 0
                open_[shut, column] = 0.0
                if shut.any() and origins[column] < 0:
                    origins[column] = number
        return open_, origins

    def meters(
        self, window: Window, changes: Sequence[Change], inputs: PortSeries
    ) -> Sequence[Meter]:
        """Flow of reaches, and bacteria at bathing waters."""
        from .live import meters

        run, _ = self.rivers(window, changes, inputs, [])
        return meters(self.environment, run, self.bathing(window, run))

    def state(self, now: LiveState) -> Sequence[Change]:
        """Bathing waters that are told to be closed, and reaches that carry another flow."""
        from .live import state

        return state(self.environment, now)

    def watch(self, now: LiveState) -> Sequence[Finding]:
        """What is above a threshold now, and bathing waters that will be."""
        from .live import watch

        return watch(self.environment, now)


def _event(environment: Environment, window: Window, number: int, change: Change) -> Event:
    row = environment.assets.index[change.asset]
    start = window.start if change.start is None else max(change.start, window.start)
    end = window.end if change.end is None else min(change.end, window.end)
    return Event(change.kind, np.array([row]), start, end, (Parent("change", number),))


def _failed(error: Exception) -> Finding:
    return Finding("environment.engine", f"{error}.", "Check the files of the rivers.")


def load(section: Mapping[str, Any], folder: Path) -> tuple[EnvironmentDomain, tuple[Finding, ...]]:
    """Read the domain's files.

    Parameters
    ----------
    section
        The table ``[environment]`` of ``city.toml``.
    folder
        The city's folder.

    Raises
    ------
    InputError
        With all findings.
    """
    from .air_run import weather_of
    from .read_environment import read_environment

    values = settings(section, PACKAGE, "environment")
    try:
        weather_of(values)
    except RangeError as error:
        found = Finding(
            "environment.weather", f"{error}.", "Correct it.", file="city.toml",
            place="[environment]",
        )  # fmt: skip
        raise InputError([found]) from None
    environment, warnings = read_environment(folder, values)
    return EnvironmentDomain(environment, values), warnings
