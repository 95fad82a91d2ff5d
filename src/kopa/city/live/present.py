"""The city now: measured values make its state, the kernel says what it leads to."""

from __future__ import annotations

import datetime
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from zoneinfo import ZoneInfo

from kopa.city.decide import Measure, decide
from kopa.city.documents import Document
from kopa.city.live.found import (
    At,
    Found,
    Led,
    Loss,
    consequences,
    grouped,
    losses,
    lost_places,
    of_meters,
)
from kopa.city.live.memory import Shown
from kopa.city.load import City
from kopa.city.places import Places
from kopa.city.story import midnight
from kopa.city.whatif import WhatIf, effects_of, what_if
from kopa.coupling.explain import Explanation
from kopa.coupling.solution import Solution
from kopa.coupling.solver import Solver
from kopa.decide.compare import Frequency
from kopa.domain import Change, Finding, LiveState, Meter, Readings, Status, Watches, checked
from kopa.errors import KopaError
from kopa.model import Window
from kopa.model.window import DAY

QUARTER = 900
"""A live window begins at a quarter of an hour, so that all that is asked within it is one."""
KEPT = 3
"""So many windows are kept: that of now, and those that people ask about."""
STEP, AHEAD = 3600, 24
"""Length of its steps, s, and how many it has."""

Measured = Mapping[str, Mapping[str, Readings]]
"""Readings by domain and quantity."""
Meters = Mapping[str, Mapping[str, Meter]]
"""Meters by domain and quantity."""


@dataclass(frozen=True)
class Now:
    """What is happening, and what it leads to.

    Parameters
    ----------
    window
        The hours ahead.
    status
        Of the forecast.
    changes
        How the city stands, as changes.
    found
        What is wrong or at risk, the worst first.
    losses
        Services that people lose in the hours ahead.
    expected
        What meters will show, by domain and quantity.
    lost
        Services that are lost, by asset where people lose them.
    seconds
        Time that it took.
    """

    window: Window
    status: Status
    changes: tuple[Change, ...] = ()
    found: tuple[Found, ...] = ()
    losses: tuple[Loss, ...] = ()
    expected: Meters = field(default_factory=dict)
    lost: Mapping[str, Mapping[str, At]] = field(default_factory=dict)
    seconds: float = 0.0


