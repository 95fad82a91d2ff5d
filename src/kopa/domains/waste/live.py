"""Measured values of waste: fill levels of containers, plants that run."""

from __future__ import annotations

import numpy as np

from kopa.domain import Change, Finding, LiveState, Meter, switched
from kopa.model.window import clock

from .network import Network
from .run import Day

STEADY_S = 300.0
"""A plant that stands still for less is starting again."""


def meters(network: Network, done: Day) -> tuple[Meter, ...]:
    """What meters would show: how full containers are, and whether plants run.

    Parameters
    ----------
    network, done
        What there is, and what happened.
    """
    rows, some = network.rows, network.containers
    known = np.flatnonzero(~done.unknown)
    fill = done.contents.middle()[:, known] / some.full[known]
    plants = rows.facility + np.arange(len(network.facilities), dtype=np.int64)
    return (
        Meter("fill", "", rows.container + known, fill, taken=True),
        Meter("running", "", plants, (done.running > 0).astype(np.float64), flag=True),
    )


def state(network: Network, now: LiveState) -> list[Change]:
    """Containers as full as was measured, and plants that are measured to stand still.

    Parameters
    ----------
    network, now
        What there is, and what was measured.
    """
    ids = network.assets.ids
    found = switched(now, "running", "out", ids, "waste", steady_s=STEADY_S)
    readings = now.readings.get("fill")
    if readings is not None:
        for row, share in zip(readings.rows.tolist(), readings.values.tolist(), strict=True):
            found.append(Change("waste", ids[row], "level", max(share, 0.0)))
    return found


def watch(network: Network, now: LiveState) -> list[Finding]:
    """Containers that are full, those that will be, and plants that stand still.

    Parameters
    ----------
    network, now
        What there is, and what was measured.
    """
    assets = network.assets
    found = [
        Finding(
            "waste.off",
            f"{change.full} works nothing off.",
            "See why it stopped; trucks fill its store meanwhile.",
            "warning",
            asset=change.full,
            values={"asset": change.full},
        )
        for change in now.changes
        if change.kind == "out"
    ]
    readings, expected = now.readings.get("fill"), now.expected.get("fill")
    if readings is None:
        return found
    for row, share in zip(readings.rows.tolist(), readings.values.tolist(), strict=True):
        asset = assets.full(row)
        values = {"asset": asset, "fill": f"{share * 100:.0f}"}
        if share >= 1:
            what = f"{asset} is {share * 100:.0f} % full."
            do = "Empty it today: what does not fit in lies beside it."
            found.append(Finding("waste.full", what, do, "warning", asset=asset, values=values))
            continue
        column = expected.column.get(row) if expected is not None else None
        if expected is None or column is None:
            continue
        late = np.flatnonzero(expected.values[:, column] > 1)
        if len(late):
            when = clock(now.window.start + int(late[0]) * now.window.step)
            what = f"{asset} is {share * 100:.0f} % full and flows over at {when}."
            do = "Take it into the next round."
            values["when"] = when
            found.append(Finding("waste.filling", what, do, "warning", asset=asset, values=values))
    return found
