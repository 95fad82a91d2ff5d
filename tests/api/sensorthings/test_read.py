"""SensorThings 1.1 over the entities of a city: what clients ask, page and filter."""

from __future__ import annotations

import pytest
from api.sensorthings.service import (
    BARE,
    LEVEL,
    PUMP,
    TANK,
    get,
    ids,
    moment,
    one,
)
from starlette.testclient import TestClient

from kopa.api.ngsi_ld.context import core_context
from kopa.api.sensorthings.routes import CONFORMANCE, ROOT
from kopa.api.sensorthings.sources import Observed
from kopa.store import Key, Store


def test_the_root_names_sets_and_what_is_supported(client: TestClient) -> None:
    root = client.get(ROOT).json()
    assert {row["name"] for row in root["value"]} >= {"Things", "Datastreams", "Observations"}
    assert root["serverSettings"]["conformance"] == CONFORMANCE
    assert not any("multi-datastream" in name or "batch" in name for name in CONFORMANCE)
    for row in root["value"]:
        assert client.get(row["url"]).status_code == 200


def test_every_link_leads_somewhere(client: TestClient) -> None:
    """From each item of each set, each navigation link is served; ids hold slashes and quotes."""
    for name in ("Things", "Locations", "Datastreams", "Sensors", "ObservedProperties",
                 "FeaturesOfInterest", "Observations"):  # fmt: skip
        for item in get(client, name, top=3)["value"]:
            assert client.get(item["@iot.selfLink"]).json() == item
            links = [v for k, v in item.items() if k.endswith("@iot.navigationLink")]
            assert links
            for link in links:
                assert client.get(link).status_code == 200, link
            assert client.get(item["@iot.selfLink"] + "/$ref").json() == {
                "@iot.selfLink": item["@iot.selfLink"]
            }


def test_things_have_streams_with_units(client: TestClient) -> None:
    things = get(client, "Things", expand="Datastreams($expand=ObservedProperty),Locations")
    assert ids(things) == sorted((TANK, PUMP, BARE))
    tank = next(row for row in things["value"] if row["@iot.id"] == TANK)
    assert (tank["name"], tank["properties"]["category"]) == ("Tank one", "tank")
    assert tank["Locations"][0]["location"]["coordinates"] == [24.1, 56.9]
    (stream,) = tank["Datastreams"]
    assert stream["unitOfMeasurement"]["symbol"] == "m"
    assert stream["observationType"].endswith("OM_Measurement")
    assert stream["ObservedProperty"]["name"] == "level"
    assert stream["ObservedProperty"]["definition"].startswith("https://")
    assert get(client, "HistoricalLocations")["value"] == []


def test_observations_are_paged_by_links(client: TestClient) -> None:
    url, seen = f"{ROOT}/{one('Datastreams', LEVEL)}/Observations?$top=300&$count=true", []
    while url:
        page = client.get(url).json()
        assert page["@iot.count"] == 1000
        seen += [row["result"] for row in page["value"]]
        url = page.get("@iot.nextLink", "")
    assert seen == [float(n) for n in range(1000)]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("phenomenonTime ge 2026-11-22T00:10:00Z and phenomenonTime lt 2026-11-22T00:12:00Z",
         [10, 11]),
        ("phenomenonTime gt 2026-11-22T00:10:00Z and phenomenonTime le 2026-11-22T02:12:00+02:00",
         [11, 12]),
        ("phenomenonTime eq 2026-11-22T00:10:00Z", [10]),
        ("result gt 996", [997, 998, 999]),
        ("result lt 3 or result eq 500", [0, 1, 2, 500]),
        ("not (result lt 998)", [998, 999]),
        ("result mod 400 eq 1", [1, 401, 801]),
        ("result div 0 eq 1", []),
        ("minute(phenomenonTime) eq 30 and hour(phenomenonTime) le 1", [30, 90]),
        ("phenomenonTime gt 2027-01-01", []),
        ("phenomenonTime gt now()", []),
    ],
)  # fmt: skip
def test_filters_of_observations(client: TestClient, condition: str, expected: list[int]) -> None:
    path = f"{one('Datastreams', LEVEL)}/Observations"
    page = get(client, path, filter=condition, count="true")
    assert [row["result"] for row in page["value"]] == expected
    assert page["@iot.count"] == len(expected)


@pytest.mark.parametrize(
    ("path", "condition", "expected"),
    [
        ("Things", "name eq 'Tank one'", [TANK]),
        ("Things", f"id eq '{PUMP}'", [PUMP]),
        ("Things", "startswith(name, 'P') and endswith(name, 'house')", [PUMP]),
        ("Things", "substringof('one', name)", [TANK]),
        ("Things", "contains(tolower(name), 'PUMP') or length(name) eq 8", [TANK]),
        ("Things", "properties/category eq 'tank'", [TANK]),
        ("Things", "Datastreams/ObservedProperty/name eq 'power'", [PUMP]),
        ("Things", "st_within(Locations/location, geography'POLYGON((24 56,24.5 56,24.5 57,24 57,"
         "24 56))')", [TANK]),
        ("Locations", "st_intersects(location, geography'POINT(25 57.5)')", [PUMP]),
        ("Datastreams", "unitOfMeasurement/symbol eq 'kW'", [f"{PUMP}|power"]),
        ("Datastreams", "Thing/name eq 'Pump house'", [f"{PUMP}|power", f"{PUMP}|running"]),
        ("ObservedProperties", "name ne 'level'", ["power", "running"]),
        ("Things", "name eq 'it''s'", []),
    ],
)  # fmt: skip
def test_filters_of_things(
    client: TestClient, path: str, condition: str, expected: list[str]
) -> None:
    assert ids(get(client, path, filter=condition)) == expected


