"""Charts as SVG: people without each service over the hours, and ranges of totals."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kopa.report.look import fill, stroke
from kopa.report.markup import Markup, tag
from kopa.report.svg_map import FONT, SVG

WIDTH, LEFT, RIGHT = 960.0, 210.0, 26.0
ROW, GAP, FOOT = 62.0, 32.0, 34.0
TEXT, SMALL = 14.5, 12.5
Told = Callable[[float], str]
"""Writes a number as the language does."""


@dataclass(frozen=True)
class Row:
    """A line of the chart over the hours.

    Parameters
    ----------
    label
        What it is about.
    values
        One a step.
    """

    label: str
    values: Sequence[float]


@dataclass(frozen=True)
class Axis:
    """The hours below a chart.

    Parameters
    ----------
    steps
        Number of steps.
    ticks
        Step and words of each mark.
    """

    steps: int
    ticks: Sequence[tuple[float, str]]


def hours_chart(
    rows: Sequence[Row], axis: Axis, number: str, title: str, about: str, told: Told
) -> Markup:
    """Steps over the hours, one row a service, all on one scale.

    Each row says its own name and its greatest value: no colour and no legend is needed.

    Parameters
    ----------
    rows
        What is shown.
    axis
        The hours.
    number
        Makes its ids unique in the page.
    title, about
        For those who do not see it.
    told
        Writes a number.
    """
    most = max((max(row.values, default=0.0) for row in rows), default=0.0) or 1.0
    wide = WIDTH - LEFT - RIGHT
    height = GAP + len(rows) * (ROW + GAP) + FOOT
    bottom = height - FOOT
    parts: list[Markup] = []
    for step, words in axis.ticks:
        x = LEFT + wide * step / axis.steps
        parts.append(
            tag("path", d=f"M{x:.1f} {GAP:g}V{bottom:g}", stroke_width=1, **stroke("faint"))
        )
        parts.append(tag("text", words, x=round(x, 1), y=bottom + 20, font_size=SMALL,
                         text_anchor="middle", **fill("muted")))  # fmt: skip
    for place, row in enumerate(rows):
        top = GAP + place * (ROW + GAP)
        parts += _row(row, top, most, wide / axis.steps, told)
    return _framed(parts, height, number, title, about)


def _row(row: Row, top: float, most: float, step: float, told: Told) -> list[Markup]:
    base, line = top + ROW, f"M{LEFT:g} {top + ROW:g}"
    for at, value in enumerate(row.values):
        line += f"V{base - ROW * value / most:.1f}H{LEFT + step * (at + 1):.1f}"
    line += f"V{base:g}"
    peak = max(row.values, default=0.0)
    at = row.values.index(peak) if peak > 0 else 0
    x, y = LEFT + step * at, base - ROW * peak / most
    late = at > len(row.values) * 0.8
    return [
        tag("path", d=f"{line}z", **fill("wash")),
        tag("path", d=f"M{LEFT:g} {base:g}H{WIDTH - RIGHT:g}", stroke_width=1, **stroke("muted")),
        tag("path", d=line, stroke_width=2.2, stroke_linejoin="round", **stroke("accent")),
        tag("text", row.label, x=0, y=base - 6, font_size=TEXT, font_weight="600", **fill("ink")),
        tag("text", told(peak), x=round(x + (-6 if late else 2), 1), y=round(y - 6, 1),
            font_size=TEXT, font_weight="600", text_anchor="end" if late else "start",
            **fill("ink")),
    ]  # fmt: skip


@dataclass(frozen=True)
class Span:
    """A total with its range."""

    label: str
    low: float
    mid: float
    high: float


def range_chart(
    groups: Sequence[tuple[str, Sequence[Span]]], number: str, title: str, about: str, told: Told
) -> Markup:
    """Bars from low to high with a mark at the best value; one scale for each unit.

    Parameters
    ----------
    groups
        Unit, and the totals in it.
    number, title, about, told
        As in `hours_chart`.
    """
    left, wide, line = 330.0, WIDTH - 330.0 - 120.0, 30.0
    parts: list[Markup] = []
    top = 6.0
    for unit, spans in groups:
        ends = [value for span in spans for value in (span.low, span.mid, span.high)]
        low, high = min(0.0, *ends), max(0.0, *ends)
        ticks = round_ticks(low, high)
        low, high = min(low, ticks[0]), max(high, ticks[-1])

        def place(value: float, low: float = low, high: float = high) -> float:
            return left + wide * (value - low) / ((high - low) or 1.0)

        bottom = top + len(spans) * line + 4
        for value in ticks:
            strong = "muted" if value == 0 else "faint"
            parts.append(tag("path", d=f"M{place(value):.1f} {top:g}V{bottom:g}", stroke_width=1,
                             **stroke(strong)))  # fmt: skip
            parts.append(tag("text", told(value), x=round(place(value), 1), y=bottom + 16,
                             font_size=SMALL, text_anchor="middle", **fill("muted")))  # fmt: skip
        parts.append(tag("text", unit, x=WIDTH, y=bottom + 16, font_size=SMALL, text_anchor="end",
                         **fill("muted")))  # fmt: skip
        for at, span in enumerate(spans):
            parts += _span(span, top + at * line + line / 2, place, told)
        top = bottom + 40
    return _framed(parts, top - 14, number, title, about)


def _span(span: Span, y: float, place: Callable[[float], float], told: Told) -> list[Markup]:
    begin, end, mid = place(span.low), place(span.high), place(span.mid)
    return [
        tag("text", span.label, x=0, y=round(y + 5, 1), font_size=TEXT, **fill("ink")),
        tag("rect", x=round(begin, 1), y=round(y - 6, 1), width=round(max(end - begin, 1.0), 1),
            height=12, rx=2, **fill("wash")),
        tag("path", d=f"M{begin:.1f} {y - 6:.1f}v12M{end:.1f} {y - 6:.1f}v12", stroke_width=1.6,
            **stroke("accent")),
        tag("path", d=f"M{mid:.1f} {y - 7:.1f}l6 7l-6 7l-6-7z", **fill("accent")),
        tag("text", told(span.mid), x=round(max(end, mid) + 11, 1), y=round(y + 5, 1),
            font_size=SMALL, font_weight="600", **fill("ink")),
    ]  # fmt: skip


def round_ticks(low: float, high: float, about: int = 4) -> list[float]:
    """Round numbers from below low to above high, some `about` of them."""
    rough = max(high - low, 1e-9) / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(each * power for each in (1, 2, 5, 10) if each * power >= rough)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [round(at * step, 9) for at in range(first, last + 1)]


def _framed(parts: Sequence[Markup], height: float, number: str, title: str, about: str) -> Markup:
    return tag(
        "svg",
        tag("title", title, id=f"title-{number}"),
        tag("desc", about, id=f"desc-{number}"),
        parts,
        xmlns=SVG,
        viewBox=f"0 0 {WIDTH:g} {height:g}",
        role="img",
        aria_labelledby=f"title-{number} desc-{number}",
        font_family=FONT,
        class_="chart",
    )
