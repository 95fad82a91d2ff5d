"""Context sources: a second Kopa on loopback, and servers that behave badly."""

from __future__ import annotations

import http.server
import json
import threading
import time
from contextlib import contextmanager

import pytest

from kopa.api.ngsi_ld.federation import sources
from kopa.api.ngsi_ld.federation.merge import merged

from .conftest import serving

ROOT = "/ngsi-ld/v1"
ID = "urn:ngsi-ld:Pump:1"
READS = ["retrieveEntity", "queryEntity"]
ALL = ["redirectionOps", "createBatch", "upsertBatch", "updateBatch", "mergeBatch", "deleteBatch"]


@pytest.fixture
def here(tmp_path):
    with serving(tmp_path / "here") as client:
        yield client


@pytest.fixture
def there(tmp_path):
    with serving(tmp_path / "there") as client:
        yield client


def register(client, endpoint, names=(), id=None, **members):
    who = {"type": "Pump"} | ({"id": id} if id else {})
    info = {"entities": [who]} | ({"propertyNames": list(names)} if names else {})
    body = {"type": "ContextSourceRegistration", "information": [info], "endpoint": str(endpoint)}
    return client.post(f"{ROOT}/csourceRegistrations", json={**body, **members})


def source(client, there, **members):
    made = register(client, there.base_url, **members)
    assert made.status_code == 201, made.text
    return made.headers["location"]


def pump(value, at="2026-01-01T00:00:00Z", id=ID, **more):
    flow = {"type": "Property", "value": value, "observedAt": at}
    return {"id": id, "type": "Pump", "flow": flow, **more}


def create(client, entity, **parameters):
    return client.post(f"{ROOT}/entities", json=entity, params=parameters)


def get(client, **parameters):
    return client.get(f"{ROOT}/entities/{ID}", params=parameters)


def flow(client, **parameters):
    return get(client, **parameters).json()["flow"]["value"]


class Rude(http.server.BaseHTTPRequestHandler):
    """A source that answers what it is told to."""

    status, content, wait, counted = 200, b"", 0.0, True

    def answer(self):
        self.server.got.append((self.command, self.path, dict(self.headers)))
        self.rfile.read(int(self.headers.get("content-length") or 0))
        time.sleep(self.wait)
        self.send_response(self.status)
        if self.counted:
            self.send_header("Content-Length", str(len(self.content)))
        self.end_headers()
        self.wfile.write(self.content)

    def do_GET(self):
        self.answer()

    do_POST = do_PATCH = do_DELETE = do_PUT = do_GET  # noqa: N815  the library's names

    def log_message(self, format, *args):
        pass


@contextmanager
def rude(**how):
    handler = type("Handler", (Rude,), how)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads, server.got = True, []
    server.handle_error = lambda *words: None
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_what_is_only_there(here, there):
    create(there, pump(1))
    assert get(here).status_code == 404
    source(here, there)
    assert flow(here) == 1
    assert get(here, local="true").status_code == 404
    assert [one["id"] for one in here.get(f"{ROOT}/entities?type=Pump&count=true").json()] == [ID]
    assert here.get(f"{ROOT}/entities?type=Pump&local=true").json() == []
    body = {"type": "Query", "entities": [{"type": "Pump"}], "q": "flow>0"}
    assert len(here.post(f"{ROOT}/entityOperations/query", json=body).json()) == 1
    body["q"] = "flow>5"
    assert here.post(f"{ROOT}/entityOperations/query", json=body).json() == []


@pytest.mark.parametrize("operation", ["retrieveEntity", "queryEntity", "queryBatch"])
def test_each_way_to_ask_for_one(here, there, operation):
    create(there, pump(1))
    source(here, there, operations=[operation])
    assert flow(here) == 1
    found = here.get(f"{ROOT}/entities?type=Pump").json()
    assert len(found) == (0 if operation == "retrieveEntity" else 1)


@pytest.mark.parametrize(("mode", "value"), [("inclusive", 2), ("auxiliary", 1)])
def test_the_newest_wins_unless_it_is_auxiliary(here, there, mode, value):
    create(here, pump(1))
    create(there, pump(2, "2026-02-01T00:00:00Z", head={"type": "Property", "value": 9}))
    source(here, there, mode=mode, operations=READS)
    assert flow(here) == value
    assert get(here).json()["head"]["value"] == 9
    assert here.get(f"{ROOT}/entities?type=Pump").json()[0]["flow"]["value"] == value


