"""Schools of a map, made synthetic where it says nothing, and read again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from small_survey import small_survey

from kopa.domains.education import DOMAIN
from kopa.domains.education.design import DESIGNER
from kopa.domains.education.domain import EducationDomain


def test_what_is_drawn_can_be_read(tmp_path: Path) -> None:
    survey = small_survey()
    design = DESIGNER.draw(survey, tmp_path, lambda text: None)
    town, findings = DOMAIN.load(design.settings, tmp_path)
    assert findings == ()
    assert isinstance(town, EducationDomain)
    rows = [row for row, kind in enumerate(survey.spots.kinds) if kind == "school"]
    assert town.network.schools.x == pytest.approx(survey.spots.x[rows], abs=0.01)
    groups = town.network.groups
    assert groups.places.sum() == design.counts["places"] > 0
    # 13 pupils to a teacher, who share the people of the building
    people = survey.spots.people[rows].sum()
    assert groups.places.sum() == pytest.approx(people * 13 / 14, abs=len(rows))
    assert (groups.pupils <= groups.places).all()
    for name in design.files:
        assert "synthetic" in (tmp_path / name).read_text("utf-8")


def test_a_map_without_schools_gets_none(tmp_path: Path) -> None:
    survey = small_survey()
    kinds = tuple("office" if kind == "school" else kind for kind in survey.spots.kinds)
    bare = replace(survey, spots=replace(survey.spots, kinds=kinds))
    design = DESIGNER.draw(bare, tmp_path, lambda text: None)
    assert (design.settings, design.files) == ({}, ())
    assert [one.severity for one in design.findings] == ["info"]
