"""Winners by hand, against pabutools, and against what cities decided (Pabulib).

pabutools is GPL, so it is installed nowhere here: PABUTOOLS_PYTHON names a Python that has it.
"""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from shared_data import data

from kopa.domains.egov.budget.decide import Outcome, decide
from kopa.domains.egov.budget.election import Election
from kopa.domains.egov.budget.publish import voters_by
from kopa.domains.egov.budget.rules import Rule, read_rules
from kopa.domains.egov.read_pabulib import read_pabulib

from .elections import META, PROJECTS, VOTES, write_election

RULES = read_rules()
PEER = """
import json, sys
from pabutools.election import Cardinality_Sat, Cost_Sat, parse_pabulib
from pabutools.rules import method_of_equal_shares
sat = {"cost": Cost_Sat, "cardinality": Cardinality_Sat}
found = {}
for file in sys.argv[1:]:
    instance, profile = parse_pabulib(file)
    found[file] = {
        name: [one.name for one in method_of_equal_shares(instance, profile, one)]
        for name, one in sat.items()
    }
print(json.dumps(found))
"""
BY_OTHER_RULES = {
    "poland_poznan_2023_2-kiekrz-krzyzowniki-smochowice-podolany-strzeszyn": "greedy-stop",
    "poland_warszawa_2018_kamionek": "greedy-votes",
}
BY_NONE = {
    # the file's budget is ten times what the official winners cost: it is not that of small ones
    "poland_gdynia_2020_dabrowa-small",
    # a project of 22 voters fits and is not chosen
    "poland_katowice_2021_podlesie",
    # the project of the most votes is not chosen, a course that stands twice in the file
    "poland_warszawa_2017_centrum-wola-grzybowska-groszowka",
    # a project of 176 voters fits and is not chosen
    "poland_warszawa_2018_brodno-podgrodzie",
}
"""Local rules chose these; the files do not say which."""


def election(costs: list[int], budget: int, ballots: list[list[int]]) -> Election:
    many = len(costs)
    supporters = [[v for v, one in enumerate(ballots) if p in one] for p in range(many)]
    none = (None,) * many
    return Election(
        {}, tuple("abcdefgh"[:many]), ("",) * many, tuple(costs), budget, 1, len(ballots),
        tuple(np.array(one, dtype=np.int64) for one in supporters),
        tuple(np.ones(len(one), dtype=np.int64) for one in supporters),
        none, none, none, ("",) * len(ballots), ("",) * len(ballots),
    )  # fmt: skip


def winners(found: Election, rule: str) -> list[str]:
    return [found.ids[row] for row in decide(found, RULES[rule]).winners]


def test_equal_shares_by_hand() -> None:
    """Ten voters of 10 each. a (60, six voters at 10): all they have; b (30, of the four others).

    By cost, the factor of a is 10 / 60 = 1/6, that of b 7.5 / 30 = 1/4, that of c 20 / 3 / 20.
    """
    found = election(
        [60, 30, 20], 100, [[0]] * 3 + [[0, 2]] * 3 + [[1]] * 4
    )  # c is wanted by three who want a, too
    outcome = decide(found, RULES["equal-shares-plain"])
    assert [found.ids[row] for row in outcome.winners] == ["a", "b"]
    a, b, c = outcome.reasons
    assert (a.code, a.turn, a.values["least_paid"], a.values["most_paid"]) == ("paid", 1, 10, 10)
    assert a.values["paid_all_they_had"] == 0
    assert (b.turn, b.values["mean_paid"]) == (2, 7.5)
    assert (c.code, c.values["had_left"], c.values["missing"]) == ("short", 0, 20)
    assert outcome.share == 10
    # by number of projects, c costs 20 / 3 for a unit of utility, b 7.5, a 10
    assert winners(found, "equal-shares-cardinality") == ["c", "b"]
    # the rest is spent on what fits, and after b of 30 and a of 60 nothing does
    assert winners(found, "equal-shares-greedy") == ["a", "b"]


