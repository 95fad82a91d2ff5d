"""The data of a city from the command line: replay, backup, restore, audit."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from small_city import write_city

from kopa.access.accounts import Accounts
from kopa.city.data import store_of
from kopa.cli import main
from kopa.store import Key, Span

LEVEL = Key("water:T", "level")


@pytest.fixture
def city(tmp_path: Path) -> Path:
    folder = tmp_path / "city"
    folder.mkdir()
    return write_city(folder)


def recording(folder: Path) -> str:
    file = folder / "day.csv"
    rows = "".join(f"2026-11-22T{hour:02d}:00:00Z,water:T,level,{hour}\n" for hour in range(24))
    file.write_text("observed_at,entity,attribute,value\n" + rows, encoding="utf-8")
    return str(file)


def levels(city: Path) -> list[float]:
    with store_of(city) as store:
        found: list[float] = store.points("", [LEVEL], Span()).value.tolist()
    return found


def test_a_recording_is_kept_once(city: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        assert main(["replay", str(city), recording(city), "--json"]) == 0
    assert json.loads(capfd.readouterr().out.splitlines()[0])["observations"] == 24
    assert levels(city) == list(range(24))


def test_a_backup_is_restored(city: Path, tmp_path: Path) -> None:
    assert main(["replay", str(city), recording(city)]) == 0
    backup = str(tmp_path / "backup")
    assert main(["backup", str(city), "-o", backup]) == 0
    (tmp_path / "other").mkdir()
    other = write_city(tmp_path / "other")
    assert main(["restore", str(other), backup]) == 0
    assert levels(other) == list(range(24))
    assert main(["restore", str(other), backup]) != 0
    assert levels(other) == list(range(24))


def test_the_audit_log_is_verified(city: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with store_of(city) as store:
        Accounts(store).first()
    assert main(["audit", "verify", str(city), "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["rows"] == 1
    assert main(["audit", "show", str(city)]) == 0
    assert "account.added" in capfd.readouterr().out
    database = sqlite3.connect(city / ".kopa" / "kopa.sqlite", isolation_level=None)
    triggers = "select name from sqlite_master where type = 'trigger' and tbl_name = 'audit'"
    for (name,) in database.execute(triggers).fetchall():  # somebody who owns the disk
        database.execute(f"drop trigger {name}")
    database.execute("update audit set record = replace(record, 'admin', 'nobody')")
    database.close()
    assert main(["audit", "verify", str(city), "--json"]) == 1
    assert json.loads(capfd.readouterr().out)["broken"] == 1


def test_no_city_and_no_data(tmp_path: Path, city: Path) -> None:
    assert main(["audit", "verify", str(tmp_path)]) == 2
    assert main(["audit", "verify", str(city)]) == 2
    assert main(["backup", str(city), "-o", str(tmp_path / "b")]) == 2
