"""Real devices on loopback that are written to, behind a wire that can be cut."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cut_wire import IS_WRITE, Wire
from field_devices import HOST, free_port, modbus_device, opcua_server, run, source_of

from kopa.access.roles import Caller, Grant
from kopa.errors import KopaError
from kopa.ingest.devices import Devices, Signal
from kopa.ingest.sources.source import Source
from kopa.ingest.sources.writable import Writable
from kopa.ingest.writing.book import Book
from kopa.ingest.writing.control import Control
from kopa.ingest.writing.point import points_of
from kopa.ingest.writing.returns import Returns
from kopa.store import Key, Store

ASSET, ATTRIBUTE = "water:P1", "speed"
FACTOR, OFFSET = 0.5, 1.0
"""Kept = came × 0.5 + 1."""
BEGIN, SET = 2.75, 4.0
"""What is kept of the 3.5 that each device begins with, and what tests write: 6.0 there."""
PATHS = {"modbus": "holding:40101:float32", "opcua": "", "bacnet": "analog-output:1"}
HOME = {"modbus": 2.0, "opcua": 2.0, "bacnet": 3.5}
"""What a device has after the return: a value, and for BACnet what it had before."""
KINDS = tuple(PATHS)
_DATAGRAM = socket.SOCK_DGRAM
ANNA = Caller("account:anna", (Grant("operator", "*"),))


@dataclass
class Truth:
    """A device, past all connections of Kopa.

    Parameters
    ----------
    get, put
        Its value, as it has it.
    stuck
        True while it says yes and keeps its value.
    refuses
        True while it says no.
    """

    get: Callable[[], Awaitable[float]]
    put: Callable[[float], Awaitable[None]]
    modes: dict[str, bool] = field(default_factory=lambda: {"stuck": False, "refuses": False})
    objects: dict[str, Any] = field(default_factory=dict)


@dataclass
class Rig:
    """A device, a wire to it, and what `sources.toml` says of it."""

    source: Source
    wire: Wire
    truth: Truth
    devices: Devices

    def ruled(self, **changes: Any) -> Rig:
        """The same with another rule."""
        (path,) = self.source.writable
        rule = replace(self.source.writable[path], **changes)
        return replace(self, source=replace(self.source, writable={path: rule}))


@dataclass
class Clock:
    """A clock that tests move, µs."""

    now: int = 1_795_341_600_000_000

    def __call__(self) -> int:
        return self.now

    def later(self, seconds: float) -> None:
        """Move it on."""
        self.now += round(seconds * 1e6)


@dataclass
class Desk:
    """All of Kopa that writes, with a store; made anew it is Kopa after a restart."""

    store: Store
    rig: Rig
    clock: Clock
    told: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.book = Book(self.store)
        points = points_of([self.rig.source], self.rig.devices)
        self.control = Control(self.book, points, self.clock)
        self.returns = Returns(self.book, [self.rig.source], self.told.extend, self.clock)

    async def write(self, value: float = SET) -> Any:
        """Dry run and write."""
        plan = await self.control.plan(ANNA, ASSET, ATTRIBUTE, value)
        return await self.control.apply(ANNA, plan.id)

    async def look(self) -> None:
        """Return what is due, and wait for it."""
        await self.returns.look()
        await asyncio.gather(*self.returns._at_work.values())
        await asyncio.sleep(0)

    @property
    def audit(self) -> list[str]:
        """What the audit log says was done."""
        return [row.entry.action for row in self.store.audit("")]

    def detail(self, action: str) -> Mapping[str, str]:
        """What the audit log says of the last of these."""
        rows = [row.entry for row in self.store.audit("") if row.entry.action == action]
        return rows[-1].detail


@asynccontextmanager
async def rig_of(kind: str, timeout_s: float = 5.0, **more: Any) -> AsyncIterator[Rig]:
    """A device of a protocol, that begins with 3.5."""
    async with AsyncExitStack() as stack:
        path = PATHS[kind]
        if kind == "opcua":
            server = await asyncio.to_thread(opcua_thread)
            port, truth = server.port, await server.node()
            path = truth.objects["node"].nodeid.to_string()
        else:
            port = free_port(_DATAGRAM) if kind == "bacnet" else free_port()
            device = _modbus if kind == "modbus" else _bacnet
            truth = await stack.enter_async_context(device(port))
        wire = Wire(port, IS_WRITE[kind])
        address = await stack.enter_async_context(_wired(wire, kind))
        back = None if kind == "bacnet" else 2.0
        rule = Writable(path, 1.0, 6.0, 60, back, priority=10)
        source = source_of(kind, address, timeout_s=timeout_s)
        signal = Signal("plc", path, Key(ASSET, ATTRIBUTE), "C62", FACTOR, OFFSET)
        yield Rig(
            replace(source, writable={path: replace(rule, **more)}),
            wire,
            truth,
            Devices((signal,), {}),
        )


@asynccontextmanager
async def _wired(wire: Wire, kind: str) -> AsyncIterator[str]:
    """An address behind a wire."""
    if kind == "bacnet":
        loop = asyncio.get_running_loop()
        port = free_port(_DATAGRAM)
        transport, _ = await loop.create_datagram_endpoint(
            lambda: wire,  # type: ignore[arg-type,return-value]
            local_addr=(HOST, port),
        )
        try:
            yield f"{HOST}:{port}"
        finally:
            transport.close()
        return
    server = await asyncio.start_server(wire.talk, HOST, 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"opc.tcp://{HOST}:{port}/kopa/" if kind == "opcua" else f"{HOST}:{port}"
    finally:
        wire.cut()
        server.close()
        await asyncio.sleep(0.02)


@asynccontextmanager
async def _modbus(port: int) -> AsyncIterator[Truth]:
    from pymodbus.client import AsyncModbusTcpClient
    from pymodbus.constants import ExcCodes

    client = AsyncModbusTcpClient(HOST, port=port, timeout=5)

    async def get() -> float:
        words = (await client.read_holding_registers(100, count=2)).registers
        return float(struct.unpack(">f", struct.pack(">2H", *words))[0])

    async def put(value: float) -> None:
        await client.write_registers(100, list(struct.unpack(">2H", struct.pack(">f", value))))

    truth = Truth(get, put)

    async def action(
        code: int, start: int, address: int, count: int, registers: Any, given: Any
    ) -> Any:
        if given is not None and truth.modes["refuses"]:
            return ExcCodes.ILLEGAL_VALUE
        if given is not None and truth.modes["stuck"]:
            given[:] = registers[address - start : address - start + len(given)]
        return None

    async with modbus_device(port, action):
        await client.connect()
        try:
            yield truth
        finally:
            client.close()


class OpcUaThread:
    """One OPC UA server in a thread: it takes three seconds to start and to stop.

    Each test has a node of its own.
    """

    def __init__(self) -> None:
        self.port = free_port()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run)
        self._ready, self._done = threading.Event(), asyncio.Event()
        self._number = 0
        self._truths: dict[str, Truth] = {}
        self._thread.start()
        self._ready.wait(30)

    def close(self) -> None:
        """End it."""
        self._loop.call_soon_threadsafe(self._done.set)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        from asyncua.common.callback import CallbackType

        async with opcua_server(self.port) as server:
            self._server = server._server
            self._server.subscribe_server_callback(CallbackType.PreWrite, self._before)
            self._ready.set()
            await self._done.wait()

    async def _before(self, event: Any, dispatcher: Any) -> None:
        from asyncua import ua

        if not event.is_external:
            return
        (one,) = event.request_params.NodesToWrite
        truth = self._truths[one.NodeId.Identifier]
        if truth.modes["stuck"]:
            one.Value = ua.DataValue(ua.Variant(await truth.objects["node"].read_value()))
        elif truth.modes["refuses"]:
            one.Value = ua.DataValue(ua.Variant("no"))  # which it takes for a wrong type

    async def there(self, what: Coroutine[Any, Any, Any]) -> Any:
        """Do something in the loop of the server."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(what, self._loop))

    async def node(self) -> Truth:
        """A node that may be written and is 3.5."""
        self._number += 1
        name = f"Set{self._number}"

        async def get() -> float:
            return float(await self.there(truth.objects["node"].read_value()))

        async def put(value: Any) -> None:
            await self.there(truth.objects["node"].write_value(value))

        truth = self._truths[name] = Truth(get, put)
        await self.become(truth, name, 3.5)
        return truth

    async def become(self, truth: Truth, name: str, value: Any, kind: Any = None) -> None:
        """Make the node anew, of another type."""
        from asyncua import ua

        if "node" in truth.objects:
            await self.there(truth.objects["node"].delete())
        objects, id = self._server.nodes.objects, ua.NodeId(name, 2)
        truth.objects["node"] = await self.there(objects.add_variable(id, name, value, kind))
        await self.there(truth.objects["node"].set_writable())


