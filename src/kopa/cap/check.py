"""Whether a document is an alert: the rules of the schema, and those of the text around it.

``rules.csv`` has the elements in the order that the schema wants, how often each may be there, and
what it may hold. All that is wrong is told, each with its line.

References
----------
OASIS (2010), Common Alerting Protocol Version 1.2, sections 3.2 (dictionary) and 3.4 (schema).
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

from kopa.cap.alert import NAMESPACE
from kopa.errors import Finding

SIGNATURE = "http://www.w3.org/2000/09/xmldsig#"
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_TOKEN = re.compile(r"[^\s,<&]+")


@dataclass(frozen=True)
class Rule:
    """What the schema says of one element.

    Parameters
    ----------
    order
        Its place among those of its parent.
    least, most
        How often it may be there.
    type
        What it may hold.
    values
        Of a choice.
    """

    order: int
    least: int
    most: float
    type: str
    values: frozenset[str]


@cache
def rules() -> Mapping[str, Mapping[str, Rule]]:
    """Rules by parent and element, in order."""
    found: dict[str, dict[str, Rule]] = {}
    text = files("kopa.cap").joinpath("rules.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        of = found.setdefault(row["parent"], {})
        most = float(row["most"] or math.inf)
        values = frozenset(row["values"].split())
        of[row["element"]] = Rule(len(of), int(row["least"]), most, row["type"], values)
    return found


def check(root: Any, file: str) -> list[Finding]:
    """All that is wrong with an alert.

    Parameters
    ----------
    root
        Element of lxml.
    file
        For the findings.
    """
    if root.tag != f"{{{NAMESPACE}}}alert":
        what = f"it is no alert of CAP 1.2, but '{_short(str(root.tag))}'."
        return [_finding("cap.no-alert", what, "Give an alert in its namespace.", file, root)]
    found = list(_group(root, "alert", file))
    found += _text_rules(root, file)
    return found


def _finding(code: str, what: str, do: str, file: str, node: Any) -> Finding:
    return Finding(code, what, do, file=file, place=f"line {node.sourceline}")


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."


def _group(node: Any, name: str, file: str) -> Iterator[Finding]:
    """Order, number and content of the elements below one."""
    known, count, last = rules()[name], dict.fromkeys(rules()[name], 0), -1
    for child in node:
        if not isinstance(child.tag, str):  # a comment
            continue
        space, _, tag = child.tag.rpartition("}")
        if name == "alert" and space == "{" + SIGNATURE:
            continue
        rule = known.get(tag)
        if space != "{" + NAMESPACE or rule is None:
            what = f"'{_short(child.tag)}' does not belong into '{name}'."
            yield _finding("cap.unknown", what, "Take it out.", file, child)
            continue
        count[tag] += 1
        if rule.order < last:
            what = f"'{tag}' comes too late in '{name}'."
            do = f"Keep the order: {', '.join(known)}."
            yield _finding("cap.order", what, do, file, child)
        last = max(last, rule.order)
        if rule.type == "group":
            yield from _group(child, tag, file)
        else:
            wrong = _wrong(rule, (child.text or "").strip())
            if wrong:
                what = f"'{tag}' {wrong}: '{_short((child.text or '').strip())}'."
                yield _finding("cap.value", what, "Correct it.", file, child)
    for tag, rule in known.items():
        if count[tag] < rule.least:
            what = f"'{name}' has no '{tag}'."
            yield _finding("cap.missing", what, "Add it.", file, node)
        elif count[tag] > rule.most:
            what = f"'{name}' has {count[tag]} times '{tag}'; once is allowed."
            yield _finding("cap.twice", what, "Keep one.", file, node)


def _wrong(rule: Rule, text: str) -> str:
    """Why a text may not stand there; empty if it may."""
    if rule.type == "choice":
        return "" if text in rule.values else f"is none of {', '.join(sorted(rule.values))}"
    return _TYPES[rule.type](text)


def _time(text: str) -> str:
    if not _TIME.fullmatch(text):
        return "is no time such as 2026-11-23T10:00:00+02:00"
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return "is no time of the calendar"
    return ""


def _number(text: str) -> str:
    try:
        return "" if math.isfinite(float(text)) else "is no number"
    except ValueError:
        return "is no number"


def point(text: str) -> tuple[float, float] | None:
    """Latitude and longitude from ``lat,lon``; None where it is none."""
    parts = text.split(",")
    if len(parts) != 2:
        return None
    try:
        lat, lon = float(parts[0]), float(parts[1])
    except ValueError:
        return None
    return (lat, lon) if abs(lat) <= 90 and abs(lon) <= 180 else None


def _polygon(text: str) -> str:
    points = [point(one) for one in text.split()]
    if None in points:
        bad = text.split()[points.index(None)]
        return f"has '{_short(bad)}', which is no latitude and longitude"
    if len(points) < 4:
        return "has fewer than four points"
    if points[0] != points[-1]:
        return "does not end where it begins"
    return "crosses itself" if _crosses([one for one in points if one]) else ""


def _crosses(points: list[tuple[float, float]]) -> bool:
    from shapely import Polygon

    shape = Polygon(points)
    return not shape.is_valid or shape.area == 0


def _circle(text: str) -> str:
    parts = text.split()
    if len(parts) != 2 or point(parts[0]) is None or _number(parts[1]) or float(parts[1]) < 0:
        return "is no 'lat,lon radius'"
    return ""


def _references(text: str) -> str:
    for one in text.split():
        parts = one.split(",")
        if len(parts) != 3 or not parts[0] or not parts[1] or _time(parts[2]):
            return f"has '{_short(one)}', which is no 'sender,identifier,sent'"
    return "" if text else "names no message"


_TYPES: Mapping[str, Callable[[str], str]] = {
    "text": lambda text: "" if text else "is empty",
    "token": lambda text: "" if _TOKEN.fullmatch(text) else "has a space, a comma, < or &",
    "time": _time,
    "language": lambda text: "" if _LANGUAGE.fullmatch(text) else "is no RFC 3066 language",
    "uri": lambda text: "" if text and " " not in text else "is no URI",
    "whole": lambda text: "" if text.isdigit() else "is no whole number",
    "number": _number,
    "polygon": _polygon,
    "circle": _circle,
    "references": _references,
}


def _text_rules(root: Any, file: str) -> Iterator[Finding]:
    """Rules that the schema cannot say."""

    def first(node: Any, tag: str) -> str:
        found = node.find(f"{{{NAMESPACE}}}{tag}")
        return "" if found is None else (found.text or "").strip()

    kind, scope = first(root, "msgType"), first(root, "scope")
    if kind in ("Update", "Cancel", "Ack", "Error") and not first(root, "references"):
        what = f"a message of the kind {kind} must name those that it is about."
        yield _finding("cap.references", what, "Add 'references'.", file, root)
    if scope == "Restricted" and not first(root, "restriction"):
        what = "its scope is Restricted, and no 'restriction' says to whom."
        yield _finding("cap.scope", what, "Add 'restriction'.", file, root)
    if scope == "Private" and not first(root, "addresses"):
        what = "its scope is Private, and no 'addresses' say to whom."
        yield _finding("cap.scope", what, "Add 'addresses'.", file, root)
    for info in root.findall(f"{{{NAMESPACE}}}info"):
        times = [(tag, first(info, tag)) for tag in ("effective", "onset", "expires")]
        known = [(tag, text) for tag, text in times if text and not _time(text)]
        for (before, begin), (after, end) in pairwise(known):
            if datetime.fromisoformat(end) < datetime.fromisoformat(begin):
                what = f"'{after}' {end} is before '{before}' {begin}."
                yield _finding("cap.times", what, "Correct the times.", file, info)
        for area in info.iter(f"{{{NAMESPACE}}}area"):
            if first(area, "ceiling") and not first(area, "altitude"):
                what = "'ceiling' stands without 'altitude'."
                yield _finding("cap.ceiling", what, "Add 'altitude'.", file, area)
