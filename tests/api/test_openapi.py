"""The OpenAPI document is that of the running server, and the server keeps to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from kopa.api.openapi.describe import describe, served, undescribed
from kopa.api.openapi.operations import OPERATIONS

pytest.importorskip("schemathesis")

from api.fuzz import attack, resident_mb, running
from api.test_running import Up


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    with running(tmp_path_factory.mktemp("city")) as one:
        yield one


def test_every_route_is_described_and_back(up: Up) -> None:
    """The running server has all that the table has, and nothing that it has not."""
    document = up.http.get("/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    found = {
        (method.upper(), path) for path, methods in document["paths"].items() for method in methods
    }
    ours = {one for one in found if not one[1].startswith("/ngsi-ld/")}
    assert ours == set(OPERATIONS)
    assert len(found - ours) > 40
    for method, path in found:
        told = document["paths"][path][method.lower()]
        assert told["summary"].endswith(".") or path.startswith("/ngsi-ld/"), (method, path)
        assert "4XX" in told["responses"]
        for name in ("{id}", "{name}", "{type}"):
            if name in path:
                assert any(p["name"] == name.strip("{}") for p in told["parameters"])


def test_a_route_that_nobody_described_shows() -> None:
    async def new(request: object) -> None: ...

    app = Starlette(routes=[Route("/new/{id:path}", new, methods=["PUT"])])
    assert list(served(app.routes)) == [("PUT", "/new/{id}")]
    assert undescribed(app.routes) == [("PUT", "/new/{id}")]
    assert "/new/{id}" in describe(app.routes)["paths"]


def test_types_of_bodies_are_those_of_the_code(up: Up) -> None:
    document = up.http.get("/openapi.json").json()
    login = document["components"]["schemas"]["Login"]
    assert set(login["required"]) == {"name", "password"}
    body = document["paths"]["/auth/login"]["post"]["requestBody"]["content"]
    assert body["application/json"]["schema"] == {"$ref": "#/components/schemas/Login"}
    assert document["paths"]["/auth/login"]["post"]["security"] == []


@pytest.mark.filterwarnings("ignore")  # what the tool warns of is not of the server
def test_five_hundred_bad_requests(up: Up) -> None:
    """`python tests/api/fuzz.py --requests 10000` sends more."""
    before = resident_mb(up)
    tally = attack(up, 500)
    assert tally.requests > 300
    assert tally.errors == 0, tally.failed
    assert tally.failed == {}
    assert up.http.get("/health/ready").status_code == 200
    assert resident_mb(up) - before < 200


def test_every_answer_bears_security_headers(up: Up) -> None:
    """Each route, whether it serves or refuses; a page may have a policy of its own."""
    document = up.http.get("/openapi.json").json()
    urls = [(m, p) for p, methods in document["paths"].items() for m in methods if p != "/events"]
    for method, path in [*urls, ("get", "/nowhere"), ("patch", "/health/live")]:
        answer = up.http.request(method.upper(), path.replace("{", "").replace("}", ""))
        assert answer.status_code < 500, (method, path, answer.text)
        for name, part in (
            ("content-security-policy", "default-src 'none'"),
            ("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer"),
            ("cross-origin-resource-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
        ):  # fmt: skip
            assert part in answer.headers[name], (method, path, name)
        assert "strict-transport-security" not in answer.headers  # it is not TLS


@pytest.mark.parametrize("path", ["/ingest", "/auth/login", "/whatif", "/ngsi-ld/v1/entities"])
@pytest.mark.parametrize("stated", [True, False])
def test_no_route_takes_a_body_without_end(up: Up, path: str, stated: bool) -> None:
    """With its length stated, and chunk by chunk."""
    size = 21_000_000
    if stated:
        answer = up.http.post(path, content=b" " * size)
    else:
        answer = up.http.post(path, content=(b" " * 1_000_000 for _ in range(size // 1_000_000)))
    assert answer.status_code in (400, 411, 413), answer.text
    assert Path(f"/proc/{up.process.pid}").exists()
