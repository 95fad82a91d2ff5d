"""The past of entities over HTTP."""

from itertools import pairwise

import httpx
import pytest

ROOT = "/ngsi-ld/v1"
ID = "urn:ngsi-ld:Pump:1"
HOURS = [f"2026-01-01T{hour:02}:{minute:02}:00Z" for hour in range(3) for minute in (0, 30)]


@pytest.fixture(autouse=True)
def pump(client: httpx.Client):
    flow = [
        {"type": "Property", "value": n, "observedAt": at, "unitCode": "MQH"}
        for n, at in enumerate(HOURS)
    ]
    entity = {"id": ID, "type": "Pump", "flow": flow}
    assert client.post(f"{ROOT}/temporal/entities", json=entity).status_code == 201
    yield
    client.delete(f"{ROOT}/temporal/entities/{ID}")


def past(client, **parameters):
    answer = client.get(f"{ROOT}/temporal/entities/{ID}", params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_instances_by_time(client):
    found = past(client, timerel="between", timeAt=HOURS[1], endTimeAt=HOURS[4])["flow"]
    assert [one["value"] for one in found] == [1, 2, 3]
    assert all(one["unitCode"] == "MQH" for one in found)


def test_values_and_last(client):
    found = past(client, options="temporalValues", lastN=2)["flow"]
    assert found == {"type": "Property", "values": [[4, HOURS[4]], [5, HOURS[5]]]}


def test_aggregates(client):
    found = past(
        client,
        options="aggregatedValues",
        aggrMethods="avg,max,totalCount",
        aggrPeriodDuration="PT1H",
        timerel="between",
        timeAt="2026-01-01T00:00:00Z",
        endTimeAt="2026-01-01T03:00:00Z",
    )["flow"]
    begins = [f"2026-01-01T{hour:02}:00:00Z" for hour in range(4)]
    spans = list(pairwise(begins))
    assert found["avg"] == [[v, *s] for v, s in zip((0.5, 2.5, 4.5), spans, strict=True)]
    assert found["max"] == [[v, *s] for v, s in zip((1, 3, 5), spans, strict=True)]
    assert found["totalCount"] == [[2, *s] for s in spans]


def test_the_newest_is_the_present_and_late_data_is_kept(client):
    late = {"flow": {"type": "Property", "value": 99, "observedAt": "2025-12-31T00:00:00Z"}}
    made = client.post(f"{ROOT}/temporal/entities/{ID}/attrs", json=late)
    assert made.status_code == 204
    assert client.get(f"{ROOT}/entities/{ID}").json()["flow"]["value"] == 5
    assert past(client)["flow"][0]["value"] == 99


def test_an_update_of_the_present_joins_the_past(client):
    new = {"type": "Property", "value": 7, "observedAt": "2026-01-02T00:00:00Z"}
    assert client.patch(f"{ROOT}/entities/{ID}/attrs/flow", json=new).status_code == 204
    assert past(client)["flow"][-1]["value"] == 7


def test_one_instance_is_modified_and_deleted(client):
    instance = past(client)["flow"][2]["instanceId"]
    path = f"{ROOT}/temporal/entities/{ID}/attrs/flow/{instance}"
    assert client.patch(path, json={"value": 42}).status_code == 204
    assert past(client)["flow"][2]["value"] == 42
    assert client.delete(path).status_code == 204
    assert [one["value"] for one in past(client)["flow"]] == [0, 1, 3, 4, 5]
    assert client.delete(path).status_code == 404


def test_query_by_type(client):
    parameters = {"type": "Pump", "timerel": "after", "timeAt": HOURS[4]}
    found = client.get(f"{ROOT}/temporal/entities", params=parameters).json()
    assert [one["value"] for one in found[0]["flow"]] == [4, 5]
