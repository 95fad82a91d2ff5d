"""Containers as NGSI-LD entities, in normalized, concise or simplified form.

References
----------
Smart Data Models, dataModel.WasteManagement: WasteContainer and WasteContainerModel.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kopa.domain.rows import Rows

from .ewc import STREAMS

LITRES = 1000.0
_STREAM_OF = {code: stream for stream, code in STREAMS.items()}
_OURS = {
    "name": "name",
    "isleId": "site",
    "areaServed": "zone",
    "serialNumber": "tag",
    "dateObserved": "fill_at",
}
"""Attribute of a WasteContainer by its name in a row."""


def rows_of_entities(rows: Rows, entities: Sequence[Any]) -> list[dict[str, Any]]:
    """Rows of containers; each has its ``point``.

    A container without a volume takes that of its model. What Smart Data Models has no word for
    (``kg_per_day``, ``people``) is read where it stands under Kopa's.

    Parameters
    ----------
    rows
        Where findings go.
    entities
        What the file says.
    """
    known = [one for one in entities if isinstance(one, Mapping)]
    models = {one.get("id"): one for one in known if one.get("type") == "WasteContainerModel"}
    found = []
    for number, entity in enumerate(entities, 1):
        place = f"entity {number}"
        if not isinstance(entity, Mapping) or not isinstance(entity.get("id"), str):
            rows.tell("entity", place, "it is no entity with an id.", "Write NGSI-LD entities.")
            continue
        if entity.get("type") != "WasteContainer":
            continue
        row = rows.row(_values(entity, models), place)
        if not row["stream"]:
            continue
        row["point"] = rows.point(_plain(entity.get("location")), row["place"])
        found.append(row)
    return found


def _plain(attribute: Any) -> Any:
    """Value of an attribute; a relationship's object."""
    if isinstance(attribute, Mapping) and not {"value", "object"}.isdisjoint(attribute):
        return attribute.get("value", attribute.get("object"))
    return attribute


def _values(entity: Mapping[str, Any], models: Mapping[Any, Mapping[str, Any]]) -> dict[str, Any]:
    plain = {name: _plain(value) for name, value in entity.items()}
    model = models.get(plain.get("refWasteContainerModel"), {})
    codes = plain.get("storedWasteCode") or []
    code = str(codes[0] if isinstance(codes, list) and codes else codes or "")
    kinds = plain.get("storedWasteKind") or []
    kind = str(kinds[0] if isinstance(kinds, list) and kinds else kinds or "")
    litres = plain.get("cargoVolume", _plain(model.get("cargoVolume")))
    given = {ours: plain.get(theirs) for theirs, ours in _OURS.items()}
    spaced = " ".join(code.replace(" ", "")[at : at + 2] for at in (0, 2, 4))
    number = isinstance(litres, int | float) and not isinstance(litres, bool)
    return {
        **plain,
        **{name: value for name, value in given.items() if value is not None},
        "id": str(entity["id"]).removeprefix("urn:ngsi-ld:WasteContainer:"),
        "stream": plain.get("stream") or _STREAM_OF.get(spaced) or kind,
        "ewc": code,
        "volume_m3": litres / LITRES if number else plain.get("volume_m3", litres),
        "fill": plain.get("fillingLevel"),
    }
