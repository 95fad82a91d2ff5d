"""Extracts by name: from a server on loopback that stands for the real ones."""

from __future__ import annotations

import threading
import urllib.request
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from small_map import town

from kopa.city.place import fetch_place
from kopa.errors import InputError, UsageError


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder, and says nothing."""

    def log_message(self, format: str, *args: object) -> None:
        pass


class Opener:
    """Asks the server on loopback for whatever it is asked."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.asked: list[str] = []

    def open(self, request: urllib.request.Request, timeout: float | None = None) -> Any:
        self.asked.append(request.full_url)
        name = urlsplit(request.full_url).path.rsplit("/", 1)[-1]
        return urllib.request.urlopen(f"http://127.0.0.1:{self.port}/{name}", timeout=timeout)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[Opener, Path]]:
    served = tmp_path / "served"
    served.mkdir()
    web = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(served)))
    thread = threading.Thread(target=web.serve_forever)
    thread.start()
    yield Opener(web.server_address[1]), served
    web.shutdown()
    thread.join()
    web.server_close()


def test_a_city_is_downloaded_once_with_progress(
    server: tuple[Opener, Path], tmp_path: Path
) -> None:
    opener, served = server
    content = town().write(tmp_path / "town.osm").read_bytes()
    (served / "Riga.osm.pbf").write_bytes(content)
    told: list[tuple[int, int | None]] = []
    folder = tmp_path / "kept"
    file = fetch_place("Riga", folder, lambda done, total: told.append((done, total)), opener)
    assert file.read_bytes() == content
    assert told[-1] == (len(content), len(content))
    assert opener.asked[0].endswith("Riga.osm.pbf")
    fetch_place("Riga", folder, opener=opener)
    assert len(opener.asked) == 1


def test_a_server_that_has_it_not(server: tuple[Opener, Path], tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        fetch_place("Riga", tmp_path / "kept", opener=server[0])
    (finding,) = caught.value.findings
    assert finding.code == "osm.download"
    assert "--osm" in finding.do
    assert not list((tmp_path / "kept").glob("*.pbf"))


def test_a_place_that_nobody_knows(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no extract of 'Atlantis'"):
        fetch_place("Atlantis", tmp_path)
