"""Open311 over the reports of residents, held against the standard's schemas; faults joined."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
from lxml import etree
from page_city import Page, made
from watched_city import NOON

SCHEMAS = Path(__file__).parents[3] / "shared" / "data" / "people" / "open311" / "georeport-v2"
HOME = {"service_code": "power.out", "description": "All dark."}


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    with made(tmp_path, "EPSG:32635") as one:
        yield one


def send(page: Page, form: str = "json", **fields: Any) -> httpx.Response:
    return page.http.post(f"/open311/v2/requests.{form}", data={**HOME, **fields})


def home(page: Page) -> dict[str, float]:
    asset = page.get("/page/asset", id="places:h1").json()
    return {"lat": asset["lat"], "long": asset["lon"]}


def rows(page: Page, **query: Any) -> Any:
    answer = page.get("/open311/v2/requests.json", **query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def valid(name: str, document: Any) -> None:
    if not SCHEMAS.is_dir():
        pytest.skip(f"the standard's schemas are not here: {SCHEMAS}")
    schema = json.loads((SCHEMAS / f"{name}.json").read_text("utf-8"))
    rest = {one.name: json.loads(one.read_text("utf-8")) for one in SCHEMAS.glob("*.json")}
    if schema.get("type") == "array" and "$ref" in schema.get("items", {}):
        schema = {**schema, "items": rest[Path(schema["items"]["$ref"]).name]}
    jsonschema.validate(document, schema, format_checker=jsonschema.FormatChecker())


def test_services_are_as_the_schema_asks(page: Page) -> None:
    services = page.get("/open311/v2/services.json").json()
    assert "power.out" in {one["service_code"] for one in services}
    valid("services", services)
    root = etree.fromstring(page.get("/open311/v2/services.xml").content)
    assert len(root.findall("service")) == len(services)
    latvian = page.get("/open311/v2/services.json", lang="lv").json()
    assert "Nav elektrības" in {one["service_name"] for one in latvian}


def test_a_request_is_kept_listed_and_answered(page: Page) -> None:
    made = send(page, **home(page), email="anna@example.lv", first_name="Anna")
    assert made.status_code == 201, made.text
    (told,) = made.json()
    id = told["service_request_id"]
    (one,) = rows(page)
    valid("requests", [one])
    assert (one["service_request_id"], one["status"], one["service_code"]) == (
        id, "open", "power.out",
    )  # fmt: skip
    assert "nna" not in json.dumps(one)
    (report,) = page.get("/page/reports").json()["reports"]
    assert (report["category"], report["due"]) == ("electricity", NOON + 4 * 3600)
    answered = {"state": "done", "answer": "It is on again."}
    page.world.time += 5 * 3600
    (late,) = page.get("/page/reports").json()["reports"]
    assert late["late_h"] == 1
    page.patch(f"/page/reports/{id}", answered)
    (closed,) = page.get(f"/open311/v2/requests/{id}.json").json()
    assert (closed["status"], closed["status_notes"]) == ("closed", "It is on again.")
    again = {"state": "seen", "answer": ""}
    page.patch(f"/page/reports/{id}", again)
    (open_again,) = rows(page, status="open")
    assert open_again["extended_attributes"]["kopa"]["reopened"] == 1
    root = etree.fromstring(page.get(f"/open311/v2/requests/{id}.xml").content)
    assert root.findtext("request/service_request_id") == id


def test_what_residents_report_on_the_page_is_not_public(page: Page) -> None:
    code = page.post("/public/reports", {"category": "water", "text": "Brown water."}).json()[
        "code"
    ]
    assert rows(page) == []
    assert page.get(f"/open311/v2/requests/{code}.json").status_code == 404


def test_queries(page: Page) -> None:
    ids = []
    for code in ("power.out", "water.none"):
        (one,) = send(page, **home(page), service_code=code).json()
        ids.append(one["service_request_id"])
        page.world.time += 3600
    assert [one["service_request_id"] for one in rows(page)] == ids[::-1]
    assert [one["service_code"] for one in rows(page, service_code="water.none")] == ["water.none"]
    assert len(rows(page, service_request_id=",".join(ids))) == 2
    assert rows(page, status="closed") == []
    start = "2026-11-22T12:30:00Z"
    assert [one["service_code"] for one in rows(page, start_date=start)] == ["water.none"]
    assert [one["service_code"] for one in rows(page, end_date=start)] == ["power.out"]
    assert page.get("/open311/v2/requests.json", start_date="soon").status_code == 400


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"service_code": "ufo"}, "service_code"),
        ({"lat": "91", "long": "24"}, "place on earth"),
        ({"lat": "nan", "long": "24"}, "degrees"),
        ({"lat": "56"}, "place on earth"),
        ({}, "say where"),
        ({"address_string": "Rīgas iela 1", "description": "x" * 4001}, "characters"),
    ],
)
def test_wrong_requests_are_refused_as_the_standard_has_it(
    page: Page, fields: dict[str, str], what: str
) -> None:
    answer = send(page, "json", **fields)
    assert answer.status_code == 400
    (error,) = answer.json()
    assert error["code"] == 400
    assert what in error["description"]
    root = etree.fromstring(send(page, "xml", **fields).content)
    assert what in (root.findtext("error/description") or "")


def test_an_address_may_send_six_an_hour(page: Page) -> None:
    codes = [send(page, **home(page)).status_code for _ in range(8)]
    assert codes == [201] * 6 + [429] * 2
    assert page.get("/open311/v2/requests.txt").status_code == 404


def test_a_fault_joins_requests_into_one_work_order(page: Page) -> None:
    where = home(page)
    before = send(page, **where).json()[0]
    assert before["service_notice"] is None
    page.world.time += 60
    page.world.measure(0.0)  # the line that feeds all
    page.world.watch.look()
    told = send(page, **where).json()[0]
    assert "line:0" in told["service_notice"]
    far = {"lat": where["lat"] + 0.02, "long": where["long"]}
    for more in (far, {**where, "service_code": "waste.missed"}):
        assert send(page, **{**where, **more}).json()[0]["service_notice"] is None
    reports = {one["id"]: one for one in page.get("/page/reports").json()["reports"]}
    first, second = reports[before["service_request_id"]], reports[told["service_request_id"]]
    assert first["order"] == second["order"] == "energy.out:energy:line:0"
    assert (first["repeats"], second["repeats"]) == ("", first["id"])
    orders = {
        one["service_request_id"]: one["extended_attributes"]["kopa"].get("work_order")
        for one in rows(page)
    }
    joined = {first["id"], second["id"]}
    assert {id for id, order in orders.items() if order == first["order"]} == joined
    assert len(orders) == 4
    # the work order is a finding: one notice tells all of them
    times = {"from": page.world.time, "to": page.world.time + 86_400}
    words = page.post("/page/notices/proposal", {**times, "finding": first["order"]}).json()
    wish = {name: words[name] for name in ("title", "text", "changes", "services")}
    notice = page.post("/page/notices", {**wish, **times, "kind": "works"}).json()
    page.patch(f"/page/notices/{notice['id']}", {"state": "published"})
    place = {"lon": where["long"], "lat": where["lat"]}
    (told_here,) = page.get("/public/services", **place).json()["works"]
    assert told_here["here"]
