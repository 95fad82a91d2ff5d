"""Which pumps run, where only is said how many: switches of each pump, kept apart exactly."""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations

State = tuple[tuple[int, int, int], ...]
"""For each pump, in sorted order: it ran in the first hour, it runs now, switches so far."""

Layer = frozenset[State]
"""All states that pumps may be in, up to which of them is which."""


@lru_cache(maxsize=200_000)
def begin(pumps: int, running: int) -> Layer:
    """States after the first hour."""
    first = [(1, 1, 0)] * running + [(0, 0, 0)] * (pumps - running)
    return frozenset([tuple(sorted(first))])


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


@lru_cache(maxsize=1_000_000)
def closes(layer: Layer, most: int) -> bool:
    """True if the last hour may be followed by the first without a switch too many."""
    return any(all(_closed(pump) <= most for pump in state) for state in layer)


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
    first = tuple((1, 1, 0) if pump < counts[0] else (0, 0, 0) for pump in range(pumps))
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
    for state, chosen in trail.items():
        if all(_closed(pump) <= most for pump in state):
            return chosen
    return None


def _choices(state: State, running: int, most: int) -> list[tuple[State, tuple[int, ...]]]:
    found = []
    for on in combinations(range(len(state)), running):
        after = tuple(
            (first, int(pump in on), used + (now != (pump in on)))
            for pump, (first, now, used) in enumerate(state)
        )
        if all(used <= most for _, _, used in after):
            found.append((after, on))
    return found


def _closed(pump: tuple[int, int, int]) -> int:
    first, now, used = pump
    return used + (first != now)
