"""Tables of a city: read back by pyarrow and csv, safe for spreadsheets, in bounded memory."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from small_city import write_city
from starlette.testclient import TestClient

from kopa.api.app import make_app
from kopa.api.export import observations
from kopa.api.export.routes import routes
from kopa.api.export.write import written
from kopa.api.ngsi_ld.context import core_context
from kopa.cli import main
from kopa.store import Batch, Key, Label, Observation, Observations, open_store

TANK, HOME = "urn:ngsi-ld:Tank:water:T1", "urn:ngsi-ld:Home:places:h1"
AT = 1_795_341_600_000_000
LABEL = Label("MTR", "good", simulated=True)


def fill(client: TestClient, store: Any) -> None:
    tank = {
        "id": TANK, "type": "Tank", "asset": {"type": "Property", "value": "water:T1"},
        "name": {"type": "Property", "value": "=HYPERLINK(1)"},
        "height": {"type": "Property", "value": 5.5, "unitCode": "MTR"},
        "location": {"type": "GeoProperty",
                     "value": {"type": "Point", "coordinates": [24.1, 56.9]}},
    }  # fmt: skip
    home = {"id": HOME, "type": "Home", "height": {"type": "Property", "value": "tall"}}
    for entity in (tank, home):
        assert client.post("/ngsi-ld/v1/entities", json=entity).status_code == 201
    rows = [
        Observation(Key(TANK, "level"), AT, -1.5, LABEL),
        Observation(Key(TANK, "level"), AT + 1, 3.0, LABEL),
        Observation(Key(TANK, "level"), AT + 2, None, LABEL, "+cmd"),
        Observation(Key(TANK, "mode"), AT, '@SUM(1)"', Label()),
        Observation(Key(HOME, "level"), AT, 7.0, Label()),
    ]
    store.commit(Batch(observations=(Observations.of("", rows),)))


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with open_store(tmp_path / "store") as store:
        app = make_app(store)
        app.router.routes[:0] = routes(app.state.broker)
        with TestClient(app) as made:
            fill(made, store)
            yield made


def table(client: TestClient, path: str, **given: str) -> list[dict[str, str]]:
    answer = client.get(path, params=given)
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


def test_observations_with_units_and_times(client: TestClient) -> None:
    rows = table(client, "/export/observations.csv", entity=TANK, attribute="level")
    assert [(row["observed_at"], row["value"], row["unit"]) for row in rows] == [
        ("2026-11-22T10:00:00Z", "-1.5", "MTR"),
        ("2026-11-22T10:00:00.000001Z", "3", "MTR"),
        ("2026-11-22T10:00:00.000002Z", "", "MTR"),
    ]
    assert {row["simulated"] for row in rows} == {"true"}
    assert rows[2]["quality"] == "not interpreted"


def test_no_cell_is_a_formula(client: TestClient) -> None:
    """A number may begin with a minus: it is ours; a text may not."""
    rows = table(client, "/export/observations.csv") + table(client, "/export/assets.csv")
    texts = [v for row in rows for k, v in row.items() if k not in ("value", "longitude") and v]
    assert "'@SUM(1)\"" in texts
    assert "'=HYPERLINK(1)" in texts
    assert "'+cmd" in texts
    assert not [text for text in texts if text[0] in "=+-@\t\r"]


def test_parts_of_them(client: TestClient) -> None:
    path = "/export/observations.csv"
    assert {row["entity"] for row in table(client, path, domain="places")} == {HOME}
    assert len(table(client, path, entity="water:T1", attribute="level")) == 3
    window = {"from": "2026-11-22T10:00:00.000001Z", "to": "2026-11-22T10:00:00.000002Z"}
    assert [row["value"] for row in table(client, path, **window)] == ["3"]
    assert table(client, path, entity="water:none") == []


def test_parquet_says_the_same(client: TestClient) -> None:
    content = client.get("/export/observations.parquet", params={"entity": TANK}).content
    found = pq.read_table(io.BytesIO(content)).to_pylist()
    level = [row for row in found if row["attribute"] == "level"]
    assert [row["value"] for row in level] == [-1.5, 3.0, None]
    assert [row["unit"] for row in level] == ["MTR"] * 3
    assert level[0]["observed_at"].isoformat() == "2026-11-22T10:00:00+00:00"
    assert level[2]["text"] == "+cmd"  # no spreadsheet runs Parquet: as it came


def test_assets_have_places_and_units(client: TestClient) -> None:
    rows = {row["id"]: row for row in table(client, "/export/assets.csv")}
    assert (rows[TANK]["longitude"], rows[TANK]["latitude"]) == ("24.1", "56.9")
    assert json.loads(rows[TANK]["units"]) == {"height": "MTR"}
    assert (rows[TANK]["height"], rows[HOME]["height"]) == ("5.5", "tall")
    only = table(client, "/export/assets.csv", type="Home")
    assert [row["id"] for row in only] == [HOME]
    content = client.get("/export/assets.parquet", params={"type": "Tank"}).content
    (tank,) = pq.read_table(io.BytesIO(content)).to_pylist()
    assert (tank["height"], tank["longitude"]) == (5.5, 24.1)
    features = client.get("/export/assets.geojson").json()["features"]
    assert {one["id"]: one["geometry"] and one["geometry"]["type"] for one in features} == {
        TANK: "Point", HOME: None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/export/observations.csv?from=yesterday", 400), ("/export/assets.csv?type=Dragon", 404),
        ("/export/observations.csv?colour=1", 400), ("/export/assets.csv?from=1", 400),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(client: TestClient, path: str, status: int) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.json()["detail"]


def test_no_more_is_read_than_is_sent(tmp_path: Path) -> None:
    """A piece is sent before the next rows are read: memory does not grow with the table."""
    key, n = Key("urn:ngsi-ld:Tank:water:T1", "level"), 100_000
    with open_store(tmp_path / "store") as store:
        at = AT + np.arange(n) * 1_000_000
        part = Observations("", (key,), np.zeros(n, dtype=np.int64), at, np.arange(float(n)))
        store.commit(Batch(observations=(part,)))
        read: list[int] = []
        plain = store.points

        def points(*args: Any) -> Observations:
            found = plain(*args)
            read.append(len(found))
            return found

        store.points = points  # type: ignore[method-assign]
        rows = observations.parts(store, observations.Wanted(), core_context())
        lines = 0
        for piece in written("csv", observations.COLUMNS, rows):
            lines += piece.count(b"\r\n")
            assert sum(read) <= lines - 1 + 2 * observations.PART
    assert lines == n + 1
    assert max(read) <= observations.PART


def test_the_command_writes_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "city"
    folder.mkdir()
    write_city(folder)
    with open_store(folder / ".kopa") as store, TestClient(make_app(store)) as client:
        fill(client, store)
    for name, key, count in (("o.csv", "observations", 3), ("o.parquet", "observations", 3),
                             ("a.geojson", "assets", 1)):  # fmt: skip
        file = tmp_path / name
        more = ["--type", "Tank"] if key == "assets" else ["--entity", "water:T1",
                                                            "--attribute", "level"]  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-c", "import sys; from kopa.cli import main; sys.exit(main())",
             "export", str(folder), "-o", str(file), "--json", *more],
            capture_output=True, check=False, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout)
        assert (told[key], told["bytes"]) == (count, file.stat().st_size)
    assert len((tmp_path / "o.csv").read_text().splitlines()) == 4
    assert pq.read_table(tmp_path / "o.parquet").num_rows == 3
    assert main(["export", str(folder), "-o", str(tmp_path / "x.doc")]) == 2
    assert main(["export", str(folder), "-o", str(tmp_path / "no" / "x.csv")]) == 1
    assert main(["export", str(folder), "-o", str(tmp_path / "x.csv"), "--from", "now"]) == 1
    assert not (tmp_path / "x.csv").exists()
