"""Access over HTTP: without a caller nothing is served, and a caller gets what its grants allow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from kopa.access.accounts import PLATFORM, Accounts
from kopa.access.limits import Limit
from kopa.access.roles import Grant
from kopa.access.tokens import Providers, Sessions
from kopa.api.app import make_app
from kopa.api.auth import routes
from kopa.api.guard import Gatekeeper, Guard
from kopa.store import Store, open_store

PASSWORD = "a long enough password"
ENTITY = {"id": "urn:ngsi-ld:Pump:1", "type": "Pump"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "store") as opened:
        yield opened


def gatekeeper(store: Store, rate: float = 1000.0) -> Gatekeeper:
    return Gatekeeper(
        Accounts(store), Sessions(b"s" * 32), Providers(()), Limit(rate, rate), Limit(rate, rate)
    )


@pytest.fixture
def gate(store: Store) -> Gatekeeper:
    gate = gatekeeper(store)
    for name, role in (("anna", "viewer"), ("boris", "operator"), ("root", "admin")):
        gate.accounts.add(name, PASSWORD, [Grant(role, "*")], "test")
    return gate


@pytest.fixture
def client(store: Store, gate: Gatekeeper) -> Iterator[TestClient]:
    guard = Middleware(Guard, gatekeeper=gate)
    with TestClient(make_app(store, routes=routes(gate), middleware=[guard])) as made:
        yield made


def bearer(client: TestClient, name: str) -> dict[str, str]:
    answer = client.post("/auth/login", json={"name": name, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    return {"authorization": f"Bearer {answer.json()['token']}"}


def test_without_a_caller_only_health_and_login_are_served(client: TestClient) -> None:
    assert client.get("/health/live").status_code == 200
    for path in ("/ngsi-ld/v1/entities?type=Pump", "/auth/me", "/nowhere"):
        answer = client.get(path)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_viewer_reads_and_an_operator_writes(client: TestClient) -> None:
    anna, boris = bearer(client, "anna"), bearer(client, "boris")
    url = "/ngsi-ld/v1/entities"
    assert client.post(url, json=ENTITY, headers=anna).status_code == 403
    assert client.post(url, json=ENTITY, headers=boris).status_code == 201
    assert client.get(f"{url}/{ENTITY['id']}", headers=anna).status_code == 200
    asked = {"type": "Query", "entities": [{"type": "Pump"}]}
    query = client.post("/ngsi-ld/v1/entityOperations/query", json=asked, headers=anna)
    assert query.status_code == 200
    assert client.delete(f"{url}/{ENTITY['id']}", headers=anna).status_code == 403


def test_tenants_are_apart(client: TestClient, gate: Gatekeeper) -> None:
    gate.accounts.add("liga", PASSWORD, [Grant("operator", "riga")], "test")
    liga, url = bearer(client, "liga"), "/ngsi-ld/v1/entities"
    riga = {"ngsild-tenant": "riga", **liga}
    assert client.post(url, json=ENTITY, headers=riga).status_code == 201
    assert client.get(f"{url}/{ENTITY['id']}", headers=riga).status_code == 200
    assert client.get(f"{url}/{ENTITY['id']}", headers=liga).status_code == 403
    other = {"ngsild-tenant": "liepaja", **liga}
    assert client.get(f"{url}/{ENTITY['id']}", headers=other).status_code == 403


def test_a_device_writes_with_its_key(client: TestClient) -> None:
    root = bearer(client, "root")
    grants = [{"role": "operator", "tenant": "", "domains": ["*"]}]
    made = client.post("/auth/keys", json={"label": "meter", "grants": grants}, headers=root)
    key = {"x-api-key": made.json()["key"]}
    assert client.post("/ngsi-ld/v1/entities", json=ENTITY, headers=key).status_code == 201
    assert client.delete(f"/auth/keys/{made.json()['id']}", headers=key).status_code == 403
    assert client.delete(f"/auth/keys/{made.json()['id']}", headers=root).status_code == 204
    assert client.get("/ngsi-ld/v1/types", headers=key).status_code == 401


def test_only_an_admin_manages(client: TestClient) -> None:
    account = {"name": "zane", "password": PASSWORD, "grants": [{"role": "viewer"}]}
    assert (
        client.post("/auth/accounts", json=account, headers=bearer(client, "boris")).status_code
        == 403
    )
    root = bearer(client, "root")
    assert client.post("/auth/accounts", json=account, headers=root).status_code == 204
    assert client.post("/auth/accounts", json=account, headers=root).status_code == 409
    assert client.get("/auth/me", headers=bearer(client, "zane")).json()["name"] == "zane"
    assert client.delete("/auth/accounts/zane", headers=root).status_code == 204
    assert client.delete("/auth/accounts/zane", headers=root).status_code == 404


def test_a_removed_account_s_token_is_worth_nothing(client: TestClient, gate: Gatekeeper) -> None:
    anna = bearer(client, "anna")
    gate.accounts.remove("account", "anna", "test")
    assert client.get("/auth/me", headers=anna).status_code == 401


def test_another_password(client: TestClient) -> None:
    anna = bearer(client, "anna")
    for body, status in (
        ({"old": "wrong wrong wrong", "new": PASSWORD}, 401),
        ({"old": PASSWORD, "new": "short"}, 400),
        ({"old": PASSWORD, "new": PASSWORD + "!"}, 204),
    ):
        assert client.post("/auth/password", json=body, headers=anna).status_code == status


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{", b'{"name": 1, "password": 2}', b"\xff", b"[" * 50_000, b"x" * 70_000],
)
def test_broken_logins(client: TestClient, content: bytes) -> None:
    answer = client.post("/auth/login", content=content)
    assert answer.status_code == 400
    assert answer.json()["status"] == 400


def test_who_asks_too_often_waits(store: Store) -> None:
    gate = gatekeeper(store, rate=5)
    guard = Middleware(Guard, gatekeeper=gate)
    with TestClient(make_app(store, routes=routes(gate), middleware=[guard])) as client:
        codes = [client.get("/health/live").status_code for _ in range(8)]
    assert codes[0] == 200
    assert codes[-1] == 429


def test_answers_bear_security_headers(client: TestClient) -> None:
    for path in ("/health/live", "/auth/me"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in headers["content-security-policy"]


def test_secrets_are_in_no_log(
    client: TestClient, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    root = bearer(client, "root")
    client.post("/auth/login", json={"name": "root", "password": PASSWORD + "x"})
    client.get("/auth/me", headers={"x-api-key": "kopa_a_" + "b" * 64})
    logged: Any = caplog.text + "".join(row.record for row in store.audit(PLATFORM))
    assert PASSWORD not in logged
    assert root["authorization"].split()[1] not in logged
    assert "b" * 64 not in logged
