"""Reads alerts, from friends and from others: no DTD, no entities, no network, a limit of size."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from kopa.cap.alert import NAMESPACE, Alert, Area, Info, Ring
from kopa.cap.check import check, point
from kopa.errors import Finding, InputError

MOST_BYTES = 4 * 1024 * 1024
"""No alert is larger; a feed neither."""


def parsed(data: bytes, file: str) -> Any:
    """The root of an XML document, as an element of lxml.

    Parameters
    ----------
    data
        The document.
    file
        For the findings.

    Raises
    ------
    InputError
        If it is too large, is no XML, or has a document type.
    """
    from lxml import etree

    if len(data) > MOST_BYTES:
        what = f"it has {len(data)} bytes; {MOST_BYTES} are the most."
        raise InputError([Finding("cap.size", what, "Take a smaller one.", file=file)])
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        what = f"it is no XML: {error}."
        raise InputError([Finding("cap.xml", what, "Correct it.", file=file)]) from error
    if root.getroottree().docinfo.internalDTD is not None:
        what, do = "it has a document type (DTD), which may hide anything.", "Take it out."
        raise InputError([Finding("cap.dtd", what, do, file=file)])
    return root


def file_bytes(path: Path) -> bytes:
    """A file as it is.

    Raises
    ------
    InputError
        If it cannot be read, or is larger than an alert.
    """
    try:
        with path.open("rb") as stream:
            return stream.read(MOST_BYTES + 1)
    except OSError as error:
        what = f"it cannot be read: {error.strerror}."
        raise InputError([Finding("cap.file", what, "Check the path.", file=str(path))]) from error


def read_cap(data: bytes, file: str) -> Alert:
    """Read an alert.

    Parameters
    ----------
    data
        The document.
    file
        For the findings.

    Raises
    ------
    InputError
        With all that is wrong.
    """
    root = parsed(data, file)
    found = check(root, file)
    if found:
        raise InputError(found)
    return alert_of(root)


def alert_of(root: Any) -> Alert:
    """The alert of a root that `check` finds no fault with."""
    return Alert(
        _text(root, "identifier"),
        _text(root, "sender"),
        datetime.fromisoformat(_text(root, "sent")),
        _text(root, "status"),
        _text(root, "msgType"),
        tuple(_info(one) for one in _all(root, "info")),
        tuple(_text(root, "references").split()),
        _text(root, "note"),
        tuple(_text(root, "incidents").split()),
        _text(root, "scope"),
    )


def _info(node: Any) -> Info:
    return Info(
        _text(node, "language") or "en-US",  # what the protocol says of an alert without
        _texts(node, "category"),
        _text(node, "event"),
        _text(node, "urgency"),
        _text(node, "severity"),
        _text(node, "certainty"),
        _texts(node, "responseType"),
        _instant(node, "effective"),
        _instant(node, "onset"),
        _instant(node, "expires"),
        _text(node, "senderName"),
        _text(node, "headline"),
        _text(node, "description"),
        _text(node, "instruction"),
        tuple(_area(one) for one in _all(node, "area")),
        tuple((_text(one, "valueName"), _text(one, "value")) for one in _all(node, "parameter")),
    )


def _area(node: Any) -> Area:
    circles = []
    for text in _texts(node, "circle"):
        centre, radius = text.split()
        lat, lon = centre.split(",")
        circles.append((float(lat), float(lon), float(radius)))
    rings = tuple(_ring(text) for text in _texts(node, "polygon"))
    return Area(_text(node, "areaDesc"), rings, tuple(circles))


def _ring(text: str) -> Ring:
    return tuple(one for one in map(point, text.split()) if one is not None)


def _all(node: Any, tag: str) -> list[Any]:
    return list(node.findall(f"{{{NAMESPACE}}}{tag}"))


def _texts(node: Any, tag: str) -> tuple[str, ...]:
    return tuple((one.text or "").strip() for one in _all(node, tag))


def _text(node: Any, tag: str) -> str:
    return next(iter(_texts(node, tag)), "")


def _instant(node: Any, tag: str) -> datetime | None:
    text = _text(node, tag)
    return datetime.fromisoformat(text) if text else None
