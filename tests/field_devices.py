"""Real devices of the field on loopback: each speaks its protocol by another's library."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kopa.ingest.convert import Converter
from kopa.ingest.devices import Devices, Signal
from kopa.ingest.sink import Sink, into
from kopa.ingest.sources.kinds import KINDS
from kopa.ingest.sources.polling import Asked, Polling
from kopa.ingest.sources.signals import Answers
from kopa.ingest.sources.source import Source
from kopa.store import Key, Span, Store

HOST = "127.0.0.1"
TENANT = "riga"


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """A port of loopback that nobody listens at."""
    with socket.socket(socket.AF_INET, kind) as free:
        free.bind((HOST, 0))
        return int(free.getsockname()[1])


def source_of(kind: str, address: str, **more: Any) -> Source:
    """A source with the defaults of its kind."""
    common = {key: more.pop(key) for key in ("every_s", "timeout_s", "device") if key in more}
    settings = {
        key.removesuffix("_env"): setting.default for key, setting in KINDS[kind].settings.items()
    }
    return Source(
        **{"device": "plc", "every_s": 0.1, "timeout_s": 10.0, **common},
        kind=kind,
        address=address,
        folder=Path(),
        settings={**settings, **more},
    )


def signals_of(paths: list[str], device: str = "plc", **more: Any) -> list[Signal]:
    """A signal for each path, of an attribute with the path's name."""
    return [Signal(device, path, Key("water:T1", path), "MTR", **more) for path in paths]


class Plant:
    """A store, a sink, and sources that are asked into it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.sink = Sink(Converter(Devices((), {})), into(store, TENANT))
        self.asked: list[Asked] = []

    def add(self, source: Source, paths: list[str], **more: Any) -> Asked:
        """Ask a source for paths."""
        poller = KINDS[source.kind].make(source, paths)
        answers = Answers(source.device, signals_of(paths, source.device, **more), self.sink)
        self.asked.append(Asked(source, poller, answers))
        return self.asked[-1]

    def values(self, path: str) -> list[Any]:
        """What the store has of a path, sorted by time."""
        return [row.value for row in self.rows(path)]

    def rows(self, path: str) -> list[Any]:
        """Observations of a path, sorted by time."""
        return self.store.points(TENANT, [Key("water:T1", path)], Span()).rows()

    def codes(self) -> dict[tuple[str, str], int]:
        """Findings by code and asset, with how often they were told."""
        return {name: times for name, (_, times) in self.sink.tally.findings.items()}

    @asynccontextmanager
    async def polling(self) -> AsyncIterator[Polling]:
        """Ask, until the block ends."""
        made = Polling(self.asked, self.sink.tally)
        await made.start()
        try:
            yield made
        finally:
            await made.stop()


async def until(met: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait for something to become so."""
    for _ in range(int(seconds / 0.02)):
        if met():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not come to be")


@asynccontextmanager
async def modbus_device(port: int, action: Any = None, heard: Any = None) -> AsyncIterator[None]:
    """A Modbus TCP device, unit 1; `heard` gets every request and answer.

    Coils 1 and 3 are on; holding 40001.. are 0, 1, 2 …; 40101 is the float 3.5, 40103 the same
    with its low word first; input 30001 is -5; nothing else is there.
    """
    from pymodbus.server import ModbusTcpServer
    from pymodbus.simulator import DataType, SimData, SimDevice

    device = SimDevice(
        1,
        (
            [SimData(0, values=[True, False, True, False], datatype=DataType.BITS)],
            [SimData(0, values=[False, True], datatype=DataType.BITS)],
            [
                SimData(0, values=list(range(40)), datatype=DataType.UINT16),
                SimData(100, values=[0x4060, 0, 0, 0x4060], datatype=DataType.REGISTERS),
            ],
            [SimData(0, values=[0xFFFB], datatype=DataType.REGISTERS)],
        ),
        action=action,
    )
    server = ModbusTcpServer([device], address=(HOST, port), trace_pdu=heard)
    await server.serve_forever(background=True)
    try:
        yield
    finally:
        await server.shutdown()


