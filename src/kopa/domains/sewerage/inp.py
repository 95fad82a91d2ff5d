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
    def _lines_of(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for number, section in enumerate(self._section_of):
            found.setdefault(section, []).append(number)
        return found

    @cached_property
    def _read(self) -> dict[str, list[Row]]:
        """Rows of the sections that were asked for: a long series of rain is mostly not."""
        return {}

    def _rows(self, section: str) -> list[Row]:
        if section not in self._read:
            rows = map(self._row, self._lines_of.get(section, ()))
            self._read[section] = [row for row in rows if row.words]
        return self._read[section]

    def _row(self, number: int) -> Row:
        said, _, note = self.lines[number].partition(";")
        words = tuple(quoted or plain for quoted, plain in _WORD.findall(said))
        heading = bool(words) and words[0].startswith("[")
        return Row(number, () if heading else words, note.strip())

    def rows(self, *sections: str) -> list[Row]:
        """Rows of sections in the order of the file, which is SWMM's order of objects."""
        found = [row for section in sections for row in self._rows(section)]
        return sorted(found, key=lambda row: row.line) if len(sections) > 1 else found

    def rows_with(self, word: str, *sections: str) -> list[Row]:
        """Rows of sections that hold a word in capitals or not, perhaps as a part of another."""
        numbers = (n for section in sections for n in self._lines_of.get(section, ()))
        found = map(self._row, (n for n in numbers if word in self.lines[n].upper()))
        return [row for row in found if row.words]

    def option(self, name: str, default: str = "") -> str:
        """What [OPTIONS] say of a key; the last counts."""
        found = default
        for row in self.rows("OPTION"):
            if row.words[0].upper() == name and len(row.words) > 1:
                found = row.words[1]
        return found

    @cached_property
    def without_unused(self) -> Inp:
        """The file without the time series that nobody names: SWMM would only read them."""
        return self._without_series()

    @cached_property
    def without_rain(self) -> Inp:
        """The file without the time series that nothing but rain gauges, or nobody, names."""
        return self._without_series("RAINGAGE")

    def _without_series(self, *beside: str) -> Inp:
        """The file without the time series that no section, but for some, names."""
        naming = (s for s in self._lines_of if s not in ("TIMESERIES", *beside))
        used = {word.upper() for name in naming for row in self._rows(name) for word in row.words}
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
