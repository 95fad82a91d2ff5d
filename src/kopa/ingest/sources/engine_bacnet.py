"""Asks devices by BACnet/IP, with bacpypes3.

References
----------
ANSI/ASHRAE 135 (BACnet), 15.5 ReadProperty, 15.7 ReadPropertyMultiple, 15.9 WriteProperty,
12.1.10 Status_Flags, 19.2 Command Prioritization, Annex J BACnet/IP.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Any

from kopa.errors import EngineError
from kopa.ingest.sources.source import Quality, Reading, RefusedError, Send, Source
from kopa.ingest.sources.writable import differs, truth, whole

PORT = 47808
MOST = 20
"""Objects of one request: their answers fit into the smallest usual packet."""
ANYBODY = 4_194_303
"""Our device instance: the one that stands for no device in particular."""
VALUE, FLAGS, ARRAY = "present-value", "status-flags", "priority-array"
WRITTEN = ("analog-output", "analog-value", "binary-output", "binary-value",
           "multi-state-output", "multi-state-value")  # fmt: skip
"""Types of objects whose present value may be written."""
_FAULT, _OVERRIDDEN, _OUT_OF_SERVICE = 1, 2, 3
"""Places in the status flags."""
_LARGEST = 3.4028234663852886e38
"""The largest Real, a float of 32 bits."""


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


def encoded(path: str, value: float | None) -> float | int | None:
    """A value as the object that a path names has it; None releases it.

    Raises
    ------
    ValueError
        If the object is not written, or does not take the value.
    """
    kind = str(point_of(path).object[0])
    if kind not in WRITTEN:
        raise ValueError(f"an object of type {kind} is not written, only {', '.join(WRITTEN)}")
    if value is None:
        return None
    if kind.startswith("binary"):
        return int(truth(value))
    if kind.startswith("multi"):
        if value < 1:
            raise ValueError(f"states count from 1, and this would be {value:g}")
        return whole(value)
    if abs(value) > _LARGEST:
        raise ValueError(f"{value:g} is no Real")
    return float(value)


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

    async def prepare(
        self, path: str, value: float | None, priority: int, returning: bool = False
    ) -> Send:
        """All but the sending of a value; see `source.Writer`."""
        from bacpypes3.apdu import ErrorRejectAbortNack
        from bacpypes3.primitivedata import Null, PropertyIdentifier

        wanted: Any = encoded(path, value)
        point, (app, address) = point_of(path), await self._opened()
        places = await _places(app, address, point)
        if value is None:
            wanted = Null(())
            if places is None:
                what = "it has no priority array, and so no release: returns_to must be a value"
                raise RefusedError(what, "bacnet")
        elif (above := _above(places, priority)) and not returning:
            raise RefusedError(f"priority {above} commands it, and ours is {priority}", "bacnet")

        async def send() -> None:
            name = PropertyIdentifier(VALUE)
            try:
                said = await app.write_property(address, point.object, name, wanted, None, priority)
            except ErrorRejectAbortNack as error:
                said = error
            _taken(said)

        return send

    async def held(
        self, path: str, value: float | None, priority: int, returning: bool = False
    ) -> tuple[Reading, str]:
        """Read a value back; see `source.Writer`."""
        point, (app, address) = point_of(path), await self._opened()
        reading = _reading(path, *await _alone(app, address, point))
        places = await _places(app, address, point)
        place = places[priority - 1] if places else None
        if value is None:
            return reading, "" if place is None else f"priority {priority} has {_plain(place)}"
        if places and (wrong := differs(None if place is None else _plain(place), value)):
            return reading, f"{wrong} at priority {priority}"
        if above := _above(places, priority):
            return reading, "" if returning else f"priority {above} commands it"
        return reading, reading.problem or differs(reading.value, value)

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


Places = Sequence[Any] | None
"""The 16 values of a priority array, each None where nobody commands; None without an array."""


async def _places(app: Any, address: Any, point: Point) -> Places:
    """What commands an object; None if it has no priority array."""
    from bacpypes3.apdu import ErrorRejectAbortNack
    from bacpypes3.primitivedata import Null

    found: list[Any] = []
    for place in (None, *range(1, 17)):  # together, or one by one where that is too long for it
        try:
            answer = await app.read_property(address, point.object, ARRAY, place)
        except ErrorRejectAbortNack as error:
            answer = error
        _check(answer)
        if place is None and isinstance(answer, Sequence):
            found = list(answer)
            break
        if place is not None and (answer is None or isinstance(answer, ErrorRejectAbortNack)):
            return None
        found += [answer] if place is not None else []
    chosen = [getattr(one, one._choice) for one in found]
    return [None if isinstance(one, Null) else one for one in chosen]


def _above(places: Places, priority: int) -> int:
    """The place before ours that commands an object; 0 if there is none."""
    before = enumerate((places or ())[: priority - 1], 1)
    return next((place for place, value in before if value is not None), 0)


def _taken(answer: Any) -> None:
    """Raise if a device did not take what was written."""
    from bacpypes3.apdu import ErrorPDU, RejectPDU

    _check(answer)
    if answer is None:
        return
    refused = isinstance(answer, ErrorPDU | RejectPDU | str)
    what = getattr(answer, "errorCode", None) or getattr(answer, "apduAbortRejectReason", answer)
    raise (RefusedError if refused else EngineError)(f"it refuses: {what}", "bacnet")


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
