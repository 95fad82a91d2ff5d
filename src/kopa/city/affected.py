"""Who is cut off by changes, computed from the networks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from kopa.city.causes import LostBy, lost_by_cause
from kopa.city.load import City, load_city
from kopa.city.whatif import WhatIf, what_if
from kopa.coupling.explain import Step
from kopa.domain.affected import Affected, Cut, Given
from kopa.model import Window
from kopa.model.window import clock

DAY = Window(0, 3600, 24)
NAMED = 4
"""So many assets of a step are named."""


def affected(city: City, answer: WhatIf) -> Affected:
    """Who is cut off in a what-if.

    Parameters
    ----------
    city
        The city.
    answer
        Of the what-if; where it is `unknown`, nobody is said to be cut off, nor that nobody is.
    """
    settings = city.settings
    reason = "; ".join(finding.what for finding in answer.findings) or "the run cannot be trusted"
    return Affected(
        settings.name,
        settings.crs,
        tuple(settings.languages),
        settings.timezone,
        tuple(str(change) for change in answer.asked),
        tuple(_cut(city, lost) for lost in lost_by_cause(city, answer)),
        answer.status,
        reason if answer.status == "unknown" else "",
    )


def everybody(city: City, services: Sequence[str], begins: int, ends: int) -> Affected:
    """Everybody in a city, without what a person names.

    Parameters
    ----------
    city
        The city.
    services
        What fails; empty where that is none of the city's services.
    begins, ends
        Seconds since midnight.
    """
    settings = city.settings
    name = max(city.domains, key=lambda one: float(city.domains[one].assets().people.sum()))
    assets = city.domains[name].assets()
    rows = np.flatnonzero((assets.people > 0) & np.isfinite(assets.x + assets.y))
    of = len(rows)
    cuts = tuple(
        Cut(
            name,
            service,
            tuple(assets.full(row) for row in rows.tolist()),
            tuple(assets.names[row] for row in rows.tolist()),
            tuple(assets.zones[row] for row in rows.tolist()),
            np.asarray(assets.x[rows]),
            np.asarray(assets.y[rows]),
            np.asarray(assets.people[rows]),
            np.asarray(assets.people[rows]) * (ends - begins) / 3600,
            np.full(of, begins),
            np.full(of, ends),
            (),
        )
        for service in (services or ("",))
    )
    told = settings.name, settings.crs, tuple(settings.languages), settings.timezone
    return Affected(*told, (), cuts if of else (), "ok")


def asked(folder: Path, changes: Sequence[str], window: Window = DAY) -> Affected:
    """Who is cut off in a city, and what each domain was given.

    Parameters
    ----------
    folder
        The city.
    changes
        As ``kopa whatif`` takes them.
    window
        Hours; the day that begins with midnight.
    """
    city = load_city(folder)
    solver = city.solver(window)
    answer = what_if(city, solver, [city.change(text) for text in changes])
    solution = answer.solution
    given = {
        name: Given(window, tuple(c for c in solution.changes if c.domain == name), inputs)
        for name, inputs in solution.inputs.items()
    }
    return replace(affected(city, answer), given=given)


def _cut(city: City, lost: LostBy) -> Cut:
    assets = city.domains[lost.domain].assets()
    rows = lost.rows
    return Cut(
        lost.domain,
        lost.service,
        tuple(assets.full(row) for row in rows.tolist()),
        tuple(assets.names[row] for row in rows.tolist()),
        tuple(assets.zones[row] for row in rows.tolist()),
        np.asarray(assets.x[rows]),
        np.asarray(assets.y[rows]),
        np.asarray(assets.people[rows]),
        lost.mid,
        lost.starts,
        lost.ends,
        tuple(_line(step) for step in lost.steps),
    )


def _line(step: Step) -> str:
    names = [f"{step.domain}:{asset}" for asset in step.assets[:NAMED]]
    more = len(step.assets) - NAMED
    text = ", ".join(names) + (f" (+{more})" if more > 0 else "")
    return f"{text}: {step.what} {clock(step.start)}-{clock(step.end)}"
