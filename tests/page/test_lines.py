"""The page goes on when the server restarts, and when the network is slow or lost."""

from __future__ import annotations

import signal

from page.conftest import Visit


def test_the_server_restarts_under_the_page(visit: Visit) -> None:
    page = visit.open("#/live")
    visit.drawn()
    page.get_by_text("Connected", exact=True).wait_for()
    visit.up.end(signal.SIGKILL)
    page.get_by_text("No connection since").first.wait_for(timeout=30_000)
    assert page.get_by_role("heading", name="Services").is_visible()  # what is known stays
    visit.up.start()
    page.get_by_text("Connected", exact=True).or_(
        page.get_by_text("The server was restarted")
    ).first.wait_for(timeout=60_000)
    assert page.locator("div.map[data-ready=true]").is_visible()


def test_the_network_is_lost_and_comes_back(visit: Visit) -> None:
    page = visit.open("#/whatif")
    visit.drawn()
    visit.context.set_offline(True)
    page.get_by_role("button", name="Write it instead").click()
    page.get_by_label("Change as text").fill("energy:trafo:0 out")
    page.get_by_role("button", name="Add change").click()
    page.get_by_text("The server does not answer").first.wait_for(timeout=30_000)
    visit.context.set_offline(False)
    page.get_by_role("button", name="Try again").first.click()
    page.get_by_role("heading", name="Ledger").first.wait_for(timeout=30_000)


def test_a_slow_network_shows_that_it_loads(visit: Visit) -> None:
    line = visit.context.new_cdp_session(visit.page)
    line.send("Network.enable")
    slow = {
        "offline": False,
        "latency": 400,
        "downloadThroughput": 60_000,
        "uploadThroughput": 20_000,
    }
    line.send("Network.emulateNetworkConditions", slow)
    page = visit.page
    page.goto(f"{visit.root}/#/live", wait_until="commit")
    page.wait_for_selector("h1", state="attached", timeout=60_000)
    visit.drawn()
    assert visit.wrong == []
