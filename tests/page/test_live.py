"""The live view of the default city, in a real browser."""

from __future__ import annotations

import io
import json
import time
from typing import Any
from urllib.parse import urlparse

import numpy as np
from kopa_up import Up
from page.conftest import PHONE, Visit
from PIL import Image

STATION = "urn:ngsi-ld:Trafo:energy:trafo%3A92"
"""A transformer that people hang on."""


def pixels(shot: bytes) -> np.ndarray[Any, Any]:
    return np.asarray(Image.open(io.BytesIO(shot)).convert("RGB"), dtype=np.int16)


def near(image: np.ndarray[Any, Any], colour: str) -> int:
    """How many pixels are close to a colour."""
    wanted = [int(colour[n : n + 2], 16) for n in (1, 3, 5)]
    return int((np.abs(image - wanted).max(axis=2) < 24).sum())


def say(up: Up, entity: str, attribute: str, value: object) -> None:
    """Say how something stands, as a device or a person would."""
    answer = up.http.post(
        f"/ngsi-ld/v1/entities/{entity.replace('%', '%25')}/attrs",
        content=json.dumps({attribute: {"type": "Property", "value": value}}),
        headers={"content-type": "application/json"},
    )
    assert answer.status_code in (204, 207), answer.text


def test_signing_in_and_the_map_is_drawn(chromium: Any, up: Up) -> None:
    one = Visit(chromium, up)
    page = one.open("")
    page.get_by_label("Name").fill("admin")
    page.get_by_label("Password").fill("wrong")
    page.keyboard.press("Enter")
    page.get_by_text("do not fit together").wait_for()
    page.get_by_label("Password").fill(up.password)
    page.keyboard.press("Enter")
    section = one.drawn()
    page.wait_for_timeout(500)
    image = pixels(section.screenshot())
    domains = up.http.get("/page/domains").json()["domains"]
    # what is drawn of whole cities, and not only of streets that one looks at; a domain may have
    # one mark only, some 100 pixels at this zoom, at the edge of the map
    drawn = {
        one["name"]: near(image, one["page"]["colour"]["light"])
        for one in domains
        if min(layer["from_zoom"] for layer in one["page"]["layers"]) < 15
    }
    assert {"water", "energy", "transport", "treatment", "health", "education"} < set(drawn)
    assert {name: many for name, many in drawn.items() if many <= 80} == {}
    assert one.wrong == [
        "Failed to load resource: the server responded with a status of 401 (Unauthorized)"
    ] * len(one.wrong)
    hosts = {urlparse(url).netloc for url in one.asked if not url.startswith(("blob:", "data:"))}
    assert hosts == {f"127.0.0.1:{up.port}"}
    one.context.close()


def test_a_layer_is_hidden_on_the_map(visit: Visit, up: Up) -> None:
    page = visit.open("#/live")
    section = visit.drawn()
    water = next(d for d in up.http.get("/page/domains").json()["domains"] if d["name"] == "water")
    colour = water["page"]["colour"]["light"]
    page.wait_for_timeout(500)
    before = near(pixels(section.screenshot()), colour)
    page.get_by_role("button", name="Layers").click()
    page.get_by_role("checkbox", name="water supply").click()
    page.get_by_role("button", name="Layers").click()
    page.wait_for_timeout(1000)
    after = near(pixels(section.screenshot()), colour)
    assert after < before / 4, (before, after)


def test_a_finding_comes_is_acknowledged_and_undone(visit: Visit, up: Up) -> None:
    page = visit.open("#/live")
    visit.drawn()
    say(up, STATION, "in_service", False)
    card = (
        page.locator("li, article").filter(has_text="is out, though it usually is in service").first
    )
    card.wait_for(timeout=30_000)
    card.get_by_role("button", name="Acknowledge", exact=True).click()
    card.get_by_text("acknowledged", exact=False).first.wait_for()
    (kept,) = [
        one
        for one in up.http.get("/findings", params={"state": "open"}).json()["findings"]
        if one["code"] == "energy.out"
    ]
    assert (kept["state"], kept["by"]) == ("acknowledged", "account:admin")
    page.get_by_role("button", name="Undo").first.click()
    for _ in range(50):
        found = up.http.get("/findings", params={"state": "open"}).json()["findings"]
        if {one["state"] for one in found if one["code"] == "energy.out"} == {"new"}:
            break
        time.sleep(0.1)
    else:
        raise AssertionError(found)
    say(up, STATION, "in_service", True)
    assert visit.wrong == []


def test_back_in_time_and_into_the_forecast(visit: Visit) -> None:
    page = visit.open("#/live")
    visit.drawn()
    back = page.get_by_role("button", name="A quarter of an hour back")
    back.wait_for()
    slider = page.get_by_role("slider", name="Moment that is shown")
    with page.expect_response(lambda r: "/page/moment" in r.url and r.ok) as answered:
        slider.focus()
        page.keyboard.press("End")
    assert answered.value.json()["kind"] == "forecast"
    page.get_by_text("Forecast", exact=True).first.wait_for()
    with page.expect_response(lambda r: "/page/moment" in r.url and r.ok) as answered:
        page.keyboard.press("Home")
    assert answered.value.json()["kind"] in ("past", "now")
    page.get_by_role("button", name="Now", exact=True).click()
    assert visit.wrong == []


def test_a_series_has_a_chart_and_a_table(visit: Visit) -> None:
    page = visit.open("#/live")
    visit.drawn()
    search = page.get_by_role("combobox", name="Find an asset")
    search.fill("water:T1")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    chart = page.locator("figure, section").filter(has=page.locator("canvas")).last
    chart.wait_for()
    page.get_by_role("heading", name="Readings and forecast").wait_for()
    page.get_by_role("button", name="Table").last.click()
    assert page.get_by_role("table").last.get_by_role("row").count() > 10


def test_the_language_is_switched_and_remembered(visit: Visit) -> None:
    page = visit.open("#/live")
    page.get_by_role("button", name="Latvie").click()
    page.get_by_role("link", name="Kas notiks, ja").first.wait_for()
    assert page.evaluate("document.documentElement.lang") == "lv"
    page.reload()
    page.get_by_role("link", name="Kas notiks, ja").first.wait_for()
    assert page.evaluate("document.documentElement.lang") == "lv"
    page.get_by_role("button", name="English").click()
    page.get_by_role("link", name="What if").first.wait_for()


def test_on_a_phone_nothing_is_cut_off(chromium: Any, up: Up) -> None:
    one = Visit(chromium, up, viewport=PHONE, has_touch=True, is_mobile=True)
    one.sign_in()
    for view in ("#/live", "#/whatif", "#/screen", "#/decide", "#/notices", "resident"):
        page = one.open(view)
        page.wait_for_timeout(500)
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, (view, wide)
    assert one.wrong == []
    one.context.close()
