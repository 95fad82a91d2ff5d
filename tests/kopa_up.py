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
        with log.open("w") as out:
            self.process = subprocess.Popen(
                [*KOPA, "up", str(city), "--port", str(self.port), *more], stdout=out, stderr=out
            )
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", trust_env=False)
        for _ in range(900):
            try:
                if self.http.get("/health/ready").status_code == 200:
                    return
            except httpx.TransportError:
                pass
            assert self.process.poll() is None, log.read_text()
            time.sleep(0.1)
        raise AssertionError(log.read_text())

    def log_in(self, password: str = "") -> None:
        """As the first account, whose password the first start shows."""
        if not password:
            told = re.search(r"Account: admin, password: (\S+)", self.log.read_text())
            assert told is not None, self.log.read_text()
            password = told[1]
        answer = self.http.post("/auth/login", json={"name": "admin", "password": password})
        assert answer.status_code == 200, answer.text
        self.http.headers["authorization"] = f"Bearer {answer.json()['token']}"

    def end(self, how: int = signal.SIGTERM) -> None:
        self.http.close()
        self.process.send_signal(how)
        self.process.wait(20)
