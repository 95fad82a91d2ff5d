"""From messages of devices to durable observations."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kopa.errors import EngineError, InputError
from kopa.ingest.convert import Converter
from kopa.ingest.devices import Devices, Signal
from kopa.ingest.engine_quickjs import Codec
from kopa.ingest.payload import PayloadError, read_message
from kopa.ingest.read_devices import read_devices
from kopa.ingest.replay import Pace, played, read_recording
from kopa.ingest.sink import Sink, into
from kopa.store import Key, Span, Store, open_store

LEVEL = Key("water:T1", "level")
NOW = 1_700_000_000_000_000
CODEC = """
function decodeUplink(input) {
  if (input.fPort !== 2) return { errors: ["port " + input.fPort] };
  return { data: { level: (input.bytes[0] << 8 | input.bytes[1]) / 100 } };
}
"""


def converter(**signal: Any) -> Converter:
    row = Signal("t1", "level", LEVEL, "MTR", **{"low": 0.0, "high": 10.0, **signal})
    return Converter(Devices((row,), {"t1": CODEC}))


def told(value: Any, **more: Any) -> bytes:
    return json.dumps({"device": "T1", "level": value, **more}).encode()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "store") as opened:
        yield opened


# ------------------------------------------------------------------------- payloads


def test_plain_json_with_unit_and_offset() -> None:
    rows, findings = converter(factor=0.01, offset=1.0).convert(told(250), NOW)
    assert not findings
    (row,) = rows
    assert (row.key, row.at, row.value) == (LEVEL, NOW, 3.5)
    assert (row.label.unit, row.label.quality) == ("MTR", "good")


@pytest.mark.parametrize(
    ("given", "at"),
    [
        ({"observedAt": "2026-11-22T10:00:00Z"}, 1_795_341_600_000_000),
        ({"time": 1_795_341_600}, 1_795_341_600_000_000),
        ({"timestamp": 1_795_341_600_123}, 1_795_341_600_123_000),
        ({"time": "2026-11-22T10:00:00.123456789+02:00"}, 1_795_334_400_123_456),
        ({}, NOW),
    ],
    ids=str,
)
def test_the_time_of_measuring(given: dict[str, Any], at: int) -> None:
    assert read_message(told(1, **given), NOW).at == at


def test_an_uplink_of_the_things_stack() -> None:
    raw = {
        "end_device_ids": {"device_id": "tank-1", "dev_eui": "T1"},
        "uplink_message": {
            "f_port": 2, "frm_payload": base64.b64encode(b"\x01\x5e").decode(),
            "received_at": "2026-11-22T10:00:00.5Z",
        },
    }  # fmt: skip
    ((row,), findings) = converter().convert(json.dumps(raw).encode(), NOW)
    assert (row.value, row.at, findings) == (3.5, 1_795_341_600_500_000, [])
    raw["uplink_message"]["decoded_payload"] = {"level": 4.0}  # type: ignore[index]
    ((row,), _) = converter().convert(json.dumps(raw).encode(), NOW)
    assert row.value == 4.0


def test_an_uplink_of_chirpstack() -> None:
    raw = {
        "deviceInfo": {"devEui": "T1"}, "time": "2026-11-22T10:00:00+00:00", "fPort": 2,
        "data": base64.b64encode(b"\x01\x5e").decode(),
    }  # fmt: skip
    ((row,), _) = converter().convert(json.dumps(raw).encode(), NOW)
    assert row.value == 3.5


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"\xff", b"[1]", b'{"level": NaN}', b"{}", b'{"device": "t1", "time": "soon"}',
        b'{"device": "t1", "time": -5}', b'{"uplink_message": {}}', b'{"deviceInfo": {}}',
        b'{"deviceInfo": {"devEui": "t1"}, "fPort": 2, "data": "%%"}',
        b'{"deviceInfo": {"devEui": "t1"}, "fPort": 3, "data": "AAA="}',
        b'{"deviceInfo": {"devEui": "t2"}, "fPort": 3, "data": "AAA="}',
    ],
)  # fmt: skip
def test_messages_that_cannot_be_read(raw: bytes) -> None:
    with pytest.raises(PayloadError) as caught:
        converter().convert(raw, NOW)
    assert caught.value.finding.code == "ingest.payload"


@pytest.mark.parametrize("value", ["high", 11, -1, None, [1], 10**400, "3.5"])
def test_what_cannot_be_is_kept_as_it_came(value: Any) -> None:
    rows, findings = converter().convert(told(value), NOW)
    if value is None:
        assert (rows, findings) == ([], [])
        return
    (row,) = rows
    assert row.value is None
    assert row.raw == json.dumps(value)[:1000]
    assert row.label.quality == "bad"
    (finding,) = findings
    assert (finding.code, finding.asset) == ("ingest.impossible", "water:T1")


def test_an_unknown_device_is_told() -> None:
    rows, (finding,) = converter().convert(b'{"device": "x", "level": 1}', NOW)
    assert (rows, finding.code) == ([], "ingest.unknown-device")


@settings(max_examples=300)
@given(st.binary(max_size=200) | st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda part: st.lists(part, max_size=3)
    | st.dictionaries(
        st.sampled_from(["device", "level", "time", "uplink_message", "deviceInfo", "data"]), part
    ),
    max_leaves=8,
).map(lambda value: json.dumps(value).encode()))  # fmt: skip
def test_any_message_is_read_or_refused(raw: bytes) -> None:
    made = converter()
    try:
        rows, findings = made.convert(raw, NOW, "t1")
    except PayloadError:
        return
    assert len(rows) + len(findings) <= 2


# --------------------------------------------------------------------------- codecs


def test_a_codec_that_never_ends_is_ended() -> None:
    codec = Codec("function decodeUplink(i) { if (i.fPort) while (true) {} return {data: {a: 1}} }")
    with pytest.raises(EngineError, match="codec failed"):
        codec.decode(b"", 1)
    assert codec.decode(b"", 0) == {"a": 1}


@pytest.mark.parametrize(
    "body",
    [
        "let a = []; while (true) a.push(new Array(1000000).fill(1))",
        "return decodeUplink(i)",
        "throw new Error('no')",
        "return 5",
        "return {data: [1]}",
        "return {}",
        "return {data: {a: 'x'.repeat(10000000)}}",
        "return require('fs')",
        "return {data: std.getenv('HOME')}",
    ],
)
def test_a_codec_that_misbehaves(body: str) -> None:
    with pytest.raises(EngineError):
        Codec(f"function decodeUplink(i) {{ {body} }}").decode(b"1", 1)


def test_a_codec_that_is_none() -> None:
    for source in ("function (", "var x = 1", "while (true) {}"):
        with pytest.raises(EngineError):
            Codec(source).decode(b"", 1)


# -------------------------------------------------------------------------- devices


def test_the_mapping_is_a_file_of_the_city(tmp_path: Path) -> None:
    (tmp_path / "tank.js").write_text(CODEC, encoding="utf-8")
    file = tmp_path / "devices.csv"
    file.write_text(
        "device,path,entity,attribute,unit,factor,low,high,codec,stuck_s\n"
        "A84041,level,water:T1,level,MTR,0.01,0,10,tank.js,3600\n", encoding="utf-8",
    )  # fmt: skip
    devices = read_devices(file)
    (signal,) = devices.signals
    assert signal == Signal("a84041", "level", LEVEL, "MTR", 0.01, 0.0, 0.0, 10.0, 3600.0)
    assert devices.codecs == {"a84041": CODEC}


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("device,path\n", ["missing-column", "missing-column"]),
        ("device,path,entity,attribute,colour\n", ["unknown-column"]),
        ("device,path,entity,attribute\na,b,,\n", ["missing-value", "missing-value"]),
        ("device,path,entity,attribute,low,high\na,b,c,d,5,x\n", ["number"]),
        ("device,path,entity,attribute,low,high\na,b,c,d,5,1\n", ["range"]),
        ("device,path,entity,attribute,stuck_s\na,b,c,d,0\na,e,f,g,x\n", ["range", "number"]),
        ("device,path,entity,attribute\na,b,c,d\nA,b,e,f\na,c,c,d\n", ["twice", "twice"]),
        ("device,path,entity,attribute,codec\na,b,c,d,none.js\n", ["codec"]),
    ],
)
def test_broken_mappings(tmp_path: Path, text: str, codes: list[str]) -> None:
    file = tmp_path / "devices.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_devices(file)
    assert [f.code for f in caught.value.findings] == [f"devices.{code}" for code in codes]


# ------------------------------------------------------------------- store and replay


def test_done_is_durable_and_twice_is_once(store: Store) -> None:
    sink = Sink(converter(), into(store, "riga"), now=lambda: NOW)
    for _ in range(2):
        future = sink.take(told(3.5))
        assert future is not None
        future.result(5)
    sink.take(told(99))
    assert sink.take(b"broken") is None
    points = store.points("riga", [LEVEL], Span())
    assert len(points) == 1
    assert sink.tally.messages == 4
    assert sink.tally.by_code == {"ingest.impossible": 1, "ingest.payload": 1}


def test_a_flood_of_one_fault_is_one_finding(store: Store) -> None:
    sink = Sink(converter(), into(store, "riga"), now=lambda: NOW)
    for _ in range(50):
        sink.take(b"broken", "t1")
    ((finding, times),) = sink.tally.findings.values()
    assert (finding.code, times) == ("ingest.payload", 50)


def test_a_recording_is_played_at_its_pace(tmp_path: Path) -> None:
    file = tmp_path / "day.csv"
    file.write_text(
        "observed_at,entity,attribute,value,unit\n"
        "2026-11-22T00:10:00Z,water:T1,level,3.4,MTR\n"
        "2026-11-22T00:00:00Z,water:T1,level,3.5,MTR\n"
        "2026-11-22T00:00:00Z,water:P1,state,open,\n", encoding="utf-8",
    )  # fmt: skip
    rows = read_recording(file)
    assert [row.value for row in rows] == [3.5, "open", 3.4]
    slept: list[float] = []
    batches = list(played(rows, Pace(600.0, NOW), slept.append, lambda: sum(slept)))
    assert [len(batch) for batch in batches] == [2, 1]
    assert slept == [1.0]
    assert batches[0][0].at == NOW
    assert batches[1][0].at == NOW + 600_000_000
    assert [len(batch) for batch in played(rows, Pace())] == [3]


def test_broken_recordings(tmp_path: Path) -> None:
    file = tmp_path / "day.csv"
    file.write_text(
        "observed_at,entity,attribute,value\nsoon,a,b,1\n2026-11-22T00:00:00Z,,b,1\n", "utf-8"
    )
    with pytest.raises(InputError) as caught:
        read_recording(file)
    assert [f.code for f in caught.value.findings] == ["replay.time", "replay.missing-value"]
    file.write_text("a,b\n", "utf-8")
    with pytest.raises(InputError):
        read_recording(file)


def test_a_codec_that_is_always_too_slow_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Others wait for it meanwhile: after some tries it is not asked for a while."""
    from kopa.ingest import convert

    class Slow:
        asked = 0

        def decode(self, data: bytes, port: int) -> dict[str, Any]:
            self.asked += 1
            clock[0] += 1.0
            raise EngineError("too slow")

    clock = [0.0]
    monkeypatch.setattr(convert.time, "monotonic", lambda: clock[0])
    slow = Slow()
    guarded = convert._Guarded(slow)  # type: ignore[arg-type]
    for _ in range(10):
        with pytest.raises(EngineError):
            guarded.decode(b"", 1)
    assert slow.asked == convert.STRIKES
    clock[0] += convert.REST_S
    with pytest.raises(EngineError, match=r"too slow$"):
        guarded.decode(b"", 1)
