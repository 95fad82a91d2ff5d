"""Edits that turn the user's file into the file of one run: its period, its rain, its rules.

Disturbances become control rules of the highest priority, so that SWMM itself does them at their
times, whatever the file's own rules say; when they end, the links go back to how they began, and
the file's own rules take over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from kopa.errors import RangeError

from .inp import Draft
from .network import CONDUIT, LINKS, PUMP, Network
from .plan import Disturbance
from .read_inp import day_of, time_of

PRIORITY = 1_000_000
_BACK_S = 60
_MINUTE = 60
_STEP_S = 300
_HALF = 0.5  # of the file's priority, which is 0 where it says none

Series = Sequence[tuple[int, float]]
"""Seconds since midnight, and the rain from then on, mm/h."""


@dataclass(frozen=True)
class Period:
    """The time that SWMM runs.

    Parameters
    ----------
    day
        Midnight from which seconds are counted.
    begin, end
        First and last second; below 0 is the day before.
    """

    day: datetime
    begin: int
    end: int

    @property
    def first(self) -> datetime:
        """When it begins."""
        return self.day + timedelta(seconds=self.begin)

    @property
    def last(self) -> datetime:
        """When it ends."""
        return self.day + timedelta(seconds=self.end)


def in_period(draft: Draft, period: Period, report: int, routing: float = 0.0) -> None:
    """Give the file another period; it then tells all nodes and links as means of their reports."""
    first, last = period.first, period.last
    options = [
        f"START_DATE {first:%m/%d/%Y}", f"START_TIME {first:%H:%M:%S}",
        f"REPORT_START_DATE {first:%m/%d/%Y}", f"REPORT_START_TIME {first:%H:%M:%S}",
        f"END_DATE {last:%m/%d/%Y}", f"END_TIME {_hours(last):.6f}",
        f"REPORT_STEP {timedelta(seconds=report)}",
    ]  # fmt: skip
    if routing:
        options.append(f"ROUTING_STEP {routing:g}")
    told = ["INPUT NO", "CONTROLS NO", "SUBCATCHMENTS NONE", "NODES ALL", "LINKS ALL",
            "AVERAGES YES"]  # fmt: skip
    draft.add("OPTIONS", options)
    draft.add("REPORT", told)


def _hours(last: datetime) -> float:
    """Time of day in hours, half a second late.

    SWMM rounds a run's length down to seconds, and 08:00 less 07:00 is 3599.9999 s to it: its last
    report would be lost, and what was summed for it would fall into the next run's first.
    """
    return last.hour + last.minute / 60 + (last.second + 0.5) / 3600


def fill(network: Network, draft: Draft, period: Period) -> None:
    """Fill the sewers as the hour's steady waste water does.

    A run that begins with dry sewers fills them first; then SWMM loses water in conduits that it
    lengthens, since it counts what stands in them by their own length.
    """
    first = period.first
    flow = network.passing(network.dry_flow(first.date(), first.hour)) / network.units.flow
    of = {name.upper(): flow[link] for link, name in enumerate(network.link_ids)}

    def edit(words: Sequence[str]) -> str:
        kept = [*words, *["0"] * (8 - len(words))]
        kept[7] = f"{of[words[0].upper()]:.6g}"
        return " ".join(kept)

    draft.change("COND", edit)


def report_step(step: int) -> int:
    """Time between reports: the longest that divides a step, five minutes at most, s."""
    return next(s for s in range(min(step, _STEP_S), 0, -1) if step % s == 0)


def put_rain(draft: Draft, rain: Mapping[str, Series], begin: int, every: int) -> None:
    """Let other rain fall.

    Parameters
    ----------
    draft
        The file.
    rain
        Rain of each gauge; one that is missing stays dry.
    begin
        Second at which the run begins: SWMM counts from there.
    every
        Time between values, s; whole minutes.
    """
    inp = draft.inp
    us = inp.option("FLOW_UNITS", "CFS").upper() in ("CFS", "GPM", "MGD")
    unit = 25.4 if us else 1.0
    rows: list[str] = []
    names: dict[str, str] = {}
    for number, (gauge, series) in enumerate(rain.items()):
        names[gauge] = f"KOPA_RAIN_{number}"
        falls = [(at - begin, value) for at, value in series if at >= begin and value > 0]
        # a value holds for one interval; without any the series still needs rows
        rows += [f"{names[gauge]} {_clock(at)} {value / unit:.6g}" for at, value in falls]
        last = falls[-1][0] + every if falls else 0
        rows += [f"{names[gauge]} {_clock(at)} 0" for at in (last, last + every)]
    if len(names) < len(inp.rows("RAINGAGE")):
        rows += ["KOPA_DRY 0:00 0", "KOPA_DRY 1:00 0"]

    def edit(words: Sequence[str]) -> str:
        series = names.get(words[0], "KOPA_DRY")
        return f"{words[0]} INTENSITY {_clock(every)} {words[3]} TIMESERIES {series}"

    draft.change("RAINGAGE", edit)
    if rows:
        draft.add("TIMESERIES", rows)


def _clock(seconds: int) -> str:
    return f"{seconds // 3600}:{seconds % 3600 // 60:02d}"


def rain_of(
    network: Network, disturbances: Sequence[Disturbance], period: Period, own: bool
) -> tuple[dict[str, Series], int] | None:
    """Rain of each gauge in a period and the time between values; None leaves the file's own.

    Parameters
    ----------
    network
        The network.
    disturbances
        What happens.
    period
        The run's period.
    own
        True where the file's own rain falls, False on a dry day.

    Raises
    ------
    RangeError
        If the file's own rain is multiplied, and cannot be read.
    """
    wet = [d for d in disturbances if d.rain is not None]
    if own and not wet:
        return None
    gauges = [row.words[0] for row in network.inp.rows("RAINGAGE")]
    multiplied = own or any(d.rain is not None and d.rain.rate is None for d in wet)
    file_rain = {name: _own_rain(network, name) for name in gauges} if multiplied else {}
    times = [t for d in wet for t in (d.start, d.end)]
    every = _STEP_S
    if any((t - period.begin) % every for t in times) or period.begin % every:
        every = _MINUTE
    every = min([every, *(step for _, step in file_rain.values())])
    ticks = np.arange(period.begin, period.end, every)
    found: dict[str, Series] = {}
    for name in gauges:
        usual = _at(file_rain[name][0], ticks) if multiplied else np.zeros(len(ticks))
        total = usual if own else np.zeros(len(ticks))
        for d in wet:
            inside = (ticks >= d.start) & (ticks < d.end)
            assert d.rain is not None
            if d.rain.rate is None:
                total = np.where(inside, usual * d.rain.factor, total)
            else:
                total = np.where(inside, d.rain.rate, total)
        found[name] = list(zip(ticks.tolist(), total.tolist(), strict=True))
    return found, every


def _at(steps: Sequence[tuple[int, int, float]], ticks: np.ndarray) -> np.ndarray:
    """Rain at times, mm/h, from stretches ``(start, end, rate)``."""
    rain = np.zeros(len(ticks))
    for start, end, rate in steps:
        rain[(ticks >= start) & (ticks < end)] = rate
    return rain


def _own_rain(network: Network, gauge: str) -> tuple[list[tuple[int, int, float]], int]:
    """The file's own rain at a gauge: stretches in s since its first midnight, mm/h; its step."""
    inp = network.inp
    row = next(row for row in inp.rows("RAINGAGE") if row.words[0] == gauge)
    words = [word.upper() for word in row.words]
    if len(words) < 6 or words[4] != "TIMESERIES":
        raise RangeError(
            f"rain gauge {gauge} reads a file of its own, which cannot be multiplied: "
            "give the rain in mm/h, or as a time series of the INP file"
        )
    every = max(_MINUTE, round(time_of(words[2]).total_seconds()))
    values = list(_series(network, words[5]))
    found: list[tuple[int, int, float]] = []
    before = 0.0
    for at, value in values:
        rate = value * network.units.rain
        if words[1] == "CUMULATIVE":
            rate, before = rate - before, rate
        if words[1] in ("VOLUME", "CUMULATIVE"):
            rate *= 3600 / every
        found.append((at, at + every, rate))
    return found, every


