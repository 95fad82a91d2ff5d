"""A window of a city's sights: who is there, who cannot come, and what visitors draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kopa.domain import Change
from kopa.model import BoolArray, FloatArray, PortSeries, Window
from kopa.model.links import buffered

from .network import STORED, Network
from .visitors import usual

HALF = 0.5
"""A sight that gets less than this share of what it needs, behind its own store, closes."""
NEEDS = (*STORED, "road_access")
FESTIVAL_H = 1.0
"""Hours in which the visitors of a festival come: our own assumption."""


@dataclass(frozen=True)
class Visits:
    """What happened in a window; all of shape (step, sight).

    Parameters
    ----------
    usual, wanted
        Visitors on a usual day, and those who want to be there.
    here
        Those who are there.
    arrivals, usual_arrivals
        Persons/h who come, and who usually come.
    lost
        Visitors who are not there, by cause: ``out``, a need, ``transit``, ``full``.
    closed
        True where a change or a need that fails closes the sight for some of the step.
    """

    usual: FloatArray
    wanted: FloatArray
    here: FloatArray
    arrivals: FloatArray
    usual_arrivals: FloatArray
    lost: Mapping[str, FloatArray]
    closed: BoolArray

    @property
    def share(self) -> FloatArray:
        """Share of those who want to be there who are, 1 where nobody wants to."""
        return np.divide(self.here, self.wanted, out=np.ones_like(self.here), where=self.wanted > 0)


def visits(
    network: Network, window: Window, changes: Sequence[Change], inputs: PortSeries
) -> Visits:
    """Run a window.

    Parameters
    ----------
    network
        What there is.
    window, changes, inputs
        As `Domain.run` gets them.
    """
    sights = network.sights
    calm, came = (np.nan_to_num(one) for one in usual(network, window))
    wanted, coming, shut = calm.copy(), came.copy(), np.zeros(calm.shape)
    for change in changes:
        row, value = network.assets.index[change.asset], change.value or 0.0
        cover = window.cover(change.start, change.end)
        if change.kind == "out":
            shut[:, row] = np.maximum(shut[:, row], cover)
        elif change.kind == "factor":
            wanted[:, row] *= 1 + (value - 1) * cover
            coming[:, row] *= 1 + (value - 1) * cover
        else:
            wanted[:, row] += value * cover
            begin = max(window.start, change.start if change.start is not None else 0)
            soon = window.cover(begin, begin + int(FESTIVAL_H * 3600))
            coming[:, row] += value * np.minimum(soon, cover) / FESTIVAL_H
    lost: dict[str, FloatArray] = {"out": wanted * shut}
    here, closed = wanted - lost["out"], shut > 0
    for need in NEEDS:
        given = inputs.get(need)
        if given is None:
            continue
        share = np.clip(given, 0.0, 1.0)
        if need in STORED:
            hours = sights.electricity if need == "electricity" else sights.water
            share = buffered(share, np.ones(len(sights)), hours, window.hours_per_step)
        lost[need] = np.where(share < HALF, here, 0.0)
        closed |= share < HALF
        here = here - lost[need]
    transit = inputs.get("transit")
    if transit is not None:
        lost["transit"] = here * network.transit_share * (1 - np.clip(transit, 0.0, 1.0))
        here = here - lost["transit"]
    room = np.where(np.isnan(sights.capacity), np.inf, sights.capacity)
    lost["full"] = np.maximum(here - room, 0.0)
    here = here - lost["full"]
    part = np.divide(here, wanted, out=np.ones_like(here), where=wanted > 0)
    return Visits(calm, wanted, here, coming * part, came, lost, closed)
