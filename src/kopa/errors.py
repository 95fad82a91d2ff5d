"""What can go wrong, and how it is told.

::

    KopaError                something that stops the work; `code` is stable
    ├── UsageError           the command or call is wrong            exit 2
    ├── InputError           files say something wrong: `findings`   exit 1
    ├── RangeError           a value is outside its range            exit 1
    └── EngineError          an engine could not answer              exit 1

A `Finding` is one thing that is wrong or at risk, with its place and what to do. Readers
return all findings of a file, never only the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong or at risk.

    Parameters
    ----------
    code
        Stable name, ``area.what`` (``water.undefined-node``).
    what
        What is wrong, in a sentence.
    do
        What to do about it, in a sentence.
    severity
        ``error`` stops the work, ``warning`` and ``info`` do not.
    file, place
        Where: the file, and the line, row or key in it.
    asset
        Id of the asset concerned, if there is one.
    values
        Numbers and names in `what`, for its words in other languages: message
        ``finding-<code>``, with - for each dot.
    """

    code: str
    what: str
    do: str = ""
    severity: Severity = "error"
    file: str = ""
    place: str = ""
    asset: str = ""
    values: Mapping[str, str | float] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        where = ": ".join(part for part in (self.file, self.place) if part)
        text = f"{self.what} {self.do}".strip()
        return f"{where}: {text}" if where else text


class KopaError(Exception):
    """Base of all errors that Kopa raises on purpose."""

    code = "kopa"
    exit_code = 1

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        if code:
            self.code = code


class UsageError(KopaError):
    """The command or the call is wrong."""

    code = "usage"
    exit_code = 2


class RangeError(KopaError):
    """A value lies outside its range."""

    code = "range"


class EngineError(KopaError):
    """An engine could not answer; the case is `unknown`."""

    code = "engine"


class InputError(KopaError):
    """Files say something wrong; `findings` tells all of it."""

    code = "input"

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings: tuple[Finding, ...] = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))

    def __reduce__(self) -> tuple[type[InputError], tuple[tuple[Finding, ...]]]:
        # it goes from process to process with its findings, not its text
        return type(self), (self.findings,)


def stopping(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings that stop the work."""
    return tuple(finding for finding in findings if finding.severity == "error")
