"""Reads the input of a job from JSON or TOML, and keeps everything that is wrong in it."""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeGuard

import numpy as np

from kopa.errors import Finding, InputError
from kopa.model import FloatArray

MOST = 1e12
"""No quantity is larger: the engine takes what is beyond for no limit."""


@dataclass(frozen=True)
class Given:
    """A table of the input, and where in the file it stands.

    Parameters
    ----------
    values
        Its keys and values.
    code
        Code of the findings.
    file
        Name of the file.
    findings
        All that is wrong in the file: tables of one file share it.
    place
        Where the table stands, ``streams[2]``; empty at the top.
    """

    values: Mapping[str, Any]
    code: str
    file: str
    findings: list[Finding] = field(default_factory=list)
    place: str = ""

    def wrong(self, key: str, what: str, do: str) -> None:
        """Note what is wrong at a key."""
        self.findings.append(Finding(self.code, what, do, file=self.file, place=self.at(key)))

    def at(self, key: str) -> str:
        """Place of a key in the file."""
        return ".".join(part for part in (self.place, key) if part)

    def only(self, *keys: str) -> None:
        """Note each key that is none of these."""
        for key in sorted(set(self.values) - set(keys)):
            self.wrong(key, "This is not known.", f"Known are {', '.join(keys)}.")

    def number(
        self, key: str, low: float, high: float = MOST, default: float | None = None
    ) -> float:
        """A number from `low` to `high`; NaN after noting what is wrong."""
        if key not in self.values and default is not None:
            return default
        value = self.values.get(key)
        if _is_number(value) and low <= value <= high:
            return float(value)
        what = "It is missing." if key not in self.values else f"'{value}' is wrong."
        self.wrong(key, what, f"Write a number {_range(low, high)}.")
        return math.nan

    def whole(self, key: str, low: int, high: int, default: int | None = None) -> int:
        """A whole number from `low` to `high`; `low` after noting what is wrong."""
        value = self.values.get(key, default)
        if _is_number(value) and value == int(value) and low <= value <= high:
            return int(value)
        what = "It is missing." if key not in self.values else f"'{value}' is wrong."
        self.wrong(key, what, f"Write a whole number {_range(low, high)}.")
        return low

    def span(
        self, key: str, low: float, high: float, default: Sequence[float]
    ) -> tuple[float, float, float]:
        """Low, mid and high: three numbers that rise, or one for all of them."""
        value = self.values.get(key, default)
        parts = [value] * 3 if _is_number(value) else value
        fine = isinstance(parts, list | tuple) and len(parts) == 3 and all(map(_is_number, parts))
        if fine and low <= parts[0] <= parts[1] <= parts[2] <= high:
            return float(parts[0]), float(parts[1]), float(parts[2])
        advice = f"Write one number {_range(low, high)}, or [low, mid, high] that rise."
        self.wrong(key, f"'{value}' is wrong.", advice)
        return math.nan, math.nan, math.nan

    def series(self, key: str, length: int, low: float, high: float = MOST) -> FloatArray:
        """A number for each of `length` steps, or one for all of them."""
        value = self.values.get(key)
        parts = [value] * length if _is_number(value) else value
        if isinstance(parts, list) and len(parts) == length and all(map(_is_number, parts)):
            found = np.array(parts, dtype=np.float64)
            if ((found >= low) & (found <= high)).all():
                return found
        what = "It is missing." if key not in self.values else "It is no such list."
        self.wrong(key, what, f"Write {length} numbers {_range(low, high)}, or one for all.")
        return np.full(length, math.nan)

    def text(self, key: str, default: str | None = None) -> str:
        """A text that is not empty; ``""`` after noting what is wrong."""
        value = self.values.get(key, default)
        if isinstance(value, str) and value.strip() and value.isprintable():
            return value.strip()
        what = "It is missing." if key not in self.values else "It is no text."
        self.wrong(key, what, "Write a name.")
        return ""

    def choice(self, key: str, among: Sequence[str], default: str | None = None) -> str:
        """One of some texts; the first of them after noting what is wrong."""
        value = self.values.get(key, default)
        if isinstance(value, str) and value in among:
            return value
        what = "It is missing." if key not in self.values else f"'{value}' is not known."
        self.wrong(key, what, f"Write one of {', '.join(among)}.")
        return among[0]

    def tables(self, key: str, least: int = 1) -> Iterator[Given]:
        """Each table of a list."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            self.wrong(key, "It is no list of tables.", "Write it as the documentation shows.")
            return
        if len(value) < least:
            self.wrong(key, "It is missing or empty.", f"Write at least {least}.")
        for number, one in enumerate(value):
            yield Given(one, self.code, self.file, self.findings, f"{self.at(key)}[{number}]")

    def table(self, key: str) -> Given:
        """A table; an empty one where it is not there."""
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            self.wrong(key, "It is no table.", "Write it as the documentation shows.")
            value = {}
        return Given(value, self.code, self.file, self.findings, self.at(key))

    def stop(self) -> None:
        """Stop the work if anything is wrong.

        Raises
        ------
        InputError
            With all that is wrong in the file.
        """
        if self.findings:
            raise InputError(self.findings)


def read_input(file: Path, code: str) -> Given:
    """The top of a JSON or TOML file.

    Parameters
    ----------
    file
        ``.toml`` is read as TOML, anything else as JSON.
    code
        Code of the findings.

    Raises
    ------
    InputError
        If it cannot be read.
    """

    def stop(what: str, do: str) -> InputError:
        return InputError([Finding(code, what, do, file=file.name)])

    try:
        text = file.read_bytes().decode("utf-8-sig")
        found = tomllib.loads(text) if file.suffix == ".toml" else json.loads(text)
        json.dumps(found, ensure_ascii=False, default=str).encode()  # half a character is none
    except OSError as error:
        raise stop(f"It cannot be read: {error.strerror}.", "Check the path.") from None
    except UnicodeDecodeError as error:
        raise stop(f"Byte {error.start} is not UTF-8.", "Save it as UTF-8.") from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise stop(f"It is no JSON: {error.msg} ({place}).", "Correct it.") from None
    except tomllib.TOMLDecodeError as error:
        raise stop(f"It is no TOML: {error}.", "Correct it.") from None
    except (ValueError, RecursionError):
        raise stop("It cannot be read.", "Write it as the documentation shows.") from None
    if not isinstance(found, dict):
        raise stop("It is no object.", "Write it as the documentation shows.")
    return Given(found, code, file.name)


def _is_number(value: object) -> TypeGuard[float]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _range(low: float, high: float) -> str:
    return f"from {low:g} up" if high >= MOST else f"from {low:g} to {high:g}"
