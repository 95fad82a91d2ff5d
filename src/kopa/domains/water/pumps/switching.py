"""Which pumps run, where only is said how many: switches of each pump, kept apart exactly.

The horizon is periodic, and yet nothing is checked where it closes: a pump that has used all of an
even number of switches stands as it stood in the first hour, and any other has one left.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations

State = tuple[tuple[int, int], ...]
"""For each pump, in sorted order: it runs, switches so far."""

Layer = frozenset[State]
"""All states that pumps may be in, up to which of them is which."""


@lru_cache(maxsize=200_000)
def begin(pumps: int, running: int) -> Layer:
    """States after the first hour."""
    return frozenset([((0, 0),) * (pumps - running) + ((1, 0),) * running])


@lru_cache(maxsize=1_000_000)
def follow(layer: Layer, running: int, most: int) -> Layer:
    """States after another hour.

    Parameters
    ----------
    layer
        States before.
    running
        How many of the pumps run now.
    most
        Switches that one pump may do: two a cycle.

    Returns
    -------
    frozenset
        Empty if no choice of pumps holds the limit.

    References
    ----------
    Rocha, Muritiba, Araújo, Lavor and Souza (2026), EPANET-BB, doi 10.5281/zenodo.19363091:
    periodic disaggregation of pump counts by dynamic programming.
    """
    return frozenset(
        tuple(sorted(after)) for state in layer for after, _ in _choices(state, running, most)
    )


def assign(counts: tuple[int, ...], pumps: int, cycles: int) -> list[tuple[int, ...]] | None:
    """Choose the pumps that run.

    Parameters
    ----------
    counts
        How many run in each hour.
    pumps
        How many there are.
    cycles
        Times that each may be switched on in the periodic horizon.

    Returns
    -------
    list or None
        For each hour the pumps that run; None if there is no way to hold the limit.
    """
    most = 2 * cycles
    first = tuple((int(pump < counts[0]), 0) for pump in range(pumps))
    trail: dict[State, list[tuple[int, ...]]] = {first: [tuple(range(counts[0]))]}
    for running in counts[1:]:
        longer: dict[State, list[tuple[int, ...]]] = {}
        seen: set[State] = set()
        for state, chosen in trail.items():
            for after, on in _choices(state, running, most):
                key = tuple(sorted(after))
                if key not in seen:
                    seen.add(key)
                    longer[after] = [*chosen, on]
        trail = longer
    return next(iter(trail.values()), None)


def _choices(state: State, running: int, most: int) -> list[tuple[State, tuple[int, ...]]]:
    found = []
    for on in combinations(range(len(state)), running):
        after = tuple(
            (int(pump in on), used + (now != (pump in on)))
            for pump, (now, used) in enumerate(state)
        )
        if all(used <= most for _, used in after):
            found.append((after, on))
    return found
