"""``kopa write``: a dry run, its plan, and a value that returns even when the command is killed."""

from __future__ import annotations

import os
import signal
import struct
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from field_devices import HOST, modbus_in_a_thread
from kopa_up import KOPA
from schemas import valid
from small_city import write_city
from written_devices import ASSET, ATTRIBUTE, write_rule

from kopa.access.accounts import Accounts
from kopa.access.roles import Grant
from kopa.cli import main
from kopa.store import open_store

PASSWORD = "correct horse battery"
WHAT = ("--set", ASSET, ATTRIBUTE)


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOPA_PASSWORD", PASSWORD)


@pytest.fixture
def device() -> Iterator[int]:
    with modbus_in_a_thread() as port:
        yield port


@pytest.fixture
def city(tmp_path: Path, device: int) -> Path:
    write_city(tmp_path)
    write_rule(tmp_path, device)
    with open_store(tmp_path / ".kopa") as store:
        for name, role in (("anna", "operator"), ("bob", "viewer")):
            Accounts(store).add(name, PASSWORD, [Grant(role, "*")], "test")
    return tmp_path


def there(port: int) -> float:
    """What the device has, asked by pymodbus's own client."""
    from pymodbus.client import ModbusTcpClient

    client = ModbusTcpClient(HOST, port=port)
    client.connect()
    words = client.read_holding_registers(100, count=2).registers
    client.close()
    return float(struct.unpack(">f", struct.pack(">2H", *words))[0])


def said(capfd: pytest.CaptureFixture[str], code: int, *words: str) -> dict[str, Any]:
    assert main(["write", *words, "--json"]) == code
    return valid("write", capfd.readouterr().out)


def actions(city: Path) -> list[str]:
    with open_store(city / ".kopa") as store:
        return [row.entry.action for row in store.audit("")]


def test_plan_apply_return(city: Path, device: int, capfd: pytest.CaptureFixture[str]) -> None:
    anna = ("--account", "anna")
    listed = said(capfd, 0, str(city))
    (rule,) = listed["writable"]
    assert (rule["asset"], rule["low"], rule["high"], listed["standing"]) == (ASSET, 1, 6, [])
    plan = said(capfd, 0, str(city), *WHAT, "4", *anna)["plan"]
    assert (plan["before"], plan["value"], plan["returns_to"]) == (2.75, 4, 2)
    assert there(device) == 3.5
    assert main(["write", str(city), *WHAT, "5", *anna, "--apply", plan["plan"]]) == 2
    assert "write the same, or plan anew" in capfd.readouterr().err
    done = said(capfd, 0, str(city), *WHAT, "4", *anna, "--apply", plan["plan"])["done"]
    assert (done["state"], done["read_back"], done["returned"]) == ("held", 4, True)
    assert there(device) == 2.0
    assert actions(city) == ["write.planned", "write.begun", "write.held", "write.returned"]
    assert main(["audit", "show", str(city), "--tenant", ""]) == 0
    assert "write.held" in capfd.readouterr().out


def test_words_for_people(city: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["write", str(city)]) == 0
    assert main(["write", str(city), *WHAT, "4", "--account", "anna"]) == 0
    told = capfd.readouterr().out
    assert "water:P1" in told
    assert "nothing was written" in told
    assert main(["write", str(city), "--return", "--account", "anna"]) == 0
    assert "Nothing that was written stands" in capfd.readouterr().out


REFUSED = [
    ((*WHAT, "4"), 2, "say who writes"),
    ((*WHAT, "4", "--account", "bob"), 1, "needs the role operator"),
    ((*WHAT, "7", "--account", "anna"), 1, "outside the limits"),
    ((*WHAT, "nan", "--account", "anna"), 1, "outside the limits"),
    ((*WHAT, "x", "--account", "anna"), 2, "'x' is no number"),
    (("--account", "anna", *WHAT, "-4"), 1, "outside the limits"),
    ((*WHAT, "4", "--account", "anna", "--apply", "x"), 2, "a dry run comes first"),
    (("--set", ASSET, "level", "4", "--account", "anna"), 2, "nothing says so"),
    (("--apply", "x"), 2, "--apply goes with"),
    (("--return", *WHAT, "4"), 2, "it goes without --set"),
]


def test_what_is_refused(city: Path, device: int, capfd: pytest.CaptureFixture[str]) -> None:
    for words, code, told in REFUSED:
        assert main(["write", str(city), *words]) == code, words
        out, err = capfd.readouterr()
        assert told in " ".join((out + err).split())
    assert there(device) == 3.5


def test_a_city_that_runs(city: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with open_store(city / ".kopa"):
        assert main(["write", str(city), *WHAT, "4", "--account", "anna"]) == 2
    assert "its server has the data: ask it (POST /writes)" in " ".join(
        capfd.readouterr().err.split()
    )


def begun(city: Path, device: int, capfd: pytest.CaptureFixture[str]) -> subprocess.Popen[bytes]:
    """A command in a process of its own that has written, and waits for an hour."""
    text = (city / "sources.toml").read_text("utf-8").replace('"1s"', '"1h"')
    (city / "sources.toml").write_text(text, "utf-8")
    plan = said(capfd, 0, str(city), *WHAT, "4", "--account", "anna")["plan"]["plan"]
    words = ["write", str(city), *WHAT, "4", "--account", "anna", "--apply", plan]
    command = subprocess.Popen(
        [*KOPA, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ
    )
    assert command.stderr is not None
    assert b"returns it now" in command.stderr.readline()
    assert there(device) == 6.0
    return command


def test_a_command_that_is_ended_returns_first(
    city: Path, device: int, capfd: pytest.CaptureFixture[str]
) -> None:
    command = begun(city, device, capfd)
    command.send_signal(signal.SIGTERM)
    out, _ = command.communicate(timeout=20)
    assert command.returncode == 0
    assert b"has returned" in out
    assert there(device) == 2.0
    assert actions(city)[-2:] == ["write.return-asked", "write.returned"]


def test_a_command_that_is_killed_leaves_its_return_to_the_next(
    city: Path, device: int, capfd: pytest.CaptureFixture[str]
) -> None:
    command = begun(city, device, capfd)
    command.kill()
    command.communicate(timeout=20)
    for _ in range(100):  # its child ends with it, and lets go of the data
        try:
            (standing,) = said(capfd, 0, str(city))["standing"]
            break
        except AssertionError:
            time.sleep(0.05)
            capfd.readouterr()
    assert (standing["state"], standing["value"], standing["by"]) == ("held", 4, "account:anna")
    assert there(device) == 6.0
    assert said(capfd, 0, str(city), "--return", "--account", "anna")["standing"] == []
    assert there(device) == 2.0
