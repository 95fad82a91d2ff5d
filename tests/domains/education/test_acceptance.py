"""Deferred acceptance against the package `matching`, brute force, and assignments by hand."""

from __future__ import annotations

import itertools
import warnings

import numpy as np
import pytest
from domains.education.rounds import random_round, round_of

from kopa.domains.education.assignment.acceptance import accepted
from kopa.domains.education.assignment.compare import compared, nearest
from kopa.domains.education.assignment.explain import explained
from kopa.domains.education.assignment.proof import doors, proof, rank_counts
from kopa.domains.education.assignment.round import Order, Round, draw, ordered
from kopa.model import IntArray


def schools_of(asked: Round, match: IntArray) -> dict[str, str | None]:
    return {
        name: asked.schools[asked.school[pair]] if pair >= 0 else None
        for name, pair in zip(asked.children, match.tolist(), strict=True)
    }


def by_matching(asked: Round, order: Order) -> dict[str, str | None]:
    """The children-optimal assignment of the package `matching`."""
    from matching.games import HospitalResident

    position: dict[tuple[int, int], int] = {}
    for pair, place in enumerate(order.position.tolist()):
        position[int(asked.child[pair]), int(asked.school[pair])] = place
    wants = {
        name: [asked.schools[asked.school[p]] for p in range(asked.first[i], asked.first[i + 1])]
        for i, name in enumerate(asked.children)
    }
    ranks = {
        name: sorted(
            (asked.children[i] for i, one in position if one == school),
            key=lambda child, school=school: position[asked.children.index(child), school],
        )
        for school, name in enumerate(asked.schools)
    }
    ranks = {name: some for name, some in ranks.items() if some}
    places = {
        name: int(many) for name, many in zip(asked.schools, asked.places, strict=True)
        if name in ranks
    }  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        game = HospitalResident.create_from_dictionaries(wants, ranks, places)
        solved = game.solve(optimal="resident")
    found: dict[str, str | None] = dict.fromkeys(asked.children)
    for hospital, residents in solved.items():
        for one in residents:
            found[one.name] = hospital.name
    return found


@pytest.mark.parametrize("seed", range(8))
def test_it_is_that_of_the_package_matching(seed: int) -> None:
    asked = random_round(seed, children=60, schools=8, most=5)
    # the package knows no school without places
    asked = Round(**{**asked.__dict__, "places": np.maximum(asked.places, 1)})
    order = ordered(asked, f"seed {seed}")
    assert schools_of(asked, accepted(asked, order)) == by_matching(asked, order)


def chosen(asked: Round, order: Order, school: int, pairs: list[int]) -> set[int]:
    """Whom a school takes of some who ask, by the words of the rule."""
    left = sorted(pairs, key=lambda pair: int(order.position[pair]))
    taken: list[int] = []
    for group in range(len(asked.groups)):
        own = [pair for pair in left if asked.group[asked.child[pair]] == group]
        taken += own[: asked.reserved[school, group]]
    left = [pair for pair in left if pair not in taken]
    return {*taken, *left[: asked.places[school] - len(taken)]}


def blocking(asked: Round, order: Order, match: IntArray) -> set[int]:
    """Pairs that block, by trying each of them."""
    held: dict[int, list[int]] = {row: [] for row in range(len(asked.schools))}
    for pair in match[match >= 0].tolist():
        held[int(asked.school[pair])].append(pair)
    found = set()
    for pair in range(len(asked.school)):
        child, school = int(asked.child[pair]), int(asked.school[pair])
        got = int(match[child])
        better = pair < got or (got < 0)
        if better and pair in chosen(asked, order, school, [*held[school], pair]):
            found.add(pair)
    return found


def assignments(asked: Round) -> list[IntArray]:
    """All assignments that no school is too small for."""
    choices = [
        [-1, *range(asked.first[row], asked.first[row + 1])] for row in range(len(asked.children))
    ]
    found = []
    for one in itertools.product(*choices):
        match = np.array(one, dtype=np.int64)
        many = np.bincount(asked.school[match[match >= 0]], minlength=len(asked.schools))
        if (many <= asked.places).all():
            found.append(match)
    return found


