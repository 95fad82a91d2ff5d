"""What was measured: stations and bathing waters above a threshold, rivers, closed waters."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from kopa.domain import Change, Finding, LiveState, Meter, Readings
from kopa.model.window import clock

from .network import Environment
from .river import BACTERIA
from .river_run import BathingRun, RiverRun
from .thresholds import Threshold, chosen

CUBIC_METRES_PER_SECOND = "MQS"
COLONIES = "CFU/100 mL"
"""UN/CEFACT has no code for it."""
OTHER_FLOW = 0.2
"""A flow within this share of the usual is the usual."""
LIVE_KINDS = ("alert", "information", "limit", "limit-2030", "report", "guideline", "target")
HOURLY = ("1h", "sample")
"""Averaging that an hour of readings can be held against."""


def meters(environment: Environment, run: RiverRun | None, baths: BathingRun) -> tuple[Meter, ...]:
    """What meters show: flow of reaches, and bacteria at bathing waters.

    Parameters
    ----------
    environment, run, baths
        The domain and a run.
    """
    found = [
        Meter(name, COLONIES, environment.bathing_rows, baths.concentration["mid"][name])
        for name in BACTERIA
    ]
    if run is not None:
        rows = np.arange(len(environment.rivers), dtype=np.int64)
        flow = run.loads.natural
        found.append(Meter("flow", CUBIC_METRES_PER_SECOND, rows, flow, taken=True))
    return tuple(found)


def state(environment: Environment, now: LiveState) -> list[Change]:
    """Bathing waters that are closed, and reaches that carry another flow than usual.

    Parameters
    ----------
    environment, now
        The domain, and what was measured.
    """
    assets = environment.assets
    found = []
    closed = now.readings.get("closed")
    if closed is not None:
        rows = closed.rows[closed.values >= 0.5].tolist()
        of = [row for row in rows if assets.kinds[row] == "bathing"]
        found += [Change("environment", assets.ids[row], "closed") for row in of]
    flow = now.readings.get("flow")
    if flow is not None:
        for row, value in zip(flow.rows.tolist(), flow.values.tolist(), strict=True):
            if assets.kinds[row] == "river":
                times = min(max(value / environment.rivers.flow[row], 0.01), 100.0)
                if abs(times - 1) > OTHER_FLOW:
                    # two digits, so that noise is no new state
                    factor = float(f"{times:.2g}")
                    found.append(Change("environment", assets.ids[row], "factor", factor))
    return found


def watch(environment: Environment, now: LiveState) -> list[Finding]:
    """Readings above a threshold, closed waters, and alerts that are ahead.

    Parameters
    ----------
    environment, now
        The domain, and what was measured.
    """
    assets = environment.assets
    found = [
        Finding(
            "environment.closed",
            f"{change.full} is closed to bathers.",
            "See until when.",
            "warning",
            asset=change.full,
            values={"asset": change.full},
        )
        for change in now.changes
        if change.kind == "closed"
    ]
    for quantity, readings in now.readings.items():
        for place, row in enumerate(readings.rows.tolist()):
            subjects = _subjects(environment, assets.kinds[row], row)
            over = [
                one
                for one in chosen(environment.thresholds, subjects, LIVE_KINDS)
                if one.quantity == quantity
                and one.averaging in HOURLY
                and _value(one, readings, place) > one.value
            ]
            if over:  # the worst tells it all
                worst = max(over, key=lambda one: one.value)
                found.append(_above(assets.full(row), worst, _value(worst, readings, place)))
    return [*found, *_ahead(environment, now)]


def _subjects(environment: Environment, kind: str, row: int) -> tuple[str, ...]:
    if kind == "bathing":
        return (environment.bathing.waters[row - len(environment.rivers)],)
    if kind == "noise_station":
        point = row - len(environment.rivers) - len(environment.bathing)
        return (kind, environment.points.extra[point])
    return (kind,)


def _value(one: Threshold, readings: Readings, place: int) -> float:
    """The sample itself, or the mean of the last hour."""
    values = readings.values if one.averaging == "sample" else readings.mean
    return float(values[place])


def _above(asset: str, one: Threshold, value: float) -> Finding:
    return Finding(
        f"environment.above-{one.kind}",
        f"{asset}: {one.quantity} is {value:.3g} {one.unit}, above {one}.",
        "Tell people; look for the source.",
        "warning",
        asset=asset,
        values={
            "asset": asset, "quantity": one.quantity, "value": f"{value:.3g}",
            "unit": one.unit, "limit": str(one),
        },
    )  # fmt: skip


def _ahead(environment: Environment, now: LiveState) -> Iterator[Finding]:
    """Bathing waters that the forecast closes and that are open now."""
    share = now.expected.get("bathing")
    usual = now.usual.get("bathing")
    if share is None or usual is None:
        return
    told = {change.asset for change in now.changes if change.kind == "closed"}
    for column, row in enumerate(share.rows.tolist()):
        lost = np.flatnonzero((share.values[:, column] < 0.5) & (usual.values[:, column] >= 0.5))
        if len(lost) and environment.assets.ids[row] not in told:
            asset = environment.assets.full(row)
            when = clock((now.window.start + int(lost[0]) * now.window.step) % 86_400)
            yield Finding(
                "environment.bathing-ahead",
                f"{asset}: polluted water arrives at {when}.",
                "Close it before, and stop the overflow.",
                "warning",
                asset=asset,
                values={"asset": asset, "time": when},
            )
