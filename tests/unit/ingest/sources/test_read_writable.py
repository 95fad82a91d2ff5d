"""``[[source.write]]``: nothing is written that it does not say, and all its faults are told."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kopa.errors import InputError
from kopa.ingest.devices import Devices, Signal
from kopa.ingest.read_devices import read_devices
from kopa.ingest.sources.read_sources import read_sources
from kopa.ingest.sources.registers import register_of
from kopa.ingest.sources.source import Source
from kopa.ingest.sources.writable import Writable, differs, same
from kopa.store import Key

ADDRESS = {"modbus": "10.0.0.7", "opcua": "opc.tcp://10.0.0.8", "bacnet": "10.0.0.9"}
PATH = {"modbus": "holding:40001:float32", "opcua": "ns=2;s=Set", "bacnet": "analog-value:1"}
GOOD = "low = 1\nhigh = 6\nreturns_after = '2h'\nreturns_to = 2\n"


def read(folder: Path, kind: str, text: str, path: str = "", **signal: float) -> list[Source]:
    """Sources of one device with a signal and these words about writing."""
    signals = (Signal("plc", path or PATH[kind], Key("water:T1", "level"), "", **signal),)
    file = folder / "sources.toml"
    head = f'[[source]]\ndevice = "plc"\nkind = "{kind}"\naddress = "{ADDRESS[kind]}"\n'
    file.write_text(head + text, encoding="utf-8")
    sources, findings = read_sources(file, Devices(signals, {}), {})
    assert findings == []
    return sources


def rule(text: str = GOOD, path: str = PATH["modbus"]) -> str:
    return f'[[source.write]]\npath = "{path}"\n{text}'


@pytest.mark.parametrize("kind", PATH)
def test_nothing_is_written_unless_it_says_so(tmp_path: Path, kind: str) -> None:
    (source,) = read(tmp_path, kind, "")
    assert source.writable == {}


def test_the_example_of_the_docs(tmp_path: Path) -> None:
    page = (Path(__file__).parents[4] / "docs" / "live.md").read_text(encoding="utf-8")
    section = page.split("## Writing to devices")[1]
    (tmp_path / "devices.csv").write_text(section.split("```csv\n")[1].split("```")[0], "utf-8")
    file = tmp_path / "sources.toml"
    file.write_text(section.split("```toml\n")[1].split("```")[0], "utf-8")
    (source,), findings = read_sources(file, read_devices(tmp_path / "devices.csv"), {})
    path = "analog-value:3"
    assert source.writable == {path: Writable(path, 18, 24, 7200, None, 2, 10, "operator")}
    assert findings == []


def test_whole_rules(tmp_path: Path) -> None:
    (source,) = read(tmp_path, "modbus", rule())
    path = PATH["modbus"]
    assert source.writable == {path: Writable(path, 1, 6, 7200, 2, None, 8, "operator")}
    path = PATH["bacnet"]
    more = "step = 0.5\npriority = 10\nrole = 'admin'"
    text = rule(GOOD.replace("= 2\n", "= 'release'\n") + more, path)
    (source,) = read(tmp_path, "bacnet", text)
    assert source.writable == {path: Writable(path, 1, 6, 7200, None, 0.5, 10, "admin")}


@pytest.mark.parametrize(
    ("kind", "text", "found"),
    [
        ("modbus", "write = 5\n", [("type", "write")]),
        ("modbus", "[[source.write]]\n", [("missing-key", key) for key in
         ("path", "low", "high", "returns_after", "returns_to")]),
        ("modbus", rule(GOOD + "priority = 8"), [("unknown-key", "priority")]),
        ("modbus", rule(path="holding:40009"), [("path", "path")]),
        ("modbus", rule() + rule(), [("twice", "path")]),
        ("modbus", rule("low = 'x'\nhigh = true\nreturns_after = 5\nreturns_to = nan\nstep = 'y'"),
         [("type", key) for key in ("low", "high", "step", "returns_to", "returns_after")]),
        ("modbus", rule(GOOD + "step = 0"), [("range", "step")]),
        ("modbus", rule("low = 6\nhigh = 1\nreturns_after = '1h'\nreturns_to = 2"),
         [("range", "low"), ("range", "returns_to")]),
        ("modbus", rule("low = 1\nhigh = 11\nreturns_after = '1h'\nreturns_to = 2"),
         [("range", "low")]),
        ("modbus", rule("low = 1\nhigh = 6\nreturns_after = '169h'\nreturns_to = 7"),
         [("range", "returns_after")]),
        ("modbus", rule("low = 1\nhigh = 6\nreturns_after = '1h'\nreturns_to = 7"),
         [("range", "returns_to")]),
        ("modbus", rule("low = 1\nhigh = 6\nreturns_after = '1h'\nreturns_to = 'release'"),
         [("choice", "returns_to")]),
        ("opcua", rule("low = 1\nhigh = 6\nreturns_after = '1h'\nreturns_to = 'release'",
                       PATH["opcua"]), [("choice", "returns_to")]),
        ("bacnet", rule(GOOD + "priority = 17", PATH["bacnet"]), [("range", "priority")]),
        ("bacnet", rule(GOOD + "priority = 6", PATH["bacnet"]), [("range", "priority")]),
        ("modbus", rule(GOOD + "role = 'viewer'"), [("choice", "role")]),
        ("modbus", rule(GOOD + "role = ['operator']"), [("choice", "role")]),
    ],
)  # fmt: skip
def test_broken_rules(tmp_path: Path, kind: str, text: str, found: list[tuple[str, str]]) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, kind, text, low=-10, high=10)
    told = [(one.code, one.place.rpartition(", ")[2]) for one in caught.value.findings]
    assert told == [(f"sources.{code}", key) for code, key in found]
    assert all("source 1 (plc)" in one.place and one.file for one in caught.value.findings)


@pytest.mark.parametrize(
    ("kind", "path", "words"),
    [
        ("modbus", "input:30001", "only read"),
        ("modbus", "discrete:10001", "only read"),
        ("modbus", "holding:40001:bit3", "others would change with it"),
        ("modbus", "coil:1", "on or off"),
        ("bacnet", "analog-input:1", "is not written"),
        ("bacnet", "device:1", "is not written"),
        ("bacnet", "binary-output:1", "on or off"),
    ],
)
def test_places_that_are_not_written(tmp_path: Path, kind: str, path: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        read(tmp_path, kind, rule(path=path), path)


def test_a_return_that_the_register_does_not_hold(tmp_path: Path) -> None:
    text = rule(GOOD.replace("= 2\n", "= 2.5\n"), "holding:40001")
    with pytest.raises(InputError, match=r"whole numbers only, and this would be 2\.5 there"):
        read(tmp_path, "modbus", text, "holding:40001")
    with pytest.raises(InputError, match="200000 is no uint16"):
        read(tmp_path, "modbus", rule(path="holding:40001"), "holding:40001", factor=1e-5)
    with pytest.raises(InputError, match="factor 0"):
        read(tmp_path, "modbus", rule(), factor=0.0)


def test_what_is_fetched_is_never_written(tmp_path: Path) -> None:
    file = tmp_path / "sources.toml"
    text = '[[source]]\ndevice = "b"\nkind = "gtfs_rt"\naddress = "f.pb"\n' + rule()
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="'write' is unknown"):
        read_sources(file, Devices((), {}), {})


def test_large_whole_numbers_are_told_apart() -> None:
    register = register_of("holding:40001:int32")
    assert register.value(register.words(4_000_001.0)) == 4_000_001
    with pytest.raises(ValueError, match="whole numbers only"):
        register.words(4_000_000.5)
    assert register.words(21.5 / 0.1) == [0, 215]  # 215.00000000000003
    assert differs(4_000_001, 4_000_000.0) == "it says 4000001, not 4000000"
    assert differs(3.5999999, 3.6) == ""
    assert differs(True, 1.0) == ""
    assert differs(None, 1.0) == "it says nothing"
    assert differs("on", 1.0) == "it says 'on'"


FORMS = ("int16", "uint16", "int32", "uint32", "int64", "uint64", "float32", "float64")


@given(st.sampled_from(FORMS), st.sampled_from(["", ":swapped"]), st.floats(width=32))
def test_what_is_written_is_what_is_read(form: str, order: str, value: float) -> None:
    """A register holds the value that was given, or nothing is written."""
    register = register_of(f"holding:40001:{form}{order}")
    try:
        words = register.words(value)
    except ValueError:
        assert not form.startswith("float")
        return
    assert all(0 <= word < 65_536 for word in words)
    assert len(words) == register.count
    back = register.value(words)
    assert same(back, value) or (value != value and back != back)
