"""Reads places of one kind from an OpenStreetMap extract."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import numpy as np

from kopa.errors import Finding, InputError
from kopa.model import FloatArray


def read_sites(file: Path, key: str, value: str) -> tuple[FloatArray, FloatArray]:
    """Points and middles of closed ways with a tag.

    Parameters
    ----------
    file
        The extract.
    key, value
        The tag, such as ``amenity`` and ``hospital``.

    Returns
    -------
    tuple
        Longitude and latitude, degrees, each of shape (site,).

    Raises
    ------
    InputError
        If the file cannot be read.
    """
    import osmium

    places: list[tuple[float, float]] = []
    try:
        reader = osmium.FileProcessor(str(file)).with_locations()
        for element in cast(Any, reader.with_filter(osmium.filter.TagFilter((key, value)))):
            if element.is_node():
                places.append((element.lon, element.lat))
            elif element.is_way():
                nodes = [(n.lon, n.lat) for n in element.nodes if n.location.valid()]
                if nodes:
                    low, high = np.min(nodes, axis=0), np.max(nodes, axis=0)
                    lon, lat = (low + high) / 2
                    places.append((float(lon), float(lat)))
    except RuntimeError as error:
        finding = Finding("osm.unreadable", f"{error}.", "Take the extract again.", file=str(file))
        raise InputError([finding]) from None
    found = np.array(places, dtype=np.float64).reshape(-1, 2)
    return found[:, 0], found[:, 1]
