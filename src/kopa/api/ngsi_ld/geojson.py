"""Entities as GeoJSON features (clause 4.5.16)."""

from __future__ import annotations

from typing import Any

from kopa.api.ngsi_ld.context import Context
from kopa.api.ngsi_ld.entity import Entity
from kopa.api.ngsi_ld.represent import Form, answer, chosen


def feature(entity: Entity, form: Form, geometry: str) -> dict[str, Any]:
    """An entity as a GeoJSON Feature.

    Parameters
    ----------
    entity
        The entity as it is kept.
    form
        The form of its properties.
    geometry
        The GeoProperty that gives the geometry, as kept.

    Returns
    -------
    dict
        The feature; its geometry is null where the entity has none.
    """
    properties = answer(entity, form)
    properties.pop("id", None)
    places = chosen(entity.get(geometry, []), form.datasets)
    places = [one for one in places if one.get("type") == "GeoProperty"]
    default = next((one for one in places if "datasetId" not in one), None)
    place = default or (places[0] if places else None)
    return {
        "id": entity["id"],
        "type": "Feature",
        "geometry": place["value"] if place else None,
        "properties": properties,
    }


def collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    """Features together."""
    return {"type": "FeatureCollection", "features": features}


def geometry_name(text: str | None, context: Context) -> str:
    """The GeoProperty of ``geometryProperty``, as kept; the location if it is not given."""
    return context.keep(text) if text else "location"
