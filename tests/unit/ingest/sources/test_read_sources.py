"""``sources.toml``: what is wrong in it is told, all of it, with its place and what to do."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from field_devices import signals_of
from hypothesis import given, settings
from hypothesis import strategies as st

from kopa.errors import InputError
from kopa.ingest.devices import Devices
from kopa.ingest.read_devices import read_devices
from kopa.ingest.sources.kinds import COMMON, KINDS
from kopa.ingest.sources.read_sources import paths_of, read_sources

DEVICES = Devices((*signals_of(["holding:40001"], "plc"), *signals_of(["i=2258"], "scada")), {})
WHOLE = """
[[source]]
device = "PLC"
kind = "modbus"
address = "10.0.0.7"
unit = 3
every_s = 5

[[source]]
device = "scada"
kind = "opcua"
address = "opc.tcp://10.0.0.8:4840/ua"
policy = "Basic256Sha256"
certificate = "kopa.der"
key = "kopa.pem"
server_certificate = "scada.der"
user_env = "SCADA_USER"
password_env = "SCADA_PASSWORD"

[[source]]
device = "ahu"
kind = "bacnet"
address = "10.0.0.9:47809"
behind = "2000:5"

[[source]]
device = "buses"
kind = "gtfs_rt"
address = "https://example.org/feed"
headers_env = { "x-api-key" = "FEED_KEY" }
"""
ENVIRONMENT = {"SCADA_USER": "kopa", "SCADA_PASSWORD": "secret", "FEED_KEY": "key"}


def write(folder: Path, text: str) -> Path:
    file = folder / "sources.toml"
    file.write_text(text, encoding="utf-8")
    for name in ("kopa.der", "kopa.pem", "scada.der"):
        (folder / name).touch()
    return file


def test_a_whole_file(tmp_path: Path) -> None:
    sources, findings = read_sources(write(tmp_path, WHOLE), DEVICES, ENVIRONMENT)
    modbus, opcua, bacnet, feed = sources
    assert (modbus.device, modbus.every_s, modbus.timeout_s) == ("plc", 5, 10)
    assert modbus.settings == {"unit": 3, "gap": 8, "most": 120}
    assert modbus.host_and_port(502) == ("10.0.0.7", 502)
    assert bacnet.host_and_port(47808) == ("10.0.0.9", 47809)
    assert opcua.settings["certificate"] == tmp_path / "kopa.der"
    assert (opcua.settings["user"], opcua.settings["password"]) == ("kopa", "secret")
    assert feed.settings["headers"] == {"x-api-key": "key"}
    assert paths_of(modbus, DEVICES) == ["holding:40001"]
    assert "secret" not in repr(sources)
    (finding,) = findings
    assert (finding.code, finding.severity) == ("sources.no-rows", "warning")
    assert finding.place == "source 3 (ahu), device"


def test_the_example_of_the_docs(tmp_path: Path) -> None:
    page = (Path(__file__).parents[4] / "docs" / "live.md").read_text(encoding="utf-8")
    section = page.split("## Sources")[1]
    (tmp_path / "devices.csv").write_text(section.split("```csv\n")[1].split("```")[0], "utf-8")
    file = write(tmp_path, section.split("```toml\n")[1].split("```")[0])
    sources, findings = read_sources(file, read_devices(tmp_path / "devices.csv"), ENVIRONMENT)
    assert [source.kind for source in sources] == list(KINDS)
    assert findings == []


def one(more: str = "", kind: str = "modbus", address: str = "10.0.0.7") -> str:
    name = {"modbus": "plc", "opcua": "scada"}.get(kind, "other")
    return f'[[source]]\ndevice = "{name}"\nkind = "{kind}"\naddress = "{address}"\n{more}\n'


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("[[source", ["unreadable"]),
        ("source = 5", ["type"]),
        ("colour = 5\n" + one(), ["unknown-key"]),
        ("[[source]]", ["missing-key"] * 3),
        (one(kind="profinet"), ["kind"]),
        (one("colour = 1\nunit = 1.5\nevery_s = 'x'"), ["unknown-key", "type", "type"]),
        (one("every_s = 0\ntimeout_s = nan\nunit = 256\ngap = true"),
         ["range", "range", "range", "type"]),
        (one(address="10.0.0.7:x"), ["address"]),
        (one(address="10.0.0.7:70000"), ["address"]),
        (one() + one(), ["twice"]),
        (one(kind="opcua", address="http://x"), ["address"]),
        (one(kind="opcua", address="opc.tcp://user:pass@x"), ["address"]),
        (one("policy = 'None'", "opcua", "opc.tcp://x"), ["choice"]),
        (one("policy = 'Basic256Sha256'\nkey = 'none.pem'", "opcua", "opc.tcp://x"), ["file"]),
        (one("policy = 'Basic256Sha256'", "opcua", "opc.tcp://x"), ["setting"] * 3),
        (one("user_env = 'SCADA_USER'", "opcua", "opc.tcp://x"), ["setting"] * 2),
        (one("user_env = 'NONE'", "opcua", "opc.tcp://x"), ["environment"]),
        (one("behind = 'x'", "bacnet"), ["setting", "no-rows"]),
        (one(kind="gtfs_rt", address="ftp://x/y"), ["address"]),
        (one("query_env = { a = 'FEED_KEY' }", "gtfs_rt", "http://example.org/x"), ["setting"]),
        (one("headers_env = { a = 1 }", "gtfs_rt", "feed.pb"), ["type"]),
        (one("headers_env = { a = 'NONE' }", "gtfs_rt", "feed.pb"), ["environment"]),
        (one(address=""), ["missing-key"]),
    ],
)  # fmt: skip
def test_broken_files(tmp_path: Path, text: str, codes: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        read_sources(write(tmp_path, text), DEVICES, ENVIRONMENT)
    findings = caught.value.findings
    assert sorted(f.code for f in findings) == sorted(f"sources.{code}" for code in codes)
    assert all(f.file and f.what.endswith(".") and f.do for f in findings)


def test_paths_are_those_of_the_protocol(tmp_path: Path) -> None:
    devices = Devices(tuple(signals_of(["level", "holding:40001", "coil:0"])), {})
    with pytest.raises(InputError) as caught:
        read_sources(write(tmp_path, one()), devices, {})
    assert [f.code for f in caught.value.findings] == ["sources.path"] * 2
    assert "'level'" in str(caught.value)


def test_an_empty_file_is_told(tmp_path: Path) -> None:
    sources, findings = read_sources(write(tmp_path, ""), DEVICES, {})
    assert (sources, [f.severity for f in findings]) == ([], ["warning"])


values = st.one_of(
    st.text(max_size=9), st.integers(), st.floats(), st.booleans(), st.lists(st.text(max_size=2)),
    st.dictionaries(st.text("ab", min_size=1, max_size=2), st.text(max_size=3), max_size=2),
)  # fmt: skip
names = sorted({*COMMON, *(key for kind in KINDS.values() for key in kind.settings)})


def toml(value: object) -> str:
    import json

    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {toml(item)}" for key, item in value.items()) + "}"
    return json.dumps(value).replace("NaN", "nan").replace("Infinity", "inf")


@settings(deadline=None)
@given(st.sampled_from([*KINDS, "x"]), st.dictionaries(st.sampled_from(names), values))
def test_any_table_is_read_or_told(kind: str, table: dict[str, object]) -> None:
    from tempfile import TemporaryDirectory

    text = "[[source]]\n" + "".join(
        f"{key} = {toml(value)}\n" for key, value in {"kind": kind, **table}.items()
    )
    with TemporaryDirectory() as folder:
        file = write(Path(folder), text)
        with suppress(InputError):
            read_sources(file, DEVICES, {})
