"""What a power flow says of a designed grid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kopa.domains.energy.domain import Energy
from kopa.domains.energy.effects import at_risk, loading
from kopa.domains.energy.read_pandapower import read
from kopa.domains.energy.topology import BASE
from kopa.errors import Finding


@dataclass(frozen=True)
class Verdict:
    """What a power flow says.

    Parameters
    ----------
    volts
        Voltage of each bus, p.u., by name; 0 where it is de-energised.
    loading
        Loading of each line and transformer, %, by name.
    findings
        What was assumed in reading the grid, and what it cannot carry.
    figures
        Least and greatest voltage, p.u., and greatest loading, %.
    """

    volts: Mapping[str, float]
    loading: Mapping[str, float]
    findings: tuple[Finding, ...]
    figures: Mapping[str, float]


def verify(file: Path) -> Verdict:
    """Read a grid as the domain does, and solve it at its peak.

    Raises
    ------
    EngineError
        If the engine gives no answer.
    """
    network, warnings = read(file)
    flows = Energy(network).power_flow.solve([BASE])
    names = network.assets.names
    volts = flows.volts[0]
    full = loading(network, flows)[0]
    dark = int((volts <= 0).sum())
    findings = [*warnings, *at_risk(network, flows)]
    if dark or not flows.converged.all():
        what = f"{dark} buses are de-energised." if dark else "the power flow does not converge."
        findings.append(Finding("energy.design", what, "Report this map as a fault of Kopa."))
    return Verdict(
        dict(zip(names[: network.buses], volts.tolist(), strict=True)),
        {names[row]: float(value) for row, value in zip(network.edges.rows, full, strict=True)},
        tuple(findings),
        {
            "least_voltage_pu": round(float(volts.min()), 3),
            "greatest_voltage_pu": round(float(volts.max()), 3),
            "greatest_loading_percent": round(float(np.nanmax(full)), 1),
        },
    )
