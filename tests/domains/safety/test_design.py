"""Stations, blocks and circuits of lights that a city is given, and that its own reader takes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_survey import small_survey

from kopa.domains.safety.design.draw import DESIGNER, LAMPS, lamps, lit_streets
from kopa.domains.safety.read_files import read_cells, read_lights, read_stations
from kopa.domains.safety.read_lit import read_lit
from kopa.geo.project import Projection

SURVEY = small_survey()


def drawn(folder: Path) -> dict[str, list[dict[str, Any]]]:
    DESIGNER.draw(SURVEY, folder, lambda text: None)
    return {
        name: json.loads((folder / "safety" / f"{name}.geojson").read_text("utf-8"))["features"]
        for name in ("stations", "cells", "lights")
    }


def test_each_service_has_a_station(tmp_path: Path) -> None:
    """The map has none: each stands at the crossing nearest to the people's middle."""
    found = drawn(tmp_path)["stations"]
    assert [f["properties"]["kind"] for f in found] == ["fire_station", "police"]
    spots, streets = SURVEY.spots, SURVEY.streets
    middle = [np.average(at, weights=spots.people) for at in (spots.x, spots.y)]
    x, y = found[0]["geometry"]["coordinates"]
    nearest = np.hypot(streets.x - middle[0], streets.y - middle[1]).min()
    assert np.hypot(x - middle[0], y - middle[1]) == pytest.approx(nearest, abs=0.02)
    assert all(f["properties"]["origin"] == "synthetic" for f in found)


def test_blocks_hold_all_residents(tmp_path: Path) -> None:
    spots = SURVEY.spots
    people = sum(f["properties"]["people"] for f in drawn(tmp_path)["cells"])
    assert people == pytest.approx(spots.people[spots.homes].sum())


def test_circuits(tmp_path: Path) -> None:
    """Each lit street is in one of them, and none has more lamps than a feeder carries."""
    found = drawn(tmp_path)["lights"]
    assert max(f["properties"]["lamps"] for f in found) <= LAMPS
    lit = lit_streets(SURVEY)
    assert lit.all()  # residential and secondary
    parts = [len(f["geometry"]["coordinates"]) for f in found]
    assert sum(parts) == lit.sum()
    assert len(found) < sum(parts) / 5
    streets, rows = SURVEY.streets, lamps()
    many = [
        max(1, np.ceil(length / float(rows[kind]["spacing_m"])))
        for length, kind in zip(streets.length.tolist(), streets.kind, strict=True)
    ]
    assert sum(f["properties"]["lamps"] for f in found) == sum(many)
    watts = [n * float(rows[kind]["lamp_w"]) for n, kind in zip(many, streets.kind, strict=True)]
    power = sum(f["properties"]["electricity_kw"] for f in found)
    assert power == pytest.approx(sum(watts) / 1000, abs=0.1)
    people = sum(f["properties"]["people"] for f in found)
    assert people == pytest.approx(SURVEY.spots.people.sum(), abs=0.1)


def test_the_domain_reads_what_is_drawn(tmp_path: Path) -> None:
    drawn(tmp_path)
    projection, folder = Projection(SURVEY.streets.crs), tmp_path / "safety"
    for read, name in ((read_stations, "stations"), (read_cells, "cells")):
        assert read(folder / f"{name}.geojson", projection)[1] == ()  # type: ignore[operator]
    lights, findings = read_lights(folder / "lights.geojson", projection)
    assert findings == ()
    assert lights.length.sum() == pytest.approx(SURVEY.streets.length.sum(), rel=1e-3)


def test_what_the_map_says_goes_first(tmp_path: Path) -> None:
    from osmium import SimpleWriter
    from osmium.osm.mutable import Way

    file = tmp_path / "lit.osm.pbf"
    with SimpleWriter(str(file)) as writer:
        for way, (key, value) in enumerate(
            [("highway", "yes"), ("highway", "no"), ("highway", "dim"), ("landuse", "yes")], 1
        ):
            tags = {key: "residential", "lit": value}
            writer.add_way(Way(id=way, nodes=[1, 2], tags=tags, version=1))
    assert read_lit(file) == {1: True, 2: False}
    assert read_lit(tmp_path / "none.osm.pbf") == {}
