"""Everybody can use it: axe finds nothing, in any view; residents need no account."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote, urlparse

import pytest
from kopa_up import Up
from page.conftest import PHONE, Visit

AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RUN = """
async () => (await axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa',
  'wcag22aa', 'best-practice']})).violations.map(v => [v.id, v.nodes.slice(0, 3).map(n => n.html)])
"""
BURST = quote("water:P440865143-1 burst 60 L/s 08:00-14:00")
VIEWS = {
    "sign-in": "",
    "live": "#/live",
    "whatif": f"#/whatif?s={BURST}&day=usual",
    "compare": f"#/whatif?s={BURST}&s={quote('energy:trafo:0 out')}&view=compare&day=usual",
    "screen": "#/screen",
    "decide": "#/decide",
    "notices": "#/notices",
    "resident": "resident",
}


@pytest.mark.skipif(not AXE.exists(), reason="no axe-core: npm ci in frontend")
@pytest.mark.parametrize(("theme", "language"), [("light", "en"), ("dark", "lv")])
def test_axe_finds_nothing(chromium: Any, up: Up, theme: str, language: str) -> None:
    source = AXE.read_text(encoding="utf-8")
    found = {}
    for name, view in VIEWS.items():
        one = Visit(chromium, up, color_scheme=theme, locale=f"{language}-{language.upper()}")
        if name != "sign-in":
            one.sign_in()
        page = one.open(view)
        page.wait_for_timeout(2500)
        assert page.evaluate("document.documentElement.lang") == language, name
        page.evaluate(source)
        wrong = page.evaluate(RUN)
        if wrong:
            found[name] = wrong
        one.context.close()
    assert found == {}


def test_the_first_stop_of_the_keyboard_skips_to_the_content(visit: Visit) -> None:
    page = visit.open("#/live")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent").strip() == "Skip to content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_a_resident_sees_services_and_reports_a_problem(chromium: Any, up: Up) -> None:
    one = Visit(chromium, up, viewport=PHONE)
    page = one.open("resident")
    page.get_by_role("combobox").first.fill("kaivok")
    page.locator("[role=listbox] [role=option]").first.click()
    page.get_by_role("heading", name="Services at your address").first.wait_for()
    for service in ("water", "electricity", "road access"):
        page.get_by_text(service, exact=False).first.wait_for()
    assert not any("/tiles/city/" in url for url in one.asked)
    assert not any("map-worker" in url or "maplibre" in url for url in one.asked)
    page.get_by_role("radio", name="Water").check()
    page.get_by_label("What is wrong?").fill("Brown water since the morning. Call +371 29123456")
    page.get_by_role("button", name="Send").click()
    for _ in range(100):
        reports = up.http.get("/page/reports").json()["reports"]
        if reports:
            break
        page.wait_for_timeout(100)
    assert "29123456" not in reports[0]["text"]
    page.get_by_text(reports[0]["id"]).first.wait_for()
    hosts = {urlparse(url).netloc for url in one.asked if not url.startswith(("blob:", "data:"))}
    assert hosts == {f"127.0.0.1:{up.port}"}
    assert one.wrong == []
    one.context.close()
