"""Reads ``links.csv``: who supplies whom."""

from __future__ import annotations

import csv
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

from kopa.domain import Domain
from kopa.errors import Finding, InputError, RangeError, Severity, UsageError, stopping
from kopa.model import End, Link, port_of
from kopa.model.links import ORIGINS, Origin, parse_curve, parse_rule

COLUMNS = (
    "src_domain",
    "src_port",
    "src_asset",
    "dst_domain",
    "dst_port",
    "dst_asset",
    "rule",
    "threshold",
    "buffer_h",
    "delay_h",
    "origin",
    "confidence",
    "source",
)
_MUST = COLUMNS[:6]


def read_links(
    file: Path, domains: Mapping[str, Domain]
) -> tuple[tuple[Link, ...], tuple[Finding, ...]]:
    """Read the links of a city and check them against its domains.

    Parameters
    ----------
    file
        The CSV file.
    domains
        The domains by name.

    Returns
    -------
    tuple
        The links, and findings that do not stop the work.

    Raises
    ------
    InputError
        With all findings.
    """
    if not file.is_file():
        missing = Finding(
            "links.none",
            "the city has no links.csv: its domains know nothing of one another.",
            f"Add the file, with the columns {', '.join(COLUMNS)}.",
            "warning",
            str(file),
        )
        return (), (missing,)
    links, findings = sound_links(file, domains)
    if stopping(findings):
        raise InputError(findings)
    return links, findings


def sound_links(
    file: Path, domains: Mapping[str, Domain]
) -> tuple[tuple[Link, ...], tuple[Finding, ...]]:
    """The rows of a file that are links of the city, and what is wrong with the others."""
    reader = _Reader(file, domains)
    return tuple(reader.read()), tuple(reader.findings)


class _Reader:
    """Reads one file and keeps all that is wrong with it."""

    def __init__(self, file: Path, domains: Mapping[str, Domain]) -> None:
        self.findings: list[Finding] = []
        self._file = str(file)
        self._assets = {name: domain.assets() for name, domain in domains.items()}
        self._ports = {name: domain.ports() for name, domain in domains.items()}
        self._path = file
        self._line = 1

    def read(self) -> list[Link]:
        """The links; what cannot be a link is left out and told."""
        try:
            text = self._path.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            self._wrong("encoding", f"byte {error.start} is not UTF-8.", "Save it as UTF-8.")
            return []
        table = csv.DictReader(text.splitlines(), restkey="")
        if not self._heads(table.fieldnames or []):
            return []
        links: list[Link] = []
        seen: dict[tuple[End, End], int] = {}
        rules: dict[End, tuple[str, int, int]] = {}
        for row in table:
            self._line = table.line_num
            if row.get(""):
                more = len(row[""])
                self._wrong("row", f"{more} cells more than the first line.", "Quote commas.")
                continue
            link = self._link({key: (value or "").strip() for key, value in row.items()})
            if link is None:
                continue
            pair = (link.source, link.target)
            if pair in seen:
                self._wrong("twice", f"the link stands in line {seen[pair]}.", "Delete one.")
            seen.setdefault(pair, self._line)
            rule, k, line = rules.setdefault(link.target, (link.rule, link.k, self._line))
            if (rule, k) != (link.rule, link.k):
                self._wrong(
                    "two-rules",
                    f"{link.target} has the rule '{rule}' in line {line} and '{link.rule}' here.",
                    "Give all links of one target the same rule.",
                )
            links.append(link)
        self._count(links)
        return links

    def _wrong(self, code: str, what: str, do: str, severity: Severity = "error") -> None:
        place = f"line {self._line}"
        self.findings.append(Finding(f"links.{code}", what, do, severity, self._file, place))

    def _heads(self, heads: Sequence[str]) -> bool:
        for name in (name for name in heads if name not in COLUMNS):
            known = ", ".join(COLUMNS)
            self._wrong(
                "unknown-column", f"the column '{name}' is not read.", f"Known: {known}.", "warning"
            )
        missing = [name for name in _MUST if name not in heads]
        for name in missing:
            self._wrong("missing-column", f"the column '{name}' is missing.", "Add it.")
        return not missing

    def _link(self, cells: Mapping[str, str]) -> Link | None:
        source, target = self._end(cells, "src", "out"), self._end(cells, "dst", "in")
        numbers = {
            name: self._number(cells, name, default)
            for name, default in (("buffer_h", 0.0), ("delay_h", 0.0), ("confidence", 1.0))
        }
        origin = cells.get("origin") or "surveyed"
        if origin not in ORIGINS:
            self._wrong("origin", f"'{origin}' is no origin.", f"Use {', '.join(ORIGINS)}.")
        threshold: float | None = None
        curve: tuple[tuple[float, float], ...] = ()
        try:
            rule, k, n = parse_rule(cells.get("rule") or "all")
            if rule == "curve":
                curve = parse_curve(cells.get("threshold", ""))
            elif cells.get("threshold"):
                threshold = self._number(cells, "threshold", 0.0)
            if source is None or target is None or origin not in ORIGINS:
                return None
            return Link(
                source,
                target,
                rule,
                k,
                n,
                threshold,
                curve,
                origin=cast("Origin", origin),
                note=cells.get("source", ""),
                **numbers,
            )
        except RangeError as error:
            self._wrong("rule", f"{error}.", "Correct the row.")
            return None

    def _end(self, cells: Mapping[str, str], side: str, direction: str) -> End | None:
        """An end that is really there, with its asset's native id; None if it is not."""
        name, port, asset = (
            cells.get(f"{side}_{part}", "") for part in ("domain", "port", "asset")
        )
        assets = self._assets.get(name)
        if assets is None:
            names = ", ".join(self._assets)
            self._wrong("domain", f"there is no domain '{name}'.", f"The city has {names}.")
            return None
        ports = self._ports[name]
        found = port_of(ports, direction, port)
        if found is None:
            names = ", ".join(p.name for p in ports if p.direction == direction)
            word = "offers" if direction == "out" else "needs"
            self._wrong("port", f"{name} {word} no '{port}'.", f"It {word} {names or 'nothing'}.")
            return None
        try:
            row = assets.find(asset)
        except UsageError as error:
            self._wrong("asset", f"{error}.", f"Correct {side}_asset.")
            return None
        if row not in found.column:
            kind = assets.kinds[row]
            self._wrong(
                "port", f"{name}:{asset} is a {kind}: it has no port '{port}'.", "Name another."
            )
            return None
        return End(name, port, assets.ids[row])

    def _number(self, cells: Mapping[str, str], name: str, default: float) -> float:
        text = cells.get(name, "")
        try:
            value = float(text) if text else default
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            self._wrong("number", f"{name} is '{text}'.", "Write a number.")
            return default
        return value

    def _count(self, links: Sequence[Link]) -> None:
        """Findings for k-of-n rules that count other sources than there are."""
        sources = Counter(link.target for link in links)
        for target, link in {k.target: k for k in links if k.rule == "k-of-n"}.items():
            if sources[target] != link.n:
                self._wrong(
                    "k-of-n",
                    f"{target} has {sources[target]} links, but its rule is {link.k}-of-{link.n}.",
                    "Correct the rule, or add the links that are missing.",
                )