def _series(network: Network, name: str) -> Iterator[tuple[int, float]]:
    """A time series of the file, s since its first midnight."""
    midnight = datetime.combine(network.begin.date(), datetime.min.time())
    start = (network.begin - midnight).total_seconds()
    day = None
    for row in network.inp.rows("TIMESERIES"):
        words = row.words
        if words[0].upper() != name:
            continue
        if len(words) > 1 and words[1].upper() == "FILE":
            raise RangeError(
                f"time series {words[0]} stands in a file of its own, which cannot be multiplied: "
                "write it into the INP file, or give the rain in mm/h"
            )
        at = 1
        while at + 1 < len(words):
            if words[at].count("/") == 2 or words[at].count("-") == 2:
                day, at = (day_of(words[at]) - midnight).total_seconds(), at + 1
                continue
            base = start if day is None else day
            yield round(base + time_of(words[at]).total_seconds()), float(words[at + 1])
            at += 2


def put_rules(
    network: Network, draft: Draft, disturbances: Sequence[Disturbance], begin: int
) -> None:
    """Add rules that do what disturbances do to links, as `rules_of`."""
    rows = rules_of(network, disturbances, begin)
    if rows:
        draft.add("CONTROLS", rows)


def rules_of(network: Network, disturbances: Sequence[Disturbance], begin: int) -> list[str]:
    """Rules of SWMM that do what disturbances do to links.

    Parameters
    ----------
    network
        The network.
    disturbances
        What happens.
    begin
        Second at which the run begins.
    """
    rows: list[str] = []
    for number, d in enumerate(disturbances):
        links = [link for link in d.links if not d.lost]
        if not links:
            continue
        low, high = max(d.start - begin, 0), d.end - begin
        for at, link in enumerate(links):
            name = f"KOPA_{number}_{at}"
            rows += _rule(name, low, high, _action(network, link, d.setting), PRIORITY)
            usual = _action(network, link, 1.0 if network.pump_on[link] else 0.0)
            rows += _rule(f"{name}_BACK", high, high + _back(network), usual, _HALF)
    return rows


