"""Admission rounds for tests: by hand, and at random."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from kopa.domains.education.assignment.round import Round


def round_of(
    lists: Sequence[Sequence[int]],
    places: Sequence[int],
    priority: Mapping[tuple[int, int], int] | None = None,
    group: Sequence[int] = (),
    reserved: Sequence[Sequence[int]] = (),
) -> Round:
    """A round of children ``c0``, … and schools ``s0``, …; priority 1 where none is given."""
    school = np.array([one for some in lists for one in some], dtype=np.int64)
    child = np.repeat(np.arange(len(lists)), [len(some) for some in lists])
    given = priority or {}
    pairs = zip(child.tolist(), school.tolist(), strict=True)
    names = tuple(f"c{row}" for row in range(len(lists)))
    groups = tuple(f"g{row}" for row in range(len(reserved[0]))) if len(reserved) else ()
    return Round(
        names,
        names,
        np.array(group or [-1] * len(lists), dtype=np.int64),
        np.cumsum([0, *map(len, lists)]).astype(np.int64),
        school,
        np.array([given.get(pair, 1) for pair in pairs], dtype=np.int64),
        np.zeros(len(school), dtype=bool),
        np.full(len(school), np.nan),
        tuple(f"s{row}" for row in range(len(places))),
        groups,
        np.array(places, dtype=np.int64),
        np.array(reserved if len(reserved) else np.zeros((len(places), 0)), dtype=np.int64),
    )


def random_round(
    seed: int, children: int, schools: int, most: int, groups: int = 0, seats: float = 0.9
) -> Round:
    """A round of random lists, three classes of priority, and reserved places."""
    random = np.random.default_rng(seed)
    lists = [
        random.permutation(schools)[: random.integers(1, most + 1)].tolist()
        for _ in range(children)
    ]
    places = random.multinomial(int(children * seats), np.full(schools, 1 / schools))
    given = {
        (child, school): int(random.integers(1, 4))
        for child, some in enumerate(lists)
        for school in some
    }
    if not groups:
        return round_of(lists, places.tolist(), given)
    group = random.integers(-1, groups, children).tolist()
    held = [
        random.multinomial(random.integers(0, many + 1), np.full(groups + 1, 1 / (groups + 1)))[
            :groups
        ].tolist()
        for many in places
    ]
    return round_of(lists, places.tolist(), given, group, held)
