"""Lines of a text file, and all that is wrong with them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path

from kopa.errors import Finding


@dataclass
class FileText:
    """Lines of a file, and what is wrong with them.

    Parameters
    ----------
    file
        It.
    area
        First part of the codes of its findings.
    """

    file: Path
    area: str
    findings: list[Finding] = field(default_factory=list)

    def lines(self) -> list[str]:
        """The lines; none where the file cannot be read."""
        try:
            return self.file.read_bytes().decode("utf-8-sig").splitlines()
        except OSError:
            self.wrong("missing", "there is no such file.", "Check the path.")
        except UnicodeDecodeError as error:
            what = f"byte {error.start} is not UTF-8."
            self.wrong("encoding", what, "Save the file as UTF-8.")
        return []

    def wrong(self, code: str, what: str, do: str, line: int = 0) -> None:
        """Add a finding that stops the work."""
        place = f"line {line}" if line else ""
        code = f"{self.area}.{code}"
        self.findings.append(Finding(code, what, do, file=str(self.file), place=place))

    def number(self, word: str, what: str, line: int, least: float = 0.0) -> float:
        """A number that is no less than `least`; NaN, and a finding, where it is not."""
        try:
            value = float(word)
        except ValueError:
            value = float("nan")
        if not (math.isfinite(value) and value >= least):
            self.wrong("value", f"{what} is '{word}'.", f"Write a number from {least:g}.", line)
            return float("nan")
        return value

    def whole(self, word: str, what: str, line: int, least: int = 0) -> int:
        """A whole number that is no less than `least`; -1, and a finding, where it is not."""
        value = self.number(word, what, line, least)
        if math.isnan(value):
            return -1
        if value != int(value):
            self.wrong("value", f"{what} is '{word}'.", "Write a whole number.", line)
            return -1
        return int(value)
