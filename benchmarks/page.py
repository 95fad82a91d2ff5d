"""The page in Chromium: what is sent, the first map, frames under load, heap, a what-if.

Run: ``python benchmarks/page.py CITY [CITY …]`` with cities that `kopa new` made; WebGL is
SwiftShader's, on the CPU, as on a machine without a graphics card. Each city runs in a `kopa up` of
its own. The peer of the first map is an empty document from the same server in the same
browser. Prints one JSON document.
"""

from __future__ import annotations

import argparse
import gzip
import json
import shutil
import statistics
import sys
import tempfile
import time
from importlib.resources import files
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from chromium import browser
from kopa_up import Up

RUNS = 5
SESSIONS: dict[str, Any] = {}
"""Cookies by server."""
WIDE = {"width": 1440, "height": 900}
RECORD = """
() => {
  window.frames_ms = []
  let last = performance.now()
  const tick = (now) => {
    window.frames_ms.push(now - last)
    last = now
    requestAnimationFrame(tick)
  }
  requestAnimationFrame(tick)
}
"""


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cities", type=Path, nargs="+")
    args = parser.parse_args()
    told: dict[str, Any] = {"JavaScript sent, all of it, gzip, kB": sent()}
    for city in args.cities:
        with tempfile.TemporaryDirectory() as folder:
            told |= measured(city, Path(folder))
    print(json.dumps(told, indent=1, ensure_ascii=False))


def sent() -> float:
    """All scripts of the built page, the map's worker among them."""
    folder = files("kopa.web").joinpath("dist", "static")
    scripts = [one.read_bytes() for one in folder.iterdir() if one.name.endswith(".js")]
    return round(sum(len(gzip.compress(raw, 9)) for raw in scripts) / 1000, 1)


def measured(city: Path, folder: Path) -> dict[str, Any]:
    """Figures of one city."""
    copy = shutil.copytree(city, folder / "city", ignore=shutil.ignore_patterns(".kopa"))
    up = Up(Path(copy), folder / "log", "--simulate", "10", "--look", "15")
    try:
        up.log_in()
        while not up.http.get("/public/city").json()["tiles"]:
            time.sleep(0.2)
        while up.http.get("/now").json()["status"] == "unknown":
            time.sleep(0.5)
        name = up.http.get("/public/city").json()["name"]
        with browser() as opened:
            found = {
                "an empty document, ms": empty(opened, up),
                "first map, ms": first_map(opened, up),
                "what-if, click to answer, ms": answer(opened, up),
                **load(opened, up),
            }
    finally:
        up.close()
    return {f"{name}: {what}": value for what, value in found.items()}


def visited(opened: Any, up: Up) -> tuple[Any, Any]:
    """A fresh profile that is signed in, and its page."""
    context = opened.new_context(viewport=WIDE)
    root = f"http://127.0.0.1:{up.port}"
    if root not in SESSIONS:  # tries are counted
        given = {"name": "admin", "password": up.password}
        context.request.post(f"{root}/auth/session", data=given)
        SESSIONS[root] = context.cookies()
    context.add_cookies(SESSIONS[root])
    return context, context.new_page()


def median_of(opened: Any, up: Up, path: str, selector: str) -> float:
    """Median ms from the navigation until something is there, each time with an empty cache."""
    taken = []
    for _ in range(RUNS):
        context, page = visited(opened, up)
        begin = time.perf_counter()
        page.goto(f"http://127.0.0.1:{up.port}/{path}", wait_until="commit")
        page.wait_for_selector(selector, state="attached", timeout=60_000)
        taken.append(1000 * (time.perf_counter() - begin))
        context.close()
    return round(statistics.median(taken), 1)


def empty(opened: Any, up: Up) -> float:
    """The peer."""
    return median_of(opened, up, "health/live", "body")


def first_map(opened: Any, up: Up) -> float:
    """Until the map of the live view is drawn."""
    return median_of(opened, up, "#/live", "div.map[data-ready=true]")


def answer(opened: Any, up: Up) -> float:
    """From the click on "Add change" to the ledger on the page, median of several assets."""
    found = up.http.get("/page/assets", params={"q": "energy:trafo", "limit": RUNS}).json()[
        "assets"
    ]
    taken: list[float] = []
    context, page = visited(opened, up)
    for one in found:
        page.goto("about:blank")
        page.goto(f"http://127.0.0.1:{up.port}/#/whatif")
        page.get_by_role("button", name="Write it instead").click()
        page.get_by_label("Change as text").fill(f"{one['asset']} out")
        begin = time.perf_counter()
        page.get_by_role("button", name="Add change").click()
        page.get_by_role("heading", name="Ledger").first.wait_for(timeout=60_000)
        taken.append(1000 * (time.perf_counter() - begin))
    context.close()
    return round(statistics.median(taken), 1)


def load(opened: Any, up: Up) -> dict[str, Any]:
    """Pan the map while the values of all features change; the longest frame, and the heap."""
    context, page = visited(opened, up)
    page.goto(f"http://127.0.0.1:{up.port}/#/live")
    section = page.locator("div.map[data-ready=true]")
    section.wait_for(timeout=60_000)
    slider = page.get_by_role("slider", name="Moment that is shown")
    slider.wait_for()
    page.wait_for_timeout(3000)
    page.evaluate(RECORD)
    box = section.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    slider.focus()
    with page.expect_response(lambda r: "/page/moment" in r.url and r.ok) as answered:
        page.keyboard.press("End")
    values = answered.value.json()["values"]
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(60):
        page.mouse.move(x + 4 * step, y + 2 * step)
        page.wait_for_timeout(30)
    page.mouse.up()
    page.wait_for_selector("div.map[data-waiting='0']", timeout=60_000)
    frames = page.evaluate("window.frames_ms")
    line = context.new_cdp_session(page)
    line.send("HeapProfiler.collectGarbage")
    heap = line.send("Runtime.getHeapUsage")["usedSize"] / 1e6
    context.close()
    return {
        "features whose value changes while it is panned": len({row[0] for row in values}),
        "longest frame meanwhile, ms": round(max(frames), 1),
        "frame, 99 of 100, ms": round(statistics.quantiles(frames, n=100)[98], 1),
        "heap of the page after it, MB": round(heap, 1),
    }


if __name__ == "__main__":
    main()
