"""Takes pictures of the page again: the README's, or with ``--all`` every view.

Run: ``python docs/write_screenshots.py build/helsinki`` writes ``docs/page.png``;
``--all FOLDER`` writes each view in both themes and languages, wide and on a phone. It starts
``kopa up`` on a copy of the city, with simulated telemetry, and ends it.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

sys.path[:0] = [str(Path(__file__).parents[1] / part) for part in ("examples", "tests")]
from chromium import browser
from first_run import CHANGE
from kopa_up import Up

PICTURE = Path(__file__).parent / "page.png"
ASKED = f"#/whatif?s={quote(CHANGE)}&day=usual"
VIEWS = {
    "live": "#/live",
    "whatif": ASKED,
    "screen": "#/screen",
    "decide": "#/decide",
    "notices": "#/notices",
    "resident": "resident",
}
SESSION: list[Any] = []
"""Cookies of the account that looks."""
SIZES = {"wide": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("city", type=Path, help="the city of make run: build/helsinki")
    parser.add_argument("--all", type=Path, metavar="FOLDER", help="every view, into this folder")
    args = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        running(args.city, Path(folder)) as up,
        browser() as opened,
    ):
        if args.all is None:
            shoot(opened, up, ASKED, PICTURE)
            return
        args.all.mkdir(parents=True, exist_ok=True)
        for theme, language, size, name in product(("light", "dark"), ("en", "lv"), SIZES, VIEWS):
            file = args.all / f"{name}-{size}-{theme}-{language}.png"
            shoot(opened, up, VIEWS[name], file, theme, language, size)


@contextmanager
def running(city: Path, folder: Path) -> Iterator[Up]:
    """A copy of the city, running; it has a minute of telemetry, and its tiles."""
    copy = Path(shutil.copytree(city, folder / "city", ignore=shutil.ignore_patterns(".kopa")))
    up = Up(copy, folder / "log", "--simulate", "1", "--look", "2")
    try:
        up.log_in()
        fill(up.http)
        time.sleep(20)
        yield up
    finally:
        up.close()


def fill(http: httpx.Client) -> None:
    """A fault, a screen, a notice and a report, so that no view is empty."""
    station = "/ngsi-ld/v1/entities/urn:ngsi-ld:Trafo:energy:trafo%253A92/attrs"
    out = {"in_service": {"type": "Property", "value": False}}
    http.post(station, json=out).raise_for_status()
    http.post("/page/screens", json={"domain": "energy"}).raise_for_status()
    now = time.time()
    notice = {
        "kind": "works",
        "title": {"en": "Water main renewed", "lv": "Ūdensvada atjaunošana"},
        "text": {
            "en": "No water while the main is renewed.",
            "lv": "Atjaunošanas laikā ūdens nebūs.",
        },
        "changes": ["water:P440865143-1 closed"],
        "from": now + 3600,
        "to": now + 6 * 3600,
    }
    made = http.post("/page/notices", json=notice, timeout=120)  # the engines may still start
    made.raise_for_status()
    path = f"/page/notices/{made.json()['id']}"
    http.patch(path, json={"state": "published"}).raise_for_status()
    report = {"category": "water", "text": "Brown water.", "lon": 24.9441, "lat": 60.1712}
    http.post("/public/reports", json=report).raise_for_status()


def shoot(
    opened: Any,
    up: Up,
    view: str,
    file: Path,
    theme: str = "light",
    language: str = "en",
    size: str = "wide",
) -> None:
    """A picture of a view."""
    context = opened.new_context(
        viewport=SIZES[size],
        color_scheme=theme,
        locale={"en": "en-GB", "lv": "lv-LV"}[language],
        reduced_motion="reduce",
    )
    if not SESSION:  # tries are counted
        given = {"name": "admin", "password": up.password}
        context.request.post(f"http://127.0.0.1:{up.port}/auth/session", data=given)
        SESSION.extend(context.cookies())
    context.add_cookies(SESSION)
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{up.port}/{view}")
    page.wait_for_selector("h1", state="attached")
    if re.search("live|whatif", view) and size == "wide":
        page.locator("div.map[data-ready=true]").wait_for(timeout=60_000)
    page.wait_for_timeout(2500)
    page.screenshot(path=str(file))
    context.close()


if __name__ == "__main__":
    main()
