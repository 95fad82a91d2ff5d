"""Homes and sites of a map: what each building is used for."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from kopa.geo.read_features import Features
from kopa.model import FloatArray, IntArray

_SITE_KEYS = ("amenity", "healthcare", "tourism", "shop", "office", "craft")
WHOLE = frozenset(
    {"hospital", "clinic", "care_home", "school", "kindergarten", "university", "police"}
    | {"fire_station", "hotel"}
)
"""Kinds that fill the building in which their point stands; others take a part of a floor."""
POINT_AREA = 150.0
"""Floor area of a site that is a point, and the most that a shop in a building takes, m²."""
GROUND_SHARE = 0.3
"""Share of a site's land that is built on, where the map has no building on it (BauNVO: 0.4 at
most in housing areas)."""
ZONES = frozenset({"suburb", "quarter", "neighbourhood", "village", "town", "hamlet"})


@dataclass(frozen=True)
class Use:
    """What something on the map is used for; a row of ``kinds.csv``."""

    kind: str
    floors: float
    m2_per_person: float
    opening_hours: str


@cache
def uses() -> dict[tuple[str, str], Use]:
    """Uses by tag."""
    text = files("kopa.city.survey").joinpath("kinds.csv").read_text(encoding="utf-8")
    return {
        (row["key"], row["value"]): Use(
            row["kind"],
            float(row["floors"]),
            float(row["m2_per_person"] or "inf"),
            row["opening_hours"],
        )
        for row in csv.DictReader(text.splitlines())
    }


@dataclass(frozen=True)
class Found:
    """Homes and sites as the map has them, before people are spread; arrays of shape (spot,)."""

    ids: tuple[str, ...]
    uses: tuple[Use, ...]
    names: tuple[str, ...]
    hours: tuple[str, ...]
    x: FloatArray
    y: FloatArray
    floor_area: FloatArray


def site_use(tags: Mapping[str, str]) -> Use | None:
    """What tags of a site say; None if they name no site."""
    for key in _SITE_KEYS:
        if key in tags:
            use = uses().get((key, tags[key])) or uses().get((key, "*"))
            if use is not None:
                return use
    return None


def find_spots(features: Features) -> Found:
    """Homes and sites, each building and each site once.

    A building is what its own tags say; one of no stated kind is what the land around it is
    used for, or else a home. Buildings on the ground of a school or a hospital are part of it.
    A shop or an office that is a point takes part of the ground floor of its building.
    """
    kinds = [site_use(tags) for tags in features.tags]
    building = np.array(["building" in tags for tags in features.tags], dtype=bool)
    area = features.area > 0
    ground = np.array([kind is not None for kind in kinds], dtype=bool) & area & ~building
    built = [
        kinds[row] or _building_use(features.tags[row]) if building[row] and area[row] else None
        for row in range(len(features))
    ]
    houses = np.array([row for row, use in enumerate(built) if use is not None], dtype=np.int64)
    floors = np.array(
        [_floors(features.tags[row], use) for row in houses if (use := built[row]) is not None]
    )
    floor_area = features.area[houses] * floors
    _by_land(features, houses, built)
    site_area: dict[int, float] = {}
    owner = _inside(features, np.flatnonzero(ground), houses)
    for row in np.flatnonzero(ground).tolist():
        use = kinds[row]
        assert use is not None
        mine = owner == row
        site_area[row] = float(floor_area[mine].sum()) or (
            features.area[row] * GROUND_SHARE * use.floors
        )
    floor_area[owner >= 0] = 0.0
    points = np.array(
        [r for r, k in enumerate(kinds) if k is not None and not area[r]], dtype=np.int64
    )
    on_ground = _inside(features, np.flatnonzero(ground), points)
    in_house = _inside(features, houses, points)
    number = {int(row): at for at, row in enumerate(houses.tolist())}
    taken: set[int] = set()
    for point, site, house in zip(points.tolist(), on_ground, in_house, strict=True):
        use = kinds[point]
        assert use is not None
        if site >= 0 and kinds[site] is not None and kinds[site].kind == use.kind:
            continue  # the same site twice on the map
        if house < 0:
            site_area[point] = POINT_AREA
            continue
        at = number[int(house)]
        if use.kind in WHOLE:
            if int(house) in taken or (owner[at] >= 0 and kinds[owner[at]] is not None):
                continue
            of = built[house]
            if of is not None and of.kind == use.kind:
                continue
            taken.add(int(house))
            site_area[point], floor_area[at] = float(floor_area[at]), 0.0
        else:
            part = min(POINT_AREA, float(features.area[house]), float(floor_area[at]))
            site_area[point] = part or POINT_AREA
            floor_area[at] -= part
    rows = [(int(row), built[row], size) for row, size in zip(houses, floor_area, strict=True)]
    rows += [(row, kinds[row], size) for row, size in site_area.items()]
    return _found(features, [(row, use, size) for row, use, size in rows if use and size > 1.0])


def _found(features: Features, rows: list[tuple[int, Use, float]]) -> Found:
    rows.sort(key=lambda row: features.ids[row[0]])
    at = np.array([row for row, _, _ in rows], dtype=np.int64)
    return Found(
        ids=tuple(features.ids[row] for row in at),
        uses=tuple(use for _, use, _ in rows),
        names=tuple(features.tags[row].get("name", "") for row in at),
        hours=tuple(features.tags[row].get("opening_hours", "") for row in at),
        x=features.x[at],
        y=features.y[at],
        floor_area=np.array([size for _, _, size in rows], dtype=np.float64),
    )


def _building_use(tags: Mapping[str, str]) -> Use | None:
    """What a building's own tag says; None for those that hold nobody."""
    return uses().get(("building", tags["building"]))


