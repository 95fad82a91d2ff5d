"""`kopa education assign`, and the store that nothing leaves."""

from __future__ import annotations

import sqlite3
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from domains.education.jobs import codes, runner

APPLICATIONS = """\
child,rank,school,priority,sibling,group,family,distance_m
anna,1,north,1,false,,f1,400
anna,2,south,1,false,,f1,900
bert,1,north,2,true,,f2,300
bert,2,south,2,false,,f2,200
cora,1,north,2,false,,f3,100
cora,2,south,2,false,,f3,800
dora,1,north,3,false,support,f4,700
"""
QUOTAS = "school,places,group\nnorth,3,\nnorth,1,support\nsouth,2,\n"


@pytest.fixture(name="files")
def _files(tmp_path: Path) -> tuple[Path, Path]:
    return written(tmp_path, APPLICATIONS, QUOTAS)


def written(folder: Path, applications: str, quotas: str) -> tuple[Path, Path]:
    files = folder / "applications.csv", folder / "quotas.csv"
    for file, text in zip(files, (applications, quotas), strict=True):
        file.write_text(text, "utf-8")
    return files


def test_the_small_round_by_hand(
    files: tuple[Path, Path], capfd: pytest.CaptureFixture[str]
) -> None:
    """Dora has the reserved place, Anna the better class, Bert a sibling there; Cora goes south."""
    code, found = runner(capfd, "assign")(*files, "--seed", "2026-11-24", "--json")
    assert code == 0
    assert found["assignment"] == {
        "anna": "north", "bert": "north", "cora": "south", "dora": "north",
    }  # fmt: skip
    assert found["rank_counts"] == {"1": 3, "2": 1, "none": 0}
    assert found["stable"]
    assert found["blocking_pairs"] == []
    (cora,) = (one for one in found["explanations"] if one["child"] == "cora")
    assert [one["reason"] for one in cora["refused"]] == ["sibling"]
    # 400 + 300 + 800 + 700, against Bert in the south: 400 + 200 + 100 + 700
    both = found["least_distance"]
    assert (both["fair"]["metres"], both["least_distance"]["metres"]) == (2200, 1400)
    assert both["least_distance"]["blocking_pairs"] == 1
    assert found["findings"] == []


def test_the_seed_is_told_where_none_is_given(
    files: tuple[Path, Path], capfd: pytest.CaptureFixture[str]
) -> None:
    _, found = runner(capfd, "assign")(*files, "--json")
    assert codes(found) == {"seed"}
    seed = found["lottery"]["seed"]
    _, other = runner(capfd, "assign")(*files, "--json")
    assert other["lottery"]["seed"] != seed  # nobody can compute it beforehand
    _, again = runner(capfd, "assign")(*files, "--seed", seed, "--json")
    assert {**again, "findings": found["findings"]} == found
    code, text = runner(capfd, "assign")(*files, "--seed", "1", "--child", "cora", "--language=lv")
    assert code == 0
    assert "brāļi vai māsas" in text
    assert runner(capfd, "assign")(*files, "--child", "nobody")[0] == 2


LINE = "eva,1,north,1,false,,,"


