"""Finds every line of an INP file that EPANET would refuse.

EPANET stops after ten errors and names only the line's text. Here every line with an error is
found in the file, set aside in a copy, and the copy is opened again, until nothing is left to
tell. Errors in sections that hydraulics does not use are warnings.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kopa.errors import EngineError, Finding, InputError

from .engine_epanet import Project, message

_ERROR = re.compile(r"^\s*(?:Input )?Error (\d{3}): (.*?)(?: in (\[\w+\]) section:?)?\s*$")
_RULE = re.compile(r"^(.*) in following line of Rule (.*?):?$")
_LAST_WORD = re.compile(r"(\S+)$")
_FOLLOWING = {203, 204, 205, 206}  # undefined node, link, pattern, curve
_DEFINING = {"[JUNC", "[RESE", "[TANK", "[PIPE", "[PUMP", "[VALV", "[PATT", "[CURV"}
_BESIDE = {"[QUAL", "[SOUR", "[REAC", "[MIXI", "[ENER", "[REPO"}
_LINKS = {"[PIPE", "[PUMP", "[VALV"}
_SOURCES = {"[RESE", "[TANK"}
_OF_SWMM = {"[SUBC", "[COND", "[OUTF", "[XSEC", "[RAIN"}
_LONGEST = 1024  # bytes of a line that EPANET reads
_SHOWN = 120  # characters of a line that a finding shows
_TOLD_ALREADY = {200, 110, 233}  # sum up errors that are told one by one
_NAMES_ASSET = {225, 226, 227, 234}
_NO_LINE_ASIDE = {*_NAMES_ASSET, 299}  # their lines are right, or head a section
_MEND = {
    201: "Compare the line with the columns that this section has.",
    202: "Write a number there.",
    203: "Define the node, or correct its id.",
    204: "Define the link, or correct its id.",
    205: "Add the pattern to [PATTERNS], or correct its id.",
    206: "Add the curve to [CURVES], or correct its id.",
    207: "A pipe with a check valve, or a GPV, takes no status: take it out of the control.",
    208: "Required pressure must lie 0.1 or more above the minimum pressure.",
    209: "Correct the node's value: levels, diameters and elevations must make sense together.",
    211: "Length, diameter and roughness of a link must be above zero.",
    213: "Correct the option's value.",
    214: "Split the line: 1024 characters are the most.",
    215: "Give each node, and each link, an id of its own.",
    219: "Put a short pipe between the valve and the tank or reservoir.",
    220: "Put a short pipe between the valves.",
    222: "Give the link two different ends.",
    223: "A network needs two nodes or more: is this the right file?",
    224: "Add a reservoir or a tank.",
    225: "The level must lie between the tank's minimum and maximum level.",
    226: "Give the pump a head curve or a power.",
    227: "A pump's head must fall as its flow rises.",
    230: "Sort the curve's points by x.",
    233: "Connect the node to the network, or delete it.",
    234: "Connect the node to the network, or delete it.",
    299: "Correct the section's name.",
}


@dataclass(frozen=True)
class _Error:
    """What EPANET's report says of one error."""

    code: int
    what: str
    section: str = ""
    text: str = ""


def usable(path: Path) -> tuple[bytes, list[Finding]]:
    """Text that EPANET opens, and what had to be set aside for it.

    Raises
    ------
    InputError
        If it is no INP file, or a line that hydraulics needs is wrong.
    """
    text = _Text(path, _inp_text(path))
    text.check_lines()
    while errors := _errors(text.usable()):
        before = len(text.aside)
        text.take(errors)
        if len(text.aside) == before:
            break
    if any(finding.severity == "error" for finding in text.findings):
        raise InputError(text.findings)
    return text.usable(), text.findings


