"""Writes alerts as XML."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from kopa.cap.alert import NAMESPACE, Alert, Area, Info, Ring, instant


def element_of(alert: Alert) -> Any:
    """An alert as an element of lxml, its parts in the order of the schema."""
    from lxml import etree

    root = etree.Element(f"{{{NAMESPACE}}}alert", nsmap={None: NAMESPACE})
    _add(root, "identifier", alert.identifier)
    _add(root, "sender", alert.sender)
    _add(root, "sent", instant(alert.sent))
    _add(root, "status", alert.status)
    _add(root, "msgType", alert.kind)
    _add(root, "scope", alert.scope)
    _add(root, "note", alert.note)
    _add(root, "references", " ".join(alert.references))
    _add(root, "incidents", " ".join(alert.incidents))
    for info in alert.infos:
        _info(root, info)
    return root


def write_cap(alert: Alert) -> bytes:
    """An alert as a document."""
    return document_of(element_of(alert))


def document_of(root: Any) -> bytes:
    """An element as a document; nothing of it is moved, or a signature would break."""
    from lxml import etree

    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def _info(root: Any, info: Info) -> None:
    node = _add(root, "info")
    _add(node, "language", info.language)
    for category in info.category:
        _add(node, "category", category)
    _add(node, "event", info.event)
    for response in info.response:
        _add(node, "responseType", response)
    _add(node, "urgency", info.urgency)
    _add(node, "severity", info.severity)
    _add(node, "certainty", info.certainty)
    for name, time in (
        ("effective", info.effective), ("onset", info.onset), ("expires", info.expires),
    ):  # fmt: skip
        _add(node, name, _time(time))
    _add(node, "senderName", info.sender_name)
    _add(node, "headline", info.headline)
    _add(node, "description", info.description)
    _add(node, "instruction", info.instruction)
    for name, value in info.parameters:
        parameter = _add(node, "parameter")
        _add(parameter, "valueName", name)
        _add(parameter, "value", value)
    for area in info.areas:
        _area(node, area)


def _area(info: Any, area: Area) -> None:
    node = _add(info, "area")
    _add(node, "areaDesc", area.description)
    for ring in area.polygons:
        _add(node, "polygon", _ring(ring))
    for lat, lon, radius in area.circles:
        _add(node, "circle", f"{lat:g},{lon:g} {radius:g}")


def _ring(ring: Ring) -> str:
    return " ".join(f"{lat:.6f},{lon:.6f}" for lat, lon in ring)


def _time(time: datetime | None) -> str:
    return "" if time is None else instant(time)


def _add(parent: Any, tag: str, text: str | None = None) -> Any:
    """Add an element; one whose text is empty is left out."""
    from lxml import etree

    if text == "":
        return None
    node = etree.SubElement(parent, f"{{{NAMESPACE}}}{tag}")
    node.text = text
    return node
