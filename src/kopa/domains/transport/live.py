"""What devices and offices say of streets and stops: how they stand now."""

from __future__ import annotations

from kopa.domain import Change, Finding, LiveState
from kopa.model import Assets

WORDS = {"closed": ("street", "way"), "out": ("stop", "signal")}
"""Attribute that is on → kinds of asset that it closes; a change has the same word."""


def state(assets: Assets, now: LiveState) -> list[Change]:
    """Streets and ways that are closed, stops and signals that are out.

    Parameters
    ----------
    assets
        The domain's assets.
    now
        What was told of them.
    """
    found = []
    for word, kinds in WORDS.items():
        told = now.readings.get(word)
        if told is not None:
            rows = told.rows[told.values >= 0.5].tolist()
            found += [
                Change("transport", assets.ids[row], word)
                for row in rows
                if assets.kinds[row] in kinds
            ]
    return found


def watch(now: LiveState) -> list[Finding]:
    """What is closed or out."""
    words = {"closed": "is closed", "out": "is out of service"}
    return [
        Finding(
            f"transport.{change.kind}",
            f"{change.full} {words[change.kind]}.",
            "Send people and vehicles around it; see until when.",
            "warning",
            asset=change.full,
            values={"asset": change.full},
        )
        for change in now.changes
    ]
