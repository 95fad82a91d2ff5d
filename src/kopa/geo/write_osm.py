"""Writes the streets of an OpenStreetMap extract, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kopa.geo.read_osm import unreadable


def write_streets(source: Path, target: Path) -> int:
    """Copy ways that are streets or rails, their nodes, and turn restrictions.

    Parameters
    ----------
    source, target
        OSM files; their format is told by their names.

    Returns
    -------
    int
        Number of ways.

    Raises
    ------
    InputError
        If the source is damaged.
    """
    import osmium

    keys = osmium.filter.KeyFilter("highway", "railway")
    ways = 0
    try:
        target.unlink(missing_ok=True)
        with osmium.BackReferenceWriter(str(target), ref_src=str(source), overwrite=True) as out:
            element: Any
            for element in osmium.FileProcessor(str(source)).with_filter(keys):
                if element.is_way():
                    ways += 1
                    out.add_way(element)
                elif element.is_node():
                    out.add_node(element)
    except RuntimeError as error:
        raise unreadable(source, error) from None
    return ways
