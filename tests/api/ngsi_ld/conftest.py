"""A running server: real HTTP on loopback, on an embedded store."""

from __future__ import annotations

import http.server
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from kopa.api.app import Settings, make_app
from kopa.store.embedded.store import EmbeddedStore


@contextmanager
def serving(folder: Path, settings: Settings | None = None) -> Iterator[httpx.Client]:
    """A client of a server that runs on a thread."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    with EmbeddedStore(folder) as store:
        config = uvicorn.Config(make_app(store, settings), log_level="error", ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        port = listener.getsockname()[1]
        root = f"http://127.0.0.1:{port}"
        with httpx.Client(base_url=root, trust_env=False, timeout=20) as client:
            while not server.started:
                time.sleep(0.01)
            yield client
        server.should_exit = True
        thread.join(20)
    listener.close()


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of one server for all tests of a file."""
    with serving(tmp_path_factory.mktemp("store")) as found:
        yield found


class Receiver:
    """A subscriber: keeps what it is sent, and answers as it is told.

    Parameters
    ----------
    answer
        Gives the status for the number of the request; None: it never answers.
    """

    def __init__(self, answer: Callable[[int], int | None]) -> None:
        self.got: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.stop = threading.Event()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                outer.got.append(json.loads(body))
                outer.headers.append({k.lower(): v for k, v in self.headers.items()})
                status = answer(len(outer.got))
                if status is None:
                    outer.stop.wait(30)
                    return
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/notify"

    def wait(self, count: int, seconds: float = 10) -> None:
        """Until so many have come."""
        end = time.monotonic() + seconds
        while len(self.got) < count and time.monotonic() < end:
            time.sleep(0.02)
        assert len(self.got) >= count

    def close(self) -> None:
        """End it."""
        self.stop.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def receiver() -> Iterator[Callable[[Callable[[int], int | None]], Receiver]]:
    """Makes subscribers."""
    made: list[Receiver] = []

    def make(answer: Callable[[int], int | None] = lambda _: 204) -> Receiver:
        made.append(Receiver(answer))
        return made[-1]

    yield make
    for one in made:
        one.close()