def test_who_has_too_little_pays_all() -> None:
    """Both want a (8): 4 each of 10. Then b (9): the first has 6 left, the second 6: 4.5 each."""
    found = election([8, 9, 3], 20, [[0, 1, 2], [0, 1]])
    outcome = decide(found, RULES["equal-shares-plain"])
    assert [found.ids[row] for row in outcome.winners] == ["a", "b"]
    assert outcome.reasons[2].values["had_left"] == 1.5


def test_shares_grow_until_it_costs_too_much() -> None:
    """a: 4 voters of 25 cannot pay 120; with 30 each they can; b needs 70 of its one voter."""
    found = election([120, 70], 125, [[0], [0], [0], [0], [1]])
    assert winners(found, "equal-shares-plain") == []
    outcome = decide(found, RULES["equal-shares-increment"])
    assert [found.ids[row] for row in outcome.winners] == ["a"]
    assert outcome.share == 30


def test_greedy_and_its_ties() -> None:
    """b and c have two votes each: the cheaper is first. By value: 2 / 40, 2 / 50, 3 / 80."""
    found = election([80, 50, 40], 120, [[0, 1, 2], [0, 1, 2], [0]])
    assert winners(found, "greedy") == ["a", "c"]
    stop = decide(election([60, 40, 50], 90, [[0, 1, 2], [0, 1, 2], [0]]), RULES["greedy-stop"])
    assert [one.code for one in stop.reasons] == ["most_votes", "no_room", "stopped"]
    assert winners(found, "greedy-value") == ["c", "b"]
    few = replace(RULES["greedy"], least_votes=3)
    assert [one.code for one in decide(found, few).reasons] == ["most_votes"] + ["few_votes"] * 2


def test_an_election_without_ballots() -> None:
    found = election([60, 50], 100, [])
    for name in RULES:
        assert winners(found, name) == []


def naive(found: Election, utility: str) -> list[str]:
    """The method as the paper writes it, in fractions, without a trick."""
    left = [Fraction(found.budget, found.voters)] * found.voters
    waiting = [p for p in range(len(found)) if found.votes[p]]
    chosen = []
    while True:
        best: tuple[Fraction, str, int] | None = None
        for project in waiting:
            gain = found.costs[project] if utility == "cost" else 1
            who = found.supporters[project].tolist()
            for factor in sorted({left[v] / gain for v in who} | {_even(found, project, left)}):
                paid = sum(min(left[v], factor * gain) for v in who)
                if paid >= found.costs[project]:
                    factor = _exact(found, project, left, gain)
                    key = (factor, found.ids[project], project)
                    best = key if best is None else min(best, key)
                    break
        if best is None:
            return chosen
        factor, name, project = best
        gain = found.costs[project] if utility == "cost" else 1
        for voter in found.supporters[project].tolist():
            left[voter] -= min(left[voter], factor * gain)
        waiting.remove(project)
        chosen.append(name)


def _even(found: Election, project: int, left: list[Fraction]) -> Fraction:
    return max(left[v] for v in found.supporters[project].tolist())


def _exact(found: Election, project: int, left: list[Fraction], gain: int) -> Fraction:
    who = sorted(left[v] for v in found.supporters[project].tolist())
    missing = Fraction(found.costs[project])
    for place, one in enumerate(who):
        each = missing / (len(who) - place)
        if one >= each:
            return each / gain
        missing -= one
    raise AssertionError


@settings(max_examples=60, deadline=None)
@given(
    some.lists(some.integers(1, 60), min_size=1, max_size=6),
    some.lists(some.lists(some.integers(0, 5), max_size=6, unique=True), min_size=1, max_size=9),
    some.integers(1, 120),
)
def test_it_is_the_method_of_the_paper(
    costs: list[int], ballots: list[list[int]], budget: int
) -> None:
    ballots = [[p for p in one if p < len(costs)] for one in ballots]
    found = election(costs, budget, ballots)
    assert winners(found, "equal-shares-plain") == naive(found, "cost")
    assert winners(found, "equal-shares-cardinality") == naive(found, "cardinality")


