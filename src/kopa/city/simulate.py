"""Telemetry of a city that has no sensors yet: its own model, with noise, gaps and two faults.

One sensor is stuck; and now and then something breaks, with all that follows from it. Every value
says that it is simulated.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from kopa.city.live.found import losses
from kopa.city.live.present import Meters, meters, window_at
from kopa.city.load import City
from kopa.city.whatif import effects_of
from kopa.coupling.solver import Solver
from kopa.domain import Change, Meter
from kopa.errors import EngineError
from kopa.store import Key, Label, Observation

SENSORS = 40
"""Sensors of each quantity, spread over its assets."""
NOISE = 0.01
"""Standard deviation of a reading, share of the sensor's mean."""
GAPS = 0.02
"""Share of the readings that do not come."""
STUCK_AFTER_S = 1800.0
"""The sensor that is stuck shows the same value from so long after the start."""
FAULT_AFTER_S, FAULT_S, EVERY_S = 300.0, 3600.0, 3 * 3600.0
"""Something breaks so long after the start, for so long, and again after so long."""
CANDIDATES = 12
"""So many things that could break are tried,"""
NOTICED = 0.05
"""and the worst is taken that fewer than this share of the people lose a service by."""


@dataclass(frozen=True)
class Sensor:
    """A sensor that is not there.

    Parameters
    ----------
    key
        Asset and quantity.
    unit
        Unit of its values.
    domain, column
        Where its values stand among the meters of its quantity.
    exact
        True for shares and switches, which have no noise.
    """

    key: Key
    unit: str
    domain: str
    column: int
    exact: bool


class Simulation:
    """Simulated telemetry of a city.

    Parameters
    ----------
    city
        The city.
    now
        When it begins, s since 1970 UTC.
    seed
        Of noise and gaps.

    Raises
    ------
    EngineError
        If the city's baseline cannot be trusted.
    """

    def __init__(self, city: City, now: float, seed: int = 1) -> None:
        self._city, self._begun = city, now
        solver = self._begin(now)
        self.sensors = [
            sensor
            for domain, quantities in self._usual.items()
            for meter in quantities.values()
            for sensor in _sensors(city, domain, meter)
        ]
        noisy = [n for n, sensor in enumerate(self.sensors) if not sensor.exact]
        self.stuck = noisy[0] if noisy else -1
        """Number of the sensor that is stuck, -1 for none."""
        self.fault = fault(city, solver, self.sensors)
        """What breaks now and then, None where nothing can."""
        self._random = np.random.default_rng(seed)
        self._held: float | None = None
        self._broken: Meters | None = None

    def _begin(self, now: float) -> Solver:
        """Take the day ahead from the model."""
        self._window = window_at(now, self._city.settings.timezone)
        self._from = now
        solver = self._city.solver(self._window)
        if solver.baseline.status == "unknown":
            raise EngineError("the city's baseline is unknown: there is nothing to simulate")
        self._usual = meters(self._city, solver.baseline)
        return solver

    def at(self, now: float) -> Iterator[Observation]:
        """What comes at a moment, s since 1970 UTC."""
        if now - self._from >= (self._window.steps - 2) * self._window.step:
            self._begin(now)
        shown = self._shown(now)
        hour = (now - self._from) / self._window.step
        step, part = int(hour), hour % 1
        for number, sensor in enumerate(self.sensors):
            draw, noise = self._random.random(), self._random.standard_normal()
            series = shown[sensor.domain][sensor.key.attribute].values[:, sensor.column]
            value = float(series[step])
            if not sensor.exact:
                value += part * (float(series[step + 1]) - value)
                value += NOISE * float(np.abs(series).mean()) * noise
            if number == self.stuck and now - self._begun >= STUCK_AFTER_S:
                self._held = value if self._held is None else self._held
                value = self._held
            elif draw < GAPS:
                continue
            label = Label(sensor.unit, "good", simulated=True)
            yield Observation(sensor.key, round(now * 1e6), round(value, 4), label)

    def _shown(self, now: float) -> Meters:
        """Meters of the usual day, or of the one on which something broke."""
        since = (now - self._begun) % EVERY_S - FAULT_AFTER_S
        if self.fault is None or not 0 <= since < FAULT_S:
            if self._broken is not None:
                self._broken = None
                self._begin(now)
            return self._usual
        if self._broken is None:
            solution = self._begin(now).solve([self.fault])
            self._broken = self._usual
            if solution.status != "unknown":
                self._broken = meters(self._city, solution)
        return self._broken


def _sensors(city: City, domain: str, meter: Meter) -> Iterator[Sensor]:
    assets, count = city.domains[domain].assets(), len(meter.rows)
    if not count:
        return
    for column in np.unique(np.linspace(0, count - 1, SENSORS).astype(int)).tolist():
        key = Key(assets.full(int(meter.rows[column])), meter.quantity)
        if np.isfinite(meter.values[:, column]).all():
            yield Sensor(key, meter.unit, domain, column, meter.flag)


def fault(city: City, solver: Solver, sensors: Sequence[Sensor]) -> Change | None:
    """Something whose breaking is noticed, but by few.

    Parameters
    ----------
    city, solver
        The city, and its kernel over the day.
    sensors
        What breaks has one of them that shows it.
    """
    able = [change for sensor in sensors for change in _able(city, sensor)]
    some = np.unique(np.linspace(0, len(able) - 1, CANDIDATES).astype(int)) if able else ()
    most = NOTICED * max(
        (float(domain.assets().people.sum()) for domain in city.domains.values()), default=0.0
    )
    best: tuple[bool, float, Change] | None = None
    for change in (able[n] for n in some):
        solution = solver.solve([change])
        if solution.status == "unknown":
            continue
        lost = losses(city, effects_of(city, solution, solver.baseline), solver.window)
        people = max((loss.people for loss in lost), default=0.0)
        few = people <= most
        rank = (few, people if few else -people, change)
        if best is None or rank[:2] > best[:2]:
            best = rank
    return best[2] if best else None


def _able(city: City, sensor: Sensor) -> Iterator[Change]:
    """The change that would turn what a sensor shows from on to off."""
    domain = city.domains[sensor.domain]
    ports = {port.name for port in domain.ports()}
    if not sensor.exact or sensor.key.attribute in ports:
        return
    assets = domain.assets()
    row = assets.index[sensor.key.entity.partition(":")[2]]
    for kind in domain.kinds():
        if kind.outage and not kind.units and assets.kinds[row] in kind.assets:
            yield Change(sensor.domain, assets.ids[row], kind.name)
