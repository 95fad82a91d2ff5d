"""Asks devices by BACnet/IP, with bacpypes3.

References
----------
ANSI/ASHRAE 135 (BACnet), 15.5 ReadProperty, 15.7 ReadPropertyMultiple, 12.1.10 Status_Flags,
Annex J BACnet/IP.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Any

from kopa.errors import EngineError
from kopa.ingest.sources.source import Quality, Reading, Source

PORT = 47808
MOST = 20
"""Objects of one request: their answers fit into the smallest usual packet."""
ANYBODY = 4_194_303
"""Our device instance: the one that stands for no device in particular."""
VALUE, FLAGS = "present-value", "status-flags"
_FAULT, _OVERRIDDEN, _OUT_OF_SERVICE = 1, 2, 3
"""Places in the status flags."""


@dataclass(frozen=True, slots=True)
class Point:
    """A property of an object of a device.

    Parameters
    ----------
    path
        As it was written.
    object
        The object, as the library has it: ``analog-input,1``.
    """

    path: str
    object: Any


def point_of(path: str) -> Point:
    """The object that a path names.

    Raises
    ------
    ValueError
        If it names none; the message says what to write.
    """
    from bacpypes3.primitivedata import ObjectIdentifier

    try:
        return Point(path, ObjectIdentifier(path.replace(":", ",")))
    except (ValueError, TypeError):
        raise ValueError(
            f"'{path}' is no object. Write type and instance, such as analog-input:1, "
            "binary-value:12 or multi-state-input:3."
        ) from None


class BacnetPoller:
    """A BACnet/IP device, or one behind a router of BACnet.

    Parameters
    ----------
    source
        Where it is.
    paths
        Its objects, as `point_of` reads them.
    """

    def __init__(self, source: Source, paths: Sequence[str]) -> None:
        # A library says on stderr what findings say as well.
        logging.getLogger("bacpypes3").addHandler(logging.NullHandler())
        self._source = source
        points = [point_of(path) for path in paths]
        self._groups = [points[first : first + MOST] for first in range(0, len(points), MOST)]
        self._app: Any = None

    async def read(self) -> AsyncGenerator[Reading, None]:
        """Read the present value and the status flags of all objects."""
        app, address = await self._opened()
        waiting, kept = self._groups[::-1], []
        while waiting:
            group = waiting.pop()
            found = await _together(app, address, group)
            if found is None and len(group) > 1:  # too long an answer, or it knows only one by one
                middle = len(group) // 2
                waiting += [group[middle:], group[:middle]]
                continue
            kept.append(group)
            for point in group:
                said = await _alone(app, address, point) if found is None else found[point.path]
                yield _reading(point.path, *said)
        self._groups = kept  # the next round does not ask again for what was refused together

    async def close(self) -> None:
        """Close the socket."""
        app, self._app = self._app, None
        if app is not None:
            app.close()
            await asyncio.sleep(0)  # the transport closes in the next turn of the loop

    async def _opened(self) -> tuple[Any, Any]:
        """Our side of the connection, and the address of the device."""
        from bacpypes3.app import Application
        from bacpypes3.local.device import DeviceObject
        from bacpypes3.local.networkport import NetworkPortObject
        from bacpypes3.pdu import Address
        from bacpypes3.settings import settings

        settings.route_aware = True  # else the router in an address is silently left out
        host, port = await _numbers(*self._source.host_and_port(PORT))
        behind = self._source.settings["behind"]
        station = Address(f"{behind}@{host}:{port}" if behind else f"{host}:{port}")
        if self._app is None:
            device = DeviceObject(
                objectIdentifier=("device", ANYBODY),
                objectName="kopa",
                vendorIdentifier=0,
                apduTimeout=round(self._source.timeout_s * 1000 / 3),
                numberOfApduRetries=1,
            )
            port_object = NetworkPortObject(
                f"{_own_address(host, port)}:0",
                objectIdentifier=("network-port", 1),
                objectName="ip",
            )
            self._app = Application.from_object_list([device, port_object])
        return self._app, station


async def _numbers(host: str, port: int) -> tuple[str, int]:
    """Address of a host in numbers: the library takes no names."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, family=socket.AF_INET, type=socket.SOCK_DGRAM)
    return str(found[0][4][0]), port


def _own_address(host: str, port: int) -> str:
    """Our own address on the way to a host: where its answers come."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
        way.connect((host, port))  # sends nothing
        return str(way.getsockname()[0])


Said = tuple[Any, Any, str]
"""Present value, status flags, and why there is no value."""


async def _together(app: Any, address: Any, points: Sequence[Point]) -> dict[str, Said] | None:
    """What objects say, by path; None if the device does not tell them together."""
    from bacpypes3.apdu import ErrorRejectAbortNack

    wanted: list[Any] = []
    for point in points:
        wanted += [point.object, [VALUE, FLAGS]]
    try:
        answer = await app.read_property_multiple(address, wanted)
    except ErrorRejectAbortNack as error:
        answer = error
    _check(answer)
    if not isinstance(answer, list):
        return None
    said = {(which, str(name)): value for which, name, _, value in answer}
    return {
        point.path: _said(said.get((point.object, VALUE)), said.get((point.object, FLAGS)))
        for point in points
    }


async def _alone(app: Any, address: Any, point: Point) -> Said:
    """What one object says, asked for one property after the other."""
    from bacpypes3.apdu import ErrorRejectAbortNack

    found = []
    for name in (VALUE, FLAGS):
        try:
            answer = await app.read_property(address, point.object, name)
        except ErrorRejectAbortNack as error:
            answer = error
        _check(answer)
        found.append(answer)
    return _said(*found)


def _check(answer: Any) -> None:
    """Raise if nobody answered at all."""
    from bacpypes3.apdu import AbortPDU, AbortReason

    if isinstance(answer, AbortPDU) and answer.apduAbortRejectReason == AbortReason.noResponse:
        raise EngineError("it does not answer", "bacnet")


def _said(value: Any, flags: Any) -> Said:
    from bacpypes3.apdu import ErrorRejectAbortNack
    from bacpypes3.basetypes import ErrorType

    if value is None or isinstance(value, ErrorRejectAbortNack | ErrorType):
        code = getattr(value, "errorCode", value)
        return None, None, f"it has no value for it ({'no answer' if code is None else code})"
    known = isinstance(flags, Sequence) and len(flags) == 4
    return value, list(flags) if known else [0, 0, 0, 0], ""


def _reading(path: str, value: Any, flags: Any, problem: str) -> Reading:
    if problem:
        return Reading(path, None, quality="bad", problem=problem)
    quality: Quality = "good"
    words = ""
    if flags[_FAULT]:
        quality, words = "bad", "the device marks it as faulty"
    elif flags[_OVERRIDDEN] or flags[_OUT_OF_SERVICE]:
        quality, words = "suspect", "the device marks it as overridden or out of service"
    return Reading(path, _plain(value), None, quality, words)


def _plain(value: Any) -> float | str | None:
    """A value of the library as Python has it; an enumeration as its number."""
    if isinstance(value, bool | float | int):
        return float(value) if isinstance(value, float) else int(value)
    return str(value)[:1000]
