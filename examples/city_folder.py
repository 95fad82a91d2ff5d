"""Writes the files that the example cities have in common."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kopa.city.read_links import COLUMNS


def feature(place: str, x: float, y: float, **properties: Any) -> dict[str, Any]:
    """A GeoJSON feature of a place."""
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [x, y]},
        "properties": {"id": place, **properties},
    }


def write(
    city: Path, toml: str, features: Sequence[dict[str, Any]], links: Sequence[Sequence[object]]
) -> None:
    """Write city.toml, places and links.

    Parameters
    ----------
    city
        The folder.
    toml
        Text of city.toml; ``{people}`` stands for all people.
    features
        Places, from `feature`.
    links
        Rows of links.csv.
    """
    people = sum(place["properties"]["people"] for place in features)
    (city / "city.toml").write_text(toml.format(people=people), encoding="utf-8")
    (city / "places").mkdir(exist_ok=True)
    (city / "places" / "places.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": list(features)}), encoding="utf-8"
    )
    with (city / "links.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(links)
