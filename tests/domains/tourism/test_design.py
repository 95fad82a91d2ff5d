"""Sights of a map, made synthetic where it says nothing, and read again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from small_survey import small_survey

from kopa.domains.tourism import DOMAIN
from kopa.domains.tourism.design import DESIGNER
from kopa.domains.tourism.domain import TourismDomain


def test_what_is_drawn_can_be_read(tmp_path: Path) -> None:
    import osmium
    from osmium.osm.mutable import Node, Way

    file = tmp_path / "map.osm.pbf"
    with osmium.SimpleWriter(str(file)) as writer:
        for number, tags in enumerate([
            {"tourism": "museum", "name": "Art", "opening_hours": "soon", "wheelchair": "limited"},
            {"historic": "memorial", "name": "Stone"},
            {"tourism": "museum"},
            {"tourism": "hotel", "name": "Inn"},
        ], 1):  # fmt: skip
            writer.add_node(Node(id=number, location=(24.0 + number / 1000, 56.8), tags=tags))
        tags = {"historic": "castle", "name": "Castle", "opening_hours": "Mo-Su 09:00-19:00"}
        writer.add_way(Way(id=7, nodes=[1, 2], tags=tags))
    survey = replace(small_survey(), osm=file)
    design = DESIGNER.draw(survey, tmp_path, lambda text: None)
    town, findings = DOMAIN.load(design.settings, tmp_path)
    assert findings == ()
    assert isinstance(town, TourismDomain)
    sights = town.network.sights
    assert sights.ids == ("n1", "n2", "w7")
    assert sights.kinds == ("museum", "monument", "attraction")
    assert sights.hours == ("Tu-Su 10:00-18:00", "", "Mo-Su 09:00-19:00")
    assert sights.wheelchair == ("limited", "", "")
    assert design.counts == {"sights": 3, "visitors": 150 + 60 + 200}
    assert (tmp_path / design.files[0]).read_text("utf-8").count("synthetic") == 3


def test_a_map_without_sights_gets_none(tmp_path: Path) -> None:
    design = DESIGNER.draw(small_survey(), tmp_path, lambda text: None)
    assert (design.settings, design.files) == ({}, ())
    assert [one.severity for one in design.findings] == ["info"]
