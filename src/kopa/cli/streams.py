"""Options that say where telemetry comes from, beside HTTP and the sources of the city."""

from __future__ import annotations

import argparse
import os
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from kopa.errors import UsageError

if TYPE_CHECKING:
    from kopa.ingest.jetstream import Stream
    from kopa.ingest.mqtt import Broker


def register(parser: argparse.ArgumentParser) -> None:
    """--mqtt, --topic, --nats, --stream, --subject."""
    parser.add_argument(
        "--mqtt",
        default="",
        metavar="HOST[:PORT]",
        help="broker of telemetry; KOPA_MQTT_USER and KOPA_MQTT_PASSWORD are its credentials",
    )
    parser.add_argument(
        "--topic", action="append", default=[], help="topic filter; may be given again (default #)"
    )
    parser.add_argument(
        "--nats",
        default="",
        metavar="nats://HOST:PORT",
        help="JetStream of telemetry, which several Kopa share; KOPA_NATS_USER, "
        "KOPA_NATS_PASSWORD and KOPA_NATS_TOKEN are its credentials",
    )
    parser.add_argument(
        "--stream", default="kopa", metavar="NAME", help="name of the stream (default kopa)"
    )
    parser.add_argument(
        "--subject", default="", help="what is taken of the stream (default: all of it)"
    )


def broker_of(args: argparse.Namespace) -> Broker | None:
    """The MQTT broker that was named, if one was."""
    from kopa.ingest.mqtt import Broker

    if not args.mqtt:
        return None
    host, _, port = args.mqtt.partition(":")
    if port and not port.isdigit():
        raise UsageError(f"'{args.mqtt}' is no broker: write HOST or HOST:PORT")
    return Broker(
        host,
        int(port or 1883),
        tuple(args.topic) or ("#",),
        user=os.environ.get("KOPA_MQTT_USER", ""),
        password=os.environ.get("KOPA_MQTT_PASSWORD", ""),
    )


def stream_of(args: argparse.Namespace) -> Stream | None:
    """The JetStream that was named, if one was."""
    from kopa.ingest.jetstream import Stream

    if not args.nats:
        return None
    parts = urlsplit(args.nats)
    if parts.scheme not in ("nats", "tls") or not parts.hostname:
        raise UsageError(f"'{args.nats}' is no server: write nats://HOST:PORT or tls://HOST:PORT")
    if parts.username or parts.password:
        raise UsageError("credentials in --nats are seen by others: set KOPA_NATS_USER and so on")
    if not re.fullmatch(r"[\w-]+", args.stream):
        raise UsageError(f"'{args.stream}' is no name of a stream: use letters, digits, - and _")
    return Stream(
        args.nats,
        args.stream,
        args.subject,
        user=os.environ.get("KOPA_NATS_USER", ""),
        password=os.environ.get("KOPA_NATS_PASSWORD", ""),
        token=os.environ.get("KOPA_NATS_TOKEN", ""),
    )
