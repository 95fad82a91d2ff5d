"""Observations that clients send; what is taken away, and what is not taken."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from api.sensorthings.service import (
    LEVEL,
    PUMP,
    TANK,
    at,
    get,
    measured,
    moment,
    one,
)
from starlette.testclient import TestClient

from kopa.api.sensorthings.routes import ROOT
from kopa.store import Key, Span, Store


def test_an_observation_is_durable_when_it_is_answered(client: TestClient, store: Store) -> None:
    path = f"{ROOT}/{one('Datastreams', LEVEL)}/Observations"
    body = {
        "phenomenonTime": "2026-11-23T00:00:00+02:00", "result": 7.5,
        "resultTime": "2026-11-22T22:00:05Z", "parameters": {"by": "hand"},
    }  # fmt: skip
    answer = client.post(path, json=body)
    assert answer.status_code == 201, answer.text
    kept = client.get(answer.headers["location"]).json()
    assert (kept["result"], kept["phenomenonTime"]) == (7.5, "2026-11-22T22:00:00Z")
    assert (kept["resultTime"], kept["parameters"]) == (body["resultTime"], {"by": "hand"})
    level = client.get(f"/ngsi-ld/v1/entities/{quote(TANK, safe=':')}").json()["level"]
    assert (level["value"], level["unitCode"]) == (7.5, "MTR")
    rows = store.points("", [Key(TANK, "level")], Span(at(22 * 60), at(22 * 60) + 1)).rows()
    assert [row.value for row in rows] == [7.5]


def test_late_observations_do_not_become_the_present(client: TestClient) -> None:
    body = {"phenomenonTime": "2026-11-21T00:00:00Z", "result": -1}
    answer = client.post(
        f"{ROOT}/Observations", json={**body, "Datastream": {"@iot.id": f"{PUMP}|power"}}
    )
    assert answer.status_code == 201
    pump = client.get(f"/ngsi-ld/v1/entities/{PUMP}").json()
    assert pump["power"]["value"] == 3.5
    assert client.get(answer.headers["location"]).json()["result"] == -1


def test_many_in_one_request(client: TestClient) -> None:
    rows = [[moment(1100 + n), n] for n in range(50)] + [["nonsense", 1], ["short"]]
    body = [{
        "Datastream": {"@iot.id": LEVEL}, "components": ["phenomenonTime", "result"],
        "dataArray@iot.count": len(rows), "dataArray": rows,
    }]  # fmt: skip
    answer = client.post(f"{ROOT}/CreateObservations", json=body)
    assert answer.status_code == 201
    links = answer.json()
    assert [link.startswith("error") for link in links] == [False] * 50 + [True, True]
    assert client.get(links[49]).json()["result"] == 49


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400), ([], 400), ({"result": None}, 400), ({"result": 1, "colour": 2}, 400),
        ({"result": 1, "phenomenonTime": "yesterday"}, 400),
        ({"result": 1, "phenomenonTime": "2026-11-22T00:00:00Z/2026-11-22T01:00:00Z"}, 400),
        ({"result": 1, "Datastream": {"@iot.id": f"{PUMP}|power"}}, 400),
        ({"result": 1, "FeatureOfInterest": {"@iot.id": PUMP}}, 400),
        ({"result": 1, "FeatureOfInterest": {"name": "new"}}, 501),
    ],
)  # fmt: skip
def test_what_is_no_observation(client: TestClient, body: Any, status: int) -> None:
    answer = client.post(f"{ROOT}/{one('Datastreams', LEVEL)}/Observations", json=body)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


def test_what_nobody_observed_is_no_observation(client: TestClient) -> None:
    """A value without a time, and the mark of a deletion, are in the past of an entity as well."""
    id = "urn:ngsi-ld:Valve:water:9"
    url = f"/ngsi-ld/v1/entities/{id}"
    bare = {"type": "Property", "value": 1}
    client.post("/ngsi-ld/v1/entities", json={"id": id, "type": "Valve", "flow": bare})
    client.post(f"{url}/attrs", json={"flow": measured(2, 1)})
    assert client.delete(f"{url}/attrs/flow").status_code == 204
    client.post(f"{url}/attrs", json={"flow": measured(3, 2)})
    page = get(client, f"{one('Datastreams', id + '|flow')}/Observations", count="true")
    assert [row["result"] for row in page["value"]] == [2, 3]
    assert page["@iot.count"] == 2


def test_writing_things_is_told_to_be_elsewhere(client: TestClient) -> None:
    for method, path in (("POST", "Things"), ("PATCH", one("Things", TANK)), ("PUT", "Things"),
                         ("DELETE", one("Things", TANK)), ("POST", "$batch")):  # fmt: skip
        answer = client.request(method, f"{ROOT}/{path}", json={"name": "x"})
        assert answer.status_code in (404, 501), (method, path)
        assert answer.json()["detail"]


def test_deleted_observations_are_gone(client: TestClient) -> None:
    url = f"/ngsi-ld/v1/temporal/entities/{PUMP}/attrs/power"
    assert client.delete(url).status_code == 204
    page = get(client, f"{one('Datastreams', PUMP + '|power')}/Observations", count="true")
    assert page == {"@iot.count": 0, "value": []}