@pytest.mark.parametrize("groups", [0, 2])
@pytest.mark.parametrize("seed", range(12))
def test_of_all_stable_assignments_it_is_best_for_every_child(seed: int, groups: int) -> None:
    """Brute force over all assignments of five children; the proof finds what trying finds."""
    asked = random_round(seed + 100, children=5, schools=3, most=3, groups=groups, seats=0.8)
    order = ordered(asked, "x")
    match = accepted(asked, order)
    ranks = np.where(match >= 0, asked.rank[match], 99)
    stable = 0
    for number, other in enumerate(assignments(asked)):
        blocks = blocking(asked, order, other)
        if number % 3 == 0 or not blocks:
            assert set(proof(asked, order, other).blocking.tolist()) == blocks
        if not blocks:
            stable += 1
            assert (ranks <= np.where(other >= 0, asked.rank[other], 99)).all()
    assert stable >= 1
    assert not blocking(asked, order, match)


@pytest.mark.parametrize("seed", range(10))
def test_with_reserved_places_nobody_blocks(seed: int) -> None:
    asked = random_round(seed, children=120, schools=9, most=6, groups=3)
    order = ordered(asked, "s", "school" if seed % 2 else "single")
    match = accepted(asked, order)
    assert proof(asked, order, match).stable
    assert not blocking(asked, order, match)
    counts = rank_counts(asked, match)
    assert sum(counts.values()) == 120


def test_the_order_of_the_file_changes_nothing() -> None:
    asked = random_round(3, children=80, schools=6, most=4, groups=2)
    first = schools_of(asked, accepted(asked, ordered(asked, "a")))
    turn = np.arange(80)[::-1]
    parts = [np.arange(asked.first[row], asked.first[row + 1]) for row in turn]
    pairs = np.concatenate(parts)
    other = Round(
        tuple(asked.children[row] for row in turn),
        tuple(asked.families[row] for row in turn),
        asked.group[turn],
        np.cumsum([0, *map(len, parts)]),
        asked.school[pairs], asked.priority[pairs], asked.sibling[pairs], asked.distance[pairs],
        asked.schools, asked.groups, asked.places, asked.reserved,
    )  # fmt: skip
    assert schools_of(other, accepted(other, ordered(other, "a"))) == first
    assert schools_of(asked, accepted(asked, ordered(asked, "b"))) != first


def test_nobody_gains_by_a_false_list() -> None:
    """Every other list of one child of six, against its true one."""
    for seed in range(4):
        asked = random_round(seed + 50, children=6, schools=3, most=3, groups=1, seats=0.7)
        true = [asked.school[asked.first[row] : asked.first[row + 1]].tolist() for row in range(6)]
        given = {
            (int(c), int(s)): int(p)
            for c, s, p in zip(asked.child, asked.school, asked.priority, strict=True)
        }
        group, held = asked.group.tolist(), asked.reserved.tolist()
        places = asked.places.tolist()

        def got(lists: list[list[int]], priority: dict[tuple[int, int], int] = given,
                group: list[int] = group, held: list[list[int]] = held,
                places: list[int] = places) -> str | None:  # fmt: skip
            one = round_of(lists, places, priority, group, held)
            return schools_of(one, accepted(one, ordered(one, "z")))["c0"]

        def rank(school: str | None, true: list[list[int]] = true) -> int:
            return true[0].index(int(school[1:])) if school else 99

        honest = rank(got(true))
        for size in range(1, len(true[0]) + 1):
            for false in itertools.permutations(true[0], size):
                assert rank(got([list(false), *true[1:]])) >= honest


