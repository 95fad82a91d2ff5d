"""Reads elections from Pabulib's files (.pb), and tells all that is wrong with them.

References
----------
Faliszewski, P. et al. (2023), Participatory Budgeting: Data, Tools, and Analysis, IJCAI; format:
pabulib.org/format.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from math import lcm
from pathlib import Path
from typing import Any

import numpy as np

from kopa.errors import Finding, InputError, Severity, stopping

from .budget.election import Election

TYPES = ("approval", "choose-1", "ordinal", "cumulative", "scoring")
NEEDED = {"META": ("key", "value"), "PROJECTS": ("project_id", "cost"), "VOTES": ("vote",)}
MOST_BYTES = 1 << 28
_NAMED = 5
"""So many lines are named where the same is wrong in many."""


def read_pabulib(path: Path) -> tuple[Election, tuple[Finding, ...]]:
    """Read an election.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    InputError
        With all findings.
    """
    return _File(path).election()


class _File:
    """A file, its three tables, and all that is wrong with it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.findings: list[Finding] = []
        self._many: dict[tuple[str, str, str, Severity], list[str]] = defaultdict(list)

    def tell(self, code: str, place: str, what: str, do: str, severity: Severity = "error") -> None:
        self.findings.append(Finding(f"egov.{code}", what, do, severity, str(self.path), place))

    def count(
        self, code: str, place: str, what: str, do: str, severity: Severity = "error"
    ) -> None:
        """Note what may be wrong in many lines: it is told once."""
        self._many[code, what, do, severity].append(place)

    def election(self) -> tuple[Election, tuple[Finding, ...]]:
        tables = self._tables()
        meta = {row[0].strip(): row[1].strip() for row, _ in tables["META"] if len(row) > 1}
        kind = meta.get("vote_type", "")
        if kind not in TYPES:
            what = f"vote_type is '{kind}'." if kind else "there is no vote_type."
            self.tell("pabulib-type", "META", what, f"Write one of {', '.join(TYPES)}.")
        budget = self._money(meta.get("budget"), "META, budget")
        projects = self._projects(tables["PROJECTS"])
        ballots = self._ballots(tables["VOTES"], projects, meta, kind)
        self._totals(meta, projects, ballots)
        for (code, what, do, severity), places in self._many.items():
            more = f" and {len(places) - _NAMED} more" if len(places) > _NAMED else ""
            self.tell(code, ", ".join(places[:_NAMED]) + more, what, do, severity)
        if stopping(self.findings) or budget is None:
            raise InputError(self.findings)
        scale = 10 ** max(0, *(-_exponent(one) for one in (budget, *projects["cost"])))
        found = Election(
            meta,
            tuple(projects["id"]),
            tuple(projects["name"]),
            tuple(int(one * scale) for one in projects["cost"]),
            int(budget * scale),
            scale,
            ballots["voters"],
            tuple(ballots["supporters"]),
            tuple(ballots["points"]),
            tuple(projects["votes"]),
            tuple(projects["score"]),
            tuple(projects["selected"]),
            tuple(ballots["age"]),
            tuple(ballots["sex"]),
        )
        return found, tuple(self.findings)

    def _tables(self) -> dict[str, list[tuple[list[str], int]]]:
        """Rows and their lines by table; the first row is the header."""
        try:
            if self.path.stat().st_size > MOST_BYTES:
                self.tell("pabulib-size", "", "it is larger than 256 MiB.", "Take one election.")
                raise InputError(self.findings)
            text = self.path.read_bytes().decode("utf-8-sig")
        except OSError as error:
            self.tell("no-file", "", f"it cannot be read: {error.strerror}.", "Check the path.")
            raise InputError(self.findings) from None
        except UnicodeDecodeError as error:
            what = f"byte {error.start} is not UTF-8."
            self.tell("encoding", "", what, "Save the file as UTF-8.")
            raise InputError(self.findings) from None
        tables: dict[str, list[tuple[list[str], int]]] = {}
        here: list[tuple[list[str], int]] | None = None
        reader = csv.reader(text.splitlines(), delimiter=";")
        try:
            for row in reader:
                if not row or (len(row) == 1 and not row[0].strip()):
                    continue
                name = row[0].strip().upper()
                if len(row) == 1 and name in NEEDED and name not in tables:
                    here = tables[name] = []
                elif here is None:
                    self.count(
                        "pabulib-line", f"line {reader.line_num}",
                        "it stands before META.", "Begin the file with a line META.",
                    )  # fmt: skip
                else:
                    here.append((row, reader.line_num))
        except csv.Error as error:
            self.tell("pabulib-line", f"line {reader.line_num}", f"{error}.", "Correct the line.")
        for name, columns in NEEDED.items():
            if not tables.get(name):
                self.tell("pabulib-table", name, "the table is missing.", f"Write {name} first.")
                continue
            head = [one.strip() for one in tables[name][0][0]]
            if name == "META" and head != ["key", "value"] and len(head) == 2:
                do = "Write key;value below META."
                self.tell("pabulib-head", name, "it has no header.", do, "warning")
                tables[name].insert(0, (["key", "value"], 0))
                continue
            lost = [one for one in columns if one not in head]
            if lost:
                what = f"there is no column {', '.join(lost)}."
                self.tell("pabulib-column", name, what, "Write the names below the table's name.")
        if stopping(self.findings):
            raise InputError(self.findings)
        tables["META"] = tables["META"][1:]
        return tables

    def _cells(self, table: list[tuple[list[str], int]]) -> list[tuple[dict[str, str], str]]:
        head = [one.strip() for one in table[0][0]]
        found = []
        for row, line in table[1:]:
            place = f"line {line}"
            if len(row) > len(head):
                self.count(
                    "pabulib-cells", place, "it has more cells than the header.",
                    "Put a cell that holds a semicolon in quotes.",
                )  # fmt: skip
                continue
            cells = {name: cell.strip() for name, cell in zip(head, row, strict=False)}
            found.append((cells, place))
        return found

    def _money(self, given: str | None, place: str) -> Decimal | None:
        try:
            value = Decimal((given or "").replace(",", ".").replace(" ", ""))
        except InvalidOperation:
            value = Decimal("NaN")
        if not value.is_finite() or value < 0 or value.adjusted() > 15 or _exponent(value) < -6:
            what = f"'{given}' is no money." if given else "there is no money."
            self.tell("pabulib-money", place, what, "Write a number from 0, such as 50000.")
            return None
        return value

    def _projects(self, table: list[tuple[list[str], int]]) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = defaultdict(list)
        seen: dict[str, str] = {}
        for cells, place in self._cells(table):
            name = cells.get("project_id", "")
            if not name:
                self.tell("pabulib-project", place, "it has no project_id.", "Write one.")
                continue
            if name in seen:
                what = f"the project '{name}' stands in {seen[name]} already."
                self.tell("pabulib-project", place, what, "Give each an id of its own.")
                continue
            seen[name] = place
            cost = self._money(cells.get("cost"), f"{place} ({name})")
            if cost == 0:
                what = f"the project '{name}' costs nothing: it cannot win."
                do = "Files mark projects so that were withdrawn; write its cost if it has one."
                self.tell("pabulib-cost", place, what, do, "warning")
            found["id"].append(name)
            found["cost"].append(Decimal(0) if cost is None else cost)
            found["name"].append(cells.get("name", ""))
            found["votes"].append(self._told(cells, "votes", place))
            found["selected"].append(self._told(cells, "selected", place))
            score = cells.get("score", "")
            try:
                found["score"].append(Fraction(score.replace(",", ".")) if score else None)
            except (ValueError, ZeroDivisionError):
                self.tell("pabulib-value", place, f"score is '{score}'.", "Write a number.")
                found["score"].append(None)
        if not found["id"]:
            self.tell("pabulib-table", "PROJECTS", "there is no project.", "Write one at least.")
        return found

    def _told(self, cells: dict[str, str], name: str, place: str) -> int | None:
        given = cells.get(name, "")
        if given in ("", "None"):
            return None
        try:
            return int(given)
        except ValueError:
            what = f"{name} is '{given}'."
            self.tell("pabulib-value", place, what, "Write a whole number, or nothing.")
            return None

    def _ballots(
        self,
        table: list[tuple[list[str], int]],
        projects: dict[str, list[Any]],
        meta: dict[str, str],
        kind: str,
    ) -> dict[str, Any]:
        rows = {name: at for at, name in enumerate(projects["id"])}
        votes: list[list[int]] = [[] for _ in rows]
        points: list[list[Fraction]] = [[] for _ in rows]
        ages, sexes, seen = [], [], Counter[str]()
        least, most = (self._limit(meta, f"{one}_length") for one in ("min", "max"))
        for voter, (cells, place) in enumerate(self._cells(table)):
            ages.append(cells.get("age", ""))
            sexes.append(cells.get("sex", ""))
            if cells.get("voter_id"):
                seen[cells["voter_id"]] += 1
            names = [one.strip() for one in cells.get("vote", "").split(",") if one.strip()]
            if len(set(names)) < len(names):
                what = "it names a project twice, which counts once."
                self.count("pabulib-twice", place, what, "Check the ballot.", "warning")
            if most is not None and len(names) > most:
                what = "it names more projects than max_length allows; it counts as it stands."
                self.count("pabulib-length", place, what, "Check the ballot.", "warning")
            if least is not None and len(names) < least:
                what = "it names fewer projects than min_length asks; it counts as it stands."
                self.count("pabulib-length", place, what, "Check the ballot.", "warning")
            given = self._points(cells, names, kind, place)
            for name, point in zip(names, given, strict=True):
                at = rows.get(name)
                if at is None:
                    self.count(
                        "pabulib-vote", place, "it names a project that is not in PROJECTS.",
                        "Write its id as there.",
                    )  # fmt: skip
                elif point > 0 and (not votes[at] or votes[at][-1] < voter):
                    votes[at].append(voter)
                    points[at].append(point)
        double = [name for name, many in seen.items() if many > 1]
        if double:
            what = f"{len(double)} voters stand more than once, such as '{double[0]}'."
            self.tell("pabulib-voter", "VOTES", what, "One ballot a voter.")
        bottom = lcm(*(one.denominator for some in points for one in some))
        return {
            "voters": len(ages),
            "supporters": [np.array(some, dtype=np.int64) for some in votes],
            "points": [np.array([int(one * bottom) for one in some], np.int64) for some in points],
            "age": ages,
            "sex": sexes,
        }

    def _limit(self, meta: dict[str, str], name: str) -> int | None:
        if not meta.get(name):
            return None
        if meta[name].isdecimal():
            return int(meta[name])
        self.tell("pabulib-value", "META", f"{name} is '{meta[name]}'.", "Write a whole number.")
        return None

    def _points(
        self, cells: dict[str, str], names: list[str], kind: str, place: str
    ) -> list[Fraction]:
        if kind == "ordinal":  # as Borda, of the projects that the ballot names
            return [Fraction(len(names) - at) for at in range(len(names))]
        if kind not in ("cumulative", "scoring"):
            return [_ONE] * len(names)
        given = [one.strip() for one in cells.get("points", "").split(",") if one.strip()]
        if len(given) != len(names):
            what = "it has not as many points as projects."
            self.count("pabulib-points", place, what, "Write one number a project.")
            return [_ONE] * len(names)
        try:
            return [Fraction(one) for one in given]
        except (ValueError, ZeroDivisionError):
            self.count("pabulib-points", place, "its points are no numbers.", "Write numbers.")
            return [_ONE] * len(names)

    def _totals(
        self, meta: dict[str, str], projects: dict[str, list[Any]], ballots: dict[str, Any]
    ) -> None:
        """What the file says of itself, held against what it holds."""
        for key, there in (("num_projects", len(projects["id"])), ("num_votes", ballots["voters"])):
            told = self._limit(meta, key)
            if told is not None and told != there:
                what = f"{key} is {told}, but {there} stand in the file."
                self.tell("pabulib-count", "META", what, "Check whether it is whole.", "warning")
        off = [
            name
            for name, told, some in zip(
                projects["id"], projects["votes"], ballots["supporters"], strict=True
            )
            if told is not None and told != len(some)
        ]
        if off:
            what = f"the votes of {len(off)} projects are not those of the ballots ({off[0]} …)."
            do = "Ballots count; where the file ranks by a score, the score does."
            self.tell("pabulib-votes", "PROJECTS", what, do, "warning")


_ONE = Fraction(1)


def _exponent(value: Decimal) -> int:
    found = value.as_tuple().exponent
    return found if isinstance(found, int) else 0
