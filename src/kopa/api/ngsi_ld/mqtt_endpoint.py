"""Endpoints of notifications that are MQTT brokers (clause 7.2): what their members say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from kopa.api.ngsi_ld.problems import BadRequestData

PORTS = {"mqtt": 1883, "mqtts": 8883}
VERSIONS = {"mqtt3.1.1": 4, "mqtt5.0": 5}
"""What ``MQTT-Version`` says, and the level of the protocol on the wire."""
LONGEST = 65_535
"""Bytes of a text in MQTT."""


@dataclass(frozen=True, slots=True)
class Address:
    """A broker, and as whom we speak to it: subscriptions of the same address share a connection.

    Parameters
    ----------
    host, port
        Where it is.
    tls
        Whether the connection is encrypted.
    user, password
        Credentials; empty for none. The password is never shown.
    level
        Of the protocol: 4 is MQTT 3.1.1, 5 is MQTT 5.0.
    """

    host: str
    port: int
    tls: bool = False
    user: str = ""
    password: str = field(default="", repr=False)
    level: int = 5


@dataclass(frozen=True, slots=True)
class Target:
    """Where a notification is published: broker, topic and quality of service."""

    address: Address
    topic: str
    qos: int = 0


def is_mqtt(uri: str) -> bool:
    """Whether an endpoint is an MQTT broker."""
    return uri.partition(":")[0].lower() in PORTS


def read_target(endpoint: Mapping[str, Any]) -> Target:
    """Read the endpoint of a subscription: ``mqtt[s]://[user[:password]@]host[:port]/topic``.

    Raises
    ------
    BadRequestData
        If it is not valid.
    """
    try:
        parts = urlsplit(endpoint["uri"])
        port = parts.port
    except ValueError:
        raise BadRequestData("The uri of the endpoint has no valid host and port.") from None
    topic = unquote(parts.path.removeprefix("/"))
    if not parts.hostname or parts.query or parts.fragment:
        raise BadRequestData("The uri of an MQTT endpoint is mqtt://host/topic.")
    if not topic or not {"+", "#", "\0"}.isdisjoint(topic) or len(topic.encode()) > LONGEST:
        raise BadRequestData("The topic of an MQTT endpoint is a text without '+' and '#'.")
    info = {pair["key"]: pair["value"] for pair in endpoint.get("notifierInfo", ())}
    version, qos = info.get("MQTT-Version", "mqtt5.0"), info.get("MQTT-QoS", "0")
    if version not in VERSIONS:
        raise BadRequestData(f"MQTT-Version is {' or '.join(VERSIONS)}.")
    if qos not in ("0", "1", "2"):
        raise BadRequestData("MQTT-QoS is 0, 1 or 2.")
    address = Address(
        parts.hostname,
        port or PORTS[parts.scheme],
        parts.scheme == "mqtts",
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        VERSIONS[version],
    )
    return Target(address, topic, int(qos))
