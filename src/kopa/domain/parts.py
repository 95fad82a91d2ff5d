"""Files of a domain that are read one after another: all that is wrong is told together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kopa.errors import Finding, InputError, stopping


class Parts:
    """What was found in the files of a domain so far.

    Attributes
    ----------
    findings
        Of all of them.
    """

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def take(self, read: Callable[[], tuple[Any, ...]]) -> Any:
        """What a reader gives: one thing, or a tuple of several; None where it gives none.

        Parameters
        ----------
        read
            Gives what it read, and its findings as the last; an `InputError` is kept.
        """
        try:
            *given, told = read()
        except InputError as error:
            self.findings += error.findings
            return None
        self.findings += told
        return given[0] if len(given) == 1 else tuple(given)

    def check(self) -> tuple[Finding, ...]:
        """All findings.

        Raises
        ------
        InputError
            With all of them, if one is an error.
        """
        if stopping(self.findings):
            raise InputError(self.findings)
        return tuple(self.findings)