@cache
def opcua_thread() -> OpcUaThread:
    """The server, started by the first who asks; `end_opcua_thread` ends it."""
    return OpcUaThread()


def end_opcua_thread() -> None:
    """End the server, if it was started."""
    if opcua_thread.cache_info().currsize:
        opcua_thread().close()
        opcua_thread.cache_clear()


@asynccontextmanager
async def _bacnet(port: int) -> AsyncIterator[Truth]:
    from bacpypes3.apdu import SimpleAckPDU
    from bacpypes3.app import Application
    from bacpypes3.basetypes import PriorityValue
    from bacpypes3.errors import ExecutionError
    from bacpypes3.local.analog import AnalogOutputObject, AnalogValueObject
    from bacpypes3.local.binary import BinaryOutputObject
    from bacpypes3.local.device import DeviceObject
    from bacpypes3.local.multistate import MultiStateOutputObject
    from bacpypes3.local.networkport import NetworkPortObject

    class Device(Application):  # type: ignore[misc]
        async def do_WritePropertyRequest(self, apdu: Any) -> None:  # noqa: N802
            if truth.modes["refuses"]:
                raise ExecutionError(errorClass="property", errorCode="writeAccessDenied")
            if truth.modes["stuck"]:
                await self.response(SimpleAckPDU(context=apdu))
                return
            await super().do_WritePropertyRequest(apdu)

    flags = {"statusFlags": [0, 0, 0, 0]}
    objects = {
        "set": AnalogOutputObject(
            objectIdentifier=("analog-output", 1), objectName="set", presentValue=3.5, **flags
        ),
        "plain": AnalogValueObject(
            objectIdentifier=("analog-value", 1), objectName="plain", presentValue=3.5, **flags
        ),
        "valve": BinaryOutputObject(
            objectIdentifier=("binary-output", 1), objectName="valve", presentValue=0, **flags
        ),
        "mode": MultiStateOutputObject(
            objectIdentifier=("multi-state-output", 1), objectName="mode", presentValue=1,
            numberOfStates=3, **flags,
        ),
    }  # fmt: skip
    head = [
        DeviceObject(objectIdentifier=("device", 10), objectName="ahu", vendorIdentifier=999),
        NetworkPortObject(f"{HOST}:{port}", objectIdentifier=("network-port", 1), objectName="p"),
    ]

    async def get() -> float:
        return float(objects["set"].presentValue)

    async def put(value: float) -> None:  # as somebody with a higher priority does
        objects["set"].priorityArray[4] = PriorityValue(real=value)

    truth = Truth(get, put, objects=objects)
    device = Device.from_object_list([*head, *objects.values()])
    await asyncio.sleep(0.05)
    try:
        yield truth
    finally:
        device.close()
        await asyncio.sleep(0)


