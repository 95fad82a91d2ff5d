"""What a run of the environment adds up to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from kopa.ledger.account import Account, spans
from kopa.model import FloatArray, IntArray, Window

from .air_run import AirRun
from .bathing import visiting
from .network import Environment
from .river_run import RiverRun


def bathing_accounts(
    environment: Environment,
    settings: Mapping[str, Any],
    window: Window,
    open_: FloatArray,
    season: FloatArray,
    origins: IntArray,
) -> list[Account]:
    """Person-hours without bathing.

    Parameters
    ----------
    environment, settings, window
        The domain and the run.
    open_
        1 where people may bathe, shape (step, bathing).
    season
        1 in the season, shape (step, bathing).
    origins
        Event behind each closure, -1 for none, shape (bathing,).
    """
    begin, end = settings["bathing_from_h"], settings["bathing_to_h"]
    visits = visiting(window, begin, end)[:, None] * environment.bathing.people_a_day
    lost = (visits * (season - open_)).sum(axis=0) * settings["visit_h"]
    rows, assets = environment.bathing_rows, len(environment.assets)
    starts, ends = spans(season > open_, window.starts, window.step)
    return [
        Account(
            "people",
            "person_hours",
            "person·h",
            _over(assets, rows, lost),
            "bathers a day × share of the day's bathing hours that is lost × length of a visit",
            service="bathing",
            starts=_over(assets, rows, starts).astype(np.int64),
            ends=_over(assets, rows, ends).astype(np.int64),
            events=_events(assets, rows, origins),
            own=True,
        )
    ]


def air_accounts(environment: Environment, window: Window, air: AirRun) -> list[Account]:
    """Person-hours in air that is not clean, and kilograms released.

    Parameters
    ----------
    environment, window, air
        The domain and the run.
    """
    places = environment.breathing
    rows, assets = environment.point_rows[places], len(environment.assets)
    people = environment.points.people[places]
    lost = (1 - air.clean).sum(axis=0) * window.hours_per_step * people
    starts, ends = spans(air.clean < 1, window.starts, window.step)
    found = [
        Account(
            "people",
            "person_hours",
            "person·h",
            _over(assets, rows, lost),
            "people of the zone × share of it above the guideline level × hours",
            service="clean_air",
            starts=_over(assets, rows, starts).astype(np.int64),
            ends=_over(assets, rows, ends).astype(np.int64),
            events=_events(assets, rows, air.origins),
            own=True,
        )
    ]
    found += [
        Account(
            "environment",
            "substance_released",
            "kg",
            kilograms,
            "rate × time of the release",
            service=name,
        )
        for name, kilograms in sorted(air.released.items())
    ]
    return found


def river_accounts(
    environment: Environment,
    settings: Mapping[str, Any],
    window: Window,
    run: RiverRun,
    events: IntArray,
) -> list[Account]:
    """Sewage and ammonia that rivers received, and where ammonia harms fish.

    Parameters
    ----------
    environment, settings, window, run
        The domain and the run.
    events
        Event of what enters each reach, -1 for none, shape (reach,).
    """
    rivers, assets = environment.rivers, len(environment.assets)
    rows = np.arange(len(rivers), dtype=np.int64)
    sewage = run.loads.sewage.sum(axis=0) * window.step
    grams = sewage * settings["raw_ammonia_mg_l"] + run.loads.ammonia.sum(axis=0) * window.step
    limit = environment.thresholds["fish-ammonia"].value
    cell_km = (rivers.length / (run.grid.last - run.grid.first + 1))[run.grid.reach] / 1000
    over = ((run.unionised > limit) * cell_km).sum(axis=0) * window.hours_per_step
    harmed = np.add.reduceat(over, run.grid.first)
    why = _events(assets, rows, events)

    def account(quantity: str, unit: str, values: FloatArray, how: str) -> Account:
        full = _over(assets, rows, values)
        return Account("environment", quantity, unit, full, how, events=why)

    return [
        account("sewage_received", "m3", sewage, "flow of overflows × time"),
        account("ammonia_received", "kg", grams / 1000, "nitrogen of overflows and effluents"),
        account(
            "ammonia_exceeded",
            "km·h",
            harmed,
            "length of river × hours with un-ionised ammonia above the threshold for fish",
        ),
    ]


def _over(assets: int, rows: IntArray, values: FloatArray | IntArray) -> FloatArray:
    full = np.zeros(assets)
    full[rows] = values
    return full


def _events(assets: int, rows: IntArray, events: IntArray) -> IntArray:
    full = np.full(assets, -1, dtype=np.int64)
    full[rows] = events
    return full
