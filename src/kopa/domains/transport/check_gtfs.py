"""Has gtfs-guru, the validator, look at a feed.

It runs in a process of its own, beside the reader: a fault of it cannot take the reader along,
and its threads, which do not survive a fork, stay out of the processes that fork later.
"""

from __future__ import annotations

import multiprocessing
from collections import Counter
from pathlib import Path
from typing import Any

from kopa.errors import Finding, Severity

GATE = frozenset(
    {
        "foreign_key_violation",
        "missing_required_file",
        "missing_required_column",
        "duplicate_key",
        "csv_parsing_failed",
        "invalid_row_length",
        "stop_time_with_arrival_before_previous_departure_time",
    }
)
"""Errors after which a timetable cannot be trusted; other errors are warnings."""

TIMEOUT_S = 120.0
"""A feed that takes longer is not checked, which is told."""

Notice = tuple[str, str, str, str, int]
"""Code, message, file, line and count of a kind of error."""


class Validation:
    """The validator at work on a feed.

    Parameters
    ----------
    file
        The feed.
    """

    def __init__(self, file: Path) -> None:
        fork = "fork" in multiprocessing.get_all_start_methods()
        context: Any = multiprocessing.get_context("fork" if fork else None)
        self._file = file
        self._here, there = context.Pipe(duplex=False)
        self._process = context.Process(target=_validate, args=(str(file), there), daemon=True)
        self._process.start()
        there.close()

    def findings(self, stopped: bool) -> tuple[Finding, ...]:
        """A finding for each kind of error, with the first place of it.

        Parameters
        ----------
        stopped
            True where the reader's own findings stop the work already: then these are warnings.
        """
        try:
            told: list[Notice] | str = "it took too long"
            if self._here.poll(TIMEOUT_S):
                told = self._here.recv()
        except (EOFError, OSError):
            told = "it ended"
        finally:
            self._process.kill()
            self._process.join()
            self._here.close()
        if not isinstance(told, str):
            return tuple(self._finding(notice, stopped) for notice in told)
        if stopped:
            return ()
        what = f"gtfs-guru cannot check the feed: {told}."
        do = "Only Kopa's own checks were made."
        return (Finding("transport.gtfs-guru", what, do, "warning", str(self._file)),)

    def _finding(self, notice: Notice, stopped: bool) -> Finding:
        code, message, name, line, count = notice
        severity: Severity = "error" if code in GATE and not stopped else "warning"
        return Finding(
            f"transport.gtfs-guru.{code}",
            f"gtfs-guru: {message} ({count} times; first here).",
            "Repair the feed at its source.",
            severity,
            f"{self._file}/{name}".rstrip("/"),
            line,
        )


def _validate(file: str, there: Any) -> None:
    import gtfs_guru

    try:
        notices = gtfs_guru.validate(file).errors()
    except (ValueError, OSError, RuntimeError) as error:
        there.send(str(error))
        return
    counts = Counter(notice.code for notice in notices)
    first: dict[str, Any] = {}
    for notice in notices:
        first.setdefault(notice.code, notice)
    there.send([_plain(notice, counts[code]) for code, notice in first.items()])


def _plain(notice: Any, count: int) -> Notice:
    line = notice.row or notice.get("csvRowNumber")
    name = notice.file or notice.get("filename") or ""
    return notice.code, notice.message, str(name), f"line {line}" if line else "", count
