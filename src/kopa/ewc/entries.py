"""The European List of Waste: what each code means, and whether it is hazardous.

References
----------
Commission Decision 2000/532/EC as consolidated with Decision 2014/955/EU: 20 chapters, 842
entries, 408 of them hazardous.
"""

from __future__ import annotations

import csv
import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from kopa.errors import Finding

_FORM = re.compile(r"(\d\d)[ .]?(\d\d)[ .]?(\d\d) ?(\*?)")
_NEAREST = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the list.

    Parameters
    ----------
    code
        ``20 01 21``, without the asterisk of a hazardous waste.
    name, latvian
        What it is, in English; in Latvian for chapters 15 and 20 and all titles of chapters,
        empty elsewhere.
    hazardous
        True where the list marks it with an asterisk.
    chapter
        Its title.
    """

    code: str
    name: str
    latvian: str
    hazardous: bool
    chapter: str

    @property
    def marked(self) -> str:
        """The code as the list prints it: ``20 01 21*``."""
        return f"{self.code}*" if self.hazardous else self.code

    def named(self, language: str = "en") -> str:
        """Its name in a language; the English one where there is no other."""
        return self.latvian if language == "lv" and self.latvian else self.name


@cache
def _rows() -> tuple[Mapping[str, str], ...]:
    text = files("kopa.ewc").joinpath("ewc.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


@cache
def chapters(language: str = "en") -> Mapping[str, str]:
    """Title of each chapter, by its two digits; languages are ``en`` and ``lv``."""
    name = "name_lv" if language == "lv" else "name"
    return {row["code"]: row[name] for row in _rows() if not row["hazardous"]}


@cache
def entries() -> Mapping[str, Entry]:
    """All entries, by their code."""
    return {
        row["code"]: Entry(
            row["code"],
            row["name"],
            row["name_lv"],
            row["hazardous"] == "yes",
            chapters()[row["code"][:2]],
        )
        for row in _rows()
        if row["hazardous"]
    }


def find(code: str, file: str = "", place: str = "", domain: str = "waste") -> Entry | Finding:
    """The entry of a code, or what is wrong with the code.

    Parameters
    ----------
    code
        ``20 03 01``, ``200301``, ``20.03.01``; an asterisk marks a hazardous waste and must be
        right where it is written.
    file, place
        Where the code stands, for the finding.
    domain
        Whose finding it is.
    """
    form = _FORM.fullmatch(" ".join(code.split()))
    plain = " ".join(form.groups()[:3]) if form else ""
    found = entries().get(plain)
    if form is None or found is None:
        what = f"'{code}' is no code of the European List of Waste."
        return Finding(f"{domain}.unknown-ewc", what, _advice(code), file=file, place=place)
    if form[4] and not found.hazardous:
        return Finding(
            f"{domain}.ewc-not-hazardous",
            f"'{code}' is marked as hazardous; the list has {plain} ({found.name}) without '*'.",
            "Write it without '*', or take the code of the hazardous waste.",
            file=file,
            place=place,
        )
    return found


def nearest(code: str) -> tuple[Entry, ...]:
    """Entries whose codes are most like a text, the most alike first."""
    digits = re.sub(r"\D", "", code)[:6]
    spaced = {known.replace(" ", ""): entry for known, entry in entries().items()}
    near = difflib.get_close_matches(digits, spaced, n=_NEAREST, cutoff=0.6)
    return tuple(spaced[one] for one in near)


def _advice(code: str) -> str:
    near = nearest(code)
    if not near:
        return "Write six digits of the list, such as 20 03 01."
    return f"Near it are {'; '.join(f'{one.marked} ({one.name})' for one in near)}."
