"""Writes as JSON has them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from kopa.ingest.writing.book import Book, Plan, Standing
from kopa.ingest.writing.control import Outcome
from kopa.ingest.writing.point import Point, Points

Document = dict[str, Any]
RELEASE = "release"


def plan_document(plan: Plan) -> Document:
    """A dry run: what would be written, within which limits, and when it returns."""
    return {
        "plan": plan.id,
        **_what(plan),
        "value": plan.value,
        "before": plan.before,
        "low": plan.rule.low,
        "high": plan.rule.high,
        "step": plan.rule.step,
        "returns_to": _back(plan.returns_to),
        "returns_after_s": plan.returns_after_s,
        "valid_until": moment(plan.until),
    }


def done_document(done: Outcome) -> Document:
    """What became of a write; ``returns_at`` is None where nothing was written."""
    stands = done.state != "refused"
    return {
        "state": done.state,
        **_what(done.standing),
        "read_back": done.said,
        "problem": done.problem,
        "returns_to": _back(done.standing.returns_to),
        "returns_at": moment(done.standing.due) if stands else None,
    }


def listed(points: Points, book: Book) -> Document:
    """What may be written, and what stands."""
    return {
        "writable": [_rule(point) for point in points.values()],
        "standing": [standing_document(one) for one, _ in book.all_standing()],
    }


def standing_document(one: Standing) -> Document:
    """A written value that has not returned yet."""
    return {
        **_what(one),
        "value": one.value,
        "before": one.before,
        "state": one.state,
        "by": one.by,
        "at": moment(one.at),
        "returns_to": _back(one.returns_to),
        "returns_at": moment(one.due),
        "failed_returns": one.attempts,
        "problem": one.problem,
    }


def _rule(point: Point) -> Document:
    rule = point.rule
    return {
        "asset": point.asset,
        "attribute": point.attribute,
        "unit": point.signal.unit,
        "device": point.source.device,
        "path": rule.path,
        "low": rule.low,
        "high": rule.high,
        "step": rule.step,
        "returns_to": _back(rule.returns_to),
        "returns_after_s": rule.returns_after_s,
        "role": rule.role,
    }


def _what(one: Plan | Standing) -> Document:
    names = ("asset", "attribute", "unit", "device", "path")
    return {name: getattr(one, name) for name in names}


def _back(value: float | None) -> float | str:
    return RELEASE if value is None else value


def moment(at: int) -> str:
    """A time of the store, as ISO 8601."""
    return datetime.fromtimestamp(at / 1e6, UTC).isoformat(timespec="seconds")
