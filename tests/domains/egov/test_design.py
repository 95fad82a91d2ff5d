"""Offices that a city is given, and that its own reader takes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import osmium
from small_survey import small_survey

from kopa.domains.egov.design.draw import DESIGNER, FILE
from kopa.domains.egov.read_offices import read_offices
from kopa.domains.egov.read_townhalls import read_townhalls


def test_a_map_without_offices_gets_a_town_hall(tmp_path: Path) -> None:
    survey = small_survey()
    design = DESIGNER.draw(survey, tmp_path, lambda text: None)
    assert design.settings == {"offices": FILE}
    offices, findings = read_offices(tmp_path / FILE)
    assert findings == ()
    assert offices.assets.kinds == ("town_hall",)
    spots = survey.spots
    middle = [np.average(at[spots.homes], weights=spots.people[spots.homes])
              for at in (spots.x, spots.y)]  # fmt: skip
    far = np.hypot(spots.x - middle[0], spots.y - middle[1])
    at = np.hypot(offices.assets.x[0] - middle[0], offices.assets.y[0] - middle[1])
    assert at <= far.min() + 0.02
    (row,) = json.loads((tmp_path / FILE).read_text("utf-8"))["features"]
    assert row["properties"]["origin"] == "synthetic"


def test_offices_of_a_map(tmp_path: Path) -> None:
    file = tmp_path / "m.osm"
    file.write_text(
        '<osm version="0.6"><node id="1" lat="57" lon="24"><tag k="amenity" v="townhall"/></node>'
        '<node id="2" lat="57" lon="24"><tag k="office" v="government"/></node>'
        '<node id="3" lat="57" lon="24"><tag k="amenity" v="bar"/></node></osm>'
    )
    assert osmium.__name__
    assert read_townhalls(file) == {"n1": "town_hall", "n2": "service_centre"}
    assert read_townhalls(tmp_path / "none.osm") == {}
