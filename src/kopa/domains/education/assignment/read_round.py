"""Reads applications and quotas (CSV), and tells all that is wrong with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from kopa.domain.rows import Rows
from kopa.errors import Finding, InputError, stopping
from kopa.redact import latvian_code, redacted

from ..network import PACKAGE
from .round import Round

Line = dict[str, Any]


def read_round(applications: Path, quotas: Path) -> tuple[Round, tuple[Finding, ...]]:
    """Applications and quotas.

    Parameters
    ----------
    applications, quotas
        CSV files.

    Raises
    ------
    InputError
        With all that is wrong in both.
    """
    findings: list[Finding] = []
    places: dict[str, int] = {}
    reserved: dict[tuple[str, str], int] = {}
    known = True
    try:
        places, reserved, told = _quotas(quotas)
        findings += told
    except InputError as error:
        findings += error.findings
        known = False
    groups = sorted({group for _, group in reserved})
    by_child: dict[str, list[Line]] = {}
    try:
        by_child, told = _applications(applications, places if known else None, groups)
        findings += told
    except InputError as error:
        findings += error.findings
    # a cell of the wrong column may hold anything
    findings = [replace(one, what=redacted(one.what)) for one in findings]
    if stopping(findings):
        raise InputError(findings)
    return _round(by_child, places, reserved, groups), tuple(findings)


def _whole(rows: Rows, row: Line, name: str) -> None:
    if np.isfinite(row[name]) and row[name] != int(row[name]):
        what = f"{name} is {row[name]:g}."
        rows.tell("whole", row["place"], what, "Write a whole number.")


def _quotas(
    file: Path,
) -> tuple[dict[str, int], dict[tuple[str, str], int], Sequence[Finding]]:
    rows = Rows(file, PACKAGE, "quota", "education")
    places: dict[str, int] = {}
    reserved: dict[tuple[str, str], int] = {}
    for row in rows.lines():
        school, group = row["school"], row["group"]
        _whole(rows, row, "places")
        if not np.isfinite(row["places"]):
            continue
        twice = (school, group) in reserved if group else school in places
        if twice:
            what = f"{school}{f', {group}' if group else ''} stands there twice."
            rows.tell("duplicate", row["place"], what, "Write one line for each.")
        elif group:
            reserved[school, group] = int(row["places"])
        else:
            places[school] = int(row["places"])
    of_groups: dict[str, int] = defaultdict(int)
    for (school, _), many in reserved.items():
        of_groups[school] += many
    for school, many in of_groups.items():
        if school not in places:
            what = f"{school} has places of groups, and no line with its places in all."
            rows.tell("quota-missing", school, what, "Add a line without a group.")
        elif many > places[school]:
            what = f"{school} has {places[school]} places, of them {many} of groups."
            rows.tell("quota-groups", school, what, "Reserve no more than there are.")
    if not places and not rows.findings:
        rows.tell("empty", "", "there is no place.", "Add a line for each school.")
    rows.finish()
    return places, reserved, rows.findings


def _applications(
    file: Path, places: dict[str, int] | None, groups: Sequence[str]
) -> tuple[dict[str, list[Line]], Sequence[Finding]]:
    rows = Rows(file, PACKAGE, "application", "education")
    by_child: dict[str, list[Line]] = {}
    for row in rows.lines():
        for name in ("rank", "priority"):
            _whole(rows, row, name)
        _personal(rows, row)
        if places is not None and row["school"] and row["school"] not in places:
            what = f"the school {row['school'][:64]!r} has no quota."
            rows.tell("unknown-school", row["place"], what, "Write a school of the quotas.")
        if places is not None and row["group"] and row["group"] not in groups:
            what = f"no school has places for the group {row['group'][:64]!r}."
            rows.tell("unknown-group", row["place"], what, "It changes nothing there.", "warning")
        by_child.setdefault(row["child"], []).append(row)
    for lines in by_child.values():
        _child(rows, lines)
    if not by_child and not rows.findings:
        rows.tell("empty", "", "nobody applies.", "Add a line for each child and school.")
    rows.finish()
    return by_child, rows.findings


def _personal(rows: Rows, row: Line) -> None:
    """Pseudonyms that are none."""
    for name in ("child", "family"):
        if redacted(row[name]) != row[name] or latvian_code(row[name]):
            what = f"{name} holds a personal code, a phone or an e-mail."
            do = "Write a pseudonym, and keep who it is elsewhere."
            rows.tell("personal", row["place"], what, do)


def _child(rows: Rows, lines: list[Line]) -> None:
    """What the lines of one child say of one another; findings name lines, never a child."""
    ranks: dict[float, Line] = {}
    schools: dict[str, Line] = {}
    for row in lines:
        if row["rank"] in ranks:
            what = f"its child has rank {row['rank']:g} in {ranks[row['rank']]['place']} already."
            do = "One child applies once; give two children different pseudonyms."
            rows.tell("duplicate-child", row["place"], what, do)
        if row["school"] in schools:
            what = f"its child names the school in {schools[row['school']]['place']} already."
            rows.tell("same-school", row["place"], what, "Name each school once.")
        ranks.setdefault(row["rank"], row)
        schools.setdefault(row["school"], row)
        for name in ("group", "family"):
            if row[name] != lines[0][name]:
                what = f"{name} is another than in {lines[0]['place']}, of the same child."
                rows.tell("differs", row["place"], what, "Write the same in all lines of a child.")
    lines.sort(key=lambda row: row["rank"])
    many = [row["rank"] for row in lines]
    if all(np.isfinite(many)) and many != list(range(1, len(many) + 1)) and len(ranks) == len(many):
        what = f"the ranks of its child are not 1, 2, 3 to {len(many)}."
        do = "They are taken in this order; check that no line is missing."
        rows.tell("ranks", lines[0]["place"], what, do, "warning")


def _round(
    by_child: dict[str, list[Line]],
    places: dict[str, int],
    reserved: dict[tuple[str, str], int],
    groups: Sequence[str],
) -> Round:
    schools = {name: row for row, name in enumerate(places)}
    held = np.zeros((len(schools), len(groups)), dtype=np.int64)
    for (school, group), many in reserved.items():
        held[schools[school], groups.index(group)] = many
    of = {name: row for row, name in enumerate(groups)}
    lines = [row for some in by_child.values() for row in some]
    return Round(
        tuple(by_child),
        tuple(some[0]["family"] or child for child, some in by_child.items()),
        np.array([of.get(some[0]["group"], -1) for some in by_child.values()], dtype=np.int64),
        np.cumsum([0, *(len(some) for some in by_child.values())]).astype(np.int64),
        np.array([schools[row["school"]] for row in lines], dtype=np.int64),
        np.array([row["priority"] for row in lines], dtype=np.int64),
        np.array([row["sibling"] for row in lines], dtype=bool),
        np.array([row["distance_m"] for row in lines], dtype=np.float64),
        tuple(schools),
        tuple(groups),
        np.array(list(places.values()), dtype=np.int64),
        held,
    )
