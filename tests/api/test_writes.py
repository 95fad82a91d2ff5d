"""A running city writes to a device for who may, and takes it back, whatever happens to it."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from field_devices import modbus_in_a_thread
from kopa_up import Up
from small_city import write_city
from unit.cli.test_write import there
from written_devices import ASSET, ATTRIBUTE, write_rule

WISH = {"asset": ASSET, "attribute": ATTRIBUTE, "value": 4}
VIEWER = {"name": "vera", "password": "correct horse battery", "grants": [{"role": "viewer"}]}


@pytest.fixture
def device() -> Iterator[int]:
    with modbus_in_a_thread() as port:
        yield port


@pytest.fixture
def up(tmp_path: Path, device: int) -> Iterator[Up]:
    city = tmp_path / "city"
    city.mkdir()
    write_city(city)
    write_rule(city, device, "4s")
    one = Up(city, tmp_path / "log")
    one.log_in()
    yield one
    one.close()


def standing(one: Up) -> Any:
    return one.http.get("/writes").json()["standing"]


def returned(one: Up, device: int) -> None:
    """Wait for the device to be where it returns to."""
    for _ in range(200):
        if there(device) == 2.0 and standing(one) == []:
            return
        time.sleep(0.1)
    raise AssertionError((there(device), standing(one)))


def test_dry_run_write_return_and_who_may_not(up: Up, device: int) -> None:
    (rule,) = up.http.get("/writes").json()["writable"]
    assert (rule["low"], rule["high"], rule["role"]) == (1, 6, "operator")
    planned = up.http.post("/writes", json=WISH)
    assert planned.status_code == 200, planned.text
    plan = planned.json()
    assert (plan["before"], plan["value"]) == (2.75, 4)
    assert there(device) == 3.5
    stranger = httpx.Client(base_url=up.http.base_url, trust_env=False)
    assert stranger.post("/writes", json=WISH).status_code == 401
    assert up.http.post("/auth/accounts", json=VIEWER).status_code == 204
    login = {name: VIEWER[name] for name in ("name", "password")}
    token = stranger.post("/auth/login", json=login).json()["token"]
    stranger.headers["authorization"] = f"Bearer {token}"
    assert stranger.get("/writes").status_code == 200
    for path, body in (("/writes", WISH), (f"/writes/{plan['plan']}", None)):
        assert stranger.post(path, json=body).status_code == 403
    stranger.close()
    for path, body, words in (
        ("/writes", {**WISH, "value": 6.5}, "outside the limits"),
        ("/writes", {**WISH, "attribute": "level"}, "nothing says so"),
        ("/writes", {**WISH, "value": "4"}, "Expected `float`"),
        ("/writes/none", None, "a dry run comes first"),
        ("/writes/return", {"asset": ASSET, "attribute": ATTRIBUTE}, "no written value"),
    ):
        answer = up.http.post(path, json=body)
        assert (answer.status_code, words in answer.text) == (400, True), answer.text
    assert there(device) == 3.5
    done = up.http.post(f"/writes/{plan['plan']}").json()
    assert (done["state"], done["read_back"]) == ("held", 4)
    returned(up, device)
    rows = up.http.get("/audit", params={"tenant": ""}).json()["rows"]
    told = "".join(row["record"] for row in rows)
    assert [told.count(f'"write.{one}"') for one in ("begun", "held", "returned")] == [1, 1, 1]


def test_a_server_that_is_killed_returns_it_after_its_start(up: Up, device: int) -> None:
    plan = up.http.post("/writes", json=WISH).json()["plan"]
    assert up.http.post(f"/writes/{plan}").json()["state"] == "held"
    up.end(signal.SIGKILL)
    assert there(device) == 6.0
    up.start()
    returned(up, device)
