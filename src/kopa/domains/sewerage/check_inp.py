"""Holds an INP file against SWMM itself, and tells all that is wrong with it.

SWMM tells up to a hundred wrong lines at once, with their numbers. A copy is what it opens: with
whole paths instead of those beside the user's file, and without the files it would write.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

from kopa.errors import Finding, InputError

from .inp import Inp, Row, quote
from .workers import Job, workers

_AT_LINE = re.compile(r"^(.*?) at line (\d+) of (?:input file|\[?(\w+)\]?( section)?):?\s*(.*)$")
_CODE = re.compile(r"^(?:ERROR|WARNING) (\d+):\s*(.*)$")
_EXPORT = "Give a SWMM 5 project, saved as INP."
_WRITES = ("SAVE",)
_SHOWN = 120
_MEND = {
    "138": "Give the node an initial depth that is not above its full depth.",
    "141": "Join the outfall to the network by one link only.",
    "145": "Add an outfall, or join it to the network.",
    "200": "Correct the lines that are told above.",
    "203": "Compare the line with the columns that this section has.",
    "205": "Correct the keyword.",
    "207": "Give each object an id of its own.",
    "209": "Define the object, or correct its id.",
    "211": "Write a number there.",
    "317": "Put the rain file beside the INP file, or correct its path.",
    "361": "Put the time series' file beside the INP file, or correct its path.",
}


def usable(path: Path) -> tuple[Inp, tuple[Finding, ...]]:
    """The file as SWMM opens it, and what SWMM warns of.

    Raises
    ------
    InputError
        With all findings, if SWMM cannot run it.
    """
    workers().start(1)  # it wakes while the file is read
    inp = prepared(_opened(path), path.parent)
    answer = workers().run([Job(inp.encoded(), check="start")])[0]
    found = [_finding(path, text) for text in answer.messages if not _general(text)]
    if answer.problem and not any(finding.severity == "error" for finding in found):
        what = f"SWMM cannot run the file: {answer.problem}."
        found.append(Finding("sewerage.refused", what, "Open it with SWMM's own editor.",
                             file=str(path)))  # fmt: skip
    if any(finding.severity == "error" for finding in found):
        raise InputError(found)
    return inp.without_unused, tuple(found)


def prepared(inp: Inp, folder: Path) -> Inp:
    """The file with whole paths, and without what it would write and draw.

    Parameters
    ----------
    inp
        The user's file.
    folder
        Where it lies: its paths begin there.
    """
    inp = inp.without("REPORT", "BACKDROP", "SYMBOL")
    lines = list(inp.lines)
    for row in inp.rows("FILE"):
        words = row.words
        writes = words[0].upper() in _WRITES
        lines[row.line] = "" if writes or len(words) < 3 else _line(words, 2, folder)
    for row in inp.rows("LID_USAGE"):
        if len(row.words) > 8:  # columns of results and what drains to where
            lines[row.line] = " ".join((*row.words[:8], "*", *row.words[9:]))
    for row in inp.rows_with("FILE", "RAINGAGE", "TIMESERIES", "TEMPERATURE"):
        at = _file_word(row)
        if at:
            lines[row.line] = _line(row.words, at, folder)
    return Inp(tuple(lines)).added("OPTIONS", ["THREADS 1"])


def _file_word(row: Row) -> int:
    """Place of the file's name among the words; 0 where there is none."""
    words = [word.upper() for word in row.words]
    at = words.index("FILE") + 1 if "FILE" in words[:5] else 0
    return at if 0 < at < len(words) else 0


def _line(words: tuple[str, ...], at: int, folder: Path) -> str:
    """The row with a whole path."""
    name = PurePosixPath(words[at].replace("\\", "/"))
    path = Path(name) if Path(name).is_absolute() else folder.resolve() / name
    return " ".join((*words[:at], quote(path), *words[at + 1 :]))


def _general(text: str) -> bool:
    """True for the error that only says that there are errors."""
    return text.startswith("ERROR 200")


def _finding(path: Path, text: str) -> Finding:
    """A finding from SWMM's own words."""
    code = _CODE.match(text)
    number, what = (code[1], code[2]) if code else ("", text)
    place = ""
    line = _AT_LINE.match(what)
    if line:
        place = f"line {line[2]}"
        shown = " ".join(line[5].split())[:_SHOWN]
        what = f"{line[1]}: '{shown}'" if shown else line[1]
    do = _MEND.get(number, "See the error's number in SWMM's manual, appendix E.")
    severity = "error" if text.startswith("ERROR") else "warning"
    if severity == "warning":
        do = "Look at it; SWMM goes on."
    return Finding(
        f"sewerage.swmm-{number}" if number else "sewerage.swmm",
        what.rstrip(".") + ".",
        do,
        "error" if severity == "error" else "warning",
        file=str(path),
        place=place,
    )


def _opened(path: Path) -> Inp:
    """A file that at least looks like an INP file of SWMM.

    Raises
    ------
    InputError
        If it does not; the one finding says what it is instead.
    """

    def no(code: str, what: str, do: str) -> InputError:
        return InputError([Finding(f"sewerage.{code}", what, do, file=str(path))])

    if path.is_dir():
        raise no("folder", "this is a folder, not a file.", "Name the INP file in it.")
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise no("missing", "there is no such file.", "Check the path.") from None
    except OSError as error:
        why = error.strerror or "unknown reason"
        raise no("unreadable", f"the file cannot be read: {why}.", "Check its rights.") from None
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise no("encoding", "the text is in UTF-16.", "Save it as UTF-8.")
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    if not raw.strip():
        raise no("empty", "the file is empty.", _EXPORT)
    if b"\0" in raw[:4096]:
        raise no("binary", "this is no text file.", _EXPORT)
    inp = Inp.of(raw)
    if inp.rows("PIPES", "RESERVOIRS", "TANKS"):
        raise no("epanet", "this is an EPANET file, not a SWMM file.", "Use it for water.")
    if not any(line.lstrip().startswith("[") for line in inp.lines):
        raise no("no-inp", "the file has no sections in square brackets.", _EXPORT)
    return inp
