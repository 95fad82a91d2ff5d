"""A client of the service."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from api.sensorthings.service import (
    TANK,
    at,
    entities,
)
from starlette.testclient import TestClient

from kopa.api.app import make_app
from kopa.api.sensorthings.routes import Service
from kopa.store import Batch, Key, Label, Observation, Observations, Store, open_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "store") as opened:
        yield opened


@pytest.fixture
def client(store: Store) -> Iterator[TestClient]:
    app = make_app(store)
    app.router.routes[:0] = Service(app.state.broker).routes()
    with TestClient(app, base_url="http://city") as made:
        for entity in entities():
            assert made.post("/ngsi-ld/v1/entities", json=entity).status_code == 201
        rows = [Observation(Key(TANK, "level"), at(n), float(n), Label("MTR")) for n in range(1000)]
        store.commit(Batch(observations=(Observations.of("", rows),)))
        yield made


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with open_store(tmp_path_factory.mktemp("fuzz")) as store:
        app = make_app(store)
        app.router.routes[:0] = Service(app.state.broker).routes()
        with TestClient(app) as made:
            for entity in entities():
                made.post("/ngsi-ld/v1/entities", json=entity)
            yield made
