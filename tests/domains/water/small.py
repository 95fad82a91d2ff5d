"""Small networks for tests, as INP text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kopa.domain import Change, Result, checked, parse_change
from kopa.domains.water.domain import KINDS, Water
from kopa.domains.water.network import Service
from kopa.domains.water.read_inp import read_inp
from kopa.model import Window

DAY = Window(0, 3600, 24)

GRAVITY = """\
[TITLE]
One reservoir, a loop, and a branch

[JUNCTIONS]
;ID  Elev  Demand
 J1  10    0
 J2  10    5
 J3  10    5
 J4  10    4

[RESERVOIRS]
 R1  60

[PIPES]
;ID  From  To  Length  Diameter  Roughness  MinorLoss  Status
 P1  R1    J1  1000    300       100        0          Open
 P2  J1    J2  1000    200       100        0          Open
 P3  J2    J3  1000    200       100        0          Open
 P4  J1    J3  1000    200       100        0          Open
 P5  J3    J4  1000    200       100        0          Open

[PATTERNS]
 1  1.0  1.0

[TAGS]
 NODE J3 east
 NODE J4 east

[OPTIONS]
 Units     LPS
 Headloss  H-W
 Accuracy  0.0001
 Pattern   1

[TIMES]
 Duration           24:00
 Hydraulic Timestep 1:00
 Pattern Timestep   1:00

[COORDINATES]
 J1  0  0
 J2  1  0
 J3  2  0
 J4  3  0
 R1  0  1

[END]
"""
"""Steady demands of 14 L/s under 50 m of head."""

PUMPED = """\
[JUNCTIONS]
 J1  10  0
 J2  10  20

[RESERVOIRS]
 R1  0

[TANKS]
;ID  Elev  InitLevel  MinLevel  MaxLevel  Diameter  MinVol
 T1  50    2          0         5         10        0

[PIPES]
 P1  J1  J2  500  300  100  0  Open
 P2  J2  T1  500  300  100  0  Open

[PUMPS]
 U1  R1  J1  HEAD C1

[CURVES]
 C1  30  70

[CONTROLS]
 LINK U1 OPEN IF NODE T1 BELOW 1
 LINK U1 CLOSED IF NODE T1 ABOVE 4

[ENERGY]
 Global Efficiency 75

[OPTIONS]
 Units     LPS
 Headloss  H-W
 Accuracy  0.0001

[TIMES]
 Duration           24:00
 Hydraulic Timestep 1:00
 Pattern Timestep   1:00

[COORDINATES]
 J1  0  0
 J2  1  0
 R1  0  1
 T1  2  0

[END]
"""
"""A pump fills a tank of 393 m³ that feeds 20 L/s, 72 m³ an hour."""


def water(folder: Path, text: str, service: Service | None = None) -> Water:
    """A network from its text."""
    path = folder / "network.inp"
    path.write_text(text, encoding="utf-8")
    return Water(read_inp(path, service)[0])


def changes(model: Water, *texts: str) -> list[Change]:
    """Checked changes from their texts, without the domain."""
    return [checked(parse_change(f"water:{text}"), model.assets(), KINDS) for text in texts]


def run(model: Water, *texts: str, window: Window = DAY) -> Result:
    """A run with changes in text."""
    return model.run(window, changes(model, *texts), {})


def total(result: Result, quantity: str) -> float:
    """Total of an account of a run."""
    return float(next(a.values.sum() for a in result.accounts if a.quantity == quantity))


def at(result: Result, model: Water, asset: str, quantity: str = "water_not_supplied") -> float:
    """Value of an account at one asset."""
    row = model.assets().find(asset)
    return float(next(a.values[row] for a in result.accounts if a.quantity == quantity))


def series(result: Result, model: Water, asset: str, port: str = "water") -> Sequence[float]:
    """Series of an out-port at one junction."""
    found = next(p for p in model.ports() if p.name == port)
    column = found.column[model.assets().find(asset)]
    return [float(value) for value in result.outputs[port][:, column]]
