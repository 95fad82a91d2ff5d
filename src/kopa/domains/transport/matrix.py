"""Times and lengths of the fastest ways between places."""

from __future__ import annotations

from dataclasses import dataclass

from kopa.geo.matrix import matrix as fastest
from kopa.model import FloatArray, IntArray

from .network import Network


@dataclass(frozen=True)
class Matrix:
    """Fastest ways by car in free traffic.

    Parameters
    ----------
    minutes
        `inf` where there is no way, shape (source, target).
    metres
        Length of the fastest way, `inf` where there is none, shape (source, target).
    """

    minutes: FloatArray
    metres: FloatArray


def matrix(network: Network, sources: IntArray, targets: IntArray) -> Matrix:
    """Minutes and metres from every source to every target.

    Parameters
    ----------
    network
        The streets.
    sources, targets
        Nodes, shape (source,) and (target,).
    """
    found = fastest(network.router, sources, targets)
    return Matrix(found.seconds / 60, found.metres)
