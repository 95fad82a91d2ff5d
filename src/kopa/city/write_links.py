"""Writes ``links.csv``."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from kopa.city.read_links import COLUMNS
from kopa.model import Link


def write_links(file: Path, links: Sequence[Link]) -> None:
    """Write links, one row each; reading the file gives the same links again.

    Parameters
    ----------
    file
        ``links.csv``.
    links
        The links.
    """
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(_row(link) for link in links)


def _row(link: Link) -> list[str]:
    rule = f"{link.k}-of-{link.n}" if link.rule == "k-of-n" else link.rule
    threshold = " ".join(f"{x:.12g}:{y:.12g}" for x, y in link.curve)
    if not link.curve and link.threshold is not None:
        threshold = f"{link.threshold:.12g}"
    return [
        *(link.source.domain, link.source.port, link.source.asset),
        *(link.target.domain, link.target.port, link.target.asset),
        *(rule, threshold, _number(link.buffer_h), _number(link.delay_h)),
        *(link.origin, f"{link.confidence:.12g}", link.note),
    ]


def _number(value: float) -> str:
    return f"{value:.12g}" if value else ""
