"""What the README shows is what happens: `make run`, once and as it is served."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[2]
RUN = [sys.executable, str(ROOT / "examples" / "first_run.py")]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The city of a first run that ends after the report, and what was told."""
    city = tmp_path_factory.mktemp("run") / "city"
    done = subprocess.run([*RUN, str(city), "--once"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return city, done.stdout


def test_make_run_shows_what_the_readme_tells(told: tuple[Path, str]) -> None:
    city, text = told
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
    report = city.with_name("city.html").read_text(encoding="utf-8")
    assert report.count("<svg") >= 2
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    water = re.search(r"([\d,]+) people at \d+ places lose water", text)
    assert water is not None
    assert f"{water[1]} people" in readme


def test_make_run_serves_the_page_and_ends_cleanly(told: tuple[Path, str], tmp_path: Path) -> None:
    city, _ = told
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    log = tmp_path / "log"
    with log.open("w") as out:
        # a group of its own: Ctrl-C at a terminal goes to all processes of the group
        words = [*RUN, str(city), "--port", port]
        run = subprocess.Popen(words, stdout=out, stderr=out, start_new_session=True)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http:
            for _ in range(600):
                try:
                    if http.get("/health/ready").status_code == 200:
                        break
                except httpx.TransportError:
                    pass
                assert run.poll() is None, log.read_text()
                time.sleep(0.1)
            password = re.search(r"Account: admin, password: (\S+)", log.read_text())
            assert password is not None, log.read_text()
            given = {"name": "admin", "password": password[1]}
            assert http.post("/auth/session", json=given).status_code == 204
            assert http.get("/public/city").json()["simulated"] is True
        os.killpg(run.pid, signal.SIGINT)
        assert run.wait(30) == 0, log.read_text()
    finally:
        if run.poll() is None:
            os.killpg(run.pid, signal.SIGKILL)
            run.wait()
    assert f"http://127.0.0.1:{port}" in log.read_text()
    assert "Traceback" not in log.read_text()
