"""What a city needs, held against what members of a cluster offer."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from kopa.domain.rows import Rows
from kopa.domains.ebusiness.network import PACKAGE
from kopa.errors import Finding, InputError

CPV_DIGITS = 5
"""Digits that two codes must share: division, group, class and category."""
_CPV = re.compile(r"\d{8}(-\d)?")


@dataclass(frozen=True)
class Member:
    """A member of the cluster.

    Parameters
    ----------
    id, name
        Which.
    offers, cpv
        What it does, in words and in codes.
    zone
        Where; empty for everywhere.
    """

    id: str
    name: str
    offers: tuple[str, ...]
    cpv: tuple[str, ...]
    zone: str


@dataclass(frozen=True)
class Need:
    """Something that a city needs done.

    Parameters
    ----------
    id, what
        Which, and the words of the finding behind it.
    about
        Row of ``needs.csv``.
    asset, zone
        Where; empty where that is not told.
    capabilities, cpv
        What it takes.
    en, lv
        What it is called.
    """

    id: str
    what: str
    about: str
    asset: str
    zone: str
    capabilities: tuple[str, ...]
    cpv: str
    en: str
    lv: str


@dataclass(frozen=True)
class Match:
    """A member that suits a need.

    Parameters
    ----------
    member
        Who.
    capabilities, cpv
        What of the need it offers, and its codes that are of the same category.
    score
        Share of the capabilities, and 1 more for a code, half of one more for its own zone.
    """

    member: Member
    capabilities: tuple[str, ...]
    cpv: tuple[str, ...]
    score: float


@cache
def _table() -> tuple[Mapping[str, str], ...]:
    text = files(f"{__package__}").joinpath("needs.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def _words(text: str) -> tuple[str, ...]:
    return tuple(" ".join(one.casefold().split()) for one in text.split(";") if one.strip())


def read_members(path: Path) -> tuple[tuple[Member, ...], tuple[Finding, ...]]:
    """Members of a CSV or GeoJSON file.

    Raises
    ------
    InputError
        With all that is wrong in it.
    """
    reader = Rows(path, PACKAGE, "member", "ebusiness")
    csv_file = path.suffix.lower() == ".csv"
    rows = reader.lines() if csv_file else reader.features()
    found = []
    for row in rows:
        codes = _words(row["cpv"])
        for code in codes:
            if not _CPV.fullmatch(code):
                what = f"cpv is '{code}'."
                reader.tell("cpv", row["place"], what, "Write eight digits, as 45232150.")
        offers = _words(row["offers"])
        found.append(Member(row["id"], row["name"], offers, codes, row["zone"]))
    if not rows and not reader.findings:
        reader.tell("empty", "", "there is no member.", "Add one at least.")
    reader.finish()
    return tuple(found), tuple(reader.findings)


def read_needs(path: Path) -> tuple[tuple[Need, ...], tuple[Finding, ...]]:
    """Needs behind a city's findings; a finding that no row of ``needs.csv`` is about is told.

    Parameters
    ----------
    path
        JSON with ``findings``, ``measures`` or ``leaks``, or a list: each with ``code``, ``kind``
        or ``service``, and if it has them ``id``, ``asset`` or ``pipe``, ``zone``, ``what``.

    Raises
    ------
    InputError
        If it is none of them.
    """
    try:
        whole = json.loads(path.read_bytes().decode("utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        what = f"it cannot be read as JSON: {str(error)[:80]}."
        told = Finding("ebusiness.json", what, "Write it again.", file=str(path))
        raise InputError([told]) from error
    names = ("findings", "measures", "leaks")
    lists = {"": whole} if isinstance(whole, list) else {}
    if isinstance(whole, dict):
        lists = {name: whole[name] for name in names if isinstance(whole.get(name), list)}
    if not lists:
        what, do = "it has no findings, measures or leaks.", "Give what a city's job says (--json)."
        raise InputError([Finding("ebusiness.needs", what, do, file=str(path))])
    found, unknown = [], []
    for name, rows in lists.items():
        for number, row in enumerate(rows, 1):
            place = f"{name} {number}".strip()
            need = _need(row, place, "leak" if name == "leaks" else "")
            if need is not None:
                found.append(need)
            else:
                what = "nothing is known that it needs."
                do = "Give its code, kind or service."
                unknown.append(Finding("ebusiness.need", what, do, "warning", str(path), place))
    return tuple(found), tuple(unknown)


def _need(row: Any, place: str, about: str) -> Need | None:
    if not isinstance(row, dict):
        return None
    said = [about, *(str(row.get(key) or "") for key in ("code", "kind", "service", "asset"))]
    text = " ".join(re.split(r"[.:\W]+", " ".join(said).casefold()))
    words = set(text.split())
    for one in _table():
        if one["about"] in words:
            return Need(
                str(row.get("id") or place), str(row.get("what") or row.get("title") or ""),
                one["about"], str(row.get("asset") or row.get("pipe") or ""),
                str(row.get("zone") or ""),
                _words(one["capabilities"]), one["cpv"], one["en"], one["lv"],
            )  # fmt: skip
    return None


def matches(need: Need, members: Sequence[Member]) -> tuple[Match, ...]:
    """Members that suit a need, the best first; none that works in another zone only."""
    found = []
    for member in members:
        if need.zone and member.zone and member.zone != need.zone:
            continue
        can = tuple(one for one in need.capabilities if one in member.offers)
        codes = tuple(one for one in member.cpv if one[:CPV_DIGITS] == need.cpv[:CPV_DIGITS])
        near = bool(need.zone) and member.zone == need.zone
        if can or codes:
            score = len(can) / len(need.capabilities) + bool(codes) + 0.5 * near
            found.append(Match(member, can, codes, score))
    return tuple(sorted(found, key=lambda one: (-one.score, one.member.id)))


def draft(need: Need, buyer: str, now: datetime) -> dict[str, Any]:
    """A draft of an OCDS planning release: a buyer completes and publishes it.

    Parameters
    ----------
    need
        What is needed.
    buyer
        Who.
    now
        With its zone.
    """
    ocid = "draft-" + re.sub(r"[^\w-]+", "-", need.id)
    item = {"id": "1", "description": need.en,
            "classification": {"scheme": "CPV", "id": need.cpv}}  # fmt: skip
    return {
        "ocid": ocid,
        "id": f"{ocid}-1",
        "date": now.isoformat(),
        "tag": ["planning"],
        "initiationType": "tender",
        "language": "en",
        "buyer": {"name": buyer},
        "planning": {"rationale": " ".join(one for one in (need.what, need.asset) if one)},
        "tender": {"id": ocid, "title": need.en, "status": "planning", "items": [item]},
    }
