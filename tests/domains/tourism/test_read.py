"""Readers of sights and events, with files that are right and files that are not."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from domains.tourism.small import CALENDAR, collection, write_tourism

from kopa.domains.tourism import DOMAIN
from kopa.domains.tourism.domain import TourismDomain
from kopa.domains.tourism.read_ical import read_ical
from kopa.domains.tourism.read_schema_org import read_events, read_sights_jsonld
from kopa.errors import InputError

MUSEUM: dict[str, Any] = {
    "@context": "https://schema.org", "@type": ["TouristAttraction", "Museum"],
    "@id": "https://example.org/m1", "name": [{"@value": "Muzejs", "@language": "lv"}],
    "geo": {"@type": "GeoCoordinates", "latitude": 56.95, "longitude": "24.1"},
    "openingHoursSpecification": [
        {"dayOfWeek": ["https://schema.org/Tuesday", "Sunday"],
         "opens": "10:00", "closes": "17:00"},
        {"dayOfWeek": "PublicHolidays", "opens": "00:00", "closes": "00:00"},
    ],
    "amenityFeature": [{"name": "Wheelchair accessible", "value": True}],
    "maximumAttendeeCapacity": 50,
}  # fmt: skip
FESTIVAL: dict[str, Any] = {
    "@type": "Festival", "@id": "jani", "name": "Jāņi", "startDate": "2026-06-23T15:00:00+00:00",
    "endDate": "2026-06-24T02:00", "maximumAttendeeCapacity": 300,
    "location": {"name": "Stage", "geo": {"latitude": 56.9, "longitude": 24.2}},
}  # fmt: skip


def told(folder: Path, **settings: object) -> set[str]:
    """Codes of what stops the reading."""
    with pytest.raises(InputError) as error:
        DOMAIN.load({**write_tourism(folder), **settings}, folder)
    return {one.code.removeprefix("tourism.") for one in error.value.findings}


def written(folder: Path, name: str, whole: object) -> Path:
    file = folder / name
    file.write_text(whole if isinstance(whole, str) else json.dumps(whole), "utf-8")
    return file


def test_what_the_files_say(tmp_path: Path) -> None:
    town, findings = DOMAIN.load(write_tourism(tmp_path), tmp_path)
    assert findings == ()
    assert isinstance(town, TourismDomain)
    sights = town.network.sights
    assert sights.ids == ("museum", "tower", "park", "stage", "jani")
    assert sights.spans[4] == (datetime(2026, 6, 23, 18), datetime(2026, 6, 24))
    assert (sights.x[4], sights.y[4]) == (sights.x[3], sights.y[3])


@pytest.mark.parametrize(
    ("properties", "code"),
    [
        ({"id": "park"}, "duplicate"),
        ({"id": None}, "missing"),
        ({"kind": "pub"}, "kind"),
        ({"opening_hours": "sometimes"}, "hours"),
        ({"stay_min": 0}, "value"),
        ({"wheelchair": "maybe"}, "wheelchair"),
        ({"capacity": "many"}, "value"),
    ],
)
def test_sights_that_are_wrong(properties: dict[str, object], code: str, tmp_path: Path) -> None:
    settings = write_tourism(tmp_path)
    written(tmp_path, "sights.geojson", collection({"museum": properties}))
    with pytest.raises(InputError) as error:
        DOMAIN.load(settings, tmp_path)
    assert f"tourism.{code}" in {one.code for one in error.value.findings}


def test_sights_of_schema_org(tmp_path: Path) -> None:
    bed = {"@type": "Hotel", "@id": "h"}
    file = written(tmp_path, "s.jsonld", {"@graph": [MUSEUM, bed]})
    sights, findings = read_sights_jsonld(file, None)
    assert (sights.ids, sights.kinds, sights.names) == (("m1",), ("museum",), ("Muzejs",))
    assert sights.hours == ("Tu,Su 10:00-17:00; PH off",)
    assert (sights.x[0], sights.y[0], sights.capacity[0]) == (24.1, 56.95, 50)
    assert sights.wheelchair == ("yes",)
    codes = {one.code for one in findings}
    assert {"tourism.type", "tourism.visitors"} <= codes
    for wrong in ([{**MUSEUM, "geo": None}], [], "{", 5):
        with pytest.raises(InputError):
            read_sights_jsonld(written(tmp_path, "s.jsonld", wrong), None)


def test_events_of_schema_org(tmp_path: Path) -> None:
    (one,), findings = read_events(written(tmp_path, "e.jsonld", FESTIVAL), "Europe/Riga")
    assert findings == ()
    assert (one.start, one.end) == (datetime(2026, 6, 23, 18), datetime(2026, 6, 24, 2))
    assert (one.lonlat, one.visitors, one.place) == ((24.2, 56.9), 300, "Stage")
    with pytest.raises(InputError):
        read_events(written(tmp_path, "e.jsonld", {**FESTIVAL, "endDate": "2026"}), "Europe/Riga")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("UID:jani\n", "", "missing"),
        ("DTEND:20260623T210000Z", "DTEND:20260622T210000Z", "when"),
        ("DTSTART:20260623T150000Z\n", "", "when"),
        ("BEGIN:VCALENDAR", "BEGIN", "ical"),
    ],
)
def test_calendars_that_are_wrong(old: str, new: str, code: str, tmp_path: Path) -> None:
    file = written(tmp_path, "e.ics", CALENDAR.replace(old, new, 1))
    with pytest.raises(InputError) as error:
        read_ical(file, "Europe/Riga")
    assert f"tourism.{code}" in {one.code for one in error.value.findings}


def test_calendars_that_say_less_are_told(tmp_path: Path) -> None:
    text = CALENDAR.replace("X-KOPA-VISITORS:500\n", "").replace("LOCATION:Stage", "LOCATION:Moon")
    settings = write_tourism(tmp_path)
    written(tmp_path, "events.ics", text)
    _, findings = DOMAIN.load(settings, tmp_path)
    assert {one.code for one in findings} == {"tourism.nowhere", "tourism.visitors"}
    text = CALENDAR.replace("SUMMARY", "RRULE:FREQ=DAILY\nSTATUS:CANCELLED\nSUMMARY")
    assert read_ical(written(tmp_path, "e.ics", text), "Europe/Riga")[0] == []


def test_files_that_are_not_there(tmp_path: Path) -> None:
    assert told(tmp_path, sights="no.geojson") == {"no-file"}
    assert told(tmp_path, events="no.ics") == {"no-file"}
    assert told(tmp_path, crs="EPSG:1") == {"crs"}
