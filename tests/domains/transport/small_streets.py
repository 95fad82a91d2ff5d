"""A town of a dozen streets, two bus lines and a tram, written by hand.

::

    5 --- 6 --- 7 --- 8          North Street, way 101
    |     |     |     |
    1 --- 2 --- 3 --- 4 --- 9    Main Street, way 100; a dead end, way 106
                |
                10               a footway, way 107

Nodes stand 243 m apart from west to east, and 223 m from south to north. Traffic lights are at 2.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

LON, LAT, EAST, NORTH = 24.100, 56.950, 0.004, 0.002
NODES = {
    1: (0, 0),
    2: (1, 0),
    3: (2, 0),
    4: (3, 0),
    5: (0, 1),
    6: (1, 1),
    7: (2, 1),
    8: (3, 1),
    9: (4, 0),
    10: (2, -1),
}
WAYS: dict[int, tuple[tuple[int, ...], dict[str, str]]] = {
    100: ((1, 2, 3, 4), {"highway": "residential", "name": "Main Street", "maxspeed": "36"}),
    101: ((5, 6, 7, 8), {"highway": "residential", "name": "North Street", "maxspeed": "36"}),
    102: ((1, 5), {"highway": "residential", "name": "First", "maxspeed": "36"}),
    103: ((2, 6), {"highway": "residential", "name": "Second", "maxspeed": "36"}),
    104: ((3, 7), {"highway": "residential", "name": "Third", "maxspeed": "36"}),
    105: ((4, 8), {"highway": "residential", "name": "Fourth", "maxspeed": "36"}),
    106: ((4, 9), {"highway": "residential", "name": "Dead End", "maxspeed": "36"}),
    107: ((3, 10), {"highway": "footway", "name": "Path"}),
}


def place(node: int) -> tuple[float, float]:
    """Longitude and latitude of a node."""
    east, north = NODES[node]
    return LON + EAST * east, LAT + NORTH * north


def write_streets(file: Path) -> Path:
    """Write the map as ``.osm.pbf``; gives the file."""
    import osmium
    from osmium.osm.mutable import Node, Way

    with osmium.SimpleWriter(str(file)) as writer:
        for node in NODES:
            tags = {"highway": "traffic_signals"} if node == 2 else {}
            writer.add_node(Node(id=node, location=place(node), tags=tags, version=1))
        for way, (nodes, way_tags) in WAYS.items():
            writer.add_way(Way(id=way, nodes=list(nodes), tags=way_tags, version=1))
    return file


def _shape(nodes: tuple[int, ...], name: str, per_leg: float) -> str:
    rows = []
    for number, node in enumerate(nodes):
        lon, lat = place(node)
        rows.append(f"{name},{lat:.6f},{lon:.6f},{number + 1},{number * per_leg:g}")
    return "\n".join(rows)


GTFS: dict[str, str] = {
    "agency.txt": "agency_id,agency_name,agency_url,agency_timezone\n"
    "A,Town,https://example.org,Europe/Riga\n",
    "stops.txt": "stop_id,stop_name,stop_lat,stop_lon\n"
    + "".join(
        f"S{node},Stop {node},{place(node)[1] + 0.00003:.6f},{place(node)[0] + 0.0001:.6f}\n"
        for node in (1, 4, 5, 8, 9)
    )
    + f"M,Middle,{LAT + 0.00003:.6f},{LON + 1.5 * EAST:.6f}\n",
    "routes.txt": "route_id,agency_id,route_short_name,route_long_name,route_type\n"
    "B,A,1,Main bus,3\nT,A,2,North tram,0\n",
    "trips.txt": "route_id,service_id,trip_id,shape_id\n"
    "B,D,morning,main\nB,D,noon,main\nB,D,late,main\nB,X,special,main\nB,D,back,\nT,D,tram,north\n",
    # shape_dist_traveled is in kilometres here, and its stops lie off the ends of legs
    "stop_times.txt": "trip_id,arrival_time,departure_time,stop_id,stop_sequence,"
    "shape_dist_traveled\n"
    "morning,08:00:00,08:00:00,S1,1,0\nmorning,08:03:00,08:03:30,M,2,0.3645\n"
    "morning,08:06:30,08:06:30,S4,3,0.729\n"
    "noon,12:00:00,12:00:00,S1,1,0\nnoon,12:03:00,12:03:00,M,2,0.3645\n"
    "noon,12:06:00,12:06:00,S4,3,0.729\n"
    "late,25:30:00,25:30:00,S1,1,0\nlate,25:33:00,25:33:00,M,2,0.3645\n"
    "late,25:36:00,25:36:00,S4,3,0.729\n"
    "special,12:30:00,12:30:00,S1,1,0\nspecial,12:33:00,12:33:00,M,2,0.3645\n"
    "special,12:36:00,12:36:00,S4,3,0.729\n"
    "back,09:00:00,09:00:00,S4,1,\nback,,,M,2,\nback,09:06:00,09:06:00,S1,3,\n"
    "tram,08:10:00,08:10:00,S8,1,0\ntram,08:20:00,08:20:00,S5,2,0.729\n",
    "calendar.txt": "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,"
    "start_date,end_date\nD,1,1,1,1,1,0,0,20261101,20261130\n",
    "calendar_dates.txt": "service_id,date,exception_type\nX,20261125,1\nD,20261118,2\n",
    "shapes.txt": "shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence,shape_dist_traveled\n"
    + _shape((1, 2, 3, 4), "main", 0.243)
    + "\n"
    + _shape((8, 7, 6, 5), "north", 0.243)
    + "\n",
}
"""A feed: ``special`` runs by calendar_dates alone, ``late`` past midnight, ``back`` without a
shape and with a time left out."""

DEMAND = "from_lon,from_lat,to_lon,to_lat,cars_per_day\n" + "".join(
    f"{place(a)[0]},{place(a)[1]},{place(b)[0]},{place(b)[1]},{cars}\n"
    for a, b, cars in ((1, 4, 1000), (4, 1, 800), (1, 9, 100), (5, 8, 400))
)


def write_gtfs(file: Path, change: Mapping[str, str | None] | None = None) -> Path:
    """Write the feed as a zip file, with some of its files changed or (None) left out."""
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in {**GTFS, **(change or {})}.items():
            if text is not None:
                archive.writestr(name, text)
    return file


def write_transport(folder: Path) -> dict[str, str]:
    """Write streets, feed and demand; gives the table ``[transport]`` of ``city.toml``."""
    write_streets(folder / "streets.osm.pbf")
    write_gtfs(folder / "gtfs.zip")
    (folder / "demand.csv").write_text(DEMAND, encoding="utf-8")
    return {"streets": "streets.osm.pbf", "gtfs": "gtfs.zip", "demand": "demand.csv"}


def stretch(*nodes: int, off: float = 0.0) -> dict[str, object]:
    """A line along nodes as GeoJSON, moved to the north by so many degrees."""
    points = [[place(node)[0], place(node)[1] + off] for node in nodes]
    return {
        "type": "Feature",
        "properties": {},
        "geometry": {"type": "LineString", "coordinates": points},
    }
