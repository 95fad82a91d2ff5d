"""Broken files of offices, elections, rules and decisions give findings, never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from kopa.domains.egov.budget.override import read_overrides
from kopa.domains.egov.budget.rules import read_rules
from kopa.domains.egov.read_offices import read_offices
from kopa.domains.egov.read_pabulib import read_pabulib
from kopa.errors import InputError

from .elections import META, PROJECTS, VOTES, write_election
from .small import offices, write_egov


def codes(error: pytest.ExceptionInfo[InputError]) -> set[str]:
    return {one.code for one in error.value.findings}


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"hall": {"kind": "castle"}}, "egov.kind"),
        ({"hall": {"people": None}}, "egov.missing"),
        ({"hall": {"people": -1}}, "egov.value"),
        ({"hall": {"opening_hours": "whenever"}}, "egov.hours"),
        ({"hall": {"id": "desk"}}, "egov.duplicate"),
        ({"desk": {"needs_electricity": "perhaps"}}, "egov.value"),
    ],
)
def test_offices(tmp_path: Path, more: dict[str, dict[str, object]], code: str) -> None:
    with pytest.raises(InputError) as error:
        read_offices(write_egov(tmp_path, offices(**more)))
    assert code in codes(error)


def test_no_offices(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        read_offices(write_egov(tmp_path, []))
    assert codes(error) == {"egov.empty"}
    (tmp_path / "cut").write_text('{"type": "Feat')
    with pytest.raises(InputError):
        read_offices(tmp_path / "cut")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "egov.pabulib-table"),
        ("nothing\n", "egov.pabulib-table"),
        (META + PROJECTS, "egov.pabulib-table"),
        (META.replace("budget;100", "budget;much") + PROJECTS + VOTES, "egov.pabulib-money"),
        (META.replace("budget;100\n", "") + PROJECTS + VOTES, "egov.pabulib-money"),
        (META.replace("approval", "magic") + PROJECTS + VOTES, "egov.pabulib-type"),
        (META + PROJECTS.replace("a;60", "a;nan") + VOTES, "egov.pabulib-money"),
        (META + PROJECTS.replace("b;40", "a;40") + VOTES, "egov.pabulib-project"),
        (META + PROJECTS.replace("project_id", "id") + VOTES, "egov.pabulib-column"),
        (META + PROJECTS + VOTES.replace("1;a,b", "1;a,z"), "egov.pabulib-vote"),
        (META + PROJECTS + VOTES.replace("2;a", "1;a"), "egov.pabulib-voter"),
        (META + PROJECTS + VOTES.replace("3;b", "3;b;x;y;z"), "egov.pabulib-cells"),
        (META.replace("approval", "cumulative") + PROJECTS + VOTES, "egov.pabulib-points"),
    ],
)
def test_elections(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(InputError) as error:
        read_pabulib(write_election(tmp_path, text))
    assert code in codes(error)
    assert all(one.file and one.do for one in error.value.findings)


def test_an_election_that_is_no_text(tmp_path: Path) -> None:
    file = tmp_path / "e.pb"
    file.write_bytes(b"META\n\xff\xfe")
    with pytest.raises(InputError) as error:
        read_pabulib(file)
    assert codes(error) == {"egov.encoding"}
    with pytest.raises(InputError) as error:
        read_pabulib(tmp_path / "none.pb")
    assert codes(error) == {"egov.no-file"}


def test_what_a_file_says_of_itself_is_held_against_it(tmp_path: Path) -> None:
    text = META + "num_votes;9\n" + PROJECTS + VOTES.replace("1;a,b", "1;a,a,b")
    found, findings = read_pabulib(write_election(tmp_path, text))
    assert found.votes == (2, 2, 1)
    assert {one.code for one in findings} == {"egov.pabulib-count", "egov.pabulib-twice"}


def test_a_head_that_is_left_out_is_told(tmp_path: Path) -> None:
    """Three of Pabulib's own files begin their META without a header."""
    text = META.replace("key;value\n", "") + PROJECTS + VOTES
    found, findings = read_pabulib(write_election(tmp_path, text))
    assert found.budget == 100
    assert found.meta["description"] == "A town"
    assert [one.code for one in findings] == ["egov.pabulib-head"]


def test_points_of_thirds_and_halves_stay_exact(tmp_path: Path) -> None:
    votes = "VOTES\nvoter_id;vote;points\n1;a,b;0.5,0.2\n2;a;1\n"
    text = META.replace("approval", "cumulative") + PROJECTS + votes
    found, _ = read_pabulib(write_election(tmp_path, text))
    half, whole = found.points[0].tolist()
    assert whole == 2 * half
    assert found.points[1].tolist() == [half * 2 // 5]


@pytest.mark.parametrize(
    "text",
    [
        "[mine]\nmethod = 'dice'",
        "[mine]\nmethod = 'greedy'\norder = 'age'",
        "[mine]\nmethod = 'greedy'\nskip = 1",
        "[mine]\nmethod = 'equal-shares'\ncompletion = ['magic']",
        "[mine]\nmethod = 'equal-shares'\nstep = 0",
        "[mine]\nmethod = 'greedy'\nleast_votes = -1",
        "[mine]\nmethod = 'greedy'\ncolour = 'red'",
        "mine = 1",
        "[mine",
    ],
)
def test_rules(tmp_path: Path, text: str) -> None:
    (tmp_path / "rules.toml").write_text(text)
    with pytest.raises(InputError):
        read_rules(tmp_path / "rules.toml")


def test_a_citys_own_rule_stands_beside_the_others(tmp_path: Path) -> None:
    (tmp_path / "rules.toml").write_text("[mine]\nmethod = 'greedy'\nleast_votes = 2\n")
    found = read_rules(tmp_path / "rules.toml")
    assert found["mine"].least_votes == 2
    assert "equal-shares" in found


@pytest.mark.parametrize(
    "text",
    [
        "[[override]]\nproject = 'a'\nchosen = true\nby = 'Council'\n",
        "[[override]]\nproject = 'z'\nchosen = true\nby = 'Council'\nreason = 'x'\n",
        "[[override]]\nproject = 'a'\nchosen = 'yes'\nby = 'Council'\nreason = 'x'\n",
        "[[override]]\nproject = 'a'\nchosen = true\nby = 'C'\nreason = 'x'\n" * 2,
        "override = [1]",
        "",
        "[[",
    ],
)
def test_decisions(tmp_path: Path, text: str) -> None:
    election, _ = read_pabulib(write_election(tmp_path, META + PROJECTS + VOTES))
    (tmp_path / "o.toml").write_text(text)
    with pytest.raises(InputError):
        read_overrides(tmp_path / "o.toml", election)
