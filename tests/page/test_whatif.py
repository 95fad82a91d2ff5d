"""A what-if by mouse, by keyboard, and side by side; what comes of it in Decide."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from page.conftest import SECOND, Visit

BURST = "water:P440865143-1 burst 60 L/s 08:00-14:00"
OUT = "energy:trafo:0 out 08:00-14:00"
OPTION = "[role=listbox] [role=option]"


def answered(page: Any) -> None:
    """Wait for the answer of a what-if."""
    page.get_by_role("heading", name="Ledger").first.wait_for(timeout=30_000)


def written(page: Any, text: str) -> None:
    """Write a change as text."""
    page.get_by_role("button", name="Write it instead").click()
    page.get_by_label("Change as text").fill(text)
    page.get_by_role("button", name="Add change").click()


def reach(page: Any, label: str) -> None:
    """Go on by Tab until a field of this name has the focus."""
    for _ in range(80):
        name = page.evaluate(
            "() => { const e = document.activeElement; "
            "return (e.labels?.[0]?.textContent ?? e.getAttribute('aria-label') ?? '').trim() }"
        )
        if name.startswith(label):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"'{label}' is not reached by Tab")


def test_by_mouse(visit: Visit) -> None:
    page = visit.open("#/whatif")
    section = visit.drawn()
    page.get_by_role("combobox", name="Find an asset").fill("water:T1")
    page.locator(OPTION).first.click()
    page.wait_for_timeout(2000)  # the map flies there
    page.get_by_role("button", name="Choose another asset").click()
    box = section.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.get_by_text("water:T1").first.wait_for()
    page.get_by_label("What happens", exact=True).select_option("out")
    page.get_by_role("button", name="Add change").click()
    answered(page)
    assert visit.wrong == []


def test_by_keyboard_alone(visit: Visit) -> None:
    page = visit.open("#/whatif")
    reach(page, "Asset")
    page.keyboard.type("water:P440865143-1")
    page.locator(OPTION).first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    reach(page, "What happens")
    page.keyboard.type("burst")
    reach(page, "Value")
    page.keyboard.type("60")
    page.keyboard.press("Enter")
    answered(page)
    page.get_by_text("lose a service").first.wait_for()
    assert visit.wrong == []


def test_the_cause_is_told_and_the_ledger_has_ranges(visit: Visit) -> None:
    page = visit.open("#/whatif")
    page.get_by_role("button", name="Usual day").click()
    written(page, BURST)
    answered(page)
    body = page.locator("main").inner_text().lower()
    for words in (
        "water",
        "electricity",
        "road access",
        "burst",
        "closed",
        "08:00",
        "€",
        "co₂e",
        "likely",
    ):
        assert words in body, words
    visit.drawn()
    address = page.url  # it holds the scenario
    page.goto("about:blank")
    page.goto(address)
    answered(page)
    assert visit.wrong == []


def test_a_change_that_fits_nothing_is_refused_in_words(visit: Visit) -> None:
    page = visit.open("#/whatif")
    written(page, "water:nowhere burst 60 L/s")
    page.get_by_text("no asset 'nowhere'").first.wait_for()


def test_two_scenarios_side_by_side(visit: Visit) -> None:
    page = visit.open(f"#/whatif?s={quote(BURST)}&s={quote(OUT)}&view=compare&day=usual")
    page.get_by_text("All numbers side by side").first.wait_for(timeout=30_000)
    table = page.get_by_role("table").last
    assert table.get_by_role("columnheader").count() >= 3
    assert visit.wrong == []


def test_from_a_what_if_to_a_decision_by_two_people(chromium: Any, visit: Visit) -> None:
    page = visit.open(f"#/whatif?s={quote(BURST)}&day=usual")
    answered(page)
    page.get_by_role("button", name=re.compile("^Weigh ")).or_(
        page.get_by_role("link", name=re.compile("^Weigh "))
    ).first.click()
    page.wait_for_url(re.compile("#/decide"))
    page.get_by_role("button", name="once in 10 years").click()
    cost = page.locator("article.card fieldset").first
    for number, value in enumerate(("1000", "2000", "5000")):
        cost.locator("input").nth(number).fill(value)
    page.get_by_role("button", name="Evaluate").click()
    page.get_by_role("heading", name="Measures, best first").wait_for(timeout=60_000)
    page.get_by_text("What would flip the choice").first.wait_for()
    page.get_by_role("checkbox").first.wait_for()
    page.locator("ol .pick input").first.check()
    page.get_by_label("Title").fill("A supply of its own")
    page.get_by_label("Reason").fill("It avoids most of what people would lose.")
    page.get_by_role("button", name="Propose decision").click()
    page.get_by_role("button", name="Approve").first.click()
    page.get_by_text("This takes a second person").first.wait_for()
    other = Visit(chromium, visit.up)
    other.sign_in(*SECOND)
    theirs = other.open("#/decide?part=decisions")
    theirs.get_by_role("button", name="Approve").first.click()
    theirs.get_by_text("Approved: A supply of its own").first.wait_for()
    (decision,) = visit.up.http.get("/page/decisions").json()["decisions"]
    assert decision["state"] == "approved"
    assert [step["by"] for step in decision["steps"]] == ["account:admin", "account:vera"]
    page.get_by_text("approved").first.wait_for()  # heard by those who have it open
    assert other.wrong == []
    other.context.close()
