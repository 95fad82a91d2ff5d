"""Entities over HTTP; the examples are those of ETSI GS CIM 009, annex C."""

import httpx
import pytest

ROOT = "/ngsi-ld/v1"
CORE = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.8.jsonld"
LD = {"Content-Type": "application/ld+json"}
CONTEXT = [
    {"Vehicle": "http://example.org/vehicle/Vehicle", "speed": "http://example.org/speed"},
    {"brandName": "http://example.org/vehicle/brandName"},
    CORE,
]
VEHICLE = {  # C.2.2, with the parking of C.2.3
    "id": "urn:ngsi-ld:Vehicle:A4567",
    "type": "Vehicle",
    "brandName": {"type": "Property", "value": "Mercedes"},
    "speed": [
        {"type": "Property", "value": 54.5, "datasetId": "urn:ngsi-ld:Property:gpsA4567"},
        {"type": "Property", "value": 55, "datasetId": "urn:ngsi-ld:Property:speedometerA4567"},
    ],
    "isParked": {
        "type": "Relationship",
        "object": "urn:ngsi-ld:OffStreetParking:Downtown1",
        "observedAt": "2017-07-29T12:00:04Z",
        "providedBy": {"type": "Relationship", "object": "urn:ngsi-ld:Person:Bob"},
    },
    "location": {
        "type": "GeoProperty",
        "value": {"type": "Point", "coordinates": [24.105, 56.949]},
    },
    "street": {"type": "LanguageProperty", "languageMap": {"lv": "Brīvības", "en": "Freedom"}},
}


@pytest.fixture(autouse=True)
def vehicle(client: httpx.Client):
    body = {**VEHICLE, "@context": CONTEXT}
    made = client.post(f"{ROOT}/entities", json=body, headers=LD)
    assert made.status_code == 201
    assert made.headers["location"] == f"{ROOT}/entities/{VEHICLE['id']}"
    yield
    client.delete(f"{ROOT}/entities/{VEHICLE['id']}")


@pytest.fixture
def link(client: httpx.Client):
    """A hosted context that means the same."""
    made = client.post(f"{ROOT}/jsonldContexts", json={"@context": CONTEXT})
    assert made.status_code == 201
    url = str(client.base_url).rstrip("/") + made.headers["location"]
    yield {"Link": f'<{url}>; rel="http://www.w3.org/ns/json-ld#context"'}
    client.delete(made.headers["location"])


def get(client, headers, **parameters):
    path = f"{ROOT}/entities/{VEHICLE['id']}"
    return client.get(path, params=parameters, headers=headers)


def test_normalized_is_what_was_sent(client, link):
    answer = get(client, link)
    assert answer.json() == VEHICLE
    assert 'rel="http://www.w3.org/ns/json-ld#context"' in answer.headers["link"]


def test_without_its_context_names_are_full(client):
    answer = get(client, {"Accept": "application/ld+json"}).json()
    assert answer["type"] == "http://example.org/vehicle/Vehicle"
    assert answer["http://example.org/vehicle/brandName"]["value"] == "Mercedes"
    assert answer["isParked"]["object"] == VEHICLE["isParked"]["object"]
    assert answer["@context"] == CORE


def test_simplified(client, link):
    answer = get(client, link, options="keyValues").json()
    assert answer["brandName"] == "Mercedes"
    assert answer["isParked"] == "urn:ngsi-ld:OffStreetParking:Downtown1"
    assert answer["street"] == {"languageMap": {"lv": "Brīvības", "en": "Freedom"}}
    assert answer["speed"] == {
        "dataset": {
            "urn:ngsi-ld:Property:speedometerA4567": 55,
            "urn:ngsi-ld:Property:gpsA4567": 54.5,
        }
    }


def test_concise_reads_back_as_the_same_entity(client, link):
    concise = get(client, link, options="concise").json()
    assert concise["brandName"] == "Mercedes"
    assert concise["isParked"] == {k: v for k, v in VEHICLE["isParked"].items() if k != "type"} | {
        "providedBy": {"object": "urn:ngsi-ld:Person:Bob"}
    }
    replaced = client.put(f"{ROOT}/entities/{VEHICLE['id']}", json=concise, headers=link)
    assert replaced.status_code == 204
    assert get(client, link).json() == VEHICLE


