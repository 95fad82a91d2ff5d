"""Both stores, for the tests of their contract."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from contract.store_rows import TENANTS
from contract.store_servers import postgres, postgres_programs

from kopa.store import Store, open_store


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Address of an empty PostgreSQL database."""
    if postgres_programs() is None:
        pytest.skip("PostgreSQL with PostGIS is not installed")
    with postgres() as address:
        yield address


@pytest.fixture(scope="session", params=["embedded", "postgres"])
def store(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    """A store; tests tell themselves apart by tenants."""
    embedded = request.param == "embedded"
    folder = tmp_path_factory.mktemp("store") / "live"
    with open_store(folder if embedded else request.getfixturevalue("server")) as opened:
        yield opened


@pytest.fixture
def tenant() -> str:
    """A tenant that nobody else has."""
    return next(TENANTS)
