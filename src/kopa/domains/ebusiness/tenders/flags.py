"""Signs that somebody should look at a tender: a reason to open the file, never a verdict."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from .read_ocds import instant

State = Literal["raised", "clear", "unknown"]


@dataclass(frozen=True)
class Flag:
    """A sign, as ``flags.csv`` defines it.

    Parameters
    ----------
    id, name
        Code of its source, and what it is.
    threshold, unit
        From where on it is raised.
    methods
        Procurement methods that it is for; empty for all.
    en, lv, source
        In words, and whose definition it is.
    """

    id: str
    name: str
    threshold: float
    unit: str
    methods: tuple[str, ...]
    en: str
    lv: str
    source: str


@cache
def flags() -> tuple[Flag, ...]:
    """All signs."""
    text = files(f"{__package__}").joinpath("flags.csv").read_text(encoding="utf-8")
    return tuple(
        Flag(
            row["id"], row["name"], float(row["threshold"]), row["unit"],
            tuple(row["methods"].split(";")) if row["methods"] else (), row["en"], row["lv"],
            row["source"],
        )
        for row in csv.DictReader(text.splitlines())
    )  # fmt: skip


def state(flag: Flag, record: Mapping[str, Any]) -> tuple[State, float | None] | None:
    """Whether a record raises a sign, and by what value; None where the sign is not for it.

    Parameters
    ----------
    flag
        The sign.
    record
        A compiled release.
    """
    tender = _object(record.get("tender"))
    method = tender.get("procurementMethod")
    if flag.methods and method is not None and method not in flag.methods:
        return None
    if flag.methods and method is None:
        return "unknown", None
    found = _VALUES[flag.name](record, tender)
    if found is None:
        return "unknown", None
    if flag.name == "short_period":
        return ("raised" if found < flag.threshold else "clear"), found
    if flag.name == "single_bid":
        return ("raised" if found == flag.threshold else "clear"), found
    if flag.name == "no_call":
        return "raised", found
    return ("raised" if found > flag.threshold else "clear"), found


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _rows(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _days(first: Any, last: Any) -> float | None:
    begin, end = instant(first), instant(last)
    return (end - begin).total_seconds() / 86400 if begin and end else None


def _tenderers(record: Mapping[str, Any], tender: Mapping[str, Any]) -> float | None:
    many = tender.get("numberOfTenderers")
    if isinstance(many, int) and not isinstance(many, bool) and many >= 0:
        return float(many)
    own = _rows(tender.get("tenderers"))
    return float(len(own)) if own else None


def _period(record: Mapping[str, Any], tender: Mapping[str, Any]) -> float | None:
    span = _object(tender.get("tenderPeriod"))
    return _days(span.get("startDate"), span.get("endDate"))


def _decision(record: Mapping[str, Any], tender: Mapping[str, Any]) -> float | None:
    end = _object(tender.get("tenderPeriod")).get("endDate")
    found = [_days(end, one.get("date")) for one in _rows(record.get("awards"))]
    known = [one for one in found if one is not None]
    return max(known) if known else None


def _grown(record: Mapping[str, Any], tender: Mapping[str, Any]) -> float | None:
    """Most growth, in %, of a contract over its award; of one currency only."""
    awards = {one.get("id"): _object(one.get("value")) for one in _rows(record.get("awards"))}
    found = []
    for one in _rows(record.get("contracts")):
        now, then = _object(one.get("value")), awards.get(one.get("awardID"), {})
        try:
            before, after = float(then["amount"]), float(now["amount"])
        except (KeyError, TypeError, ValueError):
            continue
        if before > 0 and math.isfinite(after) and now.get("currency") == then.get("currency"):
            found.append((after / before - 1) * 100)
    return max(found) if found else None


_VALUES = {
    "single_bid": _tenderers,
    "short_period": _period,
    "no_call": lambda record, tender: 0.0,
    "slow_decision": _decision,
    "value_grown": _grown,
}