def test_what_is_older_there_does_not_win(here, there):
    create(here, pump(1))
    create(there, pump(2, "2025-02-01T00:00:00Z"))
    source(here, there)
    assert flow(here) == 1


def test_an_exclusive_source_holds_its_attributes_alone(here, there):
    source(here, there, names=["flow"], id=ID, mode="exclusive", operations=ALL)
    assert create(here, pump(3, head={"type": "Property", "value": 9})).status_code == 201
    assert "flow" not in get(here, local="true").json()
    assert "head" not in get(there).json()
    assert get(here).json().keys() >= {"flow", "head"}
    path = f"{ROOT}/entities/{ID}/attrs/flow"
    assert here.patch(path, json={"value": 4}).status_code == 204
    assert (flow(here), flow(there)) == (4, 4)
    assert here.delete(path).status_code == 204
    assert "flow" not in get(there).json()


def test_a_redirect_leaves_nothing_here(here, there):
    source(here, there, mode="redirect", operations=ALL)
    assert create(here, pump(3)).status_code == 201
    assert get(here, local="true").status_code == 404
    assert flow(there) == 3
    upsert = f"{ROOT}/entityOperations/upsert"
    assert here.post(upsert, json=[pump(4)]).status_code == 204
    assert here.post(upsert, json=[pump(5, id="urn:ngsi-ld:Pump:2")]).status_code == 201
    assert here.delete(f"{ROOT}/entities/{ID}").status_code == 204
    assert get(there).status_code == 404


def test_an_inclusive_source_is_told_too(here, there):
    source(here, there, operations=ALL)
    entities = [pump(3), pump(4, id="urn:ngsi-ld:Pump:2")]
    assert here.post(f"{ROOT}/entityOperations/create", json=entities).status_code == 201
    assert flow(here, local="true") == flow(there) == 3
    patch = {"flow": {"type": "Property", "value": 5, "observedAt": "2026-03-01T00:00:00Z"}}
    assert here.patch(f"{ROOT}/entities/{ID}/attrs", json=patch).status_code == 204
    assert flow(here, local="true") == flow(there) == 5
    assert here.delete(f"{ROOT}/entities?type=Pump").status_code == 204
    assert there.get(f"{ROOT}/entities?type=Pump").json() == []


def test_what_part_of_it_failed_is_told(here, there):
    source(here, there, operations=ALL)
    create(there, pump(1))
    answer = create(here, pump(2))
    assert answer.status_code == 207
    [error] = answer.json()["errors"]
    assert (answer.json()["success"], error["entityId"]) == ([ID], ID)
    assert (error["error"]["status"], error["registrationId"][:4]) == (409, "urn:")


def test_a_source_that_holds_it_alone_but_cannot_do_it(here, there):
    source(here, there, names=["flow"], id=ID, mode="exclusive", operations=READS)
    answer = create(here, pump(2))
    assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[1]) == (409, "Conflict")
    assert get(there).status_code == 404


def test_registrations_that_do_not_go_together(here, there):
    exclusive = {"names": ["flow"], "id": ID, "mode": "exclusive"}
    source(here, there, **exclusive)
    assert register(here, there.base_url, **exclusive).status_code == 409
    assert register(here, there.base_url, **{**exclusive, "mode": "redirect"}).status_code == 409
    assert register(here, there.base_url, **{**exclusive, "names": ["head"]}).status_code == 201
    other = "urn:ngsi-ld:Pump:9"
    create(here, pump(1, id=other))
    assert register(here, there.base_url, **{**exclusive, "id": other}).status_code == 409


def test_a_loop_ends(here, there):
    """Each has registered the other."""
    source(here, there)
    source(there, here)
    create(there, pump(1))
    begin = time.monotonic()
    assert flow(here) == flow(there) == 1
    assert time.monotonic() - begin < 2


