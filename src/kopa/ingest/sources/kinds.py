"""The protocols of sources: what each wants to know, and who speaks it.

A new protocol is an engine with a `Poller`, and a row of `KINDS`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

from kopa.ingest.sources.engine_bacnet import BacnetPoller, encoded, point_of
from kopa.ingest.sources.engine_gtfs_realtime import FeedPoller
from kopa.ingest.sources.engine_modbus import ModbusPoller
from kopa.ingest.sources.engine_opcua import MODES, POLICIES, OpcUaPoller, node_of
from kopa.ingest.sources.fetch import SCHEMES
from kopa.ingest.sources.registers import register_of
from kopa.ingest.sources.source import Poller, Source

Fault = tuple[str, str, str]
"""Key of a setting, what is wrong with it, what to do."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that a protocol wants to know.

    Parameters
    ----------
    type
        ``environment`` is the name of a variable that holds it, ``environments`` a table of such
        names: secrets stand in no file.
    default
        Where the file does not say it.
    low, high
        Range of a number.
    choices
        What a text may be; empty for anything.
    """

    type: Literal["integer", "number", "text", "file", "environment", "environments"]
    default: Any = ""
    low: float = 0.0
    high: float = float("inf")
    choices: tuple[str, ...] = ()


COMMON: Mapping[str, Setting] = {
    "device": Setting("text"),
    "kind": Setting("text"),
    "address": Setting("text"),
    "every_s": Setting("number", 10.0, 0.1, 86_400),
    "timeout_s": Setting("number", 10.0, 0.1, 600),
}
"""What every source may say."""


@dataclass(frozen=True)
class Kind:
    """A protocol.

    Parameters
    ----------
    title
        What people call it.
    settings
        What it wants to know beside `COMMON`.
    address
        Checks an address; raises ValueError with what to write.
    make
        Makes a poller of some paths.
    path
        Checks a path of `devices.csv`, as `address` does; None where a source has no paths.
    check
        What is wrong with settings that are well one by one.
    write
        Checks that a value, as the device has it, can be written to a path; raises ValueError.
        None where nothing is ever written.
    releases
        True if a value is written at a priority, and can be released.
    """

    title: str
    settings: Mapping[str, Setting]
    address: Callable[[str], object]
    make: Callable[[Source, Sequence[str]], Poller[Any]]
    path: Callable[[str], object] | None = None
    check: Callable[[Mapping[str, Any]], Iterator[Fault]] = field(default=lambda settings: iter(()))
    write: Callable[[str, float], object] | None = None
    releases: bool = False


def _host(address: str) -> None:
    found = re.fullmatch(r"([\w.-]+|\[[0-9A-Fa-f:.]+\])(?::(\d{1,5}))?", address)
    if not found or not 0 < int(found[2] or 1) < 65_536:
        raise ValueError("Write host or host:port, such as 10.0.0.7:502.")


def _opcua_url(address: str) -> None:
    try:
        parts = urlsplit(address)
        known = parts.scheme == "opc.tcp" and parts.hostname and parts.port != 0
    except ValueError:
        known = False
    if not known:
        raise ValueError("Write opc.tcp://host:4840/path.")
    if "@" in parts.netloc:
        raise ValueError("Name variables with user and password as user_env and password_env.")


def _feed_url(address: str) -> None:
    scheme = address.partition("://")[0] if "://" in address else "file"
    try:
        known = scheme in SCHEMES and (scheme == "file" or urlsplit(address).hostname)
    except ValueError:
        known = False
    if not known:
        raise ValueError("Write http://…, https://…, or the path of a file.")


def _opcua_settings(given: Mapping[str, Any]) -> Iterator[Fault]:
    if given["policy"]:
        for name in ("certificate", "key", "server_certificate"):
            if not given[name]:
                yield name, f"policy {given['policy']} needs '{name}'.", "Name a PEM or DER file."
    if bool(given["user"]) != bool(given["password"]):
        yield "user_env", "one of user and password is missing.", "Give both, or none."
    if given["user"] and not given["policy"]:
        yield "policy", "the password would go in the open.", f"Use {POLICIES[0]}."


def _bacnet_settings(given: Mapping[str, Any]) -> Iterator[Fault]:
    if given["behind"] and not re.fullmatch(r"\d{1,5}:\d{1,3}", given["behind"]):
        what = f"'{given['behind']}' is no station of another network."
        yield "behind", what, "Write network:station, such as 2000:5."


def _feed_settings(given: Mapping[str, Any]) -> Iterator[Fault]:
    if re.match(r"http://(?!(localhost|127\.0\.0\.1)[:/])", given["address"]):
        for name in ("headers", "query"):
            if given[name]:
                yield f"{name}_env", "the key would go in the open.", "Use https."


KINDS: Mapping[str, Kind] = {
    "modbus": Kind(
        "Modbus TCP",
        {
            "unit": Setting("integer", 1, 0, 255),
            "gap": Setting("integer", 8, 0, 120),
            "most": Setting("integer", 120, 4, 125),
        },
        _host,
        ModbusPoller,
        register_of,
        write=lambda path, value: register_of(path).words(value),
    ),
    "opcua": Kind(
        "OPC UA",
        {
            "policy": Setting("text", choices=POLICIES),
            "mode": Setting("text", MODES[0], choices=MODES),
            "certificate": Setting("file"),
            "key": Setting("file"),
            "server_certificate": Setting("file"),
            "application": Setting("text", "urn:kopa"),
            "user_env": Setting("environment"),
            "password_env": Setting("environment"),
            "time": Setting("text", "source", choices=("source", "arrival")),
        },
        _opcua_url,
        OpcUaPoller,
        node_of,
        _opcua_settings,
        write=lambda path, value: node_of(path),  # the server knows the type
    ),
    "bacnet": Kind(
        "BACnet/IP",
        {"behind": Setting("text")},
        _host,
        BacnetPoller,
        point_of,
        _bacnet_settings,
        encoded,
        releases=True,
    ),
    "gtfs_rt": Kind(
        "GTFS-Realtime",
        {"headers_env": Setting("environments", {}), "query_env": Setting("environments", {})},
        _feed_url,
        FeedPoller,
        check=_feed_settings,
    ),
}
"""Protocols by the name that ``sources.toml`` has for them."""
