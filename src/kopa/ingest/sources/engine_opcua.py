"""Asks servers by OPC UA, with asyncua.

References
----------
OPC 10000-4 (OPC UA Part 4), 5.11.2 Read, 5.11.4 Write and 7.11 DataValue;
OPC 10000-8, 5.3 on status codes.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from kopa.errors import EngineError
from kopa.ingest.sources.source import Quality, Reading, RefusedError, Send, Source
from kopa.ingest.sources.writable import differs, truth, whole

if TYPE_CHECKING:
    from asyncua import ua
    from asyncua.client.client import Client

MOST = 100
"""Nodes of one request: what servers with narrow limits still take."""
CLOSE_S = 2.0
"""So long a server may take to hear that we go."""
POLICIES = ("Basic256Sha256", "Aes128Sha256RsaOaep", "Aes256Sha256RsaPss")
MODES = ("SignAndEncrypt", "Sign")
_WHOLE_BITS = {
    "SByte": (-(2**7), 2**7), "Byte": (0, 2**8), "Int16": (-(2**15), 2**15),
    "UInt16": (0, 2**16), "Int32": (-(2**31), 2**31), "UInt32": (0, 2**32),
    "Int64": (-(2**63), 2**63), "UInt64": (0, 2**64),
}  # fmt: skip
"""Types of whole numbers: the first number they hold, and the first beyond them."""
_REFUSED = (
    "BadTypeMismatch", "BadNotWritable", "BadUserAccessDenied", "BadOutOfRange",
    "BadNodeIdUnknown", "BadNodeIdInvalid", "BadAttributeIdInvalid", "BadWriteNotSupported",
    "BadNothingToDo", "BadTooManyOperations",
)  # fmt: skip
"""Statuses after which nothing was written; after other bad ones, who knows."""
_LARGEST_FLOAT = 3.4028234663852886e38
_CAN_WRITE = 0b10
"""CurrentWrite, in an access level (OPC 10000-3, 8.57)."""


def node_of(path: str) -> ua.NodeId:
    """The node that a path names.

    Raises
    ------
    ValueError
        If it names none; the message says what to write.
    """
    from asyncua import ua
    from asyncua.ua.uaerrors import UaError

    try:
        return ua.NodeId.from_string(path)
    except (UaError, ValueError):
        raise ValueError(
            f"'{path}' is no node id. Write one such as ns=2;s=Tank.Level, i=2258, or "
            "nsu=urn:vendor:plc;s=Tank.Level."
        ) from None


class OpcUaPoller:
    """An OPC UA server.

    Parameters
    ----------
    source
        Where it is.
    paths
        Its nodes, as `node_of` reads them.
    """

    def __init__(self, source: Source, paths: Sequence[str]) -> None:
        # A library says on stderr what findings say as well.
        logging.getLogger("asyncua").addHandler(logging.NullHandler())
        self._source, self._paths = source, list(paths)
        self._client: Client | None = None
        self._nodes: list[ua.NodeId] = []

    async def read(self) -> AsyncGenerator[Reading, None]:
        """Read the values of all nodes, with their status and time."""
        from asyncua.ua.attribute_ids import AttributeIds
        from asyncua.ua.uaerrors import UaError

        try:
            client = await self._connected()
            for first in range(0, len(self._paths), MOST):
                nodes = self._nodes[first : first + MOST]
                answers = await client.uaclient.read_attributes(nodes, AttributeIds.Value)
                if len(answers) != len(nodes):
                    raise EngineError("its answer has another length than the question", "opcua")
                for path, value in zip(self._paths[first:], answers, strict=False):
                    yield _reading(path, value, self._source.settings["time"] == "source")
        except UaError as error:
            words = " ".join(str(error).split()) or type(error).__name__
            raise EngineError(f"it refuses: {words[:200]}", "opcua") from None

    async def prepare(
        self, path: str, value: float | None, priority: int, returning: bool = False
    ) -> Send:
        """All but the sending of a value; see `source.Writer`."""
        from asyncua import ua
        from asyncua.ua.attribute_ids import AttributeIds

        if value is None:
            raise RefusedError("OPC UA knows no release", "opcua")
        client = await self._connected()
        node = [self._nodes[self._paths.index(path)]]
        (said,) = await client.uaclient.read_attributes(node, AttributeIds.Value)
        (able,) = await client.uaclient.read_attributes(node, AttributeIds.UserAccessLevel)
        level = able.Value.Value if able.Value is not None else None
        if isinstance(level, int) and not level & _CAN_WRITE:
            raise RefusedError("it does not let us write it (UserAccessLevel)", "opcua")
        wanted = ua.DataValue(_variant(said.Value, value))  # servers date it themselves

        async def send() -> None:
            (status,) = await client.uaclient.write_attributes(node, [wanted], AttributeIds.Value)
            if status.is_bad():
                kind = RefusedError if status.name in _REFUSED else EngineError
                raise kind(f"it refuses: {status.name}", "opcua")

        return send

    async def held(
        self, path: str, value: float | None, priority: int, returning: bool = False
    ) -> tuple[Reading, str]:
        """Read a value back; see `source.Writer`."""
        (reading,) = [one async for one in self.read() if one.path == path]
        return reading, reading.problem or differs(reading.value, value or 0.0)

    async def close(self) -> None:
        """End the session and close the connection."""
        client, self._client = self._client, None
        if client is None:
            return
        with suppress(Exception):  # it may be in any state; the socket is closed below
            async with asyncio.timeout(CLOSE_S):
                await client.disconnect()
        client.disconnect_socket()

    async def _connected(self) -> Client:
        from asyncua.client.client import Client

        if self._client is not None:
            return self._client
        source = self._source
        client = self._client = Client(source.address, timeout=source.timeout_s)
        await self._identify(client)
        await client.connect()
        self._nodes = [await _numbered(client, node_of(path)) for path in self._paths]
        return client

    async def _identify(self, client: Client) -> None:
        """Say who we are, and how the connection is secured."""
        from asyncua import ua
        from asyncua.crypto import security_policies

        given = self._source.settings
        if given.get("user"):
            client.set_user(given["user"])
            client.set_password(given["password"])
        if given["policy"]:
            client.application_uri = given["application"]
            await client.set_security(
                getattr(security_policies, f"SecurityPolicy{given['policy']}"),
                given["certificate"],
                given["key"],
                server_certificate=str(given["server_certificate"]),
                mode=ua.MessageSecurityMode[given["mode"]],
            )


async def _numbered(client: Client, node: ua.NodeId) -> ua.NodeId:
    """A node with the number that its namespace has at this server today."""
    from asyncua import ua

    uri = getattr(node, "NamespaceUri", None)
    if not uri:
        return node
    try:
        index = await client.get_namespace_index(uri)
    except ValueError:
        raise EngineError(f"it has no namespace {uri}", "opcua") from None
    return ua.NodeId(node.Identifier, ua.Int16(index), node.NodeIdType)


def _variant(said: ua.Variant | None, value: float) -> ua.Variant:
    """A value with the type that its node has.

    Raises
    ------
    ValueError
        If it is no value of that type.
    """
    from asyncua import ua

    if said is None or said.Value is None:
        raise ValueError("it has no value yet, and so no type that is known")
    name = said.VariantType.name
    if isinstance(said.Value, list):
        raise ValueError("it is a list: only single values are written")  # noqa: TRY004
    if name == "Boolean":
        return ua.Variant(truth(value), said.VariantType)
    if name in ("Float", "Double"):
        if name == "Float" and abs(value) > _LARGEST_FLOAT:
            raise ValueError(f"{value:g} is no Float")
        return ua.Variant(float(value), said.VariantType)
    if name not in _WHOLE_BITS:
        raise ValueError(f"it is a {name}: only numbers and truths are written")
    number = whole(value)
    first, beyond = _WHOLE_BITS[name]
    if not first <= number < beyond:
        raise ValueError(f"{value:g} is no {name}")
    return ua.Variant(number, said.VariantType)


def _reading(path: str, value: ua.DataValue, timed: bool) -> Reading:
    status = value.StatusCode
    quality: Quality = "good"
    if status is not None and not status.is_good():
        quality = "bad" if status.is_bad() else "suspect"
    moment = (value.SourceTimestamp or value.ServerTimestamp) if timed else None
    given = value.Value.Value if value.Value is not None else None
    return Reading(
        path,
        given if isinstance(given, bool | int | float | str | None) else str(given)[:1000],
        _microseconds(moment),
        quality,
        "" if quality == "good" or status is None else status.name,
    )


def _microseconds(moment: datetime | None) -> int | None:
    """µs since 1970; None for the year 1601, with which OPC UA says that there is no time."""
    if moment is None or moment.year < 1970:
        return None
    return round(moment.timestamp() * 1e6)
