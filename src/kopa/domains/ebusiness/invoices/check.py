"""An invoice against the rules that are installed, and what to mend."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from kopa.domains.ebusiness.engine_saxonche import failed

from .read_invoice import Invoice
from .rules import RuleSet

_TERM = re.compile(r"\bB[TG]-\d+(?:-\d)?\b")
_KINDS = (
    ("decimals", re.compile(r"^BR-DEC-")),
    ("code", re.compile(r"^BR-CL-|code list|coded using", re.I)),
    ("give", re.compile(r"\b(?:shall|must|should) (?:have|contain|be (?:provided|present))", re.I)),
    ("sum", re.compile(r"[=∑]|\bsum of\b")),
    ("leave", re.compile(r"shall not (?:contain|be)|MUST NOT", re.I)),
)  # fmt: skip
"""How a rule is mended, by its id and words; the first that fits."""


@dataclass(frozen=True)
class Failure:
    """A rule that an invoice breaks.

    Parameters
    ----------
    rule, severity
        Its id; ``error`` or ``warning``.
    place, line
        Path in the document, and its line; 0 for none.
    words
        What the rule says, in the words of its publisher.
    fields
        Terms of EN 16931 that it is about: ``BT-1``.
    kind
        How it is mended: ``give``, ``decimals``, ``code``, ``sum``, ``leave`` or ``look``.
    """

    rule: str
    severity: str
    place: str
    line: int
    words: str
    fields: tuple[str, ...]
    kind: str


@dataclass(frozen=True)
class Checked:
    """What became of an invoice.

    Parameters
    ----------
    rules
        Names of the rule sets that it was held against; empty where none is for it.
    failures
        What it breaks, errors first.
    """

    rules: tuple[str, ...]
    failures: tuple[Failure, ...]

    @property
    def good(self) -> bool:
        """True where rules looked at it and it breaks none that is an error."""
        return bool(self.rules) and all(one.severity != "error" for one in self.failures)


def check(invoice: Invoice, sets: Sequence[RuleSet], folder: Path) -> Checked:
    """Hold an invoice against all rule sets that are for it.

    Parameters
    ----------
    invoice
        Read safely.
    sets, folder
        What is installed, and where.

    Raises
    ------
    EngineError
        If a rule set cannot be run.
    """
    own = [one for one in sets
           if one.syntax == invoice.syntax and one.only in invoice.customization]  # fmt: skip
    found: dict[tuple[str, str], Failure] = {}
    for one in own:
        for told in failed(folder / f"{one.name}.xslt", invoice.text):
            place, line = invoice.place(told.location)
            severity = "warning" if told.flag.lower() in ("warning", "warn", "info") else "error"
            terms = tuple(dict.fromkeys(_TERM.findall(told.text)))
            kind = next((k for k, form in _KINDS if form.search(told.rule)), "")
            kind = kind or next((k for k, form in _KINDS if form.search(told.text)), "look")
            failure = Failure(told.rule, severity, place, line, told.text, terms, kind)
            found.setdefault((told.rule, place), failure)
    order = sorted(found.values(), key=lambda one: (one.severity, one.line, one.rule))
    return Checked(tuple(one.name for one in own), tuple(order))


@cache
def terms() -> Mapping[str, Mapping[str, str]]:
    """Names of business terms of EN 16931 by their id, ``en`` and ``lv``."""
    text = files(f"{__package__}").joinpath("terms.csv").read_text(encoding="utf-8")
    return {row["id"]: row for row in csv.DictReader(text.splitlines())}
