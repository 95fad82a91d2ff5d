"""Cumulative sums: the day of a change is found, and chance is not taken for one."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from kopa.domains.industry.chart import svg, ticks
from kopa.domains.industry.cusum import PRICE, Sums, changes, cumulate
from kopa.domains.industry.regression import fit
from kopa.domains.industry.savings import Dates, periods_of
from kopa.domains.industry.uncertainty import quality
from kopa.domains.industry.usage import Usage

from .meters import Plant
from .test_regression import read

DATES = Dates(date(2023, 12, 31))


def sums(data: Usage) -> Sums:
    periods = periods_of(data, DATES)
    model = fit(data, periods.before)
    return cumulate(data, model, quality(model), periods.before | periods.after)


def test_a_change_on_a_day_that_is_known(tmp_path: Path) -> None:
    """From 2024-04-10 on 60 kWh a day less, with a noise of 20 kWh."""
    data = read(tmp_path, Plant())
    at = (date(2024, 4, 10) - date(2023, 1, 1)).days
    data.energy[at:] -= 60
    found = sums(data)
    (one,) = found.changes
    assert abs(one.row - at) <= 1
    assert one.step == pytest.approx(-60, abs=4 * one.error)
    assert one.error < 5
    assert found.total[-1] == pytest.approx(-60 * (731 - at), rel=0.15)
    assert found.total[364] == pytest.approx(0, abs=1e-6 * data.energy.sum())


def test_two_changes(tmp_path: Path) -> None:
    data = read(tmp_path, Plant())
    data.energy[400:500] -= 80
    found = sums(data)
    assert [one.row for one in found.changes] == pytest.approx([400, 500], abs=1)
    assert found.changes[1].after == pytest.approx(0, abs=10)


@pytest.mark.parametrize("rho", [0.0, 0.5])
def test_chance_is_no_change(rho: float) -> None:
    """100 series of noise of two years: no more than 3 false alarms."""
    rng = np.random.default_rng(11)
    alarms = 0
    for _ in range(100):
        noise = rng.normal(size=730)
        for day in range(1, 730):
            noise[day] += rho * noise[day - 1]
        alarms += bool(changes(noise, np.ones(730), 1 / (1 - rho) ** 2, 7))
    assert alarms <= 3


@pytest.mark.parametrize("seed", range(12))
def test_the_split_is_the_best_of_all(seed: int) -> None:
    """All splits into one, two and three parts, by brute force; the steps are at the border."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=36) + np.repeat([0.0, 1.6, 0.4], [12, 9, 15])
    weights, count, least = rng.uniform(0.5, 2, 36), 36, 3

    def cost(edges: tuple[int, ...]) -> float:
        total = 0.0
        for a, b in pairwise(edges):
            mean = np.average(values[a:b], weights=weights[a:b])
            total += float((weights[a:b] * (values[a:b] - mean) ** 2).sum())
            total += np.log((b - a) / count)
        return total + PRICE * np.log(count) * (len(edges) - 2)

    every = [(0, count)]
    every += [(0, a, count) for a in range(least, count - least + 1)]
    every += [
        (0, a, b, count)
        for a in range(least, count - 2 * least + 1)
        for b in range(a + least, count - least + 1)
    ]
    best = min(every, key=cost)
    assert changes(values, weights, 1.0, least) == list(best[1:-1])


def test_use_that_wanders_is_no_change(tmp_path: Path) -> None:
    """Residuals with an autocorrelation of 0.8: the price of a change follows it."""
    data = read(tmp_path, Plant(noise=0))
    rng = np.random.default_rng(5)
    noise = rng.normal(0, 20, 731)
    for day in range(1, 731):
        noise[day] += 0.8 * noise[day - 1]
    data.energy[:] += noise
    assert sums(data).changes == ()


def test_a_series_that_is_too_short_has_none() -> None:
    assert changes(np.ones(5), np.ones(5), 1.0, 7) == []


def test_the_chart_is_well_formed_and_says_the_change(tmp_path: Path) -> None:
    data = read(tmp_path, Plant())
    data.energy[465:] -= 60
    text = svg(data, periods_of(data, DATES), sums(data), "A < B & C")
    root = ElementTree.fromstring(text)
    words = [node.text or "" for node in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "A < B & C" in words
    assert any(word.startswith("2024-04-1") and "kWh/d" in word for word in words)
    lines = root.iter("{http://www.w3.org/2000/svg}path")
    assert any((node.get("d") or "").count("L") == 731 for node in lines)


def test_a_chart_of_nothing_saved(tmp_path: Path) -> None:
    data = read(tmp_path, Plant(noise=0))
    found = sums(data)
    flat = replace(found, total=np.zeros_like(found.total), changes=())
    ElementTree.fromstring(svg(data, periods_of(data, DATES), flat, "flat"))


def test_ticks_are_round() -> None:
    assert ticks(-950, 100) == [-1000, -500, 0, 500]
    assert ticks(0, 7) == [0, 2, 4, 6, 8]
