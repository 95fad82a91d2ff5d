"""The log of incidents only grows, tells what was changed, and can be replayed."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import schemas

from kopa.cli.main import main
from kopa.domains.emergency.incident_log import Entry, add, read_log, replayed
from kopa.errors import InputError, UsageError

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def written(path: Path) -> Path:
    rows = [("i1", "reported"), ("i2", "reported"), ("i1", "dispatched"), ("i1", "resolved")]
    for minute, (name, state) in enumerate(rows):
        at = NOW + timedelta(minutes=minute)
        add(path, Entry(at, name, state, "dispatcher", "zvana +371 29123456", ""))
    return path


def test_it_is_replayed_to_any_time(tmp_path: Path) -> None:
    entries = read_log(written(tmp_path / "log.jsonl"))
    now = {name: one.state for name, one in replayed(entries).items()}
    assert now == {"i1": "resolved", "i2": "reported"}
    then = replayed(entries, NOW + timedelta(minutes=1, seconds=30))
    assert {name: one.state for name, one in then.items()} == {"i1": "reported", "i2": "reported"}
    assert {one.text for one in entries} == {"zvana [phone]"}


@pytest.mark.parametrize("row", [0, 1, 2])
def test_a_changed_a_lost_and_a_moved_line_are_told(tmp_path: Path, row: int) -> None:
    path = written(tmp_path / "log.jsonl")
    lines = path.read_text(encoding="utf-8").splitlines()
    changed = [*lines[:row], lines[row].replace("dispatcher", "nobody"), *lines[row + 1 :]]
    lost = [*lines[:row], *lines[row + 1 :]]
    moved = [*lines[:row], lines[row + 1], lines[row], *lines[row + 2 :]]
    for text in (changed, lost, moved):
        path.write_text("".join(f"{line}\n" for line in text), encoding="utf-8")
        with pytest.raises(InputError, match="changed here or above"):
            read_log(path)


def test_what_cannot_be_written(tmp_path: Path) -> None:
    path = written(tmp_path / "log.jsonl")
    later = NOW + timedelta(hours=1)
    for entry in (
        Entry(later, "i1", "on_scene", "x", "", ""),
        Entry(NOW, "i2", "confirmed", "x", "", ""),
        Entry(later, "i2", "lost", "x", "", ""),
    ):
        with pytest.raises(UsageError):
            add(path, entry)
    path.write_text("no json\n[]\n", encoding="utf-8")
    with pytest.raises(InputError) as told:
        read_log(path)
    assert [one.place for one in told.value.findings] == ["line 1", "line 2"]


def test_the_job(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = str(tmp_path / "log.jsonl")
    words = ["--incident", "i1", "--state", "reported", "--by", "operator", "--text", "a@b.lv"]
    assert main(["emergency", "log", path, *words, "--json"]) == 0
    schemas.valid("emergency-log", capfd.readouterr().out)
    assert main(["emergency", "log", path, "--until", "2020-01-01T00:00+02:00", "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["incidents"] == []
    assert main(["emergency", "log", path, "--incident", "i1"]) == 2
    assert main(["emergency", "log", str(tmp_path / "none.jsonl")]) == 2


def test_many_who_write_at_once_keep_the_chain(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"

    def write(number: int) -> None:
        for _ in range(5):
            add(path, Entry(NOW, f"i{number}", "reported", "operator", "", ""))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    assert len(read_log(path)) == 40
