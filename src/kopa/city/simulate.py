"""Telemetry of a city that has no sensors yet: its own baseline, with noise, gaps and one fault.

Every value says that it is simulated.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from kopa.city.load import City
from kopa.errors import EngineError
from kopa.model import FloatArray, Window
from kopa.store import Key, Label, Observation

DAY = 86_400
SENSORS = 40
"""Sensors of each port, spread over its assets."""
NOISE = 0.01
"""Standard deviation of a reading, share of the sensor's mean."""
GAPS = 0.02
"""Share of the readings that do not come."""
STUCK_AFTER_S = 1800
"""The sensor with the planted fault shows the same value from so long after the start."""


@dataclass(frozen=True)
class Sensor:
    """A sensor that is not there.

    Parameters
    ----------
    key
        Asset and quantity.
    unit
        Unit of its values.
    day
        What it would measure, by hour of the day, shape (24,).
    exact
        True for shares and switches, which have no noise.
    """

    key: Key
    unit: str
    day: FloatArray
    exact: bool


class Simulation:
    """Simulated telemetry of a city.

    Parameters
    ----------
    city
        The city.
    seed
        Of noise and gaps.

    Raises
    ------
    EngineError
        If the city's baseline cannot be trusted.
    """

    def __init__(self, city: City, seed: int = 1) -> None:
        baseline = city.solver(Window(0, 3600, 24)).baseline
        if baseline.status == "unknown":
            raise EngineError("the city's baseline is unknown: there is nothing to simulate")
        self.sensors: list[Sensor] = []
        for name, domain in city.domains.items():
            ids = domain.assets().ids
            for port in domain.ports():
                if port.direction != "out" or not len(port.rows):
                    continue
                series = baseline.results[name].outputs[port.name]
                columns = np.unique(np.linspace(0, len(port.rows) - 1, SENSORS).astype(int))
                exact = port.flag or port.quantity == "share"
                self.sensors += [
                    Sensor(
                        Key(f"{name}:{ids[port.rows[column]]}", port.name),
                        "" if port.unit == "1" else port.unit,
                        series[:, column],
                        exact,
                    )
                    for column in columns.tolist()
                ]
        noisy = [n for n, sensor in enumerate(self.sensors) if not sensor.exact]
        self.stuck = noisy[0] if noisy else -1
        """Number of the sensor with the planted fault, -1 for none."""
        self._random = np.random.default_rng(seed)
        self._held: float | None = None

    def at(self, moment: int, since_s: float) -> Iterator[Observation]:
        """What comes at a moment.

        Parameters
        ----------
        moment
            µs since 1970 UTC.
        since_s
            Seconds since the simulation began.
        """
        second = moment / 1e6 % DAY
        hour, part = int(second // 3600), second % 3600 / 3600
        for number, sensor in enumerate(self.sensors):
            draw, noise = self._random.random(), self._random.standard_normal()
            value = float(sensor.day[hour])
            if not sensor.exact:
                value += part * (float(sensor.day[(hour + 1) % 24]) - value)
                value += NOISE * float(np.abs(sensor.day).mean()) * noise
            if number == self.stuck and since_s >= STUCK_AFTER_S:
                self._held = value if self._held is None else self._held
                value = self._held
            elif draw < GAPS:
                continue
            label = Label(sensor.unit, "good", simulated=True)
            yield Observation(sensor.key, moment, round(value, 4), label)
