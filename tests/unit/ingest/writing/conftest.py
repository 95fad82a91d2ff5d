"""Pauses of tests are short."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from written_devices import end_opcua_thread

from kopa.ingest.writing import control
from kopa.store import Store, open_store


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control, "READ_BACKS_S", (0.0, 0.02))
    monkeypatch.setattr(control, "STANDS_S", 0.02)


@pytest.fixture(scope="session", autouse=True)
def opcua_ends() -> Iterator[None]:
    yield
    end_opcua_thread()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "store") as opened:
        yield opened