def test_reserved_places_by_hand() -> None:
    """Two places, one of a group: the member gets in before a better class, the other does not."""
    given = {(0, 0): 1, (1, 0): 1, (2, 0): 3, (3, 0): 3}
    asked = round_of([[0], [0], [0], [0]], [2], given, [-1, -1, 0, 0], [[1]])
    order = ordered(asked, "1")
    match = accepted(asked, order)
    in_group = match[2:] >= 0
    assert in_group.sum() == (match[:2] >= 0).sum() == 1
    better = np.argmin(order.position[2:])
    assert in_group[better]
    # nobody of the group applies: its place goes to the others
    alone = round_of([[0], [0]], [2], {}, [-1, -1], [[1]])
    assert (accepted(alone, ordered(alone, "1")) >= 0).all()


def test_every_refusal_is_explained() -> None:
    """Class beats lottery; among equals it is the lottery; each refused child sees by whom."""
    given = {(0, 0): 1, (1, 0): 2, (2, 0): 2}
    asked = round_of([[0, 1], [0, 1], [0]], [2, 1], given)
    order = ordered(asked, "7")
    match = accepted(asked, order)
    of = doors(asked, order, match)
    loser = 1 if order.lottery[2] > order.lottery[4] else 2
    found = explained(asked, order, match, of, loser)
    (refused,) = found["refused"]
    assert refused["reason"] == "lottery"
    assert refused["own"]["lottery"] > refused["last"]["lottery"]
    assert found["school"] == ("s1" if loser == 1 else None)
    assert explained(asked, order, match, of, 0)["refused"] == []
    shut = round_of([[0]], [0])
    order = ordered(shut, "7")
    match = accepted(shut, order)
    none = explained(shut, order, match, doors(shut, order, match), 0)
    assert none["refused"][0]["reason"] == "no_places"
    held = round_of([[0], [0]], [1], {}, [-1, 0], [[1]])
    order = ordered(held, "7")
    match = accepted(held, order)
    told = explained(held, order, match, doors(held, order, match), 0)
    assert (told["refused"][0]["reason"], told["refused"][0]["last"]) == ("reserved", None)
    strict = round_of([[0], [0]], [1], {(0, 0): 1, (1, 0): 2})
    order = ordered(strict, "7")
    match = accepted(strict, order)
    told = explained(strict, order, match, doors(strict, order, match), 1)
    assert told["refused"][0]["reason"] == "priority"


def test_lottery_numbers_can_be_computed_by_anybody() -> None:
    """`printf '2026-11-24 4711\\nc1' | sha256sum` begins with these digits."""
    assert f"{draw('2026-11-24 4711', 'c1'):013x}" == "ccd88ab2e1016"
    asked = random_round(1, children=40, schools=3, most=3)
    twins = Round(**{**asked.__dict__, "families": ("f",) * 2 + asked.children[2:]})
    order = ordered(twins, "q")
    assert order.lottery[twins.first[0]] == order.lottery[twins.first[1]]
    drawn = order.lottery[twins.first[:-1]]
    assert len(set(drawn.tolist())) == 39
    per_school = ordered(twins, "q", "school")
    assert len(set(per_school.lottery[twins.first[2] : twins.first[3]].tolist())) == int(
        twins.first[3] - twins.first[2]
    )


def test_the_nearest_assignment_against_all_of_them() -> None:
    for seed in range(5):
        asked = random_round(seed + 20, children=5, schools=3, most=3, seats=0.8)
        random = np.random.default_rng(seed)
        asked = Round(
            **{**asked.__dict__, "distance": random.integers(1, 99, len(asked.school)) * 1.0}
        )
        every = assignments(asked)
        many = max(int((one >= 0).sum()) for one in every)
        least = min(
            asked.distance[one[one >= 0]].sum() for one in every if (one >= 0).sum() == many
        )
        match = nearest(asked)
        assert (match >= 0).sum() == many
        assert asked.distance[match[match >= 0]].sum() == least
        order = ordered(asked, "d")
        both = compared(asked, order, accepted(asked, order))
        assert both is not None
        assert both["fair"]["blocking_pairs"] == 0
        assert both["least_distance"]["metres"] == least
    unknown = random_round(1, children=4, schools=2, most=2)
    order = ordered(unknown, "d")
    assert compared(unknown, order, accepted(unknown, order)) is None