@pytest.mark.parametrize(
    ("more", "quotas", "code"),
    [
        (f"{LINE}\n{LINE}", "", "duplicate-child"),
        ("eva,1,east,1,false,,,", "", "unknown-school"),
        (f"{LINE}\neva,2,north,1,false,,,", "", "same-school"),
        ("eva,1,north,,false,,,", "", "missing"),
        ("eva,1.5,north,1,false,,,", "", "whole"),
        ("eva,0,north,1,false,,,", "", "value"),
        ("eva,1,north,1,maybe,,,", "", "value"),
        ("eva,1,north,1,false,,", "", "cells"),
        ("150591-11114,1,north,1,false,,,", "", "personal"),
        ("eva,1,north,1,false,,eva@mail.lv,", "", "personal"),
        (f"{LINE}\neva,2,south,1,false,,other,", "", "differs"),
        ("", "west,-1,", "value"),
        ("", "south,4,", "duplicate"),
        ("", "south,3,support", "quota-groups"),
        ("", "west,3,support", "quota-missing"),
        ("", "west,many,", "value"),
    ],
)
def test_what_is_wrong_is_told(
    more: str, quotas: str, code: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    files = written(tmp_path, f"{APPLICATIONS}{more}\n", f"{QUOTAS}{quotas}\n")
    exit_code, found = runner(capfd, "assign")(*files, "--json")
    assert exit_code == 1
    assert code in codes(found)
    for word in ("eva", "150591", "mail.lv"):
        assert word not in str([(one["what"], one["place"]) for one in found["findings"]])


@pytest.mark.parametrize(
    ("applications", "quotas"),
    [("", ""), ("child\nx\n", QUOTAS), (APPLICATIONS, "school\n"), ("\x00", "\x00"),
     (APPLICATIONS[: APPLICATIONS.index("\n")], QUOTAS), (APPLICATIONS, "school,places,group")],
)  # fmt: skip
def test_files_that_are_none(
    applications: str, quotas: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    files = written(tmp_path, applications, quotas)
    code, found = runner(capfd, "assign")(*files, "--json")
    assert code == 1
    assert found["findings"]


def kept_words(folder: Path, until: str) -> list[object]:
    return ["--store", folder / "round.sqlite", "--key", folder / "round.key", "--delete-on", until,
            "--round", "2027"]  # fmt: skip


@pytest.fixture(name="kept")
def _kept(files: tuple[Path, Path], tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Any:
    until = f"{date.today() + timedelta(days=30)}"
    words = [*files, "--seed", "s", *kept_words(tmp_path, until), "--json"]
    for _ in range(2):  # a round takes the place of the one of its name
        assert runner(capfd, "assign")(*words)[0] == 0
    return tmp_path / "round.sqlite", tmp_path / "round.key", until


def test_the_store_alone_tells_of_nobody(kept: Any) -> None:
    store, key, _ = kept
    whole = store.read_bytes()
    assert b"north" in whole
    with sqlite3.connect(store) as connection:  # a number of the lottery names a child
        columns = {row[1] for row in connection.execute("PRAGMA table_info(preference)")}
    assert "lottery" not in columns
    for name in (b"anna", b"bert", b"cora", b"dora", b"f1", bytes.fromhex(key.read_text())):
        assert name not in whole
    assert (store.stat().st_mode & 0o777, key.stat().st_mode & 0o777) == (0o600, 0o600)


def test_a_child_sees_and_deletes_what_is_kept(
    kept: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    store, key, until = kept
    words = [store, "--key", key, "--child", "cora", "--json"]
    _, found = runner(capfd, "kept")(*words)
    (one,) = found["rounds"]
    assert (one["round"], one["delete_on"]) == ("2027", until)
    rows = [(row["school"], row["taken"]) for row in one["applications"]]
    assert rows == [("north", 0), ("south", 1)]
    runner(capfd, "kept")(*words, "--forget")
    assert runner(capfd, "kept")(*words)[1]["rounds"] == []
    other = [store, "--key", key, "--child", "anna", "--json"]
    assert len(runner(capfd, "kept")(*other)[1]["rounds"]) == 1


def test_what_is_due_is_deleted_and_nothing_of_it_is_left_in_the_file(
    kept: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    store, _, until = kept
    early = f"{date.fromisoformat(until) - timedelta(days=1)}"
    _, found = runner(capfd, "purge")(store, "--on", early, "--json")
    assert (found["deleted"], len(found["left"])) == ([], 1)
    _, found = runner(capfd, "purge")(store, "--on", until, "--json")
    assert found["deleted"] == [{"round": "2027", "delete_on": until, "children": 4}]
    assert found["left"] == []
    assert b"north" not in store.read_bytes()
    with sqlite3.connect(store) as connection:
        assert connection.execute("SELECT COUNT(*) FROM preference").fetchone() == (0,)


def test_a_store_has_all_its_terms(
    files: tuple[Path, Path], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    run = runner(capfd, "assign")
    assert run(*files, *kept_words(tmp_path, "2020-01-01"))[0] == 2
    assert run(*files, *kept_words(tmp_path, "soon"))[0] == 2
    assert run(*files, *kept_words(tmp_path, "2999-01-01")[:4])[0] == 2
    (tmp_path / "round.key").write_text("short", "utf-8")
    assert run(*files, *kept_words(tmp_path, "2999-01-01"))[0] == 1
    (tmp_path / "round.key").unlink()
    (tmp_path / "round.sqlite").write_text("no store at all, but text" * 50, "utf-8")
    assert run(*files, *kept_words(tmp_path, "2999-01-01"))[0] == 1
    assert runner(capfd, "purge")(tmp_path / "none.sqlite")[0] == 1
    assert not (tmp_path / "none.sqlite").exists()


def test_a_round_that_is_replaced_leaves_nothing(
    kept: Any, files: tuple[Path, Path], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    store, _, until = kept
    assert b"south" in store.read_bytes()
    north = [line for line in APPLICATIONS.splitlines() if ",2,south" not in line]
    written(tmp_path, "\n".join(north), QUOTAS)
    words = [*files, "--seed", "s", *kept_words(tmp_path, until)]
    assert runner(capfd, "assign")(*words)[0] == 0
    assert b"south" not in store.read_bytes()


def test_a_child_is_another_one_in_every_round(
    kept: Any, files: tuple[Path, Path], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    store, _, until = kept
    words = [*files, "--seed", "s", *kept_words(tmp_path, until)[:-1], "2028"]
    assert runner(capfd, "assign")(*words)[0] == 0
    with sqlite3.connect(store) as connection:
        rows = connection.execute("SELECT round, child FROM preference").fetchall()
    first, second = ({who for name, who in rows if name == one} for one in ("2027", "2028"))
    assert len(first) == len(second) == 4
    assert not first & second
