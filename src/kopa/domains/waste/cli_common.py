"""What the jobs on files of waste share."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from kopa import console
from kopa.domains.waste.processing.treatment import factor
from kopa.domains.waste.routing.problem import Effort
from kopa.errors import Finding, UsageError

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


def effort_options(job: Any) -> None:
    """Add how long a search goes on."""
    job.add_argument("--seconds", type=float, default=30.0, help="time to search (default 30)")
    job.add_argument(
        "--iterations", type=int, default=0, metavar="N",
        help="search so many iterations, not for a time: the same answer every time",
    )  # fmt: skip
    job.add_argument("--seed", type=int, default=1, help="seed of the search (default 1)")
    job.add_argument("--tries", type=int, default=2, help="searches side by side (default 2)")


def effort_of(arguments: argparse.Namespace) -> Effort:
    """How long a search goes on.

    Raises
    ------
    UsageError
        If a number is out of its range.
    """
    if arguments.iterations < 0 or arguments.tries < 1 or arguments.seed < 0:
        raise UsageError("--iterations and --seed must be 0 or more, --tries 1 or more")
    if not 0 < arguments.seconds <= 86_400:
        raise UsageError("--seconds must lie between 0 and 86400")
    seconds = 0.0 if arguments.iterations else arguments.seconds
    return Effort(seconds, arguments.iterations, arguments.seed, arguments.tries)