def _back(network: Network) -> int:
    """So long the file's own rules wait after a disturbance, s: until they are next looked at."""
    every = time_of(network.inp.option("RULE_STEP", "0")).total_seconds()
    routing = network.inp.option("ROUTING_STEP", "20")
    step = time_of(routing).total_seconds() if ":" in routing else float(routing)
    return round(max(_BACK_S, every, 2 * step))


def _rule(name: str, low: int, high: int, action: str, priority: float) -> list[str]:
    return [
        f"RULE {name}",
        f"IF SIMULATION TIME >= {low / 3600:.6f}",
        f"AND SIMULATION TIME < {high / 3600:.6f}",
        f"THEN {action}",
        f"PRIORITY {priority:g}" if priority != PRIORITY else f"PRIORITY {PRIORITY}",
    ]


def _action(network: Network, link: int, setting: float) -> str:
    """What a rule does to a link."""
    kind = int(network.link_types[link])
    name = f"{LINKS[kind].upper()} {network.link_ids[link]}"
    if kind == CONDUIT:
        return f"{name} STATUS = {'OPEN' if setting else 'CLOSED'}"
    if kind == PUMP:
        return f"{name} STATUS = {'ON' if setting else 'OFF'}"
    return f"{name} SETTING = {setting:g}"


def limits_of(
    network: Network, disturbances: Sequence[Disturbance], begin: int
) -> tuple[tuple[int, dict[str, float]], ...]:
    """Flow limits of narrowed conduits: second of the run, and limits in the file's units.

    A conduit that loses a share of its section keeps that share less of its full flow.
    """
    full = _full_flow(network)
    usual = {
        row.words[0]: float(row.words[8]) for row in network.inp.rows("COND") if len(row.words) > 8
    }
    narrowed = [d for d in disturbances if d.lost]
    moments: dict[int, dict[str, float]] = {}
    for at in sorted({t for d in narrowed for t in (max(d.start, begin), d.end)}):
        now: dict[str, float] = {}
        for d in narrowed:
            for link in d.links:
                name = network.link_ids[link]
                limit = usual.get(name, 0.0)
                if d.start <= at < d.end:
                    left = (1 - d.lost) * full[link] / network.units.flow
                    limit = left if not limit else min(limit, left)
                now[name] = limit
        moments[at - begin] = now
    return tuple(moments.items())


def _full_flow(network: Network) -> dict[int, float]:
    """Flow of each conduit when it is just full, m³/s, by Manning's formula for its section.

    Sections that are no circle count as one of the same height times their width.
    """
    length, units = {}, network.units.length
    levels = network.invert[network.ends[0]] + network.offset
    rows = {row.words[0].upper(): row for row in network.inp.rows("COND")}
    section = {row.words[0].upper(): row.words for row in network.inp.rows("XSECT")}
    for link in np.flatnonzero(network.link_types == CONDUIT).tolist():
        row = rows[network.link_ids[link].upper()]
        run = float(row.words[3]) * units
        fall = max(levels[link] - network.invert[network.ends[1, link]], 1e-3 * run)
        words = section.get(row.words[0].upper(), ("", "CIRCULAR", "0"))
        height = network.size[link]
        width = float(words[3]) * units if len(words) > 3 and float(words[3]) > 0 else height
        area, radius = np.pi * height * width / 4, height * width / (2 * (height + width))
        rough = float(row.words[4])
        length[link] = float(area * radius ** (2 / 3) * (fall / run) ** 0.5 / rough)
    return length