def write_rule(folder: Path, port: int, after: str = "1s") -> None:
    """`devices.csv` and `sources.toml` of the Modbus device of `field_devices`."""
    (folder / "devices.csv").write_text(
        "device,path,entity,attribute,unit,factor,offset\n"
        f"plc,holding:40101:float32,{ASSET},{ATTRIBUTE},C62,0.5,1\n",
        encoding="utf-8",
    )
    (folder / "sources.toml").write_text(
        f'[[source]]\ndevice = "plc"\nkind = "modbus"\naddress = "{HOST}:{port}"\n'
        'timeout_s = 5\n\n[[source.write]]\npath = "holding:40101:float32"\n'
        f'low = 1\nhigh = 6\nreturns_after = "{after}"\nreturns_to = 2\n',
        encoding="utf-8",
    )


Act = Callable[[Rig, Desk], Awaitable[None]]


def at(kind: str, store: Store, act: Act, **more: Any) -> None:
    """Act at a device of a protocol."""

    async def main() -> None:
        async with rig_of(kind, **more) as rig:
            await act(rig, Desk(store, rig, Clock()))

    run(main())


async def refused(desk: Desk, kind: type[KopaError], words: str, value: float = SET) -> None:
    """A dry run and its write are refused, and nothing reaches the device."""
    before = await desk.rig.truth.get()
    with pytest.raises(kind, match=words):
        await desk.write(value)
    assert desk.rig.wire.writes == 0
    assert await desk.rig.truth.get() == before
    assert desk.book.all_standing() == []
