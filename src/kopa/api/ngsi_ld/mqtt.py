"""Publishes to MQTT brokers: a message counts as sent when the broker has acknowledged it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import ssl
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from kopa.api.ngsi_ld.mqtt_endpoint import Address, Target

CONNECT_S = 10.0
IDLE_S = 60.0
"""A connection that nobody has used for so long is closed."""
REFUSED = 0x80
"""Reason codes from here on say that the broker did not take a message (MQTT 5, 2.4)."""
_NO_RETRIES = -2
"""gmqtt does not connect again by itself: -1 is for ever, and 0 is once."""
_QUIET = logging.getLogger(f"{__name__}.client")
_QUIET.setLevel(logging.CRITICAL + 1)  # what gmqtt would tell, we tell: a notification failed


@dataclass
class Publisher:
    """Connections to brokers: one for each address, made when it is used, closed when idle."""

    _lines: dict[Address, _Line] = field(default_factory=dict)

    async def publish(self, target: Target, payload: bytes) -> None:
        """Publish a message, and wait until the broker has it (QoS 0: until it is on its way).

        The caller sets the time limit.

        Raises
        ------
        OSError
            If the broker is away, refuses us, or refuses the message.
        """
        address = target.address
        line = self._lines.get(address)
        if line is None or line.broken:
            line = self._lines[address] = _Line(address, self._forget)
        await line.publish(target, payload)

    async def close(self) -> None:
        """Close all connections."""
        await asyncio.gather(*(line.close() for line in list(self._lines.values())))

    def _forget(self, line: _Line) -> None:
        if self._lines.get(line.address) is line:
            del self._lines[line.address]


class _Flights:
    """What gmqtt has sent and the broker has not yet acknowledged: its ``persistent_storage``."""

    def __init__(self) -> None:
        self._waiting: dict[int, asyncio.Future[None]] = {}
        self.newest: asyncio.Future[None] | None = None

    def push_message(self, mid: int, raw_package: bytes) -> None:
        """A message has left; or, with QoS 2, the first half of it is acknowledged."""
        if mid not in self._waiting:
            self.newest = self._waiting[mid] = asyncio.get_running_loop().create_future()

    def remove_message_by_mid(self, mid: int) -> None:
        """The broker has it."""
        self._settle(self._waiting.pop(mid, None), None)

    def refuse(self, mid: int, reason: int) -> None:
        """The broker does not want it."""
        error = ConnectionRefusedError(f"the broker refused the message: {reason:#x}")
        self._settle(self._waiting.pop(mid, None), error)

    def clear(self) -> None:
        """The broker will say no more of any of them."""
        waiting, self._waiting = self._waiting, {}
        for future in waiting.values():
            self._settle(future, ConnectionResetError("the connection to the broker is lost"))

    @property
    def is_empty(self) -> bool:
        """Whether all are acknowledged."""
        return not self._waiting

    async def wait_empty(self) -> None:
        """Nothing is sent again on a new connection: the outbox does that."""

    def get_all(self) -> list[tuple[int, bytes]]:
        """Nothing is sent again on a new connection."""
        return []

    @staticmethod
    def _settle(future: asyncio.Future[None] | None, error: OSError | None) -> None:
        if future is None or future.done():
            return
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(error)
            future.exception()  # whoever waited may have gone: then nobody needs to hear of it


class _Line:
    """One connection to a broker."""

    def __init__(self, address: Address, gone: Callable[[_Line], None]) -> None:
        self.address = address
        self.broken = False
        self._gone = gone
        self._flights = _Flights()
        self._client: Any = None
        self._idle: asyncio.TimerHandle | None = None
        self._users = 0
        self._closing: asyncio.Task[None] | None = None
        self._opening = asyncio.create_task(self._open(), name="kopa-mqtt")

    async def publish(self, target: Target, payload: bytes) -> None:
        self._users += 1
        if self._idle is not None:
            self._idle.cancel()
        try:
            # One that waits no longer must not end the connection that others wait for.
            await asyncio.shield(self._opening)
            if not self._client.is_connected:
                self._lost()
                raise ConnectionResetError("the connection to the broker is lost")
            self._flights.newest = None
            self._client.publish(target.topic, payload, qos=target.qos)
            if self._flights.newest is not None:
                await self._flights.newest
        finally:
            self._users -= 1
            if not self._users and not self.broken:
                self._idle = asyncio.get_running_loop().call_later(IDLE_S, self._end)

    async def close(self) -> None:
        """Close it, whatever state it is in."""
        if self._idle is not None:
            self._idle.cancel()
        self._opening.cancel()
        await asyncio.gather(self._opening, return_exceptions=True)
        self._lost()
        if self._client is not None:
            with contextlib.suppress(OSError, TimeoutError):
                async with asyncio.timeout(1.0):
                    await self._client.disconnect()

    async def _open(self) -> None:
        import gmqtt

        address = self.address
        client = self._client = gmqtt.Client(
            f"kopa-{uuid.uuid4().hex[:16]}", persistent_storage=self._flights, logger=_QUIET
        )
        client.set_config({"reconnect_retries": _NO_RETRIES})
        client.on_disconnect = lambda *words: self._lost()
        _hear_reasons(client, self._flights)
        if address.user:
            client.set_auth_credentials(address.user, address.password or None)
        secure = ssl.create_default_context() if address.tls else False
        try:
            async with asyncio.timeout(CONNECT_S):
                await client.connect(address.host, address.port, ssl=secure, version=address.level)
        except (OSError, TimeoutError, gmqtt.mqtt.handler.MQTTConnectError) as error:
            self._end()
            raise ConnectionError(f"the broker: {type(error).__name__}") from None

    def _lost(self) -> None:
        """Nothing more is sent on it: who waits for an answer hears that none will come."""
        self.broken = True
        self._gone(self)
        self._flights.clear()

    def _end(self) -> None:
        self._lost()
        self._closing = asyncio.get_running_loop().create_task(self.close())


def _hear_reasons(client: Any, flights: _Flights) -> None:
    """Have gmqtt tell which messages a broker refuses: it drops the reason of a PUBACK (0.8)."""
    handler = client._package_handler
    for name in ("_handle_puback_packet", "_handle_pubrec_packet"):

        def hear(cmd: int, packet: bytes, go_on: Callable[[int, bytes], None]) -> None:
            if len(packet) > 2 and packet[2] >= REFUSED:
                flights.refuse(int.from_bytes(packet[:2], "big"), packet[2])
            go_on(cmd, packet)

        goes_on = getattr(handler, name)
        setattr(handler, name, lambda cmd, packet, go_on=goes_on: hear(cmd, packet, go_on))
