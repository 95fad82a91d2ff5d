"""A small domain for tests of the kernel: its assets pass shares on by a plain function."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from kopa.domain import Change, ChangeKind, Event, Parent, Result
from kopa.ledger.account import Account
from kopa.model import Assets, FloatArray, Port, Ports, PortSeries, Window

Pass = Callable[[FloatArray], FloatArray]


@dataclass
class Toy:
    """Assets that need `power` and offer `goods`: what they offer is a function of what arrives.

    A change `out` lets an asset offer nothing; `factor` multiplies what it offers.
    """

    name: str
    size: int = 1
    passes: Pass = field(default=lambda power: power)
    flag: bool = False
    unit: str = "1"
    quantity: str = "share"
    calls: int = 0

    def assets(self) -> Assets:
        ids = tuple(f"{self.name}{n}" for n in range(self.size))
        return Assets(self.name, ids, ("thing",) * self.size)

    def ports(self) -> Ports:
        rows = np.arange(self.size)
        return (
            Port("power", "in", rows, self.quantity, self.unit, flag=self.flag),
            Port("goods", "out", rows, self.quantity, self.unit, flag=self.flag),
        )

    def kinds(self) -> Sequence[ChangeKind]:
        return (
            ChangeKind("out", ("thing",), "offers nothing", outage=True),
            ChangeKind("factor", ("thing",), "offers more or less", units=("",), high=10.0),
        )

    def run(self, window: Window, changes: Sequence[Change], inputs: PortSeries) -> Result:
        self.calls += 1
        power = inputs.get("power", np.ones((window.steps, self.size)))
        goods = self.passes(power.copy())
        events: list[Event] = []
        origins = np.full(self.size, -1)
        for row in np.flatnonzero((power < 1).any(axis=0)):
            origins[row] = len(events)
            steps = np.flatnonzero(power[:, row] < 1)
            events.append(
                Event(
                    "short",
                    np.array([row]),
                    window.start + int(steps[0]) * window.step,
                    window.start + (int(steps[-1]) + 1) * window.step,
                    (Parent("input", int(row), "power"),),
                )
            )
        for number, change in enumerate(changes):
            row = self.assets().index[change.asset]
            cover = window.cover(change.start, change.end)
            factor = 0.0 if change.kind == "out" else change.value or 0.0
            goods[:, row] *= 1 + (factor - 1) * cover
            origins[row] = len(events)
            start = window.start if change.start is None else change.start
            end = window.end if change.end is None else change.end
            parent = (Parent("change", number),)
            events.append(Event(change.kind, np.array([row]), start, end, parent))
        lost = (1 - goods).sum(axis=0) * window.hours_per_step
        account = Account("people", "lost", "h", lost, "hours", events=origins, own=True)
        return Result("ok", {"goods": goods}, tuple(events), {"goods": origins}, (account,))
