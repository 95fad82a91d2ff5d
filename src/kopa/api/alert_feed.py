"""Alerts for everybody: a feed of those that hold, every message by its name, those of others."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kopa.api.answer import get
from kopa.api.heard import Hearing
from kopa.api.page.notices import Notice
from kopa.api.problem import problem
from kopa.api.records import Records
from kopa.cap.alert import Alert
from kopa.cap.feed import current, write_feed
from kopa.cap.read_cap import read_cap
from kopa.city.read_toml import Settings

FEED = "/public/alerts"


@lru_cache(maxsize=4096)
def _read(message: str) -> Alert:
    """A message that was sent: it never changes."""
    return read_cap(message.encode(), "an alert")


def routes(notices: Records[Notice], settings: Settings, hearing: Hearing) -> list[Route]:
    """The routes.

    Parameters
    ----------
    notices
        The notices of the city: alerts among them have messages.
    settings
        Of the city.
    hearing
        Listens to others.
    """

    def sent() -> dict[str, tuple[Alert, str]]:
        """Messages that were sent, by identifier."""
        texts = [text for notice in notices.all() for text in notice.messages]
        return {alert.identifier: (alert, text) for text in texts for alert in [_read(text)]}

    def feed(request: Request, body: None) -> Any:
        if not settings.alerting.sender:
            return problem(404, "the city sends no alerts", "city.toml has no [alerts] sender")
        now = datetime.fromtimestamp(round(notices.now), UTC)
        all_sent = sent()
        own = f"{str(request.base_url).rstrip('/')}{FEED}"
        held = current((alert for alert, _ in all_sent.values()), now)
        rows = [(alert, f"{own}/{alert.identifier}") for alert in held]
        return Response(
            write_feed(rows, settings.name, own, now), media_type="application/atom+xml"
        )

    def message(request: Request, body: None) -> Any:
        found = sent().get(request.path_params["name"])
        if found is None:
            return problem(404, "there is no such alert")
        return Response(found[1].encode(), media_type="application/cap+xml")

    def others(request: Request, body: None) -> Any:
        return hearing.document()

    return [
        get(FEED, feed),
        get(f"{FEED}/{{name}}", message),
        get("/page/alerts", others),
    ]
