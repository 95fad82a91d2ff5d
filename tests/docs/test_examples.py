"""What the README shows is what happens: `make run`, as it tells and serves."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[2]
RUN = [sys.executable, str(ROOT / "examples" / "first_run.py")]


class Run:
    """A first run that serves its page: a process, a log, a port."""

    def __init__(self, folder: Path) -> None:
        self.city, self.log = folder / "city", folder / "log"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.url = f"http://127.0.0.1:{free.getsockname()[1]}"
        with self.log.open("w") as out:
            # a group of its own: Ctrl-C at a terminal goes to all processes of the group
            words = [*RUN, str(self.city), "--port", self.url.rpartition(":")[2]]
            self.process = subprocess.Popen(words, stdout=out, stderr=out, start_new_session=True)

    @property
    def text(self) -> str:
        """What was told so far."""
        return self.log.read_text(encoding="utf-8")

    def wait(self) -> None:
        """Until it serves."""
        for _ in range(1800):
            try:
                if httpx.get(f"{self.url}/health/ready", trust_env=False).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            assert self.process.poll() is None, self.text
            time.sleep(0.1)
        raise AssertionError(self.text)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """A first run, until it serves."""
    one = Run(tmp_path_factory.mktemp("run"))
    try:
        one.wait()
        yield one
    finally:
        if one.process.poll() is None:
            os.killpg(one.process.pid, signal.SIGKILL)
            one.process.wait()


def test_make_run_shows_what_the_readme_tells(run: Run) -> None:
    text = run.text
    assert "The city can be used" in text
    assert "© OpenStreetMap contributors" in text
    for service in ("road access", "water", "electricity"):
        lost = re.search(rf"([\d,]+) people at \d+ places lose {service} 08:00", text)
        assert lost is not None, service
    assert "flooded 08:00-14:00" in text
    assert "closed 08:00-14:00" in text
    assert "added travel time: " in text
    assert "social value" in text
    assert text.count("wall time") == 4
    report = run.city.with_name("city.html").read_text(encoding="utf-8")
    assert report.count("<svg") >= 2
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    water = re.search(r"([\d,]+) people at \d+ places lose water", text)
    assert water is not None
    assert f"{water[1]} people" in readme


def test_make_run_serves_the_page_and_ends_cleanly(run: Run) -> None:
    password = re.search(r"Account: admin, password: (\S+)", run.text)
    assert password is not None, run.text
    with httpx.Client(base_url=run.url, trust_env=False) as http:
        given = {"name": "admin", "password": password[1]}
        assert http.post("/auth/session", json=given).status_code == 204
        assert http.get("/public/city").json()["simulated"] is True
    os.killpg(run.process.pid, signal.SIGINT)
    assert run.process.wait(30) == 0, run.text
    assert run.url in run.text
    assert "Traceback" not in run.text