def test_against_pabutools() -> None:
    """The same winners in the same order, by cost and by number of projects."""
    python = os.environ.get("PABUTOOLS_PYTHON")
    if not python:
        pytest.skip("PABUTOOLS_PYTHON names no Python with pabutools (GPL, so not installed here)")
    folder = data("people", "pabulib")
    chosen = [
        one for one in sorted(folder.glob("*.pb"))
        if one.stat().st_size < 60_000 and b"vote_type;ordinal" not in one.read_bytes()
    ]  # fmt: skip
    answer = subprocess.run(
        [python, "-c", PEER, *map(str, chosen)], capture_output=True, text=True, check=True
    )
    told = json.loads(answer.stdout.splitlines()[-1])
    assert len(told) >= 15
    for file, peer in told.items():
        found, _ = read_pabulib(Path(file))
        assert winners(found, "equal-shares-plain") == peer["cost"], file
        assert winners(found, "equal-shares-cardinality") == peer["cardinality"], file


def test_official_winners() -> None:
    """Of 39 elections that mark what was selected, 33 are those of greedy, 2 of its relatives."""
    files = sorted(data("people", "pabulib").glob("*.pb"))
    by: dict[str, list[str]] = {}
    for file in files:
        found, _ = read_pabulib(file)
        official = {row for row, one in enumerate(found.selected) if one == 1}
        if not any(one is not None for one in found.selected):
            continue
        rules = ("greedy", "greedy-stop", "greedy-votes", "greedy-value", "equal-shares-plain")
        same = (one for one in rules if set(decide(found, RULES[one]).winners) == official)
        by.setdefault(next(same, ""), []).append(file.stem)
    assert len(files) == 45
    assert len(by.pop("greedy")) == 33
    assert set(by.pop("")) == BY_NONE
    assert {stem: rule for rule, stems in by.items() for stem in stems} == BY_OTHER_RULES


def test_every_project_is_explained() -> None:
    found, _ = read_pabulib(data("people", "pabulib", "poland_warszawa_2017_rejon-e.pb"))
    for rule in ("greedy", "greedy-stop", "equal-shares-greedy", "equal-shares-plain"):
        outcome = decide(found, RULES[rule])
        assert [one.project for one in outcome.reasons] == list(range(len(found)))
        assert {one.project for one in outcome.reasons if one.won} == set(outcome.winners)
        assert outcome.cost(found) <= found.budget
        _paid_for(found, outcome, RULES[rule])


def _paid_for(found: Election, outcome: Outcome, rule: Rule) -> None:
    for one in outcome.reasons:
        if one.code == "paid":
            mean, many = one.values["mean_paid"], one.values["supporters"]
            assert isinstance(mean, float)
            assert isinstance(many, float)
            assert mean * many == pytest.approx(found.money(found.costs[one.project]))
            least, most = one.values["least_paid"], one.values["most_paid"]
            assert least <= mean <= most <= outcome.share * (1 + 1e-12)  # type: ignore[operator]


def test_few_voters_of_an_age_and_sex_are_hidden(tmp_path: Path) -> None:
    """20 women of 30, 12 men of 30 and 3 men of 65: with the 3 hidden, the 12 go too."""
    rows = ["a;30;F"] * 20 + ["a;31;M"] * 12 + ["a;65;M"] * 3
    votes = "VOTES\nvoter_id;vote;age;sex\n"
    votes += "".join(f"{n};{one}\n" for n, one in enumerate(rows))
    found, _ = read_pabulib(write_election(tmp_path, META + PROJECTS + votes))
    told = {(one["age"], one["sex"]): one["voters"] for one in voters_by(found)}
    assert told == {("30-44", "F"): 20, ("30-44", "M"): None, ("60-74", "M"): None}
    found, _ = read_pabulib(write_election(tmp_path, META + PROJECTS + VOTES))
    assert all(one["voters"] is None for one in voters_by(found))


@pytest.mark.parametrize("rule", sorted(RULES))
def test_what_costs_nothing_never_wins(tmp_path: Path, rule: str) -> None:
    """Files mark projects so that were withdrawn (Gdynia 2020, Grabówek)."""
    file = write_election(tmp_path, META + PROJECTS.replace("a;60", "a;0") + VOTES)
    found, told = read_pabulib(file)
    made = decide(found, RULES[rule])
    assert found.ids.index("a") not in made.winners
    assert made.winners
    assert made.reasons[0].code == "no_cost"
    assert "egov.pabulib-cost" in {one.code for one in told}
