"""A what-if by mouse, by keyboard, and side by side; what comes of it in Decide."""

from __future__ import annotations

import re
from typing import Any

from page.conftest import SECOND, Visit

BURST = "water:P440865143-1 burst 60 L/s 08:00-14:00"
SCENARIO = "#/whatif"


def test_by_mouse(visit: Visit) -> None:
    page = visit.open("#/live")
    visit.drawn()
    page.get_by_role("combobox", name="Find an asset").fill("PU-W1-1")
    page.get_by_role("option").first.click()
    page.wait_for_timeout(1500)
    page.get_by_role("button", name="Close").first.click()  # only the place is wanted
    canvas = page.locator("div.map canvas").first.bounding_box()
    assert canvas is not None
    page.mouse.click(canvas["x"] + canvas["width"] / 2, canvas["y"] + canvas["height"] / 2)
    page.get_by_role("link", name="What if it fails?").or_(
        page.get_by_role("button", name="What if it fails?")
    ).first.click()
    page.wait_for_url(re.compile("#/whatif"))
    answered(page)
    assert visit.wrong == []


def test_by_keyboard_alone(visit: Visit) -> None:
    page = visit.open("#/whatif")
    reach(page, "Asset")
    page.keyboard.type("water:P440865143-1")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    reach(page, "What happens")
    page.keyboard.type("burst")
    reach(page, "Value")
    page.keyboard.type("60")
    page.keyboard.press("Enter")
    answered(page)
    assert page.get_by_text("lose a service").first.is_visible()
    assert visit.wrong == []


def reach(page: Any, label: str) -> None:
    """Go on by Tab until a field of this name has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        name = page.evaluate(
            "() => { const e = document.activeElement; "
            "return (e.labels?.[0]?.textContent ?? e.getAttribute('aria-label') ?? '').trim() }"
        )
        if name.startswith(label):
            return
    raise AssertionError(f"'{label}' is not reached by Tab")


def answered(page: Any) -> None:
    """Wait for the answer of a what-if."""
    page.get_by_role("heading", name="Ledger").first.wait_for(timeout=30_000)


def written(page: Any, text: str) -> None:
    """Write a change as text."""
    page.get_by_role("button", name="Write it instead").click()
    page.get_by_label("Change as text").fill(text)
    page.get_by_role("button", name="Add change").click()


def test_the_cause_is_told_and_the_ledger_has_ranges(visit: Visit) -> None:
    page = visit.open("#/whatif")
    page.get_by_label("Usual day").check()
    written(page, BURST)
    answered(page)
    body = page.locator("main").inner_text()
    for words in ("water", "electricity", "road access", "burst", "flooded", "no electricity"):
        assert words in body, words
    assert "value_of_lost_load" in body or page.get_by_text("Shivakumar").count() or "factor" in body
    visit.drawn()
    assert page.locator("div.map").first.get_attribute("data-ready") == "true"
    # the address holds the scenario
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    answered(page)
    assert visit.wrong == []


def test_a_change_that_fits_nothing_is_refused_in_words(visit: Visit) -> None:
    page = visit.open("#/whatif")
    written(page, "water:nowhere burst 60 L/s")
    page.get_by_text("no asset 'nowhere'").first.wait_for()


def test_two_scenarios_side_by_side(visit: Visit) -> None:
    page = visit.open("#/whatif")
    written(page, BURST)
    answered(page)
    page.get_by_role("button", name="Copy to compare").click()
    page.get_by_role("button", name=re.compile("^Remove: ")).first.click()
    page.get_by_text("Change removed").first.wait_for()
    written_or_again(page, "energy:trafo:0 out")
    answered(page)
    page.get_by_role("button", name="Compare").or_(page.get_by_role("tab", name="Compare")).or_(
        page.get_by_role("link", name="Compare")
    ).first.click()
    page.get_by_text("All numbers side by side").first.wait_for()
    assert page.get_by_role("table").first.get_by_role("columnheader").count() >= 3


def written_or_again(page: Any, text: str) -> None:
    """The form may still be the written one."""
    field = page.get_by_label("Change as text")
    if not field.count():
        page.get_by_role("button", name="Write it instead").click()
    field.fill(text)
    page.get_by_role("button", name="Add change").click()


def test_from_a_what_if_to_a_decision_by_two_people(chromium: Any, visit: Visit) -> None:
    page = visit.open("#/whatif")
    page.get_by_label("Usual day").check()
    written(page, BURST)
    answered(page)
    page.get_by_role("button", name=re.compile("^Weigh ")).click()
    page.wait_for_url(re.compile("#/decide"))
    page.get_by_role("heading", name="Measures").first.wait_for()
    assert visit.wrong == []


def second(chromium: Any, visit: Visit) -> Visit:
    """Another person."""
    other = Visit(chromium, visit.up)
    other.sign_in(*SECOND)
    return other
