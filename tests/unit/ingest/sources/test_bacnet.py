"""BACnet/IP with a real device: present values, status flags, devices that know little."""

from __future__ import annotations

import asyncio
import random
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from field_devices import HOST, Plant, bacnet_device, free_port, run, source_of, until
from hypothesis import given, settings
from hypothesis import strategies as st

from kopa.ingest.sources.engine_bacnet import BacnetPoller, point_of
from kopa.ingest.sources.polling import asked_once
from kopa.ingest.sources.source import Reading
from kopa.store import Store, open_store

ANALOG, FAULTY, BINARY = "analog-input:1", "analog-input:2", "binary-input,1"
STATE, NONE = "multi-state-input:3", "analog-input:77"
ALL = [ANALOG, FAULTY, BINARY, STATE, NONE]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "store") as opened:
        yield opened


def udp_port() -> int:
    return free_port(socket.SOCK_DGRAM)


@pytest.mark.parametrize("path", ["", "level", "analog-input", "analog-input:x", "foo:1", "1:2:3"])
def test_paths_that_name_no_object(path: str) -> None:
    with pytest.raises(ValueError, match="Write type and instance"):
        point_of(path)


@settings(deadline=None)
@given(st.text(max_size=30) | st.from_regex(r"[a-z-]{0,14}[,:]-?\d{0,8}"))
def test_any_path_is_an_object_or_told(path: str) -> None:
    with suppress(ValueError):
        point_of(path)


async def read(port: int, paths: list[str], **more: Any) -> tuple[dict[str, Reading], str]:
    source = source_of("bacnet", f"{HOST}:{port}", **more)
    poller = BacnetPoller(source, paths)
    came, problem = await asked_once(source, poller)
    await poller.close()
    return {one.path: one for one in came}, problem


@pytest.mark.parametrize("together", [99, 3, 0], ids=["all at once", "few", "one at a time"])
def test_values_and_what_the_device_says_of_them(together: int) -> None:
    async def main() -> None:
        port = udp_port()
        async with bacnet_device(port, together):
            found, problem = await read(port, ALL)
        assert problem == ""
        assert (found[ANALOG].value, found[ANALOG].quality) == (3.5, "good")
        assert (found[BINARY].value, found[BINARY].quality) == (1, "good")
        assert (found[STATE].value, found[STATE].quality) == (2, "suspect")
        assert (found[FAULTY].value, found[FAULTY].quality) == (9.5, "bad")
        assert "faulty" in found[FAULTY].problem
        assert found[NONE].value is None
        assert "unknown-object" in found[NONE].problem

    run(main())


def test_a_device_of_few_words_is_asked_in_parts_from_then_on() -> None:
    heard: list[int] = []

    async def main() -> None:
        port = udp_port()
        source = source_of("bacnet", f"{HOST}:{port}")
        poller = BacnetPoller(source, ALL)
        async with bacnet_device(port, 3, heard):
            for expected in ([5, 2, 3], [2, 3]):
                heard.clear()
                _, problem = await asked_once(source, poller)
                assert (heard, problem) == (expected, "")
            await poller.close()

    run(main())


def test_values_come_into_the_store(store: Store) -> None:
    async def main() -> None:
        port = udp_port()
        plant = Plant(store)
        plant.add(source_of("bacnet", f"{HOST}:{port}"), ALL, factor=10.0)
        async with bacnet_device(port) as objects, plant.polling():
            await until(lambda: plant.values(ANALOG) != [])
            objects["analog"].presentValue = 4.0
            await until(lambda: plant.values(ANALOG)[-1] == 40.0)
        assert plant.values(ANALOG)[0] == 35.0
        assert set(plant.values(FAULTY)) == {None}
        assert plant.rows(FAULTY)[0].raw == "9.5"
        assert plant.rows(STATE)[0].label.quality == "suspect"
        assert plant.codes().keys() == {("ingest.no-value", "water:T1")}

    run(main())


def test_a_device_that_goes_away_and_comes_back(store: Store) -> None:
    async def main() -> None:
        port = udp_port()
        plant = Plant(store)
        asked = plant.add(source_of("bacnet", f"{HOST}:{port}", timeout_s=0.5), [ANALOG])
        async with plant.polling():
            await until(lambda: asked.failed >= 1)
            async with bacnet_device(port):
                await until(lambda: plant.values(ANALOG) != [])
            await until(lambda: asked.failed >= 1)
            before = len(plant.values(ANALOG))
            async with bacnet_device(port):
                await until(lambda: len(plant.values(ANALOG)) > before)
        assert plant.codes().keys() == {("ingest.silent", "plc")}

    run(main())


class Babbler(asyncio.DatagramProtocol):
    """Answers whatever comes with bytes of its own, some of them almost BACnet."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._transport: Any = None

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        for _ in range(20):
            body = self._random.randbytes(self._random.randrange(40))
            head = b"\x81\x0a" + (len(body) + 6).to_bytes(2, "big") + b"\x01\x00"
            self._transport.sendto(self._random.choice([body, head + body, data]), addr)


@pytest.mark.parametrize("seed", range(6))
def test_garbage_is_a_problem(seed: int) -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        told: list[Any] = []
        loop.set_exception_handler(lambda loop, context: told.append(context))
        port = udp_port()
        transport, _ = await loop.create_datagram_endpoint(
            lambda: Babbler(seed), local_addr=(HOST, port)
        )
        found, problem = await read(port, [ANALOG, BINARY], timeout_s=0.4)
        transport.close()
        assert problem or all(one.problem for one in found.values())

    run(main())


class Router(asyncio.DatagramProtocol):
    """A router of BACnet: network 2000 has one station, 5 (clause 6.2.2, the network header).

    It hands the rest of a packet to a device on loopback, and its answer back.
    """

    destination = (2000).to_bytes(2, "big") + b"\x01\x05"

    def __init__(self, device: int) -> None:
        self._device, self._asker = (HOST, device), ("", 0)
        self._transport: Any = None

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        control, rest = data[5], data[6:]
        if addr == self._device:
            packet = bytes([1, control | 0x08]) + self.destination + rest
            self._send(packet, self._asker)
        elif control & 0x20 and rest.startswith(self.destination):
            self._asker = addr
            self._send(bytes([1, control & ~0x20]) + rest[5:], self._device)

    def _send(self, packet: bytes, to: Any) -> None:
        self._transport.sendto(b"\x81\x0a" + (len(packet) + 4).to_bytes(2, "big") + packet, to)


def test_a_device_behind_a_router() -> None:
    async def main() -> None:
        port, device = udp_port(), udp_port()
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(
            lambda: Router(device), local_addr=(HOST, port)
        )
        async with bacnet_device(device):
            found, problem = await read(port, [ANALOG], behind="2000:5")
            _, other = await read(port, [ANALOG], behind="2000:6", timeout_s=0.3)
        transport.close()
        assert (problem, found[ANALOG].value) == ("", 3.5)
        assert other

    run(main())
