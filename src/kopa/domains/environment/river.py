"""Velocity, mixing and decay in rivers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from kopa.model import FloatArray

from .channel import GRAVITY, Section, normal_depth
from .network import Rivers

BACTERIA = ("escherichia_coli", "enterococci")
POLLUTANTS = (*BACTERIA, "ammonia")
DAY = 86_400.0
WARMER = 1.07
"""Growth of decay by degree (Mancini 1978)."""
NITRIFIES = 1.08
"""Growth of nitrification by degree (Bowie et al. 1985)."""
DEPTH_EXPONENT = 0.6
"""Depth grows with flow to this power in a wide channel (Manning)."""


@dataclass(frozen=True)
class Hydraulics:
    """A steady river.

    Parameters
    ----------
    depth
        m, shape (reach,).
    velocity
        m/s, shape (reach,).
    dispersion
        Longitudinal, m²/s, shape (reach,).
    """

    depth: FloatArray
    velocity: FloatArray
    dispersion: FloatArray


def hydraulics(rivers: Rivers, flow: FloatArray) -> Hydraulics:
    """Depth, velocity and dispersion of every reach.

    Parameters
    ----------
    rivers
        The reaches.
    flow
        m³/s, shape (reach,).

    References
    ----------
    Fischer et al. (1979), Mixing in Inland and Coastal Waters, equation 5.19:
    E = 0.011 u² W² / (d u*); the shear velocity u* = u n √g / R^(1/6) is Manning's.
    """
    depth = np.array(
        [
            normal_depth(Section("rectangular", w), q, n, s) if np.isnan(d) else d * (q / mean) ** p
            for w, q, n, s, d, mean, p in zip(
                rivers.width,
                flow,
                rivers.manning,
                rivers.slope,
                rivers.depth,
                rivers.flow,
                np.full(len(flow), DEPTH_EXPONENT),
                strict=True,
            )
        ]
    )
    velocity = flow / (rivers.width * depth)
    radius = rivers.width * depth / (rivers.width + 2 * depth)
    shear = velocity * rivers.manning * np.sqrt(GRAVITY) / radius ** (1 / 6)
    dispersion = 0.011 * velocity**2 * rivers.width**2 / (depth * shear)
    return Hydraulics(depth, velocity, dispersion)


def decay_rates(
    settings: Mapping[str, Any], temperature: FloatArray, depth: FloatArray
) -> dict[str, FloatArray]:
    """First-order loss of each pollutant, 1/s, shape (reach,).

    Parameters
    ----------
    settings
        The domain's settings: rates in the dark at 20 °C, and light.
    temperature, depth
        °C and m, shape (reach,).

    References
    ----------
    Mancini (1978), J. Water Pollut. Control Fed. 50(11), 2477-2484:
    k = k20 1.07^(T-20) + I0 (1 - e^(-ke H)) / (ke H); Chapra (1997), Surface Water-Quality
    Modeling, lecture 27.
    """
    turbid = settings["light_extinction_m"] * depth
    light = settings["surface_light_ly_h"] * (1 - np.exp(-turbid)) / turbid
    warm = temperature - 20.0
    return {
        "escherichia_coli": (settings["decay_ecoli_d"] * WARMER**warm + light) / DAY,
        "enterococci": (settings["decay_enterococci_d"] * WARMER**warm + light) / DAY,
        "ammonia": settings["decay_ammonia_d"] * NITRIFIES**warm / DAY,
    }


def unionised_share(temperature: FloatArray, ph: FloatArray) -> FloatArray:
    """Share of ammonia that is NH3 and not NH4+.

    Parameters
    ----------
    temperature, ph
        °C and pH, of one shape.

    References
    ----------
    Emerson et al. (1975), J. Fish. Res. Board Can. 32(12), 2379-2383:
    pKa = 0.09018 + 2729.92 / T.
    """
    dissociation = 0.09018 + 2729.92 / (temperature + 273.15)
    return np.asarray(1.0 / (1.0 + 10.0 ** (dissociation - ph)))


def routed(rivers: Rivers, own: FloatArray, base: FloatArray, least: float = 0.01) -> FloatArray:
    """Natural flow where some reaches carry another flow than usual: those below feel it.

    Parameters
    ----------
    rivers
        The reaches, upstream first.
    own
        Flow that a change gives a reach, NaN where nothing is changed, shape (step, reach).
    base
        Usual flow, shape (reach,).
    least
        A reach keeps this share of its usual flow.

    Returns
    -------
    FloatArray
        m³/s, shape (step, reach).
    """
    flow = np.broadcast_to(base, own.shape).copy()
    extra = np.zeros_like(flow)
    for reach, below in enumerate(rivers.downstream.tolist()):
        natural = np.maximum(base[reach] + extra[:, reach], least * base[reach])
        flow[:, reach] = np.where(np.isnan(own[:, reach]), natural, own[:, reach])
        if below >= 0:
            extra[:, below] += flow[:, reach] - base[reach]
    return flow


def summed_down(rivers: Rivers, given: FloatArray) -> FloatArray:
    """What enters at a reach and at all above it, shape (step, reach)."""
    total = given.copy()
    for reach, below in enumerate(rivers.downstream.tolist()):
        if below >= 0:
            total[:, below] += total[:, reach]
    return total
