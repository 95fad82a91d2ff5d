"""Text of a SWMM INP file: its rows by section, and edits that leave all else as it was.

SWMM itself reads the file; here only what an edit or a map needs is taken from its lines.
Edits append sections, or rewrite the rows of one: SWMM reads a section as often as it comes, and
takes the last of what is said twice in [OPTIONS].
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

_SECTIONS = (
    "TITLE", "OPTION", "FILE", "RAINGAGE", "TEMPERATURE", "EVAP", "SUBCATCH", "SUBAREA", "INFIL",
    "JUNC", "OUTF", "STOR", "DIVI", "COND", "PUMP", "ORIF", "WEIR", "OUTL", "XSECT", "CONTROL",
    "INFLOW", "DWF", "PATTERN", "CURVE", "TIMESERIES", "REPORT", "COORD", "VERT", "POLYGON",
    "TAG", "LID_USAGE", "BACKDROP", "SYMBOL",
)  # fmt: skip
"""Sections by the beginnings of their names, as SWMM knows them."""
_WORD = re.compile(r'"([^"]*)"|(\S+)')


@dataclass(frozen=True, slots=True)
class Row:
    """A line that says something.

    Parameters
    ----------
    line
        Its number in the file, from 0.
    words
        Its words, without quotes and comment.
    note
        Its comment.
    """

    line: int
    words: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True)
class Inp:
    """The lines of an INP file.

    Parameters
    ----------
    lines
        Its lines, without ends.
    """

    lines: tuple[str, ...]

    @classmethod
    def of(cls, raw: bytes) -> Inp:
        """Lines of a file's bytes; Latin-1 keeps every byte, whatever the encoding is."""
        return cls(tuple(raw.decode("latin-1").replace("\r", "").split("\n")))

    def encoded(self) -> bytes:
        """Bytes as SWMM reads them."""
        return "\n".join(self.lines).encode("latin-1", "replace") + b"\n"

    @cached_property
    def _section_of(self) -> list[str]:
        found, section = [], ""
        for line in self.lines:
            text = line.lstrip()
            if text.startswith("["):
                name = text[1:].upper()
                section = next((s for s in _SECTIONS if name.startswith(s)), name.split("]")[0])
            found.append(section)
        return found

    @cached_property
    def _rows(self) -> dict[str, list[Row]]:
        rows: dict[str, list[Row]] = {}
        for number, (line, section) in enumerate(zip(self.lines, self._section_of, strict=True)):
            said, _, note = line.partition(";")
            words = tuple(quoted or plain for quoted, plain in _WORD.findall(said))
            if words and not words[0].startswith("["):
                rows.setdefault(section, []).append(Row(number, words, note.strip()))
        return rows

    def rows(self, *sections: str) -> list[Row]:
        """Rows of sections in the order of the file, which is SWMM's order of objects."""
        found = [row for section in sections for row in self._rows.get(section, ())]
        return sorted(found, key=lambda row: row.line) if len(sections) > 1 else found

    def option(self, name: str, default: str = "") -> str:
        """What [OPTIONS] say of a key; the last counts."""
        found = default
        for row in self.rows("OPTION"):
            if row.words[0].upper() == name and len(row.words) > 1:
                found = row.words[1]
        return found

    @cached_property
    def without_rain(self) -> Inp:
        """The file without the time series that nothing but rain gauges, or nobody, names."""
        beside = (s for s in self._rows if s not in ("RAINGAGE", "TIMESERIES"))
        used = {word.upper() for name in beside for row in self._rows[name] for word in row.words}
        unused = {row.line for row in self.rows("TIMESERIES") if row.words[0].upper() not in used}
        return Inp(tuple(line for row, line in enumerate(self.lines) if row not in unused))

    def added(self, section: str, rows: Iterable[str]) -> Inp:
        """The file with a section more at its end."""
        return Inp((*self.lines, f"[{section}]", *rows))

    def without(self, *sections: str) -> Inp:
        """The file without sections."""
        kept = zip(self.lines, self._section_of, strict=True)
        return Inp(tuple(line for line, section in kept if section not in sections))


class Draft:
    """A file that is being edited; its rows are read once for many drafts.

    Parameters
    ----------
    inp
        The file.
    """

    def __init__(self, inp: Inp) -> None:
        self.inp = inp
        self._lines = list(inp.lines)

    def change(self, section: str, edit: Callable[[Sequence[str]], str | None]) -> None:
        """Rewrite every row that a section has in the file; None leaves a row out."""
        for row in self.inp.rows(section):
            self._lines[row.line] = edit(row.words) or ""

    def add(self, section: str, rows: Iterable[str]) -> None:
        """Add a section at the end."""
        self._lines += [f"[{section}]", *rows]

    def encoded(self) -> bytes:
        """Bytes as SWMM reads them."""
        return Inp(tuple(self._lines)).encoded()


def quote(path: object) -> str:
    """A path as SWMM wants it."""
    return f'"{path}"'
