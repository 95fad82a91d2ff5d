"""A cumulative sum as SVG."""

from __future__ import annotations

import math
from datetime import date
from html import escape

from kopa.console import number as written

from .cusum import Sums
from .sufficiency import Periods
from .usage import Usage, day_of, number

WIDTH, HEIGHT = 960.0, 420.0
LEFT, RIGHT, TOP, BOTTOM = 92.0, 24.0, 44.0, 40.0
LINE, MARK, INK, SOFT = "#0065a3", "#b03a2e", "#222", "#8a8a8a"


def svg(usage: Usage, periods: Periods, sums: Sums, title: str) -> str:
    """The chart: the sum over the days, the baseline shaded, a mark at each change.

    Parameters
    ----------
    usage, periods
        The data and the two periods.
    sums
        What is drawn.
    title
        What it shows, for those who read it and for screen readers.
    """
    days = usage.first[sums.rows] + usage.days[sums.rows]
    first, last = float(usage.first[sums.rows[0]]), float(days[-1])
    low, high = min(0.0, float(sums.total.min())), max(0.0, float(sums.total.max()))
    marks = ticks(low, high)
    low, high = min(low, marks[0]), max(high, marks[-1])

    def x(day: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (day - first) / (last - first)

    def y(value: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (high - value) / (high - low)

    wide = f"0 0 {WIDTH:g} {HEIGHT:g}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{wide}" role="img" '
        'font-family="sans-serif" font-size="13">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH:g}" height="{HEIGHT:g}" fill="#fff"/>',
    ]
    ends = [min(max(float(number(day)), first), last) for day in periods.baseline]
    parts.append(
        f'<rect x="{x(ends[0]):.1f}" y="{TOP:g}" width="{x(ends[1]) - x(ends[0]):.1f}" '
        f'height="{HEIGHT - TOP - BOTTOM:g}" fill="#eef3f7"/>'
    )
    parts.append(_word(x(ends[0]) + 6, TOP + 16, "baseline", SOFT))
    for value in marks:
        strong = INK if value == 0 else "#ddd"
        parts.append(f'<path d="M{LEFT:g} {y(value):.1f}H{WIDTH - RIGHT:g}" stroke="{strong}"/>')
        parts.append(_word(LEFT - 8, y(value) + 4, f"{value:,.0f}", INK, "end"))
    for day, words in _months(first, last):
        parts.append(f'<path d="M{x(day):.1f} {HEIGHT - BOTTOM:g}v5" stroke="{INK}"/>')
        parts.append(_word(x(day), HEIGHT - BOTTOM + 20, words, INK, "middle"))
    points = [(first, 0.0), *zip(days.tolist(), sums.total.tolist(), strict=True)]
    line = "L".join(f"{x(day):.1f} {y(value):.1f}" for day, value in points)
    parts.append(f'<path d="M{line}" fill="none" stroke="{LINE}" stroke-width="2"/>')
    for change in sums.changes:
        at = x(float(usage.first[change.row]))
        parts.append(
            f'<path d="M{at:.1f} {TOP:g}V{HEIGHT - BOTTOM:g}" stroke="{MARK}" '
            'stroke-width="1.5" stroke-dasharray="5 4"/>'
        )
        told = f"{day_of(usage.first[change.row])}: {signed(change.step)} kWh/d"
        late = at > WIDTH / 2
        shift, anchor = (-6, "end") if late else (6, "start")
        parts.append(_word(at + shift, HEIGHT - BOTTOM - 8, told, MARK, anchor))
    parts.append(_word(10, 22, title, INK))
    parts.append("</svg>")
    return "\n".join(parts) + "\n"


def signed(value: float) -> str:
    """A number with its sign, three digits."""
    return ("+" if value > 0 else "") + written(value)


def ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Round numbers from below `low` to above `high`, some `about` of them."""
    rough = ((high - low) or 1.0) / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(part * power for part in (1, 2, 5, 10) if part * power >= rough * (1 - 1e-9))
    first, last = math.floor(low / step), math.ceil(high / step)
    return [float(step * at) for at in range(first, max(last, first + 1) + 1)]


def _months(first: float, last: float) -> list[tuple[float, str]]:
    """First days of months with their words; so many that they have room."""
    begin, end = day_of(first), day_of(last)
    count = (end.year - begin.year) * 12 + end.month - begin.month
    every = max(1, math.ceil(count / 12))
    found = []
    for place in range(0, count + 1, every):
        month = begin.month - 1 + place
        day = date(begin.year + month // 12, month % 12 + 1, 1)
        if day >= begin:
            found.append((float(number(day)), f"{day:%Y-%m}"))
    return found


def _word(x: float, y: float, text: str, colour: str, anchor: str = "start") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" text-anchor="{anchor}" stroke="#fff" '
        f'stroke-width="3" paint-order="stroke">{escape(text)}</text>'
    )
