"""What the jobs on files of waste share."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from kopa import console
from kopa.domains.waste.processing.treatment import factor
from kopa.errors import Finding

ENDS = ("low", "mid", "high")


def failed(
    arguments: argparse.Namespace,
    findings: Sequence[Finding],
    more: Mapping[str, Any] = MappingProxyType({}),
    status: str = "unknown",
) -> int:
    """Tell that there is no answer; gives the exit code."""
    if arguments.json:
        rows = console.finding_rows(findings)
        console.document({"status": status, **more, "findings": rows})
    else:
        console.tell(findings)
    return 1


def factor_rows(names: Sequence[str]) -> list[dict[str, Any]]:
    """Factors as a document has them."""
    return [
        {
            **{key: getattr(one, key) for key in ("id", "low", "mid", "high", "unit")},
            **{key: getattr(one, key) for key in ("from_unit", "source", "year", "region")},
        }
        for one in map(factor, names)
    ]


def spans(values: Any) -> dict[str, Any]:
    """Values whose first axis is low, mid and high, by these names."""
    return dict(zip(ENDS, values, strict=True))
