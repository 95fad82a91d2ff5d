"""What messages of devices say: plain JSON, uplinks of The Things Stack and of ChirpStack."""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from kopa.errors import EngineError, Finding

TIMES = ("observedAt", "timestamp", "time", "received_at")
"""Where plain JSON may say when it was measured."""
Decode = Callable[[str, bytes, int], Mapping[str, Any] | None]
"""Decodes the bytes of a device at a port; None where it has no codec."""


@dataclass(frozen=True)
class Message:
    """What a device said.

    Parameters
    ----------
    device
        Its id, in small letters.
    at
        When, µs since 1970 UTC.
    data
        What it measured, as its message has it.
    """

    device: str
    at: int
    data: Mapping[str, Any]


class PayloadError(EngineError):
    """A message cannot be read; `finding` says why."""

    code = "payload"

    def __init__(self, device: str, what: str, do: str) -> None:
        self.finding = Finding("ingest.payload", what, do, "warning", asset=device)
        super().__init__(what)


def read_message(
    raw: bytes, arrived: int, decode: Decode = lambda device, data, port: None, device: str = ""
) -> Message:
    """Read a message; its format shows itself.

    Parameters
    ----------
    raw
        The message.
    arrived
        When it came, µs since 1970 UTC: taken where it does not say when it was measured.
    decode
        Decodes bytes where a network server did not.
    device
        Device where plain JSON does not say it: the last part of the topic.

    Raises
    ------
    PayloadError
        If it cannot be read.
    """
    try:
        whole = json.loads(raw.decode("utf-8"), parse_constant=_no_number)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise PayloadError(device, f"a message is no JSON: {error}.", "Send JSON.") from None
    if not isinstance(whole, dict):
        raise PayloadError(device, "a message is no JSON object.", "Send an object.")
    if isinstance(whole.get("uplink_message"), dict):
        return _ttn(whole, arrived, decode)
    if isinstance(whole.get("deviceInfo"), dict):
        return _chirpstack(whole, arrived, decode)
    name = str(whole.get("device") or whole.get("id") or device).lower()
    if not name:
        raise PayloadError("", "a message names no device.", "Add 'device', or use its topic.")
    return Message(name, _time(whole, TIMES, arrived, name), whole)


def _ttn(whole: Mapping[str, Any], arrived: int, decode: Decode) -> Message:
    """An uplink of The Things Stack v3."""
    ids, up = whole.get("end_device_ids"), whole["uplink_message"]
    ids = ids if isinstance(ids, dict) else {}
    device = str(ids.get("dev_eui") or ids.get("device_id") or "").lower()
    return _uplink(
        device, _time(up, ("received_at",), arrived, device), up.get("decoded_payload"),
        (up.get("frm_payload"), up.get("f_port")), decode,
    )  # fmt: skip


def _chirpstack(whole: Mapping[str, Any], arrived: int, decode: Decode) -> Message:
    """An uplink of ChirpStack v4."""
    device = str(whole["deviceInfo"].get("devEui") or "").lower()
    return _uplink(
        device, _time(whole, ("time",), arrived, device), whole.get("object"),
        (whole.get("data"), whole.get("fPort")), decode,
    )  # fmt: skip


def _uplink(device: str, at: int, decoded: Any, raw: tuple[Any, Any], decode: Decode) -> Message:
    if not device:
        raise PayloadError("", "an uplink names no device.", "Send dev_eui or devEui.")
    if isinstance(decoded, dict) and decoded:
        return Message(device, at, decoded)
    text, port = raw
    if not isinstance(text, str) or not isinstance(port, int):
        raise PayloadError(device, "an uplink has no payload.", "Nothing to do: it says nothing.")
    try:
        data = base64.b64decode(text, validate=True)
        found = decode(device, data, port)
    except (binascii.Error, EngineError) as error:
        raise PayloadError(
            device, f"an uplink cannot be decoded: {error}.", "Mend the codec."
        ) from None
    if found is None:
        raise PayloadError(
            device, "an uplink is not decoded, and the device has no codec.", "Name its codec."
        )
    return Message(device, at, found)


def _time(whole: Mapping[str, Any], names: tuple[str, ...], arrived: int, device: str) -> int:
    """When it was measured, µs since 1970 UTC; seconds, milliseconds or ISO 8601."""
    given = next((whole[name] for name in names if whole.get(name) is not None), None)
    if given is None:
        return arrived
    if isinstance(given, int | float) and not isinstance(given, bool) and math.isfinite(given):
        seconds = given / 1000 if given > 1e11 else given
        if 0 <= seconds < 253_402_300_800:
            return round(seconds * 1e6)
    if isinstance(given, str):
        try:
            moment = datetime.fromisoformat(given)
        except ValueError:
            moment = None
        if moment is not None:
            moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            return round(moment.timestamp() * 1e6)
    raise PayloadError(device, f"'{given}' is no time.", "Send ISO 8601, or seconds since 1970.")


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no JSON number")


def at_path(data: Any, path: str) -> Any:
    """The value at a path such as ``inputs.0.value``; None if there is none."""
    for part in path.split("."):
        if isinstance(data, dict):
            data = data.get(part)
        elif isinstance(data, list) and part.isdigit() and int(part) < len(data):
            data = data[int(part)]
        else:
            return None
    return data