def test_a_loop_of_who_holds_it_alone_is_told(here, there):
    source(here, there, mode="redirect", operations=ALL)
    source(there, here, mode="redirect", operations=ALL)
    answer = create(here, pump(1))
    assert answer.status_code == 207
    assert answer.json()["errors"][0]["error"]["status"] in (207, 508)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"status": 403}, "299"),
        ({"status": 500, "content": b"oh"}, "299"),
        ({"content": b"not JSON"}, "111"),
        ({"content": b"[" * 100_000}, "111"),
        ({"content": b'{"id": 5}'}, "111"),
        (
            {"content": b'{"id": "urn:x:1", "type": "T", "@context": "http://nowhere.example"}'},
            "111",
        ),
        ({"content": b"x" * (17 * 1024 * 1024)}, "111"),
        ({"content": b"[" + b" " * 17_000_000 + b"]", "counted": False}, "111"),
        ({"wait": 3.0}, "199"),
    ],
)
def test_rubbish_gives_a_warning(here, answer, code):
    create(here, pump(1))
    with rude(**answer) as (_, url):
        register(here, url, management={"timeout": 500})
        one = get(here)
        assert (one.status_code, one.headers["ngsild-warning"][:3]) == (200, code)
        several = here.get(f"{ROOT}/entities?type=Pump")
        assert (several.status_code, len(several.json())) == (200, 1)
        assert code in several.headers["ngsild-warning"]
        missing = here.get(f"{ROOT}/entities/urn:ngsi-ld:Pump:none")
        assert missing.status_code == 404
        assert code in missing.headers["ngsild-warning"]


def test_a_source_that_is_away_is_left_alone_for_a_while(here):
    with rude() as (_, url):
        pass
    register(here, url, management={"cooldown": 60_000})
    for words in ("ConnectError", "left alone"):
        answer = here.get(f"{ROOT}/entities?type=Pump")
        assert answer.status_code == 200
        assert words in answer.headers["ngsild-warning"]
    assert create(here, pump(1)).status_code == 201


def test_many_slow_sources_are_asked_at_once(here):
    with rude(content=b"[]", wait=0.5) as (server, url):
        for _ in range(10):
            register(here, url)
        begin = time.monotonic()
        assert here.get(f"{ROOT}/entities?type=Pump").status_code == 200
        assert time.monotonic() - begin < 2.5
        assert len(server.got) == 10


def test_what_a_source_hears(here):
    info = [
        {"key": "Authorization", "value": "Bearer x"},
        {"key": "user", "value": sources.REQUEST},
        {"key": "NGSILD-Tenant", "value": "evil"},
        {"key": "Via", "value": "1.1 evil"},
    ]
    with rude(status=404) as (server, url):
        register(here, url, contextSourceInfo=info, tenant="far", localOnly=True, names=["flow"])
        headers = {"user": "me", "Via": "1.1 before"}
        assert here.get(f"{ROOT}/entities/{ID}", headers=headers).status_code == 404
        [(_, path, heard)] = server.got
    assert "attrs=flow" in path
    assert "local=true" in path
    assert (heard["Authorization"], heard["user"], heard["NGSILD-Tenant"]) == (
        "Bearer x",
        "me",
        "far",
    )
    assert heard["Via"].startswith("1.1 before, 1.1 kopa-")


def test_a_filter_of_sources(here, there):
    create(there, pump(1))
    source(here, there, kind={"type": "Property", "value": "sensor"})
    for text, count in (('kind=="sensor"', 1), ('kind=="archive"', 0)):
        parameters = {"type": "Pump", "csf": text}
        assert len(here.get(f"{ROOT}/entities", params=parameters).json()) == count
        found = here.get(f"{ROOT}/csourceRegistrations", params=parameters).json()
        assert len(found) == count


def test_split_entities_are_filtered_when_they_are_whole(here, there):
    create(here, {"id": ID, "type": "Pump", "head": {"type": "Property", "value": 9}})
    create(there, pump(1))
    source(here, there)
    query = {"type": "Pump", "q": "flow==1;head==9"}
    assert here.get(f"{ROOT}/entities", params=query).json() == []
    split = here.get(f"{ROOT}/entities", params={**query, "splitEntities": "true"})
    assert [one["id"] for one in split.json()] == [ID]
    assert here.get(f"{ROOT}/entities?type=Pump&orderBy=flow").status_code == 400


def test_merging():
    old = {"id": "a", "type": ["T"], "modifiedAt": "2026-01-01T00:00:00Z", "x": [{"value": 1}]}
    new = {"id": "a", "type": ["U"], "x": [{"value": 2, "modifiedAt": "2026-01-02T00:00:00Z"}]}
    assert merged(None, []) is None
    assert merged(old, [(new, False)])["x"][0]["value"] == 2
    assert merged(old, [(new, True)])["x"][0]["value"] == 1
    assert merged(old, [(new, True)])["type"] == ["T", "U"]
    assert merged(None, [(old, True), (new, False)])["x"][0]["value"] == 2
    json.dumps(merged(old, [(new, False)]))
