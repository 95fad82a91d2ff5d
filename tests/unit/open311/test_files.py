"""Requests and services read and written: the standard's schemas, and files that are broken."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from shared_data import data

from kopa.errors import InputError
from kopa.open311.model import Update
from kopa.open311.read_faults import read_faults
from kopa.open311.read_open311 import parse_requests, read_requests
from kopa.open311.services import service_rows, services
from kopa.open311.write_open311 import (
    request_row,
    write_json,
    write_requests_xml,
    write_services_xml,
)

from .reports import KNOWN, NOON, request

XML = b"""<?xml version="1.0" encoding="utf-8"?>
<service_requests>
  <request>
    <service_request_id>638344</service_request_id>
    <status>closed</status>
    <status_notes/>
    <service_name>Sidewalk and Curb Issues</service_name>
    <service_code>006</service_code>
    <description>A hole &amp; a crack</description>
    <requested_datetime>2010-04-14T06:37:38-08:00</requested_datetime>
    <updated_datetime>2010-04-14T06:37:38-08:00</updated_datetime>
    <lat>37.762221815</lat>
    <long>-122.4651145</long>
    <media_url>http://city.gov.s3.amazonaws.com/requests/media/638344.jpg</media_url>
  </request>
</service_requests>
"""
"""In the shape of the standard's own example."""


def schema(name: str) -> Any:
    file = data("people", "open311", "georeport-v2", f"{name}.json")
    found = json.loads(file.read_text(encoding="utf-8"))
    return jsonschema.Draft4Validator(found)


def whole() -> Any:
    updates = (
        Update(NOON, "closed", "done"),
        Update(NOON + timedelta(hours=1), "open", "it drips < again"),
    )
    return request(
        "r-1", description="Ūdens & \x07putas <b>", address="Brīvības iela 1", notes="seen",
        notice="tomorrow", agency="Water", service_name="No water", zipcode="LV-1010",
        address_id="77", updated=NOON, expected=NOON + timedelta(hours=8), updates=updates,
        media=("https://kopa.example/1.jpg", "https://kopa.example/2.jpg"),
    )  # fmt: skip


def test_what_is_written_is_read_again() -> None:
    one = whole()
    rows = [request_row(one), request_row(request("r-2"))]
    for text in (write_json(rows), write_requests_xml(rows)):
        found, findings = parse_requests(text)
        assert findings == ()
        clean = found[0].description
        assert clean in (one.description, one.description.replace("\x07", ""))
        assert [o.id for o in found] == ["r-1", "r-2"]
        assert found[0].updates == one.updates
        assert found[0].media == one.media
        assert (found[0].lat, found[0].expected) == (one.lat, one.expected)
        assert found[0].reopened == 1
        assert found[1] == request("r-2")


def test_the_standards_schemas() -> None:
    check = schema("request")
    for one in (whole(), request("r-2")):
        check.validate(request_row(one, work_order="W-1"))
    with pytest.raises(jsonschema.ValidationError):
        check.validate({**request_row(whole()), "status": "perhaps"})
    kind = schema("service")
    rows = service_rows(services(), "lv")
    for row in rows:
        kind.validate(row)
    assert rows[0]["service_name"] == "Nav ūdens vai zems spiediens"


def test_services_as_xml() -> None:
    from lxml import etree

    root = etree.fromstring(write_services_xml(service_rows(KNOWN)))
    assert root.tag == "services"
    assert len(root) == len(KNOWN)
    assert [one.tag for one in root[0]][:5] == [
        "service_code", "service_name", "description", "metadata", "type",
    ]  # fmt: skip
    assert root[0].findtext("metadata") == "false"


def test_the_standards_example() -> None:
    (one,), findings = parse_requests(XML)
    assert findings == ()
    assert (one.id, one.status, one.code) == ("638344", "closed", "006")
    assert one.description == "A hole & a crack"
    assert (one.lat, one.lon) == (37.762221815, -122.4651145)
    assert one.requested.isoformat() == "2010-04-14T06:37:38-08:00"


