"""Reads faults of networks from GeoJSON: points, or several points each, in degrees (RFC 7946)."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kopa.errors import Finding, InputError, stopping

from .model import Fault


def read_faults(path: Path) -> tuple[tuple[Fault, ...], tuple[Finding, ...]]:
    """Faults of a file.

    Parameters
    ----------
    path
        A FeatureCollection of Points and MultiPoints with the properties ``service`` and
        ``start``, and if known ``id``, ``end``, ``work_order``, ``people``, ``title``,
        ``radius_m``.

    Raises
    ------
    InputError
        With all findings.
    """
    findings: list[Finding] = []

    def tell(place: str, what: str, do: str) -> None:
        findings.append(Finding("open311.fault", what, do, file=str(path), place=place))

    try:
        whole = json.loads(path.read_bytes().decode("utf-8-sig"))
        features = list(whole["features"])
    except OSError as error:
        tell("", f"it cannot be read: {error.strerror}.", "Check the path.")
        raise InputError(findings) from None
    except (ValueError, RecursionError, KeyError, TypeError):
        tell("", "it is no FeatureCollection.", "Save it as GeoJSON (RFC 7946).")
        raise InputError(findings) from None
    found: list[Fault] = []
    seen: dict[str, str] = {}
    for number, feature in enumerate(features, 1):
        fault = _Feature(feature, number, tell).fault()
        if fault is None:
            continue
        if fault.id in seen:
            tell(f"feature {number}", f"the id '{fault.id}' stands in {seen[fault.id]} already.",
                 "Give each an id of its own.")  # fmt: skip
        seen.setdefault(fault.id, f"feature {number}")
        found.append(fault)
    if stopping(findings):
        raise InputError(findings)
    return tuple(found), tuple(findings)


class _Feature:
    """One feature, and what is wrong with it."""

    def __init__(self, feature: Any, number: int, tell: Any) -> None:
        feature = feature if isinstance(feature, dict) else {}
        properties = feature.get("properties")
        self._given: Mapping[str, Any] = properties if isinstance(properties, dict) else {}
        self._geometry = feature.get("geometry")
        self._id = str(self._given.get("id") or feature.get("id") or number)
        self._place, self._tell = f"feature {number} ({self._id})", tell
        self._bad = False

    def _wrong(self, what: str, do: str) -> None:
        self._bad = True
        self._tell(self._place, what, do)

    def fault(self) -> Fault | None:
        given = self._given
        service = given.get("service")
        if not isinstance(service, str) or not service:
            self._wrong("it has no service.", "Write what is lost, such as water.")
        start, end = self._time("start"), self._time("end")
        if start is None and not given.get("start"):
            self._wrong("it has no start.", "Write when it began, with a time zone.")
        if start and end and end < start:
            self._wrong("it ends before it starts.", "Correct start or end.")
        people, radius = self._number("people"), self._number("radius_m")
        places = self._points()
        if self._bad or start is None:
            return None
        return Fault(
            self._id, str(service), tuple(lat for _, lat in places),
            tuple(lon for lon, _ in places), start, end,
            str(given.get("work_order") or self._id), people or 0.0,
            str(given.get("title") or ""), radius,
        )  # fmt: skip

    def _points(self) -> list[tuple[float, float]]:
        shape = self._geometry if isinstance(self._geometry, dict) else {}
        given = shape.get("coordinates")
        several: Any = {"Point": [given], "MultiPoint": given}.get(str(shape.get("type")))
        try:
            found = [(float(one[0]), float(one[1])) for one in several or [()]]
        except (TypeError, ValueError, IndexError):
            self._wrong("its geometry is no Point or MultiPoint.", "Draw the places it affects.")
            return []
        if not all(abs(lon) <= 180 and abs(lat) <= 90 for lon, lat in found):
            self._wrong("its coordinates are no degrees.", "Write longitude, latitude (WGS 84).")
        return found

    def _number(self, name: str) -> float | None:
        value = self._given.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e9:
            self._wrong(f"{name} is {str(value)[:40]!r}.", "Write a number from 0.")
            return None
        return math.nan if value != value else float(value)

    def _time(self, name: str) -> datetime | None:
        text = self._given.get(name)
        if not text:
            return None
        try:
            found = datetime.fromisoformat(str(text))
            found.astimezone(UTC)
        except (ValueError, OverflowError):
            self._wrong(f"{name} is '{str(text)[:40]}'.", "Write 2026-11-24T08:30:00+02:00.")
            return None
        if found.tzinfo is None:
            self._wrong(f"{name} has no time zone.", "Write it, such as +02:00.")
            return None
        return found