class _Text:
    """Lines of a file, those set aside, and what is wrong with them."""

    def __init__(self, path: Path, inp: bytes) -> None:
        self._path = path
        self._lines = inp.splitlines()
        # Latin-1 keeps every byte, so that a line is found whatever its encoding.
        self._words = [line.decode("latin-1").split() for line in self._lines]
        self._sections = _sections(self._words)
        self._missing: set[str] = set()  # ids that lines set aside define
        self._loose: set[str] = set()  # nodes at links that are set aside
        self._told: set[tuple[int, str]] = set()
        self.aside: set[int] = set()
        self.findings: list[Finding] = []

    def usable(self) -> bytes:
        """The text without the lines that are set aside; the others keep their numbers."""
        return b"\n".join(
            b";" if row in self.aside else line for row, line in enumerate(self._lines)
        )

    def check_lines(self) -> None:
        """Find lines that EPANET would cut or skip without a word."""
        for row, line in enumerate(self._lines):
            if len(line) > _LONGEST:
                self._lines[row] = line.partition(b";")[0]
            if len(self._lines[row]) > _LONGEST:
                self._tell(_Error(214, "line too long", self._sections[row]), row)
                self._set_aside(row)
                continue
            words = self._words[row]
            is_short = len(words) < 3 or any(word.startswith(";") for word in words[:3])
            if words and is_short and self._sections[row][:5] in _LINKS and words[0][0] not in ";[":
                shown = " ".join(words)
                self._tell(_Error(201, "a link without its ends", self._sections[row], shown), row)
                self._set_aside(row)

    def take(self, errors: Sequence[_Error]) -> None:
        """Tell errors, unless they only follow from what is told, and set their lines aside."""
        follows = [self._follows(error) for error in errors]
        for error, silent in zip(errors, follows, strict=True):
            row = self._find(error)
            has_line = row is not None and error.code not in _NO_LINE_ASIDE
            if not silent and (has_line or (error.code, error.what) not in self._told):
                self._tell(error, row)
            if row is not None and has_line:
                self._set_aside(row)

    def _follows(self, error: _Error) -> bool:
        """True if an error is there only because a line is set aside."""
        if error.code in (223, 224):
            needed = _SOURCES if error.code == 224 else {"[JUNC"}
            return any(self._sections[row][:5] in needed for row in self.aside)
        if error.code == 234:
            return bool(self._loose & set(error.what.split()))
        if error.code not in _FOLLOWING:
            return False
        return bool(self._missing & {*error.text.split(), *error.what.split()})

    def _find(self, error: _Error) -> int | None:
        """Row of an error's line; EPANET's report folds white space."""
        wanted = error.text.split()
        named = _LAST_WORD.search(error.what)
        for row, words in enumerate(self._words):
            if not words or row in self.aside:
                continue
            here = self._sections[row][:5]
            if error.code in _NAMES_ASSET and named:
                if words[0] == named[1] and here in {"[JUNC", *_SOURCES, *_LINKS}:
                    return row
            elif error.code == 299:
                if words[0].startswith("[") and words[0] in error.what:
                    return row
            elif (
                wanted
                and words[: len(wanted)] == wanted
                and (not error.section or here == error.section[:5].upper())
            ):
                return row
        return None

    def _set_aside(self, row: int) -> None:
        self.aside.add(row)
        here, words = self._sections[row][:5], self._words[row]
        if here in _DEFINING:
            self._missing.update(words[:1])
        if here in _LINKS:
            self._loose.update(words[1:3])
        if here == "[RULE":
            self._set_rule_aside(row)

    def _set_rule_aside(self, row: int) -> None:
        """A rule without one of its lines would be another rule."""
        low = row
        while low > 0 and self._words[low][:1] != [] and self._words[low][0].upper() != "RULE":
            low -= 1
        high = row + 1
        while high < len(self._words) and self._words[high]:
            if self._words[high][0].upper() == "RULE" or self._words[high][0].startswith("["):
                break
            high += 1
        self.aside.update(range(low, high))

    def _tell(self, error: _Error, row: int | None) -> None:
        self._told.add((error.code, error.what))
        self.findings.append(_inp_finding(self._path, error, row))


