"""Firms that a city is given, and that its own reader takes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from small_survey import small_survey

from kopa.domains.ebusiness.design.draw import DESIGNER, FILE
from kopa.domains.ebusiness.read_businesses import read_businesses
from kopa.domains.ebusiness.read_firms import read_firms

MAP = (
    '<osm version="0.6"><node id="1" lat="57" lon="24"><tag k="shop" v="bakery"/></node>'
    '<node id="2" lat="57" lon="24"><tag k="office" v="government"/></node>'
    '<node id="3" lat="57" lon="24"><tag k="craft" v="brewery"/><tag k="name" v="Alus"/></node>'
    '<node id="4" lat="57" lon="24"><tag k="shop" v="vacant"/></node>'
    '<node id="5" lat="57" lon="24"><tag k="man_made" v="works"/></node></osm>'
)


def test_a_map_without_firms_gets_a_shop(tmp_path: Path) -> None:
    survey = small_survey()
    kinds = tuple("home" if kind == "business" else kind for kind in survey.spots.kinds)
    survey = replace(survey, spots=replace(survey.spots, kinds=kinds))
    design = DESIGNER.draw(survey, tmp_path, lambda text: None)
    assert design.settings == {"firms": FILE}
    firms, findings = read_firms(tmp_path / FILE)
    assert findings == ()
    assert firms.assets.kinds == ("shop",)
    (row,) = json.loads((tmp_path / FILE).read_text("utf-8"))["features"]
    assert row["properties"]["origin"] == "synthetic"


def test_firms_of_a_map(tmp_path: Path) -> None:
    file = tmp_path / "m.osm"
    file.write_text(MAP)
    known = read_businesses(file)
    assert known == {"n1": ("shop", ""), "n3": ("craft", "Alus"), "n5": ("industry", "")}
    assert read_businesses(tmp_path / "none.osm") == {}
    survey = small_survey()
    kinds = tuple("home" if kind == "business" else kind for kind in survey.spots.kinds)
    ids = ("n1", "n3", *survey.spots.ids[2:])
    spots = replace(survey.spots, ids=ids, kinds=kinds)
    DESIGNER.draw(replace(survey, spots=spots, osm=file), tmp_path, lambda text: None)
    firms, _ = read_firms(tmp_path / FILE)
    assert firms.assets.ids == ("firm/n1", "firm/n3")
    assert firms.assets.kinds == ("shop", "craft")
    assert firms.assets.names[1] == "Alus"
