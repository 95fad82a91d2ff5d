"""Modbus TCP with a real device: registers, blocks, and devices that misbehave."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from field_devices import (
    HOST,
    Plant,
    free_port,
    modbus_device,
    run,
    source_of,
    tcp_server,
    until,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from kopa.errors import EngineError
from kopa.ingest.sources.engine_modbus import ModbusPoller
from kopa.ingest.sources.polling import asked_once
from kopa.ingest.sources.registers import Block, blocks, register_of
from kopa.ingest.sources.source import Reading
from kopa.store import Store, open_store

FLOAT, SWAPPED, BAD = "holding:40101:float32", "holding:40103:float32:swapped", "holding:40091"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "store") as opened:
        yield opened


# ------------------------------------------------------------------------- registers


@pytest.mark.parametrize(
    ("path", "table", "address", "type", "count"),
    [
        ("holding:40001:float32", "holding", 0, "float32", 2),
        ("holding:400101:uint64", "holding", 100, "uint64", 4),
        ("holding:@0x64", "holding", 100, "uint16", 1),
        ("input:30005:int16:swapped", "input", 4, "int16", 1),
        ("input:@7:bit15", "input", 7, "bit15", 1),
        ("coil:1", "coil", 0, "", 1),
        ("coil:00012", "coil", 11, "", 1),
        ("discrete:10001", "discrete", 0, "", 1),
    ],
)
def test_paths(path: str, table: str, address: int, type: str, count: int) -> None:
    found = register_of(path)
    assert (found.table, found.address, found.type, found.count) == (table, address, type, count)


@pytest.mark.parametrize(
    "path",
    [
        "", "level", "holding", "holding:", "holding:0", "holding:1:int16", "holding:30001",
        "holding:40000", "holding:4000²", "input:40001", "coil:0", "coil:65537", "coil:1:int16",
        "holding:40001:float", "holding:40001:bit16", "holding:40001:int32:little",
        "holding:@65536", "holding:@65535:int32", "holding:@-1", "holding:465537", "coil:@x",
    ],
)  # fmt: skip
def test_paths_that_name_no_register(path: str) -> None:
    with pytest.raises(ValueError, match=r"Write|Use|Leave|Check"):
        register_of(path)


@settings(deadline=None)
@given(st.text(max_size=30) | st.from_regex(r"(holding|input|coil|discrete):@?\d+(:\w+)*"))
def test_any_path_is_a_register_or_told(path: str) -> None:
    try:
        found = register_of(path)
    except ValueError:
        return
    assert 0 <= found.address < found.end <= 0x10000
    for block in blocks([found], 8, 120):
        found.value([0xFFFF] * block.count)


@pytest.mark.parametrize(
    ("form", "value"),
    [
        ("int16", -2), ("uint16", 65534), ("int32", -123456), ("uint32", 4_000_000_000),
        ("int64", -(2**40)), ("uint64", 2**63), ("float32", 0.5), ("float64", 1e-9),
    ],
)  # fmt: skip
def test_numbers_of_several_words(form: str, value: float) -> None:
    packed = {"int16": "h", "uint16": "H", "int32": "i", "uint32": "I", "int64": "q",
              "uint64": "Q", "float32": "f", "float64": "d"}  # fmt: skip
    raw = struct.pack(">" + packed[form], value)
    words = list(struct.unpack(f">{len(raw) // 2}H", raw))
    assert register_of(f"holding:40001:{form}").value(words) == value
    assert register_of(f"holding:40001:{form}:swapped").value(words[::-1]) == value


def spans(found: Iterator[Block]) -> list[tuple[str, int, int]]:
    return [(block.table, block.start, block.count) for block in found]


def test_near_registers_are_one_request() -> None:
    paths = ["holding:40001", "holding:40003:float32", "holding:40014", "holding:40024",
             "input:30002", "coil:1", "coil:9"]  # fmt: skip
    found = spans(blocks(map(register_of, paths), gap=9, most=120))
    assert found == [("coil", 0, 9), ("input", 1, 1), ("holding", 0, 24)]
    found = spans(blocks(map(register_of, paths), gap=8, most=120))
    assert found[2:] == [("holding", 0, 4), ("holding", 13, 1), ("holding", 23, 1)]


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 300), st.sampled_from(["int16", "int32", "float64"]))),
    st.integers(0, 120),
    st.integers(4, 125),
)
def test_blocks_hold_every_register_once(
    wanted: list[tuple[int, str]], gap: int, most: int
) -> None:
    registers = [register_of(f"holding:@{address}:{form}") for address, form in wanted]
    made = list(blocks(registers, gap, most))
    held = [one for block in made for one in block.registers]
    assert sorted(held, key=lambda one: one.path) == sorted(registers, key=lambda one: one.path)
    for block in made:
        assert block.count <= most
        assert all(block.start <= r.address and r.end <= block.start + block.count
                   for r in block.registers)  # fmt: skip


# ---------------------------------------------------------------------- a real device


async def read(port: int, paths: list[str], **more: Any) -> dict[str, Reading]:
    source = source_of("modbus", f"{HOST}:{port}", **more)
    poller = ModbusPoller(source, paths)
    try:
        return {one.path: one async for one in poller.read()}
    finally:
        await poller.close()


def test_all_tables_and_types() -> None:
    async def main() -> None:
        port = free_port()
        paths = [FLOAT, SWAPPED, "holding:40006", "input:30001:int16", "coil:1", "coil:2",
                 "discrete:10002", "holding:40004:bit0", "holding:40004:bit2"]  # fmt: skip
        async with modbus_device(port):
            found = await read(port, paths)
        assert [found[path].value for path in paths] == [3.5, 3.5, 5, -5, 1, 0, 1, 1, 0]
        assert {one.quality for one in found.values()} == {"good"}

    run(main())


def test_a_bad_register_loses_no_other_and_is_asked_alone_from_then_on() -> None:
    requests: list[tuple[int, int]] = []

    async def main() -> None:
        def heard(sending: bool, pdu: Any) -> Any:
            if not sending:
                requests.append((pdu.address, pdu.count))
            return pdu

        port = free_port()
        # 40091 is not there, and 40101 lies so near that both are asked for together.
        paths = [f"holding:{40001 + n}" for n in range(0, 40, 2)] + [FLOAT, BAD]
        poller = ModbusPoller(source_of("modbus", f"{HOST}:{port}", gap=60), paths)
        async with modbus_device(port, heard=heard):
            for expected in (5, 3):
                requests.clear()
                found = {one.path: one async for one in poller.read()}
                assert len(requests) == expected
            await poller.close()
        assert found[BAD].value is None
        assert "exception 2" in found[BAD].problem
        assert found[FLOAT].value == 3.5
        assert [found[path].value for path in paths[:20]] == list(range(0, 40, 2))
        assert requests == [(0, 39), (90, 1), (100, 2)]

    run(main())


def test_an_answer_that_is_too_short_loses_no_other() -> None:
    """One register where two were asked for; what is asked for alone is well."""

    async def main() -> None:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while ask := await reader.read(100):
                writer.write(ask[:4] + b"\0\5" + ask[6:8] + b"\2\0\7")
                await writer.drain()

        port = free_port()
        async with tcp_server(port, talk):
            found = await read(port, [FLOAT, "holding:40001"])
        assert found[FLOAT].problem == "its answer is too short"
        assert found["holding:40001"].value == 7

    run(main())


def test_values_come_into_the_store_with_unit_and_scale(store: Store) -> None:
    async def main() -> None:
        port = free_port()
        plant = Plant(store)
        plant.add(source_of("modbus", f"{HOST}:{port}"), [FLOAT, BAD], factor=2.0, offset=1.0)
        async with modbus_device(port), plant.polling() as polling:
            await until(lambda: len(plant.values(FLOAT)) >= 3)
            (state,) = polling.states
        assert set(plant.values(FLOAT)) == {8.0}
        row = plant.rows(FLOAT)[0]
        assert (row.label.unit, row.label.quality) == ("MTR", "good")
        assert plant.values(BAD) == []
        assert plant.codes().keys() == {("ingest.no-value", "water:T1")}
        assert (state["state"], state["error"], state["failed"]) == ("ok", "", 0)

    run(main())


def test_a_device_that_goes_away_and_comes_back(store: Store) -> None:
    async def main() -> None:
        port = free_port()
        plant = Plant(store)
        asked = plant.add(source_of("modbus", f"{HOST}:{port}"), [FLOAT])
        async with plant.polling():
            await until(lambda: asked.failed >= 2)
            assert plant.codes() == {("ingest.silent", "plc"): asked.failed}
            async with modbus_device(port):
                await until(lambda: len(plant.values(FLOAT)) >= 2)
                assert (asked.failed, asked.error) == (0, "")
            await until(lambda: asked.failed >= 1)
            before = len(plant.values(FLOAT))
            async with modbus_device(port):
                await until(lambda: len(plant.values(FLOAT)) > before)

    run(main())


def test_a_unit_that_is_not_there() -> None:
    async def main() -> None:
        port = free_port()
        async with modbus_device(port):
            source = source_of("modbus", f"{HOST}:{port}", unit=7, timeout_s=0.5)
            came, problem = await asked_once(source, ModbusPoller(source, [FLOAT]))
        assert problem or all(one.value is None and one.problem for one in came)

    run(main())


@pytest.mark.parametrize(
    "said",
    [b"", b"\0", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\xff" * 400, b"\0\1\0\0\0\3\1\x83\6",
     b"\0\1\0\0\xff\xff\1\3\2\0\0", b"\0\1\0\0\0\4\1\3\1\0"],
)  # fmt: skip
def test_garbage_on_the_socket(said: bytes) -> None:
    async def main() -> None:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while await reader.read(100):
                writer.write(said)
                await writer.drain()

        port = free_port()
        async with tcp_server(port, talk):
            source = source_of("modbus", f"{HOST}:{port}", timeout_s=0.3)
            came, problem = await asked_once(source, ModbusPoller(source, [FLOAT, SWAPPED]))
        assert problem or all(one.problem for one in came)

    run(main())


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=12), st.binary(max_size=12))
def test_any_answer_is_a_reading_or_a_problem(first: bytes, other: bytes) -> None:
    """The frame is well, its content is not: it comes to the decoder of the library."""

    async def main() -> None:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            for body in (first, other):
                ask = await reader.read(100)
                writer.write(ask[:4] + struct.pack(">H", len(body) + 1) + ask[6:7] + body)
                await writer.drain()

        port = free_port()
        async with tcp_server(port, talk):
            source = source_of("modbus", f"{HOST}:{port}", timeout_s=0.05)
            came, problem = await asked_once(source, ModbusPoller(source, [FLOAT, SWAPPED]))
        assert problem or {one.path for one in came} == {FLOAT, SWAPPED}

    run(main())


@pytest.mark.parametrize("code", [6, 10, 11])
def test_a_device_that_is_busy_or_behind_a_gateway(code: int) -> None:
    from pymodbus.constants import ExcCodes

    async def main() -> None:
        async def refuses(*words: Any) -> ExcCodes:
            return ExcCodes(code)

        port = free_port()
        async with modbus_device(port, refuses):
            with pytest.raises(EngineError, match=f"exception {code}"):
                await read(port, [FLOAT])

    run(main())
