"""A small made-up town as an OpenStreetMap file: a grid of streets, homes, sites."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import quoteattr

LAT, LON = 56.95, 24.10
"""South-west corner, degrees: in Riga."""
STEP_LAT, STEP_LON = 0.001, 0.0018
"""About 110 m north and 110 m east."""


@dataclass
class SmallMap:
    """Collects nodes and ways, and writes them as OSM XML."""

    nodes: dict[int, tuple[float, float, Mapping[str, str]]] = field(default_factory=dict)
    ways: dict[int, tuple[tuple[int, ...], Mapping[str, str]]] = field(default_factory=dict)

    def node(self, number: int, north: float, east: float, **tags: str) -> int:
        """A node so many blocks north and east of the corner."""
        self.nodes[number] = (LAT + north * STEP_LAT, LON + east * STEP_LON, tags)
        return number

    def way(self, number: int, *refs: int, **tags: str) -> int:
        """A way; ``__`` in a key stands for a colon."""
        self.ways[number] = (refs, {k.replace("__", ":"): v for k, v in tags.items()})
        return number

    def house(self, number: int, north: float, east: float, **tags: str) -> int:
        """A building of about 20 m by 20 m around a point, with its tags."""
        half = 0.09
        corners = [(-half, -half), (-half, half), (half, half), (half, -half)]
        refs = [
            self.node(number * 10 + at, north + dn, east + de)
            for at, (dn, de) in enumerate(corners)
        ]
        return self.way(number, *refs, refs[0], **tags)

    def write(self, file: Path) -> Path:
        """Write the map; osmium tells the format by the name (.osm is XML)."""
        lines = ['<?xml version="1.0"?>', '<osm version="0.6" generator="tests">']
        for number, (lat, lon, tags) in sorted(self.nodes.items()):
            lines.append(f'<node id="{number}" version="1" lat="{lat:.7f}" lon="{lon:.7f}">')
            lines += [*_tags(tags), "</node>"]
        for number, (refs, tags) in sorted(self.ways.items()):
            lines.append(f'<way id="{number}" version="1">')
            lines += [f'<nd ref="{ref}"/>' for ref in refs]
            lines += [*_tags(tags), "</way>"]
        file.write_text("\n".join([*lines, "</osm>"]), encoding="utf-8")
        return file


def _tags(tags: Mapping[str, str]) -> list[str]:
    return [f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in tags.items()]


def town(size: int = 6) -> SmallMap:
    """A town of `size` by `size` crossings: homes on every street, and some sites.

    Up to 100, ways 1 to `size` run east, ways 101 and up run north, and nodes are
    1000 + 100 row + column; larger towns have wider numbers.
    """
    made = SmallMap()
    wide = 100 if size <= 100 else 1000
    for row in range(size):
        for column in range(size):
            made.node(1000 + wide * row + column, row, column)
    for row in range(size):
        refs = [1000 + wide * row + column for column in range(size)]
        made.way(row + 1, *refs, highway="residential", name=f"Row {row}")
    for column in range(size):
        refs = [1000 + wide * row + column for row in range(size)]
        kind = "secondary" if column == 1 else "residential"
        made.way(wide + 1 + column, *refs, highway=kind, name=f"Column {column}")
    number = 10_000 if size <= 100 else 1_000_000
    for row in range(size - 1):
        for column in range(size - 1):
            for part in (0.3, 0.7):
                number += 1
                made.house(
                    number, row + 0.15, column + part, building="apartments", building__levels="4"
                )
    made.house(200_001, 2.5, 2.5, building="hospital", name="Hospital", amenity="hospital")
    made.house(200_002, 1.5, 3.5, building="school", amenity="school", name="School")
    made.house(
        200_003, 3.5, 1.5, building="yes", shop="supermarket", opening_hours="Mo-Su 08:00-22:00"
    )
    made.house(200_004, 4.5, 4.5, building="industrial")
    made.node(900_001, 0.05, 0.05, highway="traffic_signals")
    made.node(1000, 0, 0, highway="traffic_signals")
    made.node(900_002, 3.2, 3.2, place="suburb", name="Centre")
    return made


def river_town() -> SmallMap:
    """A town with a river along its south side, a brook and a canal into it, and two beaches."""
    made = town()
    for column in range(24):
        made.node(5000 + column, -1 + 0.05 * (column % 2), column - 6)
    made.way(901, *range(5000, 5012), waterway="river", name="Upper", width="30 m")
    made.way(902, *range(5011, 5024), waterway="river", name="Lower")
    for row in range(5):
        made.node(5100 + row, 6 - row, 7)
    made.node(5105, 0, 7)
    made.way(903, *range(5100, 5106), 5013, waterway="stream", name="Brook")
    made.node(5200, -1.8, 8.0)
    made.way(904, 5200, 5014, waterway="canal")  # 90 m
    made.node(5300, 40, 40)
    made.node(5301, 48, 40)
    made.way(905, 5300, 5301, waterway="river", name="Far away")
    made.way(906, 1000, 1005, waterway="stream", intermittent="yes")
    made.node(5400, -0.9, 3, leisure="bathing_place", name="Town beach")
    made.node(5401, -3, 3, natural="beach", name="Off the river")
    made.node(5402, -0.9, 4, sport="swimming", leisure="swimming_pool")
    return made