def _floors(tags: Mapping[str, str], use: Use) -> float:
    """Storeys of a building, its own where the map says a plausible number."""
    try:
        floors = float(tags.get("building:levels", ""))
    except ValueError:
        return use.floors
    return floors if 1 <= floors <= 150 else use.floors


def _by_land(features: Features, houses: IntArray, built: list[Use | None]) -> None:
    """Give buildings of no stated kind the use of the land on which they stand."""
    plain = np.array(
        [row for row in houses if features.tags[row]["building"] == "yes"], dtype=np.int64
    )
    plain = np.array([r for r in plain if site_use(features.tags[r]) is None], dtype=np.int64)
    land = np.array(
        [
            row
            for row, tags in enumerate(features.tags)
            if features.area[row] > 0 and ("landuse", tags.get("landuse", "")) in uses()
        ],
        dtype=np.int64,
    )
    for house, row in zip(plain, _inside(features, land, plain), strict=True):
        if row >= 0:
            built[house] = uses()["landuse", features.tags[row]["landuse"]]


def _inside(features: Features, areas: IntArray, points: IntArray) -> IntArray:
    """The smallest of the areas that holds each feature's point, -1 for none."""
    import shapely

    owner = np.full(len(points), -1)
    if not len(areas) or not len(points):
        return owner
    tree = shapely.STRtree([features.shapes[row] for row in areas])
    at, area = tree.query(shapely.points(features.x[points], features.y[points]), "within")
    size = features.area[areas[area]]
    order = np.argsort(-size, kind="stable")  # the smallest is written last
    owner[at[order]] = areas[area[order]]
    return owner


def zones(features: Features, x: Any, y: Any) -> tuple[str, ...]:
    """Name of the nearest suburb or village on the map for points; empty where it has none."""
    from scipy.spatial import cKDTree

    rows = [
        row
        for row, tags in enumerate(features.tags)
        if tags.get("place") in ZONES and tags.get("name")
    ]
    if not rows:
        return ("",) * len(x)
    tree = cKDTree(np.column_stack([features.x[rows], features.y[rows]]))
    _, nearest = tree.query(np.column_stack([x, y]))
    return tuple(features.tags[rows[at]]["name"] for at in nearest)
