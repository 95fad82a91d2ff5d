"""Groundwater as a domain of the kernel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from kopa.domain import Change, ChangeKind, Event, Finding, Parent, Result
from kopa.domain.attributes import settings
from kopa.errors import EngineError, InputError
from kopa.model import Assets, IntArray, Port, Ports, PortSeries, Shapes, Window

from .abstraction import Operation, operate
from .effects import accounts, balance, hold_possible, share
from .network import Field, Network
from .plan import ENOUGH, Plan, plans
from .read_field import read_field
from .response import Response, response

PACKAGE = "kopa.domains.groundwater"

KINDS = (
    ChangeKind("off", ("well",), "does not run", outage=True),
    ChangeKind("polluted", ("well",), "shut, as its water may not be used"),
    ChangeKind("out", ("field",), "no well of it runs", outage=True),
    ChangeKind(
        "factor", ("well", "field"), "usual abstraction times a number", units=("",), high=100.0
    ),
)
_PORTS = {"raw_water": "waterworks", "supply": "network"}
"""Out-ports, and what a field feeds that has them."""


class Groundwater:
    """The well fields of a city.

    Parameters
    ----------
    network
        What the files say.
    """

    name = "groundwater"

    def __init__(self, network: Network) -> None:
        self.network = network
        self._reset()

    def _reset(self) -> None:
        self._known = lru_cache(maxsize=16)(self._respond)

    def __getstate__(self) -> Network:
        return self.network

    def __setstate__(self, network: Network) -> None:
        self.network = network
        self._reset()

    def assets(self) -> Assets:
        """Fields, wells, observation points and rivers."""
        return self.network.assets

    def shapes(self) -> Shapes:
        """Points, and rivers as lines."""
        return self.network.shapes()

    def ports(self) -> Ports:
        """Pumps need electricity; a field offers raw water to a waterworks, or supply."""
        return (
            Port("electricity", "in", self.network.wells, flag=True),
            *(Port(name, "out", self.network.field_rows(feeds)) for name, feeds in _PORTS.items()),
        )

    def kinds(self) -> Sequence[ChangeKind]:
        """What can be done to wells and fields."""
        return KINDS

    def run(self, window: Window, changes: Sequence[Change], inputs: PortSeries) -> Result:
        """Superpose what the changes do on usual abstraction."""
        network = self.network
        events: list[Event] = []
        planned = plans(network, window, changes, inputs.get("electricity"), events)
        done = []
        try:
            for number, (field, plan) in enumerate(zip(network.fields, planned, strict=True)):
                known = self._known(number, window.step, window.steps)
                done.append(operate(field, plan, known))
                hold_possible(field, plan, done[-1], known.usual)
        except EngineError as error:
            return self._unknown(window, str(error))
        return self._result(window, planned, done, events)

    def _respond(self, number: int, step: int, steps: int) -> Response:
        return response(self.network.fields[number], step, steps)

    def _result(
        self,
        window: Window,
        planned: Sequence[Plan],
        done: Sequence[Operation],
        events: list[Event],
    ) -> Result:
        network = self.network
        shares = {
            int(row): share(field, one)
            for row, field, one in zip(network.first, network.fields, done, strict=True)
        }
        origins: dict[int, int] = {}
        for number, (field, plan, one) in enumerate(
            zip(network.fields, planned, done, strict=True)
        ):
            row = int(network.first[number])
            _taken_over(network.well_rows(number), window, field, plan, one, events)
            if (shares[row] < 1).any():
                origins[row] = len(events)
                events.append(_short(row, window, shares[row] < 1, shares[row].min(), plan))
        audit = balance(network, window, done)
        if not audit.ok:
            return self._unknown(window, f"{audit.residual:.3g} m³ are missing from the balance")
        ports = {port.name: port for port in self.ports() if port.direction == "out"}
        outputs = {
            name: np.array([shares[int(row)] for row in port.rows]).T.reshape(window.steps, -1)
            for name, port in ports.items()
        }
        explained = {
            name: np.array([origins.get(int(row), -1) for row in port.rows], dtype=np.int64)
            for name, port in ports.items()
        }
        booked = accounts(network, window, planned, done, origins)
        return Result("ok", outputs, tuple(events), explained, booked, audit)

    def _unknown(self, window: Window, reason: str) -> Result:
        outputs = {p.name: p.neutral_series(window) for p in self.ports() if p.direction == "out"}
        finding = Finding(
            "groundwater.unknown",
            f"The well field cannot be computed: {reason}.",
            "Check the aquifer's values and units, and the wells' places.",
        )
        return Result("unknown", outputs, findings=(finding,))


def _span(window: Window, steps: IntArray) -> tuple[int, int]:
    """First second, and first second after, of some steps."""
    first, last = int(steps[0]), int(steps[-1]) + 1
    return window.start + first * window.step, window.start + last * window.step


def _parents(plan: Plan) -> tuple[Parent, ...]:
    numbers = sorted({event for causes in plan.causes for event in causes})
    return tuple(Parent("event", number) for number in numbers)


def _short(row: int, window: Window, steps: Any, least: float, plan: Plan) -> Event:
    """A field gives less than usual, by whatever stops or changes its wells."""
    what = "no_water" if least < ENOUGH else "less_water"
    return Event(what, np.array([row]), *_span(window, np.flatnonzero(steps)), _parents(plan))


def _taken_over(
    rows: IntArray,
    window: Window,
    field: Field,
    plan: Plan,
    done: Operation,
    events: list[Event],
) -> None:
    """An event where wells give more than they are asked for, in place of others."""
    more = done.rate > plan.asked * (1 + 1e-9) + 1e-9
    if field.take_over and more.any():
        span = _span(window, np.flatnonzero(more.any(axis=1)))
        events.append(Event("take_over", rows[more.any(axis=0)], *span, _parents(plan)))


def load(section: Mapping[str, Any], folder: Path) -> tuple[Groundwater, tuple[Finding, ...]]:
    """Read the domain's files.

    Parameters
    ----------
    section
        The table ``[groundwater]`` of ``city.toml``.
    folder
        The city's folder.

    Raises
    ------
    InputError
        With all findings.
    """
    values = settings(section, PACKAGE, "groundwater")
    given = values["fields"]
    fields: list[Field] = []
    findings: list[Finding] = []
    broken = False
    for name in [given] if isinstance(given, str) else given:
        try:
            field, warnings = read_field(folder / name)
        except InputError as error:
            findings += error.findings
            broken = True
        else:
            fields.append(field)
            findings += warnings
    twice = _twice(fields)
    if broken or twice or not fields:
        raise InputError([*findings, *twice, *_none(given)])
    return Groundwater(Network(tuple(fields))), tuple(findings)


def _none(given: Any) -> list[Finding]:
    if given:
        return []
    do = "Name the files of well fields, or leave [groundwater] out."
    return [Finding("groundwater.no-field", "'fields' is empty.", do, file="city.toml")]


def _twice(fields: Sequence[Field]) -> list[Finding]:
    """Findings for ids that stand in more than one file."""
    first: dict[str, Field] = {}
    found = []
    for field in fields:
        for native, _, _ in field.ids:
            other = first.setdefault(native, field)
            if other is not field:
                found.append(
                    Finding(
                        "groundwater.duplicate",
                        f"the id '{native}' stands in {other.source} already.",
                        "Give each field, well, point and river an id of its own.",
                        file=str(field.source),
                    )
                )
    return found
