"""Asks servers by OPC UA, with asyncua.

References
----------
OPC 10000-4 (OPC UA Part 4), 5.11.2 Read and 7.11 DataValue; OPC 10000-8, 5.3 on status codes.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from kopa.errors import EngineError
from kopa.ingest.sources.source import Quality, Reading, Source

if TYPE_CHECKING:
    from asyncua import ua
    from asyncua.client.client import Client

MOST = 100
"""Nodes of one request: what servers with narrow limits still take."""
CLOSE_S = 2.0
"""So long a server may take to hear that we go."""
POLICIES = ("Basic256Sha256", "Aes128Sha256RsaOaep", "Aes256Sha256RsaPss")
MODES = ("SignAndEncrypt", "Sign")


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
