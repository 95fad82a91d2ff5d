"""Whether a run's numbers can be used."""

from __future__ import annotations

import math

from kopa.errors import Finding

from .hydraulics import UNTRUSTED_ERROR, Hydraulics
from .network import Network


def distrust(network: Network, run: Hydraulics) -> tuple[Finding, ...]:
    """Why a run's numbers cannot be used; empty if they can."""
    file = str(network.source)

    def finding(code: str, what: str, do: str) -> Finding:
        return Finding(f"water.{code}", what, do, "warning", file)

    if run.failure:
        do = "See whether the change leaves a part without a sensible flow; split the change."
        return (finding("no-solution", f"{run.failure}.", do),)
    if not math.isfinite(run.balance.residual):
        what = "the hydraulics give values that are no numbers."
        return (finding("no-number", what, "Look for absurd values in the INP file."),)
    if run.worst_error > max(UNTRUSTED_ERROR, network.accuracy):
        return (
            finding(
                "unbalanced",
                f"the hydraulics do not converge: flows still change by {run.worst_error:.1%}.",
                "Look for pumps or valves that switch on and off at the same moment.",
            ),
        )
    if not run.balance.ok:
        return (
            finding(
                "balance",
                f"{run.balance.residual:.3g} m³ of {run.balance.supplied:.3g} m³ are missing.",
                "Tighten ACCURACY in [OPTIONS] of the INP file.",
            ),
        )
    return ()
