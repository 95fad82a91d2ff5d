"""A plan as GeoJSON, GPX 1.1 and a sheet of paper."""

from __future__ import annotations

import html.parser
import re
from functools import cache
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from domains.waste.small_tasks import TRUCK
from domains.waste.test_kerbside import kerbs, router, sets
from domains.waste.test_planning import QUICK
from domains.waste.test_replanning import town

from kopa.domain.speech import speech_of
from kopa.domains.waste.read_trucks import PACKAGE
from kopa.domains.waste.rounds.crew import GPX, Label, Shown, clock, geojson, gpx
from kopa.domains.waste.rounds.crew_sheet import sheet
from kopa.domains.waste.rounds.kerbside import kerbside_task
from kopa.domains.waste.rounds.planning import plan
from kopa.domains.waste.rounds.ways import Ways

NASTY = 'Å & B <script>alert("x")</script>\x07'


@cache
def shown() -> Shown:
    task, streets = town()
    labels = {"c3": Label(NASTY, "paper", 4), "c5": Label("", "glass", 2)}
    return Shown(plan(task, QUICK), Ways(streets, task), labels)


def test_lines_follow_the_streets_and_stops_are_numbered() -> None:
    of = shown()
    features = geojson(of)["features"]
    streets = of.ways.router.roads.streets
    nodes = {
        (round(lon, 6), round(lat, 6)) for lon, lat in zip(streets.lon, streets.lat, strict=True)
    }
    lines = [f for f in features if f["geometry"]["type"] == "LineString"]
    assert len(lines) == sum(tour.trips + 1 for tour in of.plan.tours)
    for line in lines:
        for lon, lat in line["geometry"]["coordinates"]:
            assert min(abs(lon - x) + abs(lat - y) for x, y in nodes) < 3e-6
    total = sum(line["properties"]["metres"] for line in lines)
    assert total == pytest.approx(of.plan.distance_m, abs=len(lines))
    points = [f for f in features if f["geometry"]["type"] == "Point"]
    for tour in of.plan.tours:
        told = [p["properties"] for p in points if p["properties"]["truck"] == tour.name]
        assert [p["kind"] for p in told] == [visit.kind for visit in tour.visits]
        counted = [p["number"] for p in told if p["kind"] in ("stop", "dump")]
        assert counted == list(range(1, len(counted) + 1))
    (named,) = (p["properties"] for p in points if p["properties"]["id"] == "c3")
    assert (named["place"], named["stream"], named["containers"]) == (NASTY, "paper", 4)


def test_gpx_is_what_its_schema_says() -> None:
    """Names, order and ranges of gpxType, wptType, rteType and trkType of the schema."""
    of = shown()
    tag = f"{{{GPX}}}"
    for tour in of.plan.tours:
        root = ET.fromstring(gpx(of, tour))
        assert root.tag == f"{tag}gpx"
        assert root.attrib == {"version": "1.1", "creator": "Kopa"}
        order = [child.tag.removeprefix(tag) for child in root]
        many = len(tour.visits)
        assert order == ["metadata", *["wpt"] * many, "rte", "trk"]
        for point in root.iter():
            if point.tag.removeprefix(tag) in ("wpt", "rtept", "trkpt"):
                assert set(point.attrib) == {"lat", "lon"}
                assert -90 <= float(point.attrib["lat"]) <= 90
                assert -180 <= float(point.attrib["lon"]) < 180
                names = [child.tag.removeprefix(tag) for child in point]
                assert names in ([], ["name", "desc", "type"])
        route = root.find(f"{tag}rte")
        assert route is not None
        assert [child.tag.removeprefix(tag) for child in route] == ["name", *["rtept"] * many]
        track = root.findall(f"{tag}trk/{tag}trkseg/{tag}trkpt")
        assert len(track) > many


class Tables(html.parser.HTMLParser):
    """Rows of tables, and all that a page could load."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.loads += [tag] if tag in ("script", "img", "link") else []
        self.loads += [str(value) for name, value in attrs if name in ("src", "href")]
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data


def test_a_sheet_says_it_all_and_loads_nothing() -> None:
    of = shown()
    page = sheet(of, speech_of(PACKAGE, "lv"), "24.11.2026")
    reader = Tables()
    reader.feed(page)
    assert reader.loads == []
    assert page.count("<section>") == len(of.plan.tours)
    assert '<html lang="lv">' in page
    assert " kravas, " in page
    assert page.count("<svg ") == len(of.plan.tours)
    visits = [visit for tour in of.plan.tours for visit in tour.visits]
    assert len(reader.rows) == len(visits) + len(of.plan.tours)
    (row,) = (row for row in reader.rows if "papīrs" in row)
    assert row[2] == NASTY
    assert row[3:6] == ["papīrs", "4", "200"]
    (bare,) = (row for row in reader.rows if "stikls" in row)
    assert bare[2] == "c5"
    assert sum(row[2].startswith("Izkraut:") for row in reader.rows) == of.plan.trips


def test_a_sheet_of_kerbside_rounds() -> None:
    streets = router()
    task = kerbside_task(streets, kerbs([3, 8, 20]), sets(streets), (TRUCK,), 2.7)
    found = Shown(plan(task, QUICK), Ways(streets, task))
    assert "4-1" in sheet(found, speech_of(PACKAGE, "lv"))
    lines = [f for f in geojson(found)["features"] if f["geometry"]["type"] == "LineString"]
    total = sum(line["properties"]["metres"] for line in lines)
    assert total == pytest.approx(found.plan.distance_m, abs=len(lines))


@pytest.mark.parametrize(
    ("second", "text"),
    [(0, "00:00"), (6 * 3600 + 29, "06:00"), (6 * 3600 + 31, "06:01"), (90_000, "01:00 +1")],
)
def test_clock(second: float, text: str) -> None:
    assert clock(second) == text
    assert re.fullmatch(r"\d\d:\d\d( \+\d)?", clock(float(np.float64(second))))
