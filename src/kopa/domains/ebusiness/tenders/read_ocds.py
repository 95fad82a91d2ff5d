"""Reads releases of OCDS: packages, records, lists, lines of JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from kopa.errors import Finding, InputError

MOST_BYTES = 512 * 1024 * 1024
Release = Mapping[str, Any]


def read_ocds(paths: list[Path]) -> tuple[dict[str, list[Release]], tuple[Finding, ...]]:
    """Releases by ocid, and what is wrong with those that are left out.

    Parameters
    ----------
    paths
        Release packages, record packages, single releases, or lines of them.

    Raises
    ------
    InputError
        If a file cannot be read, or no release is in any of them.
    """
    found: dict[str, list[Release]] = {}
    told: list[Finding] = []
    for path in paths:
        for place, one in _releases(path):
            why = _wrong(one)
            if why:
                do = "Publish ocid, id and date of each release."
                told.append(Finding("ebusiness.release", f"it is left out: {why}.", do, "warning",
                                    str(path), place))  # fmt: skip
                continue
            found.setdefault(one["ocid"], []).append(one)
    if not found:
        what, do = "there is no release in it.", "Give OCDS 1.1 release or record packages."
        told.append(Finding("ebusiness.ocds", what, do, file=", ".join(map(str, paths))))
        raise InputError(told)
    return found, tuple(told)


def _wrong(one: Any) -> str:
    if not isinstance(one, dict):
        return "it is no object"
    for name in ("ocid", "date"):
        if not isinstance(one.get(name), str) or not one[name]:
            return f"{name} is missing"
    return "" if instant(one["date"]) else f"its date is {one['date'][:40]!r}"


def instant(text: Any) -> datetime | None:
    """A time of OCDS; None where it is none, or has no zone."""
    try:
        found = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo else None


def _releases(path: Path) -> Iterator[tuple[str, Any]]:
    def stop(code: str, what: str, do: str) -> InputError:
        return InputError([Finding(f"ebusiness.{code}", what, do, file=str(path))])

    try:
        if path.stat().st_size > MOST_BYTES:
            raise stop("size", f"it has more than {MOST_BYTES} bytes.", "Give it in parts.")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise stop("no-file", f"it cannot be read: {error.strerror}.", "Check it.") from error
    except UnicodeDecodeError as error:
        raise stop("encoding", f"byte {error.start} is not UTF-8.", "Save it as UTF-8.") from error
    try:
        yield from _of(json.loads(text), "")
    except (ValueError, RecursionError):
        lines = [one for one in text.splitlines() if one.strip()]
        try:
            rows = [json.loads(one) for one in lines]
        except (ValueError, RecursionError) as error:
            what = f"it is neither JSON nor lines of it: {str(error)[:80]}."
            raise stop("json", what, "Write the file again.") from error
        for number, row in enumerate(rows, 1):
            yield from _of(row, f"line {number}, ")


def _of(whole: Any, place: str) -> Iterator[tuple[str, Any]]:
    if isinstance(whole, list):
        for number, one in enumerate(whole, 1):
            yield f"{place}release {number}", one
    elif isinstance(whole, dict) and isinstance(whole.get("releases"), list):
        yield from _of(whole["releases"], place)
    elif isinstance(whole, dict) and isinstance(whole.get("records"), list):
        for number, one in enumerate(whole["records"], 1):
            own = one.get("releases") if isinstance(one, dict) else None
            if isinstance(own, list):
                yield from _of(own, f"{place}record {number}, ")
            else:
                yield f"{place}record {number}", None
    else:
        yield f"{place}release 1", whole
