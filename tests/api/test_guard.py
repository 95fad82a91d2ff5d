"""Access over HTTP: without a caller nothing is served, and a caller gets what its grants allow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from kopa.access.accounts import PLATFORM, Accounts
from kopa.access.limits import Limit
from kopa.access.roles import Grant
from kopa.access.tokens import Providers, Sessions
from kopa.api.app import make_app
from kopa.api.auth import routes
from kopa.api.guard import Gatekeeper, Guard
from kopa.api.headers import Secured
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
    ("content", "status"),
    [
        *((content, 400) for content in (b"", b"[]", b"{", b'{"name": 1, "password": 2}')),
        (b"\xff", 400),
        (b"[" * 50_000, 400),
        (b"x" * 70_000, 413),
    ],
)
def test_broken_logins(client: TestClient, content: bytes, status: int) -> None:
    answer = client.post("/auth/login", content=content)
    assert answer.status_code == status
    assert answer.json()["status"] == status


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


def test_behind_tls_browsers_are_told_to_stay_there(store: Store) -> None:
    with TestClient(make_app(store), base_url="https://city.example") as client:
        assert "max-age=" in client.get("/health/live").headers["strict-transport-security"]


@pytest.mark.parametrize("stated", [True, False])
def test_a_body_has_a_limit_whatever_the_route(stated: bool) -> None:
    async def greedy(request: Request) -> Response:
        return Response(str(len(await request.body())))

    app = Starlette(routes=[Route("/", greedy, methods=["POST"])],
                    middleware=[Middleware(Secured, most=1000)])  # fmt: skip
    client = TestClient(app)
    for size, status in ((1000, 200), (1001, 413)):
        body: Any = b"x" * size if stated else iter([b"x" * 500, b"x" * (size - 500)])
        answer = client.post("/", content=body)
        assert answer.status_code == status
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.json()["status"] == 413


def test_a_page_has_a_policy_of_its_own(store: Store) -> None:
    async def page(request: Request) -> Response:
        return Response("", headers={"content-security-policy": "default-src 'self'"})

    with TestClient(make_app(store, routes=[Route("/page", page)])) as client:
        headers = client.get("/page").headers
    assert headers["content-security-policy"] == "default-src 'self'"
    assert headers["x-content-type-options"] == "nosniff"


def test_a_fault_of_ours_tells_nothing_of_itself(store: Store) -> None:
    async def broken(request: Request) -> Response:
        raise ZeroDivisionError("secret place")

    app = make_app(store, routes=[Route("/broken", broken)])
    with TestClient(app, raise_server_exceptions=False) as client:
        answer = client.get("/broken")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret" not in answer.text


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


# ---------------------------------------------------------------------------- domains


def water(store: Store, gate: Gatekeeper, client: TestClient) -> dict[str, str]:
    """An operator of water only, in a city with assets of two domains."""
    boris = bearer(client, "boris")
    for id in ("Pump:water:1", "Tank:water:2", "Bus:energy:1", "Bus:waters:2"):
        entity = {
            "id": f"urn:ngsi-ld:{id}", "type": "Asset",
            "level": {"type": "Property", "value": 1, "observedAt": "2026-11-22T10:00:00Z"},
            "feeds": {"type": "Relationship", "object": "urn:ngsi-ld:Bus:energy:1"},
        }  # fmt: skip
        assert client.post("/ngsi-ld/v1/entities", json=entity, headers=boris).status_code == 201
    grants = [Grant("operator", "", ("water",)), Grant("viewer", "riga")]
    gate.accounts.add("wanda", PASSWORD, grants, "test")
    return bearer(client, "wanda")


def test_a_grant_in_water_reads_and_writes_water(
    client: TestClient, store: Store, gate: Gatekeeper
) -> None:
    wanda = water(store, gate, client)
    url = "/ngsi-ld/v1/entities"
    pump, bus = "urn:ngsi-ld:Pump:water:1", "urn:ngsi-ld:Bus:energy:1"
    listed = client.get(url, params={"type": "Asset", "count": "true"}, headers=wanda)
    assert [row["id"] for row in listed.json()] == [pump, "urn:ngsi-ld:Tank:water:2"]
    assert listed.headers["ngsild-results-count"] == "2"
    asked = {"type": "Asset", "idPattern": ".*", "q": "level==1", "orderBy": "id"}
    assert len(client.get(url, params=asked, headers=wanda).json()) == 2
    assert client.get(url, params={"id": f"{bus},{pump}"}, headers=wanda).json()[0]["id"] == pump
    past = {"type": "Asset", "timerel": "after", "timeAt": "2026-01-01T00:00:00Z"}
    found = client.get("/ngsi-ld/v1/temporal/entities", params=past, headers=wanda).json()
    assert {row["id"] for row in found} == {pump, "urn:ngsi-ld:Tank:water:2"}
    attribute = {"level": {"type": "Property", "value": 2}}
    assert client.get(f"{url}/{pump}", headers=wanda).status_code == 200
    assert client.post(f"{url}/{pump}/attrs", json=attribute, headers=wanda).status_code == 204


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/entities/urn:ngsi-ld:Bus:energy:1"),
        ("GET", "/entities/urn:ngsi-ld:Bus:waters:2"),
        ("GET", "/entities/urn:ngsi-ld:Bus%3Aenergy:1"),
        ("GET", "/entities/urn:ngsi-ld:Pump:water:1?join=inline"),
        ("GET", "/entities?type=Asset&join=inline"), ("GET", "/types"), ("GET", "/subscriptions"),
        ("GET", "/temporal/entities/urn:ngsi-ld:Bus:energy:1"),
        ("POST", "/entities/urn:ngsi-ld:Bus:energy:1/attrs"), ("POST", "/entities"),
        ("DELETE", "/entities?type=Asset"), ("DELETE", "/entities/urn:ngsi-ld:Bus:energy:1"),
        ("POST", "/entityOperations/query"), ("POST", "/entityOperations/upsert"),
        ("GET", "/../v1/entities/urn:ngsi-ld:Bus:energy:1"),
    ],
)  # fmt: skip
def test_a_grant_in_water_is_none_elsewhere(
    client: TestClient, store: Store, gate: Gatekeeper, method: str, path: str
) -> None:
    wanda = water(store, gate, client)
    answer = client.request(method, f"/ngsi-ld/v1{path}", json={}, headers=wanda)
    assert answer.status_code == 403, answer.text


def test_a_grant_in_another_tenant_opens_nothing_here(
    client: TestClient, store: Store, gate: Gatekeeper
) -> None:
    wanda = water(store, gate, client)
    riga = {"ngsild-tenant": "riga", **wanda}
    url = "/ngsi-ld/v1/entities/urn:ngsi-ld:Bus:energy:1"
    assert client.get(url, headers=riga).status_code == 404  # she may read all of Rīga
    assert client.delete(url, headers=riga).status_code == 403
    assert client.get(url, headers=wanda).status_code == 403


# ---------------------------------------------------------------------------- sessions


def test_another_password_ends_all_sessions(client: TestClient) -> None:
    anna, other = bearer(client, "anna"), bearer(client, "anna")
    body = {"old": PASSWORD, "new": PASSWORD + "!"}
    assert client.post("/auth/password", json=body, headers=anna).status_code == 204
    for old in (anna, other):
        assert client.get("/auth/me", headers=old).status_code == 401


def test_a_disabled_account_is_out_at_once(client: TestClient) -> None:
    anna, root = bearer(client, "anna"), bearer(client, "root")
    url = "/auth/accounts/anna"
    assert client.patch(url, json={"enabled": False}, headers=anna).status_code == 403
    assert client.patch(url, json={"enabled": False}, headers=root).status_code == 204
    assert client.get("/auth/me", headers=anna).status_code == 401
    login = {"name": "anna", "password": PASSWORD}
    assert client.post("/auth/login", json=login).status_code == 401
    assert client.patch(url, json={"enabled": True}, headers=root).status_code == 204
    assert client.get("/auth/me", headers=anna).status_code == 401  # her old session stays ended
    assert client.get("/auth/me", headers=bearer(client, "anna")).status_code == 200
    assert (
        client.patch("/auth/accounts/none", json={"enabled": True}, headers=root).status_code == 404
    )
    assert client.patch(url, json={"enabled": 1}, headers=root).status_code == 400


def test_an_account_made_again_has_none_of_the_old_sessions(
    client: TestClient, gate: Gatekeeper
) -> None:
    anna = bearer(client, "anna")
    gate.accounts.remove("account", "anna", "test")
    gate.accounts.add("anna", PASSWORD, [Grant("admin", "*")], "test")
    assert client.get("/auth/me", headers=anna).status_code == 401


def test_a_page_has_its_session_as_a_cookie(client: TestClient) -> None:
    wrong = client.post("/auth/session", json={"name": "boris", "password": "no"})
    assert wrong.status_code == 401
    assert not client.cookies
    opened = client.post("/auth/session", json={"name": "boris", "password": PASSWORD})
    assert opened.status_code == 204
    cookie = opened.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert client.get("/auth/me").json()["id"] == "account:boris"
    assert client.post("/ngsi-ld/v1/entities", json=ENTITY).status_code == 201
    closed = client.delete("/auth/session")
    assert closed.status_code == 204
    assert client.get("/auth/me").status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "origin": "http://testserver"},
        {"origin": "null"},
    ],
)
def test_another_site_can_do_nothing_with_the_cookie(
    client: TestClient, headers: dict[str, str]
) -> None:
    client.post("/auth/session", json={"name": "boris", "password": PASSWORD})
    refused = client.post("/ngsi-ld/v1/entities", json=ENTITY, headers=headers)
    assert refused.status_code == 403
    home = {"origin": "http://testserver", "sec-fetch-site": "same-origin"}
    assert client.post("/ngsi-ld/v1/entities", json=ENTITY, headers=home).status_code == 201


def test_only_who_manages_registers_sources(client: TestClient) -> None:
    source = {
        "type": "ContextSourceRegistration",
        "information": [{"entities": [{"type": "Pump"}]}],
        "endpoint": "http://127.0.0.1:9",
    }
    url = "/ngsi-ld/v1/csourceRegistrations"
    assert client.post(url, json=source, headers=bearer(client, "boris")).status_code == 403
    assert client.get(url, headers=bearer(client, "boris")).status_code != 403
    assert client.post(url, json=source, headers=bearer(client, "root")).status_code == 201