def test_language(client, link):
    answer = get(client, link, lang="de, lv;q=0.5", pick="street").json()
    assert answer == {"street": {"type": "Property", "value": "Brīvības", "lang": "lv"}}


def test_geojson(client, link):
    answer = get(client, {**link, "Accept": "application/geo+json"})
    assert answer.headers["content-type"] == "application/geo+json"
    assert answer.json()["geometry"] == VEHICLE["location"]["value"]
    assert answer.json()["properties"]["brandName"]["value"] == "Mercedes"


def test_merge_goes_into_values_and_deletes_by_null(client, link):
    fragment = {
        "street": {"languageMap": {"en": "urn:ngsi-ld:null", "de": "Freiheit"}},
        "brandName": "urn:ngsi-ld:null",
        "isParked": {"observedAt": "2026-01-01T00:00:00Z"},
    }
    path = f"{ROOT}/entities/{VEHICLE['id']}"
    headers = {**link, "Content-Type": "application/merge-patch+json"}
    assert client.patch(path, json=fragment, headers=headers).status_code == 204
    answer = get(client, link).json()
    assert answer["street"]["languageMap"] == {"lv": "Brīvības", "de": "Freiheit"}
    assert "brandName" not in answer
    assert answer["isParked"] == {**VEHICLE["isParked"], "observedAt": "2026-01-01T00:00:00Z"}


@pytest.mark.parametrize(
    "query",
    [
        {"q": 'brandName=="Mercedes"'},
        {"q": "speed>54.9;isParked"},
        {"q": "isParked.providedBy==urn:ngsi-ld:Person:Bob"},
        {"q": "isParked.observedAt>2017-01-01T00:00:00Z"},
        {"q": 'street[lv]=="Brīvības"'},
        {"q": "(speed>1000|brandName~=^Mer);!missing"},
        {"georel": "near;maxDistance==2000", "geometry": "Point", "coordinates": "[24.1,56.95]"},
        {
            "georel": "within",
            "geometry": "Polygon",
            "coordinates": "[[[24,56],[25,56],[25,57],[24,57],[24,56]]]",
        },
        {"idPattern": "A45.7$"},
        {"type": "(Vehicle;Vehicle)|Nothing"},
    ],
)
def test_query_finds_it(client, link, query):
    answer = client.get(f"{ROOT}/entities", params={"type": "Vehicle", **query}, headers=link)
    assert answer.status_code == 200, answer.text
    assert [one["id"] for one in answer.json()] == [VEHICLE["id"]]


@pytest.mark.parametrize(
    "q", ['brandName=="BMW"', "speed>1000", "missing", "isParked.providedBy==urn:ngsi-ld:Person:X"]
)
def test_query_leaves_it(client, link, q):
    answer = client.get(f"{ROOT}/entities", params={"type": "Vehicle", "q": q}, headers=link)
    assert answer.json() == []


def test_pages_and_count(client):
    many = [{"id": f"urn:x:page:{n:03}", "type": "Page"} for n in range(25)]
    made = client.post(f"{ROOT}/entityOperations/create", json=many)
    assert made.status_code == 201
    first = client.get(f"{ROOT}/entities", params={"type": "Page", "limit": 10, "count": "true"})
    assert first.headers["ngsild-results-count"] == "25"
    assert 'rel="next"' in first.headers["link"]
    last = client.get(f"{ROOT}/entities", params={"type": "Page", "limit": 10, "offset": 20})
    assert [one["id"] for one in last.json()] == [f"urn:x:page:{n:03}" for n in range(20, 25)]
    assert 'rel="next"' not in last.headers["link"]
    assert 'rel="prev"' in last.headers["link"]


def test_a_batch_tells_each_failure(client):
    good, bad = {"id": "urn:x:b:1", "type": "B"}, {"id": "urn:x:b:2"}
    answer = client.post(f"{ROOT}/entityOperations/upsert", json=[good, bad])
    assert answer.status_code == 207
    assert answer.json()["success"] == ["urn:x:b:1"]
    assert answer.json()["errors"][0]["entityId"] == "urn:x:b:2"
    assert answer.json()["errors"][0]["error"]["type"].endswith("BadRequestData")


