"""An OpenID provider of a city: a real server on loopback that signs real tokens."""

from __future__ import annotations

import http.server
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from small_city import write_city
from starlette.testclient import TestClient

from kopa.api import openid as module
from kopa.api.metrics import Metrics
from kopa.api.openid import KeySource
from kopa.api.running import gatekeeper, guarded_app
from kopa.city.load import load_city
from kopa.errors import InputError
from kopa.store import Store, open_store

URL = "/ngsi-ld/v1/entities"
ENTITY = {"id": "urn:ngsi-ld:Pump:water:1", "type": "Pump"}


class Provider:
    """Serves its configuration and its keys, and counts who asks for them."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
        self.asked, self.wait_s, self.answer = 0, 0.0, b""
        self.status, self.named = 200, ""
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = outer.configuration()
                if self.path == "/keys":
                    outer.asked += 1
                    time.sleep(outer.wait_s)
                    keys = KeySet([outer.key]).as_dict(private=False)
                    body = outer.answer or json.dumps(keys).encode()
                self.send_response(outer.status)
                self.send_header("location", "/elsewhere")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def configuration(self) -> bytes:
        issuer = self.named or self.url
        return json.dumps({"issuer": issuer, "jwks_uri": f"{self.url}/keys"}).encode()

    def token(self, **claims: Any) -> dict[str, str]:
        whole = {
            "iss": self.url, "aud": "kopa", "sub": "42", "name": "Anna", "roles": ["water-team"],
            "exp": int(time.time()) + 300, **claims,
        }  # fmt: skip
        header = {"alg": "RS256", "kid": self.key.kid}
        return {"authorization": f"Bearer {jwt.encode(header, whole, self.key)}"}

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def provider() -> Iterator[Provider]:
    one = Provider()
    yield one
    one.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "store") as opened:
        yield opened


@pytest.fixture
def client(provider: Provider, store: Store, tmp_path: Path) -> Iterator[TestClient]:
    """The city as `kopa up` serves it, with the provider in its city.toml."""
    settings = load_city(written(tmp_path, provider.url)).settings
    gate = gatekeeper(store, b"s" * 32, openid=settings.openid)
    with TestClient(guarded_app(store, gate, Metrics(store))) as made:
        yield made


def written(folder: Path, issuer: str, more: str = "") -> Path:
    city = folder / "city"
    city.mkdir()
    write_city(city)
    text = (city / "city.toml").read_text("utf-8")
    table = f"""
[oidc]
issuer = "{issuer}"
audience = "kopa"
claim = "roles"
{more}
[[oidc.grants]]
group = "water-team"
role = "operator"
domains = ["water"]

[[oidc.grants]]
group = "planners"
role = "viewer"
"""
    (city / "city.toml").write_text(text + table, "utf-8")
    return city


def test_groups_of_a_token_are_roles(client: TestClient, provider: Provider) -> None:
    me = client.get("/auth/me", headers=provider.token()).json()
    assert (me["id"], me["name"]) == (f"oidc:{provider.url}#42", "Anna")
    assert [(one["role"], one["domains"]) for one in me["grants"]] == [("operator", ["water"])]
    pump = f"{URL}/{ENTITY['id']}"
    assert client.get(pump, headers=provider.token()).status_code == 404  # she may look
    assert client.post(URL, json=ENTITY, headers=provider.token()).status_code == 403
    assert client.get(pump, headers=provider.token(roles=["others"])).status_code == 403
    assert client.get("/auth/me", headers=provider.token(roles="planners")).status_code == 200
    assert provider.asked == 1


@pytest.mark.parametrize(
    "claims",
    [{"aud": "another"}, {"exp": 1}, {"iss": "https://else.example"}, {"sub": ""},
     {"nbf": 4_000_000_000}],
)  # fmt: skip
def test_tokens_that_are_not_for_us(
    client: TestClient, provider: Provider, claims: dict[str, Any]
) -> None:
    assert client.get("/auth/me", headers=provider.token(**claims)).status_code == 401


def test_an_unknown_key_is_asked_for_once_a_minute(client: TestClient, provider: Provider) -> None:
    assert client.get("/auth/me", headers=provider.token()).status_code == 200
    provider.key = RSAKey.generate_key(2048, {"kid": "two", "use": "sig"})
    for _ in range(5):
        assert client.get("/auth/me", headers=provider.token()).status_code == 401
    assert provider.asked == 1


def test_a_provider_that_does_not_answer_is_not_asked_again_at_once(
    client: TestClient, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WAIT_S", 0.3)
    provider.wait_s = 1.0
    begin = time.monotonic()
    for _ in range(5):
        assert client.get("/auth/me", headers=provider.token()).status_code == 401
    assert time.monotonic() - begin < 2
    assert provider.asked == 1


def test_answers_that_are_no_key_sets(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    source = KeySource(provider.url)
    assert source()["keys"]
    for answer in (b"[]", b"{", b"\xff", b"7"):
        provider.answer = answer
        with pytest.raises(ValueError, match="no JSON object"):
            source()
    provider.answer = b'{"keys": []}' + b" " * module.MOST
    with pytest.raises(OSError, match="more than"):
        source()
    provider.answer, provider.status = b"", 302  # where it leads may be anybody's
    with pytest.raises(OSError, match="302"):
        source()
    provider.status, provider.named = 200, "https://other.example"
    with pytest.raises(ValueError, match=r"other\.example"):
        source()


@pytest.mark.parametrize(
    ("issuer", "more", "place"),
    [
        ("http://id.example", "", "oidc.issuer"), ("nonsense", "", "oidc.issuer"),
        ("https://id.example", 'colour = "red"', "oidc.colour"),
        ("https://id.example", '[[oidc.grants]]\ngroup = "x"\nrole = "king"', "oidc.grants x"),
        ("https://id.example", '[[oidc.grants]]\nrole = "viewer"', "oidc.grants"),
    ],
)  # fmt: skip
def test_settings_that_are_wrong_are_told(
    tmp_path: Path, issuer: str, more: str, place: str
) -> None:
    with pytest.raises(InputError) as told:
        load_city(written(tmp_path, issuer, more))
    assert place in {finding.place for finding in told.value.findings}
    assert all(finding.do for finding in told.value.findings)


@pytest.mark.parametrize(
    ("table", "place"),
    [
        ('licence = "CC-BY"', "catalogue.licence"), ('contact = "me"', "catalogue.contact"),
        ("publisher = 1", "catalogue.publisher"), ('colour = "red"', "catalogue.colour"),
    ],
)  # fmt: skip
def test_a_catalogue_that_is_wrong_is_told(tmp_path: Path, table: str, place: str) -> None:
    city = tmp_path / "city"
    city.mkdir()
    write_city(city)
    file = city / "city.toml"
    file.write_text(f"{file.read_text('utf-8')}\n[catalogue]\n{table}\n", "utf-8")
    with pytest.raises(InputError) as told:
        load_city(city)
    assert [finding.place for finding in told.value.findings] == [place]