@asynccontextmanager
async def tcp_server(
    port: int, talk: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
) -> AsyncIterator[None]:
    """Somebody who listens and says whatever `talk` does."""
    running: set[asyncio.Task[Any]] = set()

    async def heard(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        try:
            await talk(reader, writer)
        except (asyncio.CancelledError, OSError):
            pass
        finally:
            running.discard(task)
            writer.close()

    server = await asyncio.start_server(heard, HOST, port)
    try:
        yield
    finally:
        server.close()
        for task in list(running):
            task.cancel()
        await server.wait_closed()
        await asyncio.sleep(0.05)


class OpcUaServer:
    """An OPC UA server with the namespace ``urn:kopa:test`` and nodes that are made on demand."""

    def __init__(self, server: Any, index: int) -> None:
        self._server, self.index = server, index
        self.nodes: dict[str, Any] = {}

    async def say(
        self, name: str, value: Any, status: str = "Good", at: datetime | None = None
    ) -> str:
        """Give a node a value; gives its path."""
        from asyncua import ua

        if name not in self.nodes:
            objects = self._server.nodes.objects
            self.nodes[name] = await objects.add_variable(ua.NodeId(name, self.index), name, value)
        code = ua.StatusCode(getattr(ua.StatusCodes, status))
        said = ua.DataValue(ua.Variant(value), code, at or datetime.now(UTC))
        await self.nodes[name].write_value(said)
        return f"ns={self.index};s={name}"


@asynccontextmanager
async def opcua_server(
    port: int, prepare: Callable[[Any], Awaitable[None]] | None = None
) -> AsyncIterator[OpcUaServer]:
    """An OPC UA server; `prepare` may change it before it starts."""
    from asyncua import Server

    server = Server()
    await server.init()
    server.set_endpoint(f"opc.tcp://{HOST}:{port}/kopa/")
    if prepare is not None:
        await prepare(server)
    index = await server.register_namespace("urn:kopa:test")
    await server.start()
    try:
        yield OpcUaServer(server, index)
    finally:
        await server.stop()


@asynccontextmanager
async def bacnet_device(
    port: int, together: int = 99, heard: list[int] | None = None
) -> AsyncIterator[dict[str, Any]]:
    """A BACnet device; gives its objects by name.

    It tells of so many objects `together`, and `heard` gets the number of each request.
    """
    from bacpypes3.app import Application
    from bacpypes3.errors import UnrecognizedService
    from bacpypes3.local.analog import AnalogInputObject
    from bacpypes3.local.binary import BinaryInputObject
    from bacpypes3.local.device import DeviceObject
    from bacpypes3.local.multistate import MultiStateInputObject
    from bacpypes3.local.networkport import NetworkPortObject

    requests = [] if heard is None else heard

    class Narrow(Application):  # type: ignore[misc]
        async def do_ReadPropertyRequest(self, apdu: Any) -> None:  # noqa: N802
            requests.append(1)
            await super().do_ReadPropertyRequest(apdu)

        async def do_ReadPropertyMultipleRequest(self, apdu: Any) -> None:  # noqa: N802
            requests.append(len(apdu.listOfReadAccessSpecs))
            if requests[-1] > together:
                raise UnrecognizedService
            await super().do_ReadPropertyMultipleRequest(apdu)

    objects = {
        "analog": AnalogInputObject(
            objectIdentifier=("analog-input", 1), objectName="analog", presentValue=3.5,
            statusFlags=[0, 0, 0, 0],
        ),
        "faulty": AnalogInputObject(
            objectIdentifier=("analog-input", 2), objectName="faulty", presentValue=9.5,
            statusFlags=[0, 1, 0, 0], reliability="no-sensor",
        ),
        "binary": BinaryInputObject(
            objectIdentifier=("binary-input", 1), objectName="binary", presentValue="active",
            statusFlags=[0, 0, 0, 0],
        ),
        "state": MultiStateInputObject(
            objectIdentifier=("multi-state-input", 3), objectName="state", presentValue=2,
            numberOfStates=3, statusFlags=[0, 0, 0, 1], outOfService=True,
        ),
    }  # fmt: skip
    head = [
        DeviceObject(objectIdentifier=("device", 10), objectName="ahu", vendorIdentifier=999),
        NetworkPortObject(
            f"{HOST}:{port}", objectIdentifier=("network-port", 1), objectName="port"
        ),
    ]
    device = Narrow.from_object_list([*head, *objects.values()])
    await asyncio.sleep(0.1)
    try:
        yield objects
    finally:
        device.close()
        await asyncio.sleep(0)


@contextmanager
def modbus_in_a_thread() -> Iterator[int]:
    """The device of `modbus_device`, for commands that run in another process; gives its port."""
    port, ready, done = free_port(), threading.Event(), threading.Event()

    async def serve() -> None:
        async with modbus_device(port):
            ready.set()
            await asyncio.to_thread(done.wait)

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    ready.wait(20)
    try:
        yield port
    finally:
        done.set()
        thread.join()


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run, and let what was closed close."""

    async def whole() -> None:
        await main
        for _ in range(20):  # transports close in later turns of the loop
            await asyncio.sleep(0)

    asyncio.run(whole())