def test_tenants_are_apart(client, link):
    other = {**link, "NGSILD-Tenant": "riga"}
    path = f"{ROOT}/entities/{VEHICLE['id']}"
    missing = client.get(path, headers=other)
    assert missing.status_code == 404
    assert missing.json()["type"].endswith("NonexistentTenant")
    entity = {"id": "urn:x:t:1", "type": "T"}
    made = client.post(f"{ROOT}/entities", json=entity, headers={"NGSILD-Tenant": "riga"})
    assert made.status_code == 201
    assert client.get(path, headers=other).json()["type"].endswith("ResourceNotFound")
    assert client.get(f"{ROOT}/entities/urn:x:t:1").status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("PUT", "/entities", {}, 405),
        ("POST", "/entities", {"Content-Type": "text/plain"}, 415),
        ("GET", "/entities/urn:x:1", {"Accept": "text/html"}, 406),
        ("GET", "/entities?type=A&unheard=1", {}, 400),
        ("GET", "/entities?type=A&limit=-1", {}, 400),
        ("GET", "/nothing", {}, 404),
    ],
)
def test_what_is_refused(client, method, path, headers, status):
    body = b"{}" if method in ("PUT", "POST") else None
    answer = client.request(method, f"{ROOT}{path}", headers=headers, content=body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"].startswith("https://uri.etsi.org/ngsi-ld/errors/")


def test_a_body_needs_a_length(client):
    answer = client.post(
        f"{ROOT}/entities", content=iter([b"{}"]), headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 411


def test_a_context_that_is_not_on_board_is_told_and_never_fetched(client):
    link = {"Link": '<http://10.0.0.1/c.jsonld>; rel="http://www.w3.org/ns/json-ld#context"'}
    answer = client.get(f"{ROOT}/entities?type=A", headers=link)
    assert answer.status_code == 504
    assert answer.json()["type"].endswith("LdContextNotAvailable")


def test_types_and_attributes(client, link):
    types = client.get(f"{ROOT}/types", headers=link).json()
    assert "Vehicle" in types["typeList"]
    one = client.get(f"{ROOT}/types/Vehicle", headers=link).json()
    assert one["entityCount"] == 1
    kinds = {a["attributeName"]: a["attributeTypes"] for a in one["attributeDetails"]}
    assert kinds["isParked"] == ["Relationship"]
    assert kinds["location"] == ["GeoProperty"]
    attribute = client.get(f"{ROOT}/attributes/speed", headers=link).json()
    assert attribute["typeNames"] == ["Vehicle"]


def test_linked_entities_and_their_members(client, link):
    parking = {
        "id": "urn:ngsi-ld:OffStreetParking:Downtown1",
        "type": "OffStreetParking",
        "name": {"type": "Property", "value": "Downtown"},
        "spots": {"type": "Property", "value": 121},
    }
    assert client.post(f"{ROOT}/entities", json=parking).status_code == 201
    picked = get(client, link, join="inline", pick="id,isParked{id,name}").json()
    assert picked["isParked"]["entity"] == {"id": parking["id"], "name": parking["name"]}
    flat = get(client, link, join="flat", pick="id,isParked{id,spots}").json()
    assert flat[1] == {"id": parking["id"], "spots": parking["spots"]}
    assert get(client, link, pick="isParked{id}").status_code == 400
    client.delete(f"{ROOT}/entities/{parking['id']}")


def test_order(client):
    many = [
        {"id": f"urn:x:o:{n}", "type": "O", "rank": {"type": "Property", "value": value}}
        for n, value in enumerate((2, 3, 1))
    ]
    client.post(f"{ROOT}/entityOperations/create", json=many)
    found = client.get(f"{ROOT}/entities", params={"type": "O", "orderBy": "rank;desc"}).json()
    assert [one["rank"]["value"] for one in found] == [3, 2, 1]


def test_a_type_that_is_a_list_is_refused(client):
    entity = {"id": "urn:x:odd", "type": "T", "flow": [{"type": ["Property"], "value": 1}]}
    assert client.post("/ngsi-ld/v1/entities", json=entity).status_code in (201, 400)
