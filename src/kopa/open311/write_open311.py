"""Writes GeoReport's requests and services, XML and JSON.

References
----------
Open311 GeoReport v2. What goes beyond it stands in ``extended_attributes``, below ``kopa``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from .model import ServiceRequest

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 has no way to write."""


def request_row(request: ServiceRequest, **more: Any) -> dict[str, Any]:
    """A request as GeoReport's ``requests`` has it.

    Parameters
    ----------
    request
        The request.
    more
        Extensions beside its photos and updates, such as ``work_order``.
    """
    updates = [
        {"at": one.at.isoformat(), "status": one.status, "text": one.text}
        for one in request.updates
    ]
    beyond = {
        "photos": list(request.media[1:]), "updates": updates, "reopened": request.reopened,
        **more,
    }  # fmt: skip
    return {
        "service_request_id": request.id,
        "status": request.status,
        "status_notes": request.notes or None,
        "service_name": request.service_name or None,
        "service_code": request.code,
        "description": request.description or None,
        "agency_responsible": request.agency or None,
        "service_notice": request.notice or None,
        "requested_datetime": request.requested.isoformat(),
        "updated_datetime": _time(request.updated),
        "expected_datetime": _time(request.expected),
        "address": request.address or None,
        "address_id": request.address_id or None,
        "zipcode": request.zipcode or None,
        "lat": request.lat,
        "long": request.lon,
        "media_url": request.media[0] if request.media else None,
        "extended_attributes": {"kopa": {key: one for key, one in beyond.items() if one}},
    }


def _time(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat()


def write_json(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Rows of requests or of services as JSON."""
    return json.dumps(list(rows), ensure_ascii=False).encode()


def write_requests_xml(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Rows of requests as XML."""
    return _xml("service_requests", "request", rows)


def write_services_xml(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Rows of services as XML."""
    return _xml("services", "service", rows)


def write_errors_xml(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Rows of errors as XML."""
    return _xml("errors", "error", rows)


def _xml(root: str, tag: str, rows: Iterable[Mapping[str, Any]]) -> bytes:
    from lxml import etree

    whole = etree.Element(root)
    for row in rows:
        _fill(etree.SubElement(whole, tag), row)
    return bytes(etree.tostring(whole, encoding="utf-8", xml_declaration=True))


_ITEMS = {"photos": "photo", "updates": "update"}


def _fill(node: Any, value: Any) -> None:
    from lxml import etree

    if isinstance(value, Mapping):
        for key, one in value.items():
            child = etree.SubElement(node, key)
            if isinstance(one, list):
                for item in one:
                    _fill(etree.SubElement(child, _ITEMS.get(key, "item")), item)
            else:
                _fill(child, one)
    elif isinstance(value, bool):
        node.text = "true" if value else "false"
    elif value is not None:
        node.text = _NO_XML.sub("", str(value))
