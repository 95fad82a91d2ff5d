"""What a run of the rivers shows that people should know."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from kopa.domain import Finding
from kopa.model import BoolArray, Window
from kopa.model.window import clock

from .network import Environment
from .river_run import BathingRun, RiverRun


def of_run(
    environment: Environment, window: Window, run: RiverRun, baths: BathingRun
) -> list[Finding]:
    """Alerts with their range, ammonia that harms fish, and rivers of more sewage than water.

    Parameters
    ----------
    environment, window, run, baths
        The domain and the run.
    """
    return [
        *_alerts(environment, window, baths),
        *_ammonia(environment, run),
        *_flooded(environment, run),
    ]


def when(alert: BoolArray, window: Window) -> str:
    """When an alert holds, as text: ``08:00-32:00``, ``from 08:00`` or ``no alert``."""
    steps = np.flatnonzero(alert)
    if not len(steps):
        return "no alert"
    begin = clock(window.start + int(steps[0]) * window.step)
    if steps[-1] == window.steps - 1:
        return f"from {begin} past the end"
    return f"{begin}-{clock(window.start + (int(steps[-1]) + 1) * window.step)}"


def _alerts(environment: Environment, window: Window, baths: BathingRun) -> Iterator[Finding]:
    bathing = environment.bathing
    for column in np.flatnonzero(baths.alert["high"].any(axis=0)).tolist():
        low, mid, high = (when(baths.alert[r][:, column], window) for r in ("low", "mid", "high"))
        asset = environment.assets.full(int(environment.bathing_rows[column]))
        most = baths.concentration["mid"]["escherichia_coli"][:, column].max()
        limit = next(
            one
            for one in environment.thresholds.values()
            if one.kind == "alert"
            and one.subject == bathing.waters[column]
            and one.quantity == "escherichia_coli"
        )
        yield Finding(
            "environment.bathing-alert",
            f"{asset}: bathing alert {mid} (little in the sewage: {low}; much: {high}); "
            f"E. coli up to {most:.3g} CFU/100 mL, threshold {limit}.",
            "Close it, put up signs, sample when it ends.",
            "warning",
            asset=asset,
            values={
                "asset": asset, "when": mid, "low": low, "high": high,
                "most": f"{most:.3g}", "limit": str(limit),
            },
        )  # fmt: skip


def _ammonia(environment: Environment, run: RiverRun) -> Iterator[Finding]:
    limit = environment.thresholds["fish-ammonia"]
    worst = run.unionised.max(axis=0)
    for reach in range(len(environment.rivers)):
        most = worst[run.grid.reach == reach].max()
        if most > limit.value:
            asset = environment.assets.full(reach)
            yield Finding(
                "environment.ammonia",
                f"{asset}: un-ionised ammonia up to {most:.3g} mg NH3/L, threshold {limit}.",
                "Fish are at risk: cut the load, or aerate.",
                "warning",
                asset=asset,
                values={"asset": asset, "most": f"{most:.3g}", "limit": str(limit)},
            )


def _flooded(environment: Environment, run: RiverRun) -> Iterator[Finding]:
    share = (run.loads.sewage / run.loads.natural).max(axis=0)
    for reach in np.flatnonzero(share > 1).tolist():
        asset = environment.assets.full(reach)
        yield Finding(
            "environment.more-sewage-than-river",
            f"{asset}: {share[reach]:.3g} times as much sewage as water enters.",
            "Its depth and speed are those without it: times are too long, the rest holds.",
            "warning",
            asset=asset,
            values={"asset": asset, "times": f"{share[reach]:.3g}"},
        )