BOMB = b'<!DOCTYPE a [<!ENTITY x "xxxx"><!ENTITY y "&x;&x;">]>' + XML.split(b"\n", 1)[1].replace(
    b"A hole", b"&y;"
)
OUTSIDE = b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><service_requests/>'
GOOD: dict[str, Any] = {
    "service_request_id": 7, "status": "open", "service_code": "water.none",
    "requested_datetime": "2026-11-24T12:00:00Z", "lat": "56.95", "long": 24.1,
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (BOMB, "open311.dtd"),
        (OUTSIDE, "open311.dtd"),
        (b"<service_requests><request>", "open311.xml"),
        (b"<services/>", "open311.xml"),
        (b"", "open311.json"),
        (b"\xff\xfe", "open311.json"),
        (b'{"a": 1}', "open311.json"),
        (b"[" * 100_000, "open311.json"),
        (b"[1]", "open311.request"),
        (b"[{}]", "open311.missing"),
    ],
)
def test_broken_documents(text: bytes, code: str) -> None:
    with pytest.raises(InputError) as error:
        parse_requests(text)
    assert code in {one.code for one in error.value.findings}
    assert "root:" not in str(error.value)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"status": "lost"}, "open311.status"),
        ({"requested_datetime": "yesterday"}, "open311.time"),
        ({"requested_datetime": None}, "open311.missing"),
        ({"lat": 91}, "open311.place"),
        ({"lat": "north"}, "open311.place"),
        ({"lat": None}, "open311.place"),
        ({"lat": float("nan")}, "open311.place"),
        ({"description": {"a": 1}}, "open311.value"),
        ({"extended_attributes": {"kopa": {"updates": [{"at": "x"}]}}}, "open311.update"),
        ({"extended_attributes": {"kopa": {"updates": [3]}}}, "open311.update"),
    ],
)
def test_broken_requests(more: dict[str, Any], code: str) -> None:
    with pytest.raises(InputError) as error:
        parse_requests(json.dumps([{**GOOD, **more}]).encode())
    assert code in {one.code for one in error.value.findings}


def test_all_findings_are_told_at_once() -> None:
    rows = [{**GOOD, "status": "lost"}, {**GOOD, "lat": 99}]
    with pytest.raises(InputError) as error:
        parse_requests(json.dumps(rows).encode())
    codes = {one.code for one in error.value.findings}
    assert codes == {"open311.status", "open311.place", "open311.duplicate-id"}


def test_what_does_not_stop_is_told() -> None:
    """A time without a zone, and who reported, which is not taken in."""
    row = {**GOOD, "requested_datetime": "2026-11-24T12:00:00", "email": "a@b.lv"}
    (one,), findings = parse_requests(json.dumps([row]).encode())
    assert one.requested == NOON
    assert {f.code for f in findings} == {"open311.zone", "open311.private"}
    assert "a@b.lv" not in repr(one)


def test_files_that_are_not_there(tmp_path: Path) -> None:
    for read in (read_requests, read_faults, services):
        with pytest.raises(InputError):
            read(tmp_path / "none")


@pytest.mark.parametrize(
    "text",
    ["", "code,group\n", "{head}\n", "{head}\na,g,A,Ā,,water,x,1,1,1,1,1\n",
     "{head}\na,g,A,Ā,,water,1\n", "{head}\n,g,A,Ā,,water,1,1,1,1,1,1\n"],
)  # fmt: skip
def test_broken_services(tmp_path: Path, text: str) -> None:
    from kopa.open311.services import COLUMNS

    (tmp_path / "s.csv").write_text(text.replace("{head}", ",".join(COLUMNS)))
    with pytest.raises(InputError):
        services(tmp_path / "s.csv")


def feature(**more: Any) -> dict[str, Any]:
    given = {"id": "f", "service": "water", "start": "2026-11-24T12:00:00Z", **more}
    shape = given.pop("geometry", {"type": "Point", "coordinates": [24.1, 56.95]})
    return {"type": "Feature", "properties": given, "geometry": shape}


@pytest.mark.parametrize(
    "features",
    [
        [feature(service=None)],
        [feature(start=None)],
        [feature(start="2026-11-24T12:00:00")],
        [feature(start="soon")],
        [feature(end="2026-11-23T12:00:00Z")],
        [feature(people=-1)],
        [feature(radius_m="wide")],
        [feature(geometry=None)],
        [feature(geometry={"type": "Polygon", "coordinates": []})],
        [feature(geometry={"type": "Point", "coordinates": [500_000, 6_300_000]})],
        [feature(geometry={"type": "MultiPoint", "coordinates": []})],
        [feature(), feature()],
        [3],
        None,
    ],
)
def test_broken_faults(tmp_path: Path, features: Any) -> None:
    file = tmp_path / "f.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    with pytest.raises(InputError) as error:
        read_faults(file)
    assert {one.code for one in error.value.findings} == {"open311.fault"}


def test_faults(tmp_path: Path) -> None:
    file = tmp_path / "f.geojson"
    points = {"type": "MultiPoint", "coordinates": [[24.1, 56.95], [24.2, 56.96]]}
    one = feature(geometry=points, people=12, work_order="W", radius_m=80)
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [one]}))
    (found,), _ = read_faults(file)
    assert (found.lat, found.lon) == ((56.95, 56.96), (24.1, 24.2))
    assert (found.people, found.order, found.radius, found.start) == (12, "W", 80, NOON)
