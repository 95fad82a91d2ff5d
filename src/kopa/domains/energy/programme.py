"""A day-ahead plan as a linear programme, whole numbers only where physics needs them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from kopa.domains.energy.plan import Problem, Process, Storage, Wish
from kopa.engine_highs import Held, Programme
from kopa.model import FloatArray, IntArray

INF = np.inf


@dataclass(frozen=True)
class Columns:
    """Where things stand in a programme, columns of shape (step,) each.

    Parameters
    ----------
    bought, sold
        Power in and out of the site, kW.
    in_, out, stock
        Consumption, production, and the stock at the end of each step, by storage.
    runs
        Whether each process runs.
    breaches
        Columns of what is beyond a wish, by what they are about.
    """

    bought: IntArray
    sold: IntArray
    in_: tuple[IntArray, ...]
    out: tuple[IntArray, ...]
    stock: tuple[IntArray, ...]
    runs: tuple[IntArray, ...]
    breaches: dict[str, int]


@dataclass(frozen=True)
class Cut:
    """A limit of the grid at a step, as a straight line.

    Parameters
    ----------
    name
        What it is.
    step
        When.
    slope
        What a kW of each device adds to it, storages before processes, shape (device,).
    most
        What their sum must not pass.
    """

    name: str
    step: int
    slope: FloatArray
    most: float


class Builder:
    """Puts a programme together.

    Parameters
    ----------
    problem
        What is to be planned.
    apart
        Storage and step at which consuming and producing exclude one another.
    cuts
        Limits of the grid.

    Attributes
    ----------
    held
        The constraints that have a name.
    one_way
        Those that keep the site from buying and selling at once: never part of a conflict, for
        what does both cancels out.
    """

    def __init__(
        self, problem: Problem, apart: Sequence[tuple[int, int]] = (), cuts: Sequence[Cut] = ()
    ) -> None:
        self._problem, self._count, self._rows = problem, 0, 0
        self._cost: list[FloatArray] = []
        self._bounds: list[tuple[FloatArray, FloatArray]] = []
        self._row_bounds: list[tuple[FloatArray, FloatArray]] = []
        self._entries: list[tuple[IntArray, IntArray, FloatArray]] = []
        self._whole: list[IntArray] = []
        self._basic: list[IntArray] = []
        self._breaches: dict[str, int] = {}
        self.held: list[Held] = []
        self.one_way = Held("one way", *3 * [np.empty(0, dtype=np.int64)])
        bought, sold = self._site()
        stored = [self._storage(storage) for storage in problem.storages]
        runs = tuple(self._process(process) for process in problem.processes)
        ins, outs, stocks = zip(*stored, strict=True) if stored else ((), (), ())
        self.columns = Columns(bought, sold, ins, outs, stocks, runs, self._breaches)
        self._balance()
        for storage, step in apart:
            self._exclude(storage, step)
        for cut in cuts:
            self._cut(cut)

    def programme(self) -> Programme:
        """All that was put together."""
        from scipy.sparse import csc_array

        rows, columns, values = (np.concatenate(part) for part in zip(*self._entries, strict=True))
        low, high = (np.concatenate(part) for part in zip(*self._bounds, strict=True))
        row_low, row_high = (np.concatenate(part) for part in zip(*self._row_bounds, strict=True))
        none = np.empty(0, dtype=np.int64)
        whole = np.concatenate(self._whole) if self._whole else none
        return Programme(
            cost=np.concatenate(self._cost),
            matrix=csc_array((values, (rows, columns)), shape=(self._rows, self._count)),
            row_low=row_low,
            row_high=row_high,
            low=low,
            high=high,
            whole=whole,
            # each equation has a column of its own to begin with: a stock, or what is bought
            basic=none if len(whole) else np.concatenate(self._basic),
        )

    def _add(
        self,
        count: int,
        low: float | FloatArray,
        high: float | FloatArray,
        cost: float | FloatArray = 0.0,
    ) -> IntArray:
        """New columns."""
        self._bounds.append((np.full(count, low), np.full(count, high)))
        self._cost.append(np.full(count, cost))
        self._count += count
        return np.arange(self._count - count, self._count)

    def _row(
        self,
        low: float | FloatArray,
        high: float | FloatArray,
        *parts: tuple[IntArray, float | FloatArray],
        count: int = 1,
    ) -> IntArray:
        """New rows; each part gives a column to each row, or columns to the only one."""
        rows = np.arange(self._rows, self._rows + count)
        for columns, values in parts:
            of = rows if count > 1 else np.full(len(columns), self._rows)
            self._entries.append((of, columns, np.full(len(columns), values)))
        self._row_bounds.append((np.full(count, low), np.full(count, high)))
        self._rows += count
        return rows

    def _name(
        self,
        name: str,
        lows: IntArray | Sequence[int] = (),
        highs: IntArray | Sequence[int] = (),
        rows: IntArray | Sequence[int] = (),
    ) -> None:
        parts = (np.asarray(part, dtype=np.int64) for part in (lows, highs, rows))
        self.held.append(Held(name, *parts))

    def _site(self) -> tuple[IntArray, IntArray]:
        site, steps, hours = self._problem.site, self._problem.steps, self._problem.step_h
        co2 = np.nan_to_num(site.co2, nan=0.0) * site.co2_price
        buy = (site.buy + co2) * hours
        bought = self._add(steps, 0.0, INF, buy)
        sells = len(site.sell) > 0
        sold = self._add(steps, 0.0, INF if sells else 0.0, -site.sell * hours if sells else 0.0)
        self._limit("site-consumption-capacity", bought, site.most_in, site.breach_in)
        self._limit("site-production-capacity", sold, site.most_out, site.breach_out)
        if site.peak_price > 0:
            peak = self._add(1, 0.0, INF, site.peak_price)
            self._row(
                -INF, site.peak_kw, (bought, 1.0), (np.repeat(peak, steps), -1.0), count=steps
            )
            self._breaches["site-peak-consumption"] = int(peak[0])
        if sells and (site.sell * hours > buy + 1e-12).any():
            self._one_way(bought, sold, np.flatnonzero(site.sell * hours > buy + 1e-12))
        return bought, sold

    def _limit(self, name: str, columns: IntArray, most: FloatArray, price: float) -> None:
        where = np.flatnonzero(np.isfinite(most))
        if not len(where):
            return
        if np.isinf(price):
            self._bounds_of(columns[where], most[where])
            self._name(f"site: {name}", highs=columns[where])
            return
        beyond = self._add(1, 0.0, INF, price)
        for step in where.tolist():
            self._row(-INF, float(most[step]), (columns[[step]], 1.0), (beyond, -1.0))
        self._breaches[name] = int(beyond[0])

    def _bounds_of(self, columns: IntArray, most: FloatArray) -> None:
        """Lower the upper bounds of columns that are there already."""
        begin = 0
        for low, high in self._bounds:
            inside = (columns >= begin) & (columns < begin + len(low))
            at = columns[inside] - begin
            high[at] = np.minimum(high[at], most[inside])
            begin += len(low)

    def _one_way(self, bought: IntArray, sold: IntArray, steps: IntArray) -> None:
        """Nothing is bought while something is sold: that would earn without end."""
        site, most = self._problem.site, self._most()
        # a limit that has a price may be passed
        limits = [
            np.minimum(limit, hard) if np.isinf(price) else limit
            for limit, hard, price in (
                (most[0], site.most_in, site.breach_in),
                (most[1], site.most_out, site.breach_out),
            )
        ]
        yes = self._add(len(steps), 0.0, 1.0)
        self._whole.append(yes)
        rows = []
        for step, choice in zip(steps.tolist(), yes, strict=True):
            into, out = (float(limit[step]) for limit in limits)
            one = np.array([choice])
            rows.append(self._row(-INF, 0.0, (bought[[step]], 1.0), (one, -into)))
            rows.append(self._row(-INF, out, (sold[[step]], 1.0), (one, out)))
        self.one_way = replace(self.one_way, rows=np.concatenate(rows))

    def _most(self) -> tuple[FloatArray, FloatArray]:
        """More than can ever come in and go out, kW, shape (step,) each."""
        problem = self._problem
        zero = np.zeros(problem.steps)
        into = sum((storage.most_in for storage in problem.storages), zero)
        out = sum((storage.most_out for storage in problem.storages), zero)
        into = into + sum(process.kw for process in problem.processes)
        for fixed in problem.fixed:
            into, out = into + np.maximum(fixed.kw, 0), out + np.maximum(-fixed.kw, 0)
        return into, out

    def _storage(self, storage: Storage) -> tuple[IntArray, IntArray, IntArray]:
        steps, hours = self._problem.steps, self._problem.step_h
        into = self._add(steps, 0.0, storage.most_in)
        out = self._add(steps, 0.0, storage.most_out)
        stock = self._add(steps, storage.low, storage.high)
        change = storage.gain * hours
        change[0] += storage.kept * storage.start
        parts = [
            (stock, 1.0),
            (into, -storage.per_kwh_in * hours),
            (out, storage.per_kwh_out * hours),
        ]
        rows = self._row(change, change, *parts, count=steps)
        self._entries.append((rows[1:], stock[:-1], np.full(steps - 1, -storage.kept)))
        self._basic.append(stock)
        name = storage.name
        self._name(f"{name}: consumption-capacity", highs=into)
        self._name(f"{name}: production-capacity", highs=out)
        self._name(f"{name}: soc-min", lows=stock)
        if np.isfinite(storage.high):
            self._name(f"{name}: soc-max", highs=stock)
        if storage.levels:
            self._levels(storage, into)
        for wish in storage.wishes:
            self._wish(storage, wish, stock)
        return into, out, stock

    def _levels(self, storage: Storage, into: IntArray) -> None:
        rows = []
        for step in range(self._problem.steps):
            chosen = self._add(len(storage.levels), 0.0, 1.0)
            self._whole.append(chosen)
            self._row(1.0, 1.0, (chosen, 1.0))
            part = (chosen, -np.array(storage.levels))
            rows.append(int(self._row(0.0, 0.0, (into[[step]], 1.0), part)[0]))
        self._name(f"{storage.name}: power-levels", rows=rows)

    def _wish(self, storage: Storage, wish: Wish, stock: IntArray) -> None:
        site, rows = self._problem.site, []
        columns = stock[np.arange(max(wish.first, 1), wish.last + 1) - 1]
        told = f"{storage.name}: {wish.key}, {wish.value:g} {storage.unit} "
        begin, end = (self._problem.moment(one) for one in (wish.first, wish.last))
        told += f"at {end}" if begin == end else f"from {begin} to {end}"
        sides: list[tuple[float, float]] = []  # sign of the shortfall, and its price
        if wish.key != "soc-maxima":
            sides.append((1.0, site.breach_low))
        if wish.key != "soc-minima":
            sides.append((-1.0, site.breach_high))
        for sign, price in sides:
            low, high = (wish.value, INF) if sign > 0 else (-INF, wish.value)
            if np.isinf(price):
                rows += [
                    int(self._row(low, high, (columns[[at]], 1.0))[0]) for at in range(len(columns))
                ]
                continue
            beyond = self._add(1, 0.0, INF, price)
            for at in range(len(columns)):
                self._row(low, high, (columns[[at]], 1.0), (beyond, sign))
            self._breaches[f"{told} ({'short' if sign > 0 else 'beyond'})"] = int(beyond[0])
        if rows:
            self._name(told, rows=rows)

    def _process(self, process: Process) -> IntArray:
        steps = self._problem.steps
        runs = self._add(steps, 0.0, process.allowed.astype(float))
        self._whole.append(runs)
        done = self._row(process.steps, process.steps, (runs, 1.0))
        self._name(f"{process.name}: duration", rows=done)
        self._name(f"{process.name}: time-restrictions", highs=runs[~process.allowed])
        if process.breakable:
            return runs
        begins = self._add(steps, 0.0, 1.0)
        self._whole.append(begins)
        self._row(1.0, 1.0, (begins, 1.0))
        for step in range(steps):
            since = begins[max(0, step - process.steps + 1) : step + 1]
            self._row(0.0, 0.0, (runs[[step]], 1.0), (since, -1.0))
        return runs

    def _balance(self) -> None:
        """What is bought and sold is what all devices consume and produce."""
        problem, columns = self._problem, self.columns
        fixed = sum((one.kw for one in problem.fixed), np.zeros(problem.steps))
        parts: list[tuple[IntArray, float | FloatArray]] = [
            (columns.bought, 1.0),
            (columns.sold, -1.0),
        ]
        for into, out in zip(columns.in_, columns.out, strict=True):
            parts += [(into, -1.0), (out, 1.0)]
        for process, runs in zip(problem.processes, columns.runs, strict=True):
            parts.append((runs, -process.kw))
        self._row(fixed, fixed, *parts, count=problem.steps)
        self._basic.append(columns.bought)

    def _exclude(self, storage: int, step: int) -> None:
        """Consuming and producing at once would burn energy for money."""
        device = self._problem.storages[storage]
        yes = self._add(1, 0.0, 1.0)
        self._whole.append(yes)
        into, out = float(device.most_in[step]), float(device.most_out[step])
        self._row(-INF, 0.0, (self.columns.in_[storage][[step]], 1.0), (yes, -into))
        self._row(-INF, out, (self.columns.out[storage][[step]], 1.0), (yes, out))

    def _cut(self, cut: Cut) -> None:
        columns, parts = self.columns, []
        storages = len(columns.in_)
        for place, slope in enumerate(cut.slope.tolist()):
            if place < storages:
                parts += [
                    (columns.in_[place][[cut.step]], slope),
                    (columns.out[place][[cut.step]], -slope),
                ]
            else:
                kw = self._problem.processes[place - storages].kw
                parts.append((columns.runs[place - storages][[cut.step]], slope * kw))
        self._name(f"grid: {cut.name}", rows=self._row(-INF, cut.most, *parts))
