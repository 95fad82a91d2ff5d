"""Facilities of a map, made synthetic where it says nothing."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from small_survey import small_survey

from kopa.domains.health.design import DESIGNER, FLOOR_M2
from kopa.domains.health.read_fhir import read_fhir
from kopa.geo.project import Projection


def test_what_is_drawn_can_be_read_and_lies_where_the_map_has_it(tmp_path: Path) -> None:
    survey = small_survey()
    design = DESIGNER.draw(survey, tmp_path, lambda text: None)
    spots = survey.spots
    rows = [
        row for row, kind in enumerate(spots.kinds) if kind in ("hospital", "clinic", "pharmacy")
    ]
    places, findings = read_fhir(tmp_path / "health" / "facilities.json")
    assert findings == ()
    assert design.counts["facilities"] == len(rows) == len(places) > 0
    projection = Projection(survey.streets.crs)
    x, y = projection.metres(
        *(np.array([getattr(one, a) for one in places]) for a in ("lon", "lat"))
    )
    assert x == pytest.approx(spots.x[rows], abs=0.2)
    assert y == pytest.approx(spots.y[rows], abs=0.2)
    assert {"emergency", "dialysis"} <= set().union(*(one.capabilities for one in places))
    whole = json.loads((tmp_path / "health" / "facilities.json").read_text("utf-8"))
    for entry in whole["entry"]:
        assert entry["resource"]["meta"]["tag"][0]["code"] == "synthetic"


def test_beds_follow_the_floor_and_say_that_they_are_synthetic(tmp_path: Path) -> None:
    survey = small_survey()
    DESIGNER.draw(survey, tmp_path, lambda text: None)
    text = (tmp_path / "health" / "beds.csv").read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    hospital = survey.spots.kinds.index("hospital")
    wards = [row for row in rows if row["capability"] != "dialysis"]
    size = max(np.floor(survey.spots.floor_area[hospital] / FLOOR_M2), 10)
    assert sum(float(row["beds"]) for row in wards) == pytest.approx(size, abs=2)
    assert {row["origin"] for row in rows} == {"synthetic"}


def test_a_map_without_care_gets_none(tmp_path: Path) -> None:
    survey = small_survey()
    kinds = tuple("office" if kind == "hospital" else kind for kind in survey.spots.kinds)
    bare = replace(survey, spots=replace(survey.spots, kinds=kinds))
    design = DESIGNER.draw(bare, tmp_path, lambda text: None)
    assert (design.settings, design.files) == ({}, ())
    assert [one.severity for one in design.findings] == ["info"]
