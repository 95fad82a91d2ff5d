"""Small sewers for tests, and runs of them."""

from __future__ import annotations

from pathlib import Path

from small_city import SEWERS

from kopa.domain import Result, checked, parse_change
from kopa.domains.sewerage.domain import KINDS, Sewerage
from kopa.domains.sewerage.read_inp import read_inp
from kopa.model import PortSeries, Window

DAY = Window(0, 3600, 24)
QUARTERS = Window(6 * 3600, 900, 48)


def sewerage(folder: Path, inp: str = SEWERS) -> Sewerage:
    """A domain from the text of its file."""
    path = folder / "sewers.inp"
    path.write_text(inp, encoding="utf-8")
    return Sewerage(read_inp(path)[0])


def run(
    model: Sewerage, *texts: str, window: Window = DAY, inputs: PortSeries | None = None
) -> Result:
    """A run with changes, given as text without their domain."""
    changes = [checked(parse_change(f"sewerage:{text}"), model.assets(), KINDS) for text in texts]
    return model.run(window, changes, inputs or {})


def total(result: Result, quantity: str) -> float:
    """What an account adds up to."""
    return float(next(a for a in result.accounts if a.quantity == quantity).values.sum())
