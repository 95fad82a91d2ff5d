"""Reads rows about loads and buses from CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from kopa.errors import Finding, InputError, UsageError
from kopa.model import Assets


class Rows:
    """The rows of a file, and what is wrong with it.

    Parameters
    ----------
    file
        CSV with a column ``asset``.
    code
        Of the findings.

    Raises
    ------
    InputError
        If it is no such file.
    """

    def __init__(
        self, file: Path, code: str, columns: Sequence[str], needed: Sequence[str]
    ) -> None:
        self._file, self._code = file, code
        self.findings: list[Finding] = []
        try:
            reader = csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines(), restkey="")
            names, self._rows = list(reader.fieldnames or ()), list(reader)
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            self.wrong(f"The file cannot be read: {error}.", "Give a CSV file in UTF-8.")
            raise InputError(self.findings) from None
        if len(names) > len(set(names)):
            self.wrong(f"Its columns are {', '.join(names)}.", "Leave doubles out.", 1)
            raise InputError(self.findings)
        if not set(needed) <= set(names) or not set(names) <= set(columns):
            self.wrong(f"Its columns are {', '.join(names)}.", f"Write {','.join(columns)}.", 1)
            raise InputError(self.findings)

    def wrong(self, what: str, do: str, line: int = 0) -> None:
        """Write down what is wrong."""
        place = f"line {line}" if line else ""
        self.findings.append(Finding(self._code, what, do, file=self._file.name, place=place))

    def check(self) -> None:
        """Raise what is wrong.

        Raises
        ------
        InputError
            With all findings.
        """
        if self.findings:
            raise InputError(self.findings)

    def each(self, assets: Assets) -> Iterator[tuple[int, int | None, Mapping[str, str | None]]]:
        """Line, asset (None after telling what is wrong with it) and cells of each row."""
        for line, row in enumerate(self._rows, 2):
            if "" in row:
                what = "The row has more cells than there are columns."
                self.wrong(what, "Quote commas.", line)
                continue
            asset = None
            try:
                asset = assets.find((row["asset"] or "").strip())
                if assets.kinds[asset] not in ("bus", "load", "motor"):
                    self._not_served(f"{assets.full(asset)} is a {assets.kinds[asset]}", line)
                    asset = None
            except UsageError as error:
                self._not_served(str(error), line)
            yield line, asset, row

    def _not_served(self, what: str, line: int) -> None:
        do = "Write a bus, load or motor of the grid, such as load:7."
        self.wrong(f"{what}.", do, line)