def window_at(now: float, timezone: str, hours: int = AHEAD, to: int = QUARTER) -> Window:
    """The window that begins at the last quarter of an hour, in the city's time.

    Parameters
    ----------
    now
        Seconds since 1970 UTC.
    timezone
        Name of the city's time zone.
    hours
        How far it reaches.
    to
        What its beginning is a multiple of, s.
    """
    local = datetime.datetime.fromtimestamp(now, ZoneInfo(timezone))
    second = local.hour * 3600 + local.minute * 60 + local.second
    return Window(second // to * to % DAY, STEP, hours, local.date())


class Present:
    """Answers for the city as it is now.

    Parameters
    ----------
    city
        The city.
    """

    def __init__(self, city: City) -> None:
        self.city = city
        self._solvers: OrderedDict[Window, tuple[Solver, Meters]] = OrderedDict()

    @cached_property
    def places(self) -> Places:
        """Where its assets are."""
        return Places(self.city)

    def solver(self, window: Window) -> Solver:
        """The kernel over a window."""
        return self._over(window)[0]

    def _over(self, window: Window) -> tuple[Solver, Meters]:
        """The kernel over a window, and its meters on a usual day; the last ones are kept."""
        if window not in self._solvers:
            solver = self.city.solver(window)
            self._solvers[window] = solver, meters(self.city, solver.baseline)
            if len(self._solvers) > KEPT:
                self._solvers.popitem(last=False)
        self._solvers.move_to_end(window)
        return self._solvers[window]

    def state(self, window: Window, measured: Measured) -> tuple[tuple[Change, ...], list[Finding]]:
        """How the city stands by what was measured, and what of it makes no sense."""
        _, usual = self._over(window)
        changes: list[Change] = []
        wrong: list[Finding] = []
        for name, readings in measured.items():
            domain = self.city.domains[name]
            if not isinstance(domain, Watches):
                continue
            for change in domain.state(LiveState(window, readings, usual[name])):
                try:
                    changes.append(checked(change, domain.assets(), domain.kinds()))
                except KopaError as error:
                    wrong.append(Finding("live.state", f"{error}.", "Check the meter.", "warning"))
        return tuple(changes), wrong

    def now(self, window: Window, measured: Measured, shown: Sequence[Shown]) -> Now:
        """What is happening, and what it leads to.

        Parameters
        ----------
        window
            From `window_at`.
        measured
            Fresh values.
        shown
            All series, old ones too.
        """
        begin = time.perf_counter()
        solver, normal = self._over(window)
        changes, wrong = self.state(window, measured)
        usual = solver.baseline
        solution = solver.solve(changes)
        status: Status = (
            "unknown" if "unknown" in (usual.status, solution.status) else solution.status
        )
        found = [Found(finding) for finding in wrong]
        found += [Found(f) for f in solution.findings if f not in usual.findings]
        expected: Meters = {}
        lost: tuple[Loss, ...] = ()
        places: Mapping[str, Mapping[str, At]] = {}
        if status == "unknown":
            found.append(Found(_unknown()))
        else:
            expected = meters(self.city, solution)
            effects = effects_of(self.city, solution, usual)
            lost = losses(self.city, effects, window)
            places = lost_places(self.city, effects, midnight(self.city, window))
            why = Explanation(solver.wiring, solution, usual)
            led = consequences(self.city, changes, effects, why)
            for name, readings in measured.items():
                domain = self.city.domains[name]
                if isinstance(domain, Watches):
                    mine = [change for change in changes if change.domain == name]
                    state = LiveState(window, readings, normal[name], mine, expected[name])
                    for finding in domain.watch(state):
                        of = led.get(finding.asset, Led())
                        simulated = _simulated(readings)
                        told = self._named(finding)
                        members, losses_of = (finding.asset,), tuple(of.losses)
                        found.append(
                            Found(told, members, losses_of, of.cause, simulated, tuple(of.lost))
                        )
            found += of_meters(self.city, shown, expected)
        return Now(
            window,
            status,
            changes,
            tuple(grouped(found)),
            lost,
            expected,
            places,
            time.perf_counter() - begin,
        )

    def _named(self, finding: Finding) -> Finding:
        """The same, whose words name its asset as people do."""
        if "asset" not in finding.values:
            return finding
        called = self.city.called(str(finding.values["asset"]))
        return replace(finding, values={**finding.values, "asset": called})

    def what_if(self, window: Window, measured: Measured, texts: Sequence[str]) -> WhatIf:
        """What breaks if …, from the city as it is now.

        Parameters
        ----------
        window
            From `window_at`.
        measured
            Fresh values; none for a usual day.
        texts
            Changes, as text.

        Raises
        ------
        UsageError, RangeError
            If a change does not fit the city.
        """
        changes = [self.city.change(text) for text in texts]
        given, _ = self.state(window, measured)
        return what_if(self.city, self.solver(window), changes, given=given)

    def decide(
        self,
        window: Window,
        measured: Measured,
        events: Sequence[str],
        measures: Sequence[Measure],
        often: Frequency,
    ) -> Document:
        """Measures against an event, from the city as it is now: see `kopa.city.decide`."""
        given, _ = self.state(window, measured)
        return decide(self.city, self.solver(window), events, measures, often, given)


def meters(city: City, solution: Solution) -> Meters:
    """What the meters of all domains show in a solution."""
    found: dict[str, dict[str, Meter]] = {}
    for name, domain in city.domains.items():
        outputs = solution.results[name].outputs
        mine = {
            port.name: Meter(
                port.name,
                "" if port.unit == "1" else port.unit,
                port.rows,
                outputs[port.name],
                port.flag or port.quantity == "share",
            )
            for port in domain.ports()
            if port.direction == "out"
        }
        if isinstance(domain, Watches):
            changes = [change for change in solution.changes if change.domain == name]
            told = domain.meters(solution.window, changes, solution.inputs[name])
            mine.update((meter.quantity, meter) for meter in told)
        found[name] = mine
    return found


def _simulated(readings: Mapping[str, Readings]) -> bool:
    return all(one.simulated.all() for one in readings.values())


def _unknown() -> Finding:
    return Finding(
        "live.unknown",
        "What the present state leads to cannot be said: the model has no answer for it.",
        "See the other findings; a meter that is wrong may be the reason.",
        "error",
    )
