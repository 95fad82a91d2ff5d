"""What the jobs on a well field share."""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kopa import console
from kopa.errors import EngineError, Finding, UsageError
from kopa.model import FloatArray
from kopa.units import to_si

from .drawdown import SHALLOW
from .network import Field
from .read_field import DAY, read_field


def unknown(arguments: argparse.Namespace, findings: Sequence[Finding], error: EngineError) -> int:
    """Tell that there is no answer; gives the exit code."""
    told = [
        *findings,
        Finding("groundwater.unknown", f"There is no answer: {error}.", "Check the values."),
    ]
    if arguments.json:
        console.document({"status": "unknown", "findings": console.finding_rows(told)})
    else:
        console.tell(told)
    return 1


def read(arguments: argparse.Namespace) -> tuple[Field, list[Finding]]:
    """The field of a command, and what its reader says of it."""
    field, findings = read_field(arguments.field)
    return field, list(findings)


def discharge_of(field: Field, texts: Sequence[str]) -> FloatArray:
    """Usual abstraction with those that are given, m³/s, shape (well,)."""
    found = field.wells.discharge.copy()
    for text in texts:
        name, _, rest = text.partition("=")
        number, _, unit = rest.strip().partition(" ")
        if name not in field.wells.ids:
            known = ", ".join(field.wells.ids)
            raise UsageError(f"'{name}' is no well of {field.id}: it has {known}")
        try:
            value, si = to_si(float(number), unit.strip())
        except ValueError:
            value, si = math.nan, ""
        if si != "m3/s" or not 0 <= value < 20:
            raise UsageError(f"'{text}': write a well and its abstraction, 'W1=600 m3/d'")
        found[field.wells.ids.index(name)] = value
    if not found.any():
        raise UsageError("no well gives anything")
    return found


def seconds_of(field: Field, days: float | None) -> float:
    """Time of pumping, s: of the command, or of the file."""
    if days is None:
        return field.pumping
    if not 1e-3 <= days <= 1e6:
        raise UsageError("--days must lie between 0.001 and 1000000")
    return days * DAY


def head(field: Field, findings: Sequence[Finding]) -> dict[str, Any]:
    """What every document begins with."""
    return {
        "status": "ok",
        "file": str(field.source),
        "field": field.id,
        "findings": console.finding_rows(findings),
    }


def well_rows(field: Field, rate: FloatArray, drawdown: FloatArray) -> list[dict[str, Any]]:
    """Wells in a document."""
    wells = field.wells
    return [
        {
            "id": name,
            "discharge_m3_d": rate[row] * DAY,
            "drawdown_m": drawdown[row],
            "max_drawdown_m": wells.max_drawdown[row],
        }
        for row, name in enumerate(wells.ids)
    ]


def observation_rows(field: Field, drawdown: FloatArray) -> list[dict[str, Any]]:
    """Observation points in a document."""
    seen = field.observations
    return [
        {
            "id": name,
            "drawdown_m": drawdown[len(field.wells) + row],
            "limit_m": seen.limit[row],
            "limit_source": seen.sources[row],
        }
        for row, name in enumerate(seen.ids)
    ]


def deep(field: Field, drawdown: FloatArray, thin: bool = True) -> list[Finding]:
    """Drawdown beyond a limit and, unless not `thin`, beyond what a linear model bears."""
    names = (*field.wells.ids, *field.observations.ids)
    found = [
        Finding(
            "groundwater.limit",
            f"Drawdown at {name} is {value:.2f} m, its limit is {limit:.2f} m.",
            "Pump less, or elsewhere: kopa groundwater permit says how much.",
            "warning",
            asset=f"groundwater:{name}",
        )
        for name, value, limit in zip(names, drawdown, field.limits, strict=True)
        if value > limit * (1 + 1e-6)
    ]
    layers = field.points[2]
    thick = field.aquifer.thickness[layers]
    free = (layers == 0) & field.aquifer.phreatic & thin
    found += [
        Finding(
            "groundwater.thin",
            f"Drawdown at {name} is {value / height:.0%} of the thickness of a free aquifer: it "
            "is deeper than is computed, as the aquifer gets thinner.",
            f"Beyond {SHALLOW:.0%} take a numerical model: --numerical, with MODFLOW 6.",
            "warning",
            asset=f"groundwater:{name}",
        )
        for name, value, height, here in zip(names, drawdown, thick, free, strict=True)
        if here and value > SHALLOW * height
    ]
    return found


def points_table(field: Field, rate: FloatArray, drawdown: FloatArray, power: FloatArray) -> None:
    """Wells and points for people."""
    rows = [
        (name, daily(rate[row]), f"{drawdown[row]:.2f} m", _metres(field.limits[row]),
         f"{power[row] / 1e3:.1f} kW")
        for row, name in enumerate(field.wells.ids)
    ]  # fmt: skip
    more = enumerate(field.observations.ids, len(field.wells))
    rows += [(name, "–", f"{drawdown[row]:.2f} m", _metres(field.limits[row]), "–")
             for row, name in more]  # fmt: skip
    console.table(("well or point", "abstraction", "drawdown", "limit", "pump"), rows, numbers=4)


def _metres(value: float) -> str:
    return f"{value:.2f} m" if math.isfinite(value) else "–"


def daily(rate: float) -> str:
    """A rate for people."""
    return f"{console.number(float(rate) * DAY, 4)} m³/d"


def written(file: Path | None) -> None:
    """Tell that a file was written."""
    if file:
        console.say(f"Written: {console.escape(str(file))}")
