"""Decisions of people over a rule's, recorded: who, why, and what the rule had said."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kopa.errors import Finding, InputError

from .election import Election

_NEEDED = {"project": str, "chosen": bool, "by": str, "reason": str}


@dataclass(frozen=True)
class Override:
    """A decision over the rule's.

    Parameters
    ----------
    project
        Its row.
    chosen
        Whether it is built.
    by, reason, at
        Who decided it, why, and when as it was written down.
    """

    project: int
    chosen: bool
    by: str
    reason: str
    at: str = ""


def read_overrides(path: Path, election: Election) -> tuple[Override, ...]:
    """Decisions of a file with a table ``[[override]]`` each.

    Parameters
    ----------
    path
        TOML with project, chosen, by, reason, and if known at.
    election
        Whose projects they are.

    Raises
    ------
    InputError
        With all findings.
    """
    findings: list[Finding] = []

    def wrong(place: str, what: str, do: str) -> None:
        findings.append(Finding("egov.override", what, do, file=str(path), place=place))

    whole: dict[str, Any] = {}
    try:
        whole = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        wrong("", f"it cannot be read: {error.strerror}.", "Check the path.")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        wrong("", f"it is no TOML: {error}.", "Correct it.")
    given = whole.get("override", [])
    if not findings and (not isinstance(given, list) or not given):
        wrong("", "there is no [[override]].", "Write one a decision.")
        given = []
    rows = {name: row for row, name in enumerate(election.ids)}
    found: dict[int, Override] = {}
    for number, one in enumerate(given, 1):
        place = f"override {number}"
        bad = [
            key for key, kind in _NEEDED.items()
            if not isinstance(one, dict) or type(one.get(key)) is not kind or one[key] == ""
        ]  # fmt: skip
        if bad:
            do = 'Write project = "…", chosen = true or false, by = "…", reason = "…".'
            wrong(place, f"{', '.join(bad)} is missing or no value.", do)
        elif one["project"] not in rows:
            wrong(place, f"there is no project '{one['project'][:60]}'.", "Write its id.")
        elif rows[one["project"]] in found:
            wrong(place, f"'{one['project']}' is decided already.", "Decide each once.")
        else:
            row = rows[one["project"]]
            found[row] = Override(
                row, one["chosen"], one["by"], one["reason"], str(one.get("at", ""))
            )
    if findings:
        raise InputError(findings)
    return tuple(found.values())


def overridden(winners: Sequence[int], decisions: Sequence[Override]) -> tuple[int, ...]:
    """Winners after the decisions: those put in come last."""
    out = {one.project for one in decisions if not one.chosen}
    more = [one.project for one in decisions if one.chosen and one.project not in winners]
    return (*(row for row in winners if row not in out), *more)
