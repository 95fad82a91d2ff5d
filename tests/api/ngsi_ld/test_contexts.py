"""@contexts: what names mean, and how remote ones come on board."""

import http.server
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kopa.api.app import Settings
from kopa.api.ngsi_ld.context import compiled, core_context, full_name, kept_name
from kopa.api.ngsi_ld.problems import BadRequestData
from kopa.api.ngsi_ld.read_core import core_definition

from .conftest import serving

DEFAULT = "https://uri.etsi.org/ngsi-ld/default-context/"
ROOT = "/ngsi-ld/v1"


def no_lookup(url):
    raise AssertionError(url)


@pytest.mark.parametrize(
    ("context", "name", "iri"),
    [
        ({}, "speed", DEFAULT + "speed"),
        ({}, "location", "https://uri.etsi.org/ngsi-ld/location"),
        ({"speed": "http://x.org/speed"}, "speed", "http://x.org/speed"),
        ({"x": "http://x.org/", "speed": "x:v"}, "speed", "http://x.org/v"),
        ({"x": "http://x.org/"}, "x:anything", "http://x.org/anything"),
        ({"@vocab": "http://x.org/"}, "speed", "http://x.org/speed"),
        ([{"speed": "http://a.org/s"}, {"speed": "http://b.org/s"}], "speed", "http://b.org/s"),
        ([{"speed": "http://a.org/s"}, None], "speed", DEFAULT + "speed"),
        ({"kind": {"@id": "http://x.org/k", "@type": "@vocab"}}, "kind", "http://x.org/k"),
        (
            {"observedAt": "http://evil.org/t"},
            "observedAt",
            "https://uri.etsi.org/ngsi-ld/observedAt",
        ),
    ],
)
def test_a_name_and_back(context, name, iri):
    made = compiled(context, no_lookup)
    assert made.expand(name) == iri
    assert made.compact(iri) == name
    assert made.show(made.keep(name)) == name


def test_a_name_of_the_default_vocabulary_that_a_term_hides():
    made = compiled({"speed": "http://x.org/speed"}, no_lookup)
    assert made.compact(DEFAULT + "speed") == "ngsi-ld:default-context/speed"
    assert made.expand("ngsi-ld:default-context/speed") == DEFAULT + "speed"


@given(st.text(alphabet="abcXYZ09_:/#.-", min_size=1, max_size=30))
def test_what_is_kept_is_told_in_full_again(text):
    iri = core_context().expand(text)
    assert full_name(kept_name(iri)) == iri


@pytest.mark.parametrize(
    "context",
    [
        {"a": "b:x", "b": "a:y"},
        {"a": 5},
        {"a": {"@id": "http://x.org/a", "@context": {}}},
        {"@vocab": 7},
        ["not a url"],
        7,
    ],
)
def test_what_is_no_context(context):
    with pytest.raises(BadRequestData):
        compiled(context, no_lookup)


def test_core_contexts_grow():
    assert "vocab" not in core_definition(6)
    assert "vocab" in core_definition(7)
    assert "json" in core_definition(8)
    assert core_definition(6).items() <= core_definition(9).items()


@pytest.fixture
def source():
    """A server of contexts; /slow is slow, /large is large."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            body = {
                "/good": b'{"@context": {"speed": "http://x.org/speed"}}',
                "/nested": f'{{"@context": ["http://{self.headers["host"]}/good"]}}'.encode(),
                "/bad": b"<html>",
                "/large": b'{"@context": "' + b"x" * 1_100_000 + b'"}',
            }.get(self.path, b"{}")
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    thread.join()
    server.server_close()


def status(client, url):
    link = {"Link": f'<{url}>; rel="http://www.w3.org/ns/json-ld#context"'}
    return client.get(f"{ROOT}/entities?type=A", headers=link).status_code


def later(client, url, wanted):
    end = time.monotonic() + 5
    while (found := status(client, url)) != wanted and time.monotonic() < end:
        time.sleep(0.05)
    return found


def test_the_first_request_is_refused_and_the_next_is_served(tmp_path, source):
    root, asked = source
    settings = Settings(context_hosts=(root.removeprefix("http://"),))
    with serving(tmp_path, settings) as client:
        assert status(client, f"{root}/nested") == 504
        assert later(client, f"{root}/nested", 200) == 200
        assert sorted(set(asked)) == ["/good", "/nested"]
        listed = client.get(f"{ROOT}/jsonldContexts?kind=Cached").json()
        assert f"{root}/good" in listed
    with serving(tmp_path, settings) as client:  # it is kept
        assert status(client, f"{root}/nested") == 200
    assert len(asked) == 2


@pytest.mark.parametrize("path", ["bad", "large", "empty"])
def test_what_is_fetched_and_no_context_is_refused(tmp_path, source, path):
    root, _ = source
    with serving(tmp_path, Settings(context_hosts=(root.removeprefix("http://"),))) as client:
        assert later(client, f"{root}/{path}", 400) == 400


def test_a_host_that_is_not_allowed_is_never_asked(tmp_path, source):
    root, asked = source
    with serving(tmp_path, Settings(context_hosts=("example.org",))) as client:
        assert status(client, f"{root}/good") == 504
        time.sleep(0.3)
    assert asked == []
