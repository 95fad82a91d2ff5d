"""Registrations of context sources, and who is told of them."""

from __future__ import annotations

import time

import pytest

from .conftest import serving
from .test_federation import ROOT, register


@pytest.fixture
def here(tmp_path):
    with serving(tmp_path) as client:
        yield client


def test_registrations_are_kept(tmp_path):
    with serving(tmp_path) as client:
        path = register(client, "http://127.0.0.1:1").headers["location"]
        assert (
            client.patch(path, json={"description": "new", "mode": "auxiliary"}).status_code == 204
        )
    with serving(tmp_path) as client:
        found = client.get(path).json()
        assert (found["description"], found["mode"]) == ("new", "auxiliary")
        assert found["information"] == [{"entities": [{"type": "Pump"}]}]
        assert client.delete(path).status_code == 204
        assert client.get(path).status_code == 404
        assert client.get(f"{ROOT}/csourceRegistrations").status_code == 400


@pytest.mark.parametrize(
    "bad",
    [
        {"information": []},
        {"information": [{}]},
        {"information": [{"entities": [{"id": "x"}]}]},
        {"information": [{"propertyNames": [5]}]},
        {"endpoint": "ftp://host"},
        {"endpoint": 5},
        {"mode": "sometimes"},
        {"operations": ["fly"]},
        {"operations": [["x"]]},
        {"mode": "auxiliary", "operations": ["updateOps"]},
        {"mode": "exclusive"},
        {"management": "yes"},
        {"management": {"cacheDuration": "long"}},
        {"management": {"timeout": 0}},
        {"contextSourceInfo": [{"key": "a b", "value": "c"}]},
        {"expiresAt": "2001-01-01T00:00:00Z"},
        {"location": {"type": "Point"}},
        {"observationInterval": {"startAt": "now"}},
        {"tenant": "a\r\nb"},
        {"refreshRate": 5},
    ],
)
def test_what_is_no_registration(client, bad):
    answer = register(client, "http://127.0.0.1:1", **bad) if "endpoint" not in bad else None
    if answer is None:
        answer = register(client, bad["endpoint"])
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_who_watches_is_told(here, receiver):
    one, quiet = receiver(lambda n: 204), receiver(lambda n: 204)
    for got, kind in ((one, "Pump"), (quiet, "Tram")):
        body = {
            "type": "Subscription",
            "entities": [{"type": kind}],
            "notification": {"endpoint": {"uri": got.url}},
        }
        made = here.post(f"{ROOT}/csourceSubscriptions", json=body)
        assert made.status_code == 201
        assert made.headers["location"].startswith(f"{ROOT}/csourceSubscriptions/")
    path = register(here, "http://127.0.0.1:1").headers["location"]
    here.patch(path, json={"description": "new"})
    here.delete(path)
    one.wait(3)
    reasons = [got["triggerReason"] for got in one.got]
    assert reasons == ["newlyMatching", "updated", "noLongerMatching"]
    assert one.got[0]["type"] == "ContextSourceNotification"
    assert one.got[0]["data"][0]["information"][0]["entities"] == [{"type": ["Pump"]}]
    assert quiet.got == []
    assert len(here.get(f"{ROOT}/csourceSubscriptions").json()) == 2
    assert here.get(f"{ROOT}/subscriptions").json() == []


def test_who_watches_late_is_told_what_is_there(here, receiver):
    one = receiver(lambda n: 204)
    register(here, "http://127.0.0.1:1")
    body = {
        "type": "Subscription",
        "entities": [{"type": "Pump"}],
        "notification": {"endpoint": {"uri": one.url}},
    }
    path = here.post(f"{ROOT}/csourceSubscriptions", json=body).headers["location"]
    one.wait(1)
    assert one.got[0]["triggerReason"] == "newlyMatching"
    assert here.patch(path, json={"isActive": False}).status_code == 204
    register(here, "http://127.0.0.1:1")
    time.sleep(0.3)
    assert len(one.got) == 1
    assert here.get(path).json()["notification"]["timesSent"] == 1
    assert here.delete(path).status_code == 204
