"""What a command prints: one JSON document, or tables for people with progress on stderr."""

from __future__ import annotations

import itertools
import json
import math
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from kopa.errors import Finding


def plain(value: Any) -> Any:
    """A value as JSON has it: arrays become lists, NaN and infinity become null."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if value is None or isinstance(value, str | int | bool):
        return value
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    return str(value)


def document(value: Mapping[str, Any]) -> None:
    """Print one JSON document on stdout."""
    json.dump(plain(value), sys.stdout, ensure_ascii=False, separators=(",", ":"))
    sys.stdout.write("\n")


def finding_rows(findings: Sequence[Finding]) -> list[dict[str, str]]:
    """Findings as JSON rows."""
    names = ("code", "severity", "file", "place", "asset", "what", "do")
    return [{name: getattr(finding, name) for name in names} for finding in findings]


def say(text: str = "") -> None:
    """Print a line for people; words in square brackets style it: `escape` what files say."""
    _console().print(text, highlight=False)


def escape(text: str) -> str:
    """Text in which square brackets style nothing."""
    from rich.markup import escape as escaped

    return escaped(text)


def table(
    columns: Sequence[str], rows: Sequence[Sequence[str]], title: str = "", numbers: int = 0
) -> None:
    """Print a table for people.

    Parameters
    ----------
    columns
        Heads.
    rows
        Cells, as text.
    title
        A line above it.
    numbers
        So many of the last columns stand to the right.
    """
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    grid = Table(title=title or None, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for place, name in enumerate(columns):
        right = place >= len(columns) - numbers
        grid.add_column(name, justify="right" if right else "left", overflow="fold")
    for row in rows:
        grid.add_row(*(escape(cell) for cell in row))
    _console().print(grid)


def tell(findings: Sequence[Finding]) -> None:
    """Print findings for people, the worst first."""
    from rich.markup import escape

    order = {"error": 0, "warning": 1, "info": 2}
    colour = {"error": "red", "warning": "yellow", "info": "cyan"}
    for finding in sorted(findings, key=lambda f: order[f.severity]):
        mark = f"[{colour[finding.severity]}]{finding.severity:7}[/]"
        say(f"{mark} [dim]{finding.code}[/] {escape(str(finding))}")


@contextmanager
def progress(text: str, total: int, quiet: bool = False) -> Iterator[Callable[[float], None]]:
    """Progress of long work on stderr; gives a function to call with what is newly done."""
    if quiet or not sys.stderr.isatty():
        yield lambda done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = ("{task.description}", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(text, total=total)
        yield lambda done: bar.advance(task, done)


def number(value: float, digits: int = 3) -> str:
    """A number for people: `digits` significant digits, thousands apart."""
    if not math.isfinite(value):
        return "unknown"
    if value == 0:
        return "0"
    places = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    return f"{value:,.{places}f}".replace(",", "\u202f")


def spark(values: Sequence[float], width: int = 60) -> str:
    """A series as one line of bars, lowest to highest; a blank for what is unknown.

    Parameters
    ----------
    values
        The series; where it is longer than `width`, each bar is the mean of a part of it.
    width
        Most bars.
    """
    bars = "▁▂▃▄▅▆▇█"
    size = min(width, len(values))
    ends = [round(part * len(values) / size) for part in range(size + 1)] if size else [0]
    means = []
    for begin, end in itertools.pairwise(ends):
        known = [value for value in values[begin:end] if math.isfinite(value)]
        means.append(sum(known) / len(known) if known else math.nan)
    known = [value for value in means if math.isfinite(value)]
    low, high = (min(known), max(known)) if known else (0.0, 0.0)
    steps = (len(bars) - 1) / (high - low) if high > low else 0.0
    line = "".join(bars[round((one - low) * steps)] if math.isfinite(one) else " " for one in means)
    return f"{number(low)} {line} {number(high)}" if known else ""


def _console() -> Any:
    from rich.console import Console

    width = None if sys.stdout.isatty() else 120
    return Console(file=sys.stdout, width=width, emoji=False)  # energy:bus:3 is no bus
