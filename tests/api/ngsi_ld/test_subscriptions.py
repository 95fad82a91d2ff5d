"""Notifications to real subscribers: in order, at least once, and none waits for another."""

import time

import pytest

from .conftest import serving

ROOT = "/ngsi-ld/v1"


def subscribe(client, url, **members):
    body = {
        "type": "Subscription",
        "entities": [{"type": "Pump"}],
        "notification": {"endpoint": {"uri": url}},
        **members,
    }
    made = client.post(f"{ROOT}/subscriptions", json=body)
    assert made.status_code == 201, made.text
    return made.headers["location"]


def put(client, value, id="urn:x:Pump:1"):
    entity = {"id": id, "type": "Pump", "flow": {"type": "Property", "value": value}}
    answer = client.post(f"{ROOT}/entityOperations/upsert?options=update", json=[entity])
    assert answer.status_code in (201, 204)


def values(receiver):
    return [one["data"][0]["flow"]["value"] for one in receiver.got]


@pytest.fixture
def server(tmp_path):
    with serving(tmp_path) as client:
        yield client


def test_changes_are_told_in_order(server, receiver):
    one = receiver(lambda n: 204)
    path = subscribe(server, one.url, watchedAttributes=["flow"])
    for value in range(5):
        put(server, value)
    one.wait(5)
    assert values(one) == list(range(5))
    assert one.got[0]["type"] == "Notification"
    assert "json-ld#context" in one.headers[0]["link"]
    time.sleep(0.3)
    status = server.get(path).json()["notification"]
    assert (status["status"], status["timesSent"]) == ("ok", 5)


def test_conditions(server, receiver):
    one = receiver(lambda n: 204)
    subscribe(server, one.url, q="flow>10")
    put(server, 5)
    put(server, 50)
    one.wait(1)
    time.sleep(0.3)
    assert values(one) == [50]


def test_one_that_never_answers_delays_nobody(server, receiver):
    silent, lively = receiver(lambda n: None), receiver(lambda n: 204)
    for _ in range(20):
        subscribe(server, silent.url)
    subscribe(server, lively.url)
    begin = time.monotonic()
    for value in range(10):
        put(server, value)
    lively.wait(10)
    assert time.monotonic() - begin < 5
    assert values(lively) == list(range(10))


def test_one_that_fails_first_gets_it_again(server, receiver, monkeypatch):
    monkeypatch.setattr("kopa.api.ngsi_ld.deliver.FIRST_RETRY_S", 0.3)
    one = receiver(lambda n: 503 if n == 1 else 204)
    path = subscribe(server, one.url)
    put(server, 1)
    one.wait(2)
    assert one.got[0]["id"] == one.got[1]["id"]
    time.sleep(0.3)
    status = server.get(path).json()["notification"]
    assert (status["timesFailed"], status["timesSent"], status["status"]) == (1, 2, "ok")


def test_what_waits_survives_a_restart(tmp_path, receiver, monkeypatch):
    monkeypatch.setattr("kopa.api.ngsi_ld.deliver.FIRST_RETRY_S", 0.5)
    one = receiver(lambda n: 503 if n == 1 else 204)
    with serving(tmp_path) as client:
        subscribe(client, one.url)
        put(client, 1)
        one.wait(1)
        time.sleep(0.2)
    with serving(tmp_path):
        one.wait(2)
    assert one.got[0]["id"] == one.got[1]["id"]


def test_throttling(server, receiver):
    one = receiver(lambda n: 204)
    subscribe(server, one.url, throttling=60)
    for value in range(4):
        put(server, value)
    one.wait(1)
    time.sleep(0.4)
    assert len(one.got) == 1


def test_what_was_deleted_is_told_as_null(server, receiver):
    one = receiver(lambda n: 204)
    subscribe(server, one.url, notificationTrigger=["attributeDeleted", "entityDeleted"])
    put(server, 1)
    server.delete(f"{ROOT}/entities/urn:x:Pump:1/attrs/flow")
    server.delete(f"{ROOT}/entities/urn:x:Pump:1")
    one.wait(2)
    assert one.got[0]["data"][0]["flow"] == {"type": "Property", "value": "urn:ngsi-ld:null"}
    assert "deletedAt" in one.got[1]["data"][0]


@pytest.mark.parametrize(
    "members",
    [
        {"entities": []},
        {"notification": {}},
        {"throttling": -1},
        {"q": "((("},
        {"expiresAt": "2001-01-01T00:00:00Z"},
        {"timeInterval": 5, "watchedAttributes": ["flow"]},
        {"notificationTrigger": ["sometimes"]},
    ],
)
def test_what_is_refused(server, members):
    body = {"type": "Subscription", "entities": [{"type": "Pump"}]}
    body["notification"] = {"endpoint": {"uri": "http://127.0.0.1:9/"}}
    answer = server.post(f"{ROOT}/subscriptions", json=body | members)
    assert answer.status_code == 400
