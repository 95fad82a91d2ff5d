"""What a base map puts on the map: GeoJSON features, one a line."""

from __future__ import annotations

import json
from collections.abc import Iterator

from kopa.geo.read_base import BaseMap

HOUSES_FROM = 15


def base_features(base: BaseMap, most_zoom: int) -> Iterator[str]:
    """GeoJSON features with the layer and the least zoom that tippecanoe gives them.

    Parameters
    ----------
    base
        The base map.
    most_zoom
        The greatest zoom of the tiles: what comes later is in them from there on.
    """
    import shapely

    drawn = shapely.to_geojson(base.shapes).tolist()
    for rule, name, geometry in zip(base.rules, base.names, drawn, strict=True):
        told = {} if rule.layer == "buildings" else {"class": rule.kind}
        if name:
            told["name"] = name
        yield _feature(rule.layer, min(rule.from_zoom, most_zoom), told, geometry)
    houses = base.houses
    for number, lon, lat in zip(
        houses.numbers, houses.lon.tolist(), houses.lat.tolist(), strict=True
    ):
        point = f'{{"type":"Point","coordinates":[{lon:.6f},{lat:.6f}]}}'
        yield _feature("houses", min(HOUSES_FROM, most_zoom), {"number": number}, point)


def _feature(layer: str, zoom: int, properties: dict[str, str], geometry: str) -> str:
    told = json.dumps(properties, ensure_ascii=False, separators=(",", ":"))
    return (
        f'{{"type":"Feature","tippecanoe":{{"layer":"{layer}","minzoom":{zoom}}},'
        f'"properties":{told},"geometry":{geometry}}}'
    )
