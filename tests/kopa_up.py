"""A `kopa up` as its users have it: a process, a port, a terminal."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

KOPA = [sys.executable, "-c", "import sys; from kopa.cli import main; sys.exit(main())"]


class Up:
    """A running `kopa up`."""

    def __init__(self, city: Path, log: Path, *more: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.log = log
        self._command = [*KOPA, "up", str(city), "--port", str(self.port), *more]
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", trust_env=False)
        self.start()

    def start(self) -> None:
        """Start it, and wait until it is ready."""
        with self.log.open("a") as out:
            self.process = subprocess.Popen(self._command, stdout=out, stderr=out)
        for _ in range(900):
            try:
                if self.http.get("/health/ready").status_code == 200:
                    return
            except httpx.TransportError:
                pass
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.1)
        raise AssertionError(self.log.read_text())

    @property
    def password(self) -> str:
        """Of the first account: the first start shows it."""
        told = re.search(r"Account: admin, password: (\S+)", self.log.read_text())
        assert told is not None, self.log.read_text()
        return told[1]

    def log_in(self, password: str = "") -> None:
        """As the first account."""
        given = {"name": "admin", "password": password or self.password}
        answer = self.http.post("/auth/login", json=given)
        assert answer.status_code == 200, answer.text
        self.http.headers["authorization"] = f"Bearer {answer.json()['token']}"

    def end(self, how: int = signal.SIGTERM) -> None:
        """End it."""
        self.process.send_signal(how)
        self.process.wait(20)

    def close(self) -> None:
        """End it, if it runs, for good."""
        self.http.close()
        if self.process.poll() is None:
            self.end()
