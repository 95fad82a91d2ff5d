"""Bases, shelters and blocks that a city is given, and that its own reader takes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from small_survey import small_survey

from kopa.domains.emergency.design import DESIGNER, PLACE_M2, USABLE
from kopa.domains.emergency.read_files import read_bases, read_cells, read_shelters
from kopa.geo.project import Projection

SURVEY = small_survey()


def drawn(folder: Path) -> dict[str, list[dict[str, Any]]]:
    DESIGNER.draw(SURVEY, folder, lambda text: None)
    return {
        name: json.loads((folder / "emergency" / f"{name}.geojson").read_text("utf-8"))["features"]
        for name in ("bases", "shelters", "cells")
    }


def test_ambulances_stand_at_the_hospital_and_shelters_at_the_school(tmp_path: Path) -> None:
    found, spots = drawn(tmp_path), SURVEY.spots
    hospital, school = spots.kinds.index("hospital"), spots.kinds.index("school")
    kinds = [one["properties"]["kind"] for one in found["bases"]]
    assert kinds == ["ambulance", "fire", "rescue"]
    place = found["bases"][0]["geometry"]["coordinates"]
    assert place == pytest.approx([spots.x[hospital], spots.y[hospital]], abs=0.01)
    (shelter,) = found["shelters"]
    assert shelter["properties"]["id"] == f"shelter/{spots.ids[school]}"
    places = int(spots.floor_area[school] * USABLE / PLACE_M2)
    assert shelter["properties"]["places"] == places > 0
    every = [one for some in found.values() for one in some]
    assert all(one["properties"]["origin"] == "synthetic" for one in every)


def test_blocks_hold_all_residents(tmp_path: Path) -> None:
    people = sum(one["properties"]["people"] for one in drawn(tmp_path)["cells"])
    assert people == pytest.approx(SURVEY.spots.people[SURVEY.spots.homes].sum())


def test_the_domain_reads_what_is_drawn(tmp_path: Path) -> None:
    drawn(tmp_path)
    projection, folder = Projection(SURVEY.streets.crs), tmp_path / "emergency"
    assert read_bases(folder / "bases.geojson", projection)[1] == ()
    assert read_shelters(folder / "shelters.geojson", projection)[1] == ()
    assert read_cells(folder / "cells.geojson", projection)[1] == ()