def _inp_text(path: Path) -> bytes:
    """Bytes of a file that at least looks like an INP file.

    Raises
    ------
    InputError
        If it does not; the one finding says what it is instead.
    """

    def no(code: str, what: str, do: str, place: str = "") -> InputError:
        finding = Finding(f"water.{code}", what, do, file=str(path), place=place)
        return InputError([finding])

    export = "Give an EPANET network, exported as INP (in EPANET: File > Export > Network)."
    if path.is_dir():
        raise no("folder", "this is a folder, not a file.", "Name the INP file in it.")
    try:
        inp = path.read_bytes()
    except FileNotFoundError:
        raise no("missing", "there is no such file.", "Check the path.") from None
    except OSError as error:
        why = error.strerror or "unknown reason"
        raise no("unreadable", f"the file cannot be read: {why}.", "Check its rights.") from None
    if inp.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise no("encoding", "the text is in UTF-16.", "Save it as UTF-8.")
    inp = inp.removeprefix(b"\xef\xbb\xbf")
    if not inp.strip():
        raise no("empty", "the file is empty.", export)
    sections = {
        line.split()[0][:5].upper().decode("latin-1")
        for line in inp.splitlines()
        if line.strip().startswith(b"[")
    }
    if sections & _OF_SWMM:
        raise no("swmm", "this is a SWMM file, not an EPANET file.", "Use it for sewerage.")
    if "[JUNC" not in sections:
        what = "JSON" if inp.lstrip().startswith((b"{", b"[{")) else "not an EPANET file"
        raise no("not-inp", f"there is no section [JUNCTIONS]; this is {what}.", export)
    if b"\0" in inp:
        line = inp[: inp.index(b"\0")].count(b"\n") + 1
        raise no(
            "binary", "there are zero bytes in the text.", "Save it as plain text.", f"line {line}"
        )
    return inp


def _sections(words: list[list[str]]) -> list[str]:
    """Section that each line stands in."""
    found, here = [], ""
    for line in words:
        if line and line[0].startswith("["):
            here = line[0].upper()
        found.append(here)
    return found


def _errors(inp: bytes) -> list[_Error]:
    """Errors that EPANET finds when it opens a file."""
    project = Project(inp)
    code = project.open_code
    if code < 100:
        try:
            project.open_hydraulics()
        except EngineError as error:
            code = int(error.code.rsplit(".", 1)[1])
        else:
            project.close()
            return []
    report = project.report().splitlines()
    errors: list[_Error] = []
    for line, following in zip(report, [*report[1:], ""], strict=True):
        match = _ERROR.match(line)
        if match is None:
            continue
        what, section, text = match[2].strip(), match[3] or "", following.strip()
        rule = _RULE.match(what)
        if rule:
            what, section = f"{rule[1]} in rule {rule[2]}", "[RULES]"
        errors.append(_Error(int(match[1]), what, section, text if section else ""))
    telling = [error for error in errors if error.code not in _TOLD_ALREADY]
    return telling or errors or [_Error(code, message(code))]


def _inp_finding(path: Path, error: _Error, row: int | None) -> Finding:
    beside = error.section[:5].upper() in _BESIDE
    place = f"line {row + 1}" if row is not None else ""
    if error.section:
        place = f"{place}, {error.section}".strip(", ")
    what = _short(error.what)
    shown = f"{what}: '{_short(error.text)}'" if error.text else what
    do = "Hydraulics does not use it; the line is left out." if beside else _MEND.get(error.code)
    return Finding(
        code=f"water.inp-{error.code}",
        what=f"{shown} (EPANET error {error.code}).",
        do=do or "See the EPANET 2.3 manual, appendix B.",
        severity="warning" if beside else "error",
        file=str(path),
        place=place,
    )


def _short(text: str) -> str:
    """A text that fits into a finding, in UTF-8 where it is that."""
    folded = " ".join(text.split())
    with contextlib.suppress(UnicodeError):  # it is Latin-1 indeed
        folded = folded.encode("latin-1").decode("utf-8")
    return folded if len(folded) <= _SHOWN else f"{folded[:_SHOWN]}…"
