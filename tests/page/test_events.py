"""A browser's EventSource hears what happens, and what it missed while the server was away."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

from chromium import browser, needed
from kopa_up import Up
from small_city import write_city

LISTEN = """
() => {
  window.heard = []
  window.source = new EventSource('/events')
  for (const kind of ['now', 'values', 'finding', 'reload'])
    window.source.addEventListener(kind, event =>
      window.heard.push({kind, id: event.lastEventId, data: JSON.parse(event.data)}))
}
"""
LOG_IN = """
async ([name, password]) => (await fetch('/auth/session', {
  method: 'POST', body: JSON.stringify({name, password})})).status
"""
PATCH = """
async (value) => (await fetch('/ngsi-ld/v1/entities/urn:ngsi-ld:Line:energy:line%253A0/attrs', {
  method: 'POST', headers: {'content-type': 'application/json'},
  body: JSON.stringify({in_service: {type: 'Property', value}})})).status
"""
FOUND = "() => window.heard.some(e => e.kind === 'finding' && e.data.code === 'energy.out')"


@needed
def test_event_source(tmp_path: Path) -> None:
    city = tmp_path / "city"
    city.mkdir()
    up = Up(write_city(city), tmp_path / "log", "--look", "0.3")
    try:
        up.log_in()
        with browser() as opened:
            # what is tested is the line, not the policy of a page that is yet to come
            context: Any = opened.new_context(bypass_csp=True)
            page = context.new_page()
            page.goto(f"http://127.0.0.1:{up.port}/health/live")
            assert page.evaluate(LOG_IN, ["admin", "wrong"]) == 401
            assert page.evaluate(LOG_IN, ["admin", up.password]) == 204
            page.evaluate(LISTEN)
            page.wait_for_function("() => window.heard.some(e => e.kind === 'now')")
            assert page.evaluate(PATCH, False) == 204
            page.wait_for_function(FOUND)
            up.end(signal.SIGKILL)
            page.wait_for_function("() => window.source.readyState === 0")
            before = page.evaluate("() => window.heard.length")
            up.start()
            page.wait_for_function("(n) => window.heard.length > n", arg=before, timeout=60_000)
            later = page.evaluate("(n) => window.heard.slice(n).map(e => e.kind)", before)
            assert set(later) & {"now", "reload"}
            context.close()
    finally:
        up.close()
