"""Geo-queries (clause 4.10)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import msgspec
from shapely.geometry.base import BaseGeometry

from kopa.api.ngsi_ld.context import Context
from kopa.api.ngsi_ld.entity import Entity
from kopa.api.ngsi_ld.geometry import check_geometry, distance_m, shape
from kopa.api.ngsi_ld.problems import BadRequestData

RELATIONS = ("within", "contains", "intersects", "disjoint", "overlaps", "equals")
_NEAR = re.compile(r"near;(max|min)Distance==?(\d{1,12}(?:\.\d{1,9})?)\Z")


@dataclass(frozen=True)
class GeoQuery:
    """Where an entity must be.

    Parameters
    ----------
    relation
        ``near``, or one of `RELATIONS`.
    geometry
        GeoJSON to which the relation is.
    name
        The GeoProperty meant, as kept.
    least_m, most_m
        With ``near``: distances, m.
    """

    relation: str
    geometry: Mapping[str, Any]
    name: str = "location"
    least_m: float = 0.0
    most_m: float = float("inf")

    @cached_property
    def shape(self) -> BaseGeometry:
        """The geometry, to compare."""
        return shape(self.geometry)

    def matches(self, entity: Entity) -> bool:
        """Whether an instance of the GeoProperty stands in the relation."""
        return any(
            self._holds(one["value"])
            for one in entity.get(self.name, ())
            if one.get("type") == "GeoProperty" and isinstance(one.get("value"), dict)
        )

    def _holds(self, geometry: Mapping[str, Any]) -> bool:
        place = shape(geometry)
        if self.relation == "near":
            return self.least_m <= distance_m(place, self.shape) <= self.most_m
        return bool(getattr(place, self.relation)(self.shape))


def parse_geo(members: Mapping[str, Any], context: Context) -> GeoQuery | None:
    """Read a geo-query from parameters, or from a ``geoQ`` object.

    Parameters
    ----------
    members
        ``georel``, ``geometry``, ``coordinates``, ``geoproperty``; others are left alone.
    context
        Meaning of the name of the GeoProperty.

    Returns
    -------
    GeoQuery
        The query, None if no member of it is given.

    Raises
    ------
    BadRequestData
        If it is not a valid geo-query.
    """
    given = [name for name in ("georel", "geometry", "coordinates") if name in members]
    if not given:
        return None
    if len(given) < 3:
        raise BadRequestData("A geo-query needs georel, geometry and coordinates.")
    georel, coordinates = members["georel"], members["coordinates"]
    if isinstance(coordinates, str):
        try:
            coordinates = msgspec.json.decode(coordinates)
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            raise BadRequestData("The coordinates of a geo-query are not JSON.") from error
    geometry = check_geometry({"type": members["geometry"], "coordinates": coordinates})
    name = members.get("geoproperty") or "location"
    if not isinstance(georel, str) or not isinstance(name, str):
        raise BadRequestData("georel and geoproperty of a geo-query are texts.")
    kept = context.keep(name)
    if georel in RELATIONS:
        return GeoQuery(georel, geometry, kept)
    near = _NEAR.match(georel)
    if near is None:
        raise BadRequestData(f"'{georel[:100]}' is not a relation of the standard.")
    metres = float(near.group(2))
    if metres <= 0:
        raise BadRequestData("A distance is above zero.")
    if near.group(1) == "max":
        return GeoQuery("near", geometry, kept, most_m=metres)
    return GeoQuery("near", geometry, kept, least_m=metres)