def test_order_top_skip_select(client: TestClient) -> None:
    path = f"{one('Datastreams', LEVEL)}/Observations"
    newest = get(client, path, orderby="phenomenonTime desc", top=2, skip=1)
    assert [row["result"] for row in newest["value"]] == [998, 997]
    again = client.get(newest["@iot.nextLink"]).json()
    assert [row["result"] for row in again["value"]] == [996, 995]
    largest = get(client, path, orderby="result desc", top=1)
    assert largest["value"][0]["result"] == 999
    names = get(client, "Things", orderby="name desc", select="name")["value"]
    assert names == [{"name": n} for n in ("urn:ngsi-ld:Pipe:1", "Tank one", "Pump house")]
    assert "value" in get(client, "Things", top=0)
    both = get(client, "Observations", orderby="phenomenonTime desc", top=1)
    assert both["value"][0]["result"] == 999


def test_expansion_has_options_of_its_own(client: TestClient) -> None:
    page = get(
        client,
        "Datastreams",
        filter="ObservedProperty/name eq 'level'",
        expand="Observations($top=2;$orderby=phenomenonTime desc;$select=result;$count=true),"
        "Thing/Locations",
    )
    (stream,) = page["value"]
    assert stream["Observations"] == [{"result": 999.0}, {"result": 998.0}]
    assert stream["Observations@iot.count"] == 1000
    assert client.get(stream["Observations@iot.nextLink"]).status_code == 200
    assert stream["Thing"]["Locations"][0]["@iot.id"] == TANK


def test_pages_of_what_was_expanded_go_on_as_they_began(client: TestClient) -> None:
    options = "$top=3;$orderby=phenomenonTime desc;$filter=result lt 500;$select=result"
    path = f"{one('Datastreams', LEVEL)}"
    first = get(client, path, expand=f"Observations({options})")
    then = client.get(first["Observations@iot.nextLink"]).json()
    found = [row["result"] for row in first["Observations"] + then["value"]]
    assert found == [499, 498, 497, 496, 495, 494]
    assert set(then["value"][0]) == {"result"}


@pytest.mark.parametrize(
    "options",
    ["", "&$orderby=phenomenonTime", "&$orderby=phenomenonTime desc", "&$orderby=result desc",
     "&$filter=result ge 100 or result eq true", "&$resultFormat=dataArray"],
)  # fmt: skip
def test_all_observations_of_the_city_are_paged_once(client: TestClient, options: str) -> None:
    """Several series, with rows of one moment: each observation comes once, and all do."""
    url, seen, counts = f"{ROOT}/Observations?$top=200&$count=true{options}", [], set()
    while url:
        page = client.get(url).json()
        counts.add(page["@iot.count"])
        if "dataArray" in options:
            seen += [row[0] for part in page["value"] for row in part["dataArray"]]
        else:
            seen += ids(page)
        url = page.get("@iot.nextLink", "")
    assert len(seen) == len(set(seen)) == counts.pop()
    assert not counts
    assert len(seen) == (901 if "filter" in options else 1002)


def test_a_property_and_its_bare_value(client: TestClient) -> None:
    path = one("Things", TANK)
    assert get(client, f"{path}/name") == {"name": "Tank one"}
    assert client.get(f"{ROOT}/{path}/name/$value").text == "Tank one"
    observation = get(client, f"{one('Datastreams', LEVEL)}/Observations", top=1)["value"][0]
    assert observation["resultTime"] is None
    feature = client.get(observation["FeatureOfInterest@iot.navigationLink"]).json()
    assert feature["@iot.id"] == TANK
    assert get(client, f"{one('Datastreams', LEVEL)}/Thing/name") == {"name": "Tank one"}


def test_rows_instead_of_objects(client: TestClient) -> None:
    page = get(client, "Observations", resultFormat="dataArray", top=5)
    rows = {part["Datastream@iot.navigationLink"]: part for part in page["value"]}
    assert sum(part["dataArray@iot.count"] for part in rows.values()) == 5
    for part in rows.values():
        assert all(len(row) == len(part["components"]) for row in part["dataArray"])
        assert client.get(next(iter(rows))).status_code == 200


@pytest.mark.parametrize("newest", [True, False])
@pytest.mark.parametrize("merged", [True, False])
def test_a_series_is_read_piece_by_piece(
    client: TestClient, store: Store, newest: bool, merged: bool
) -> None:
    """Whatever fits into one piece: none is left out, none comes twice."""
    source = Observed(store, "", lambda: [Key(TANK, "level")], core_context(), newest=newest,
                      merged=merged, chunk=100)  # fmt: skip
    found = [item.values["result"] for item in source.items()]
    assert found == sorted((float(n) for n in range(1000)), reverse=newest)


def test_a_place_that_moves_is_observed(client: TestClient) -> None:
    """A bus tells its place with a time: a Datastream; a tank's place is its Location alone."""
    place = {"type": "Point", "coordinates": [24.2, 56.8]}
    location = {"type": "GeoProperty", "value": place, "observedAt": moment(7)}
    bus = {"id": "urn:ngsi-ld:Vehicle:transport:7", "type": "Vehicle", "location": location}
    assert client.post("/ngsi-ld/v1/entities", json=bus).status_code == 201
    streams = get(client, f"{one('ObservedProperties', 'location')}/Datastreams")
    assert ids(streams) == [f"{bus['id']}|location"]
    found = get(client, f"{one('Datastreams', ids(streams)[0])}/Observations")
    assert [row["result"] for row in found["value"]] == [place]
    assert f"{TANK}|location" not in ids(get(client, "Datastreams"))
