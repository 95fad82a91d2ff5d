"""The page's routes of a watched city, for tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send
from watched_city import World

from kopa.access.roles import Caller
from kopa.api.heard import Hearing
from kopa.api.page.routes import page_routes
from kopa.api.page.screens import Screens
from kopa.city.tiles import Tiles


class As:
    """Lets everybody in, under the name that a header says."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            name = dict(scope["headers"]).get(b"x-name", b"anna").decode()
            scope.setdefault("state", {})["caller"] = Caller(f"account:{name}")
        await self._app(scope, receive, send)


class Page:
    """The page's routes of a watched city."""

    def __init__(self, folder: Path, crs: str, toml: str = "") -> None:
        self.world = World(folder, crs, toml)
        world = self.world
        self.screens = Screens(
            world.folder, world.watch.city, world.store, world.watch.hub, lambda: world.time
        )
        tiles = Tiles(world.watch.city, world.folder / ".kopa")
        self.hearing = Hearing(world.watch.city.settings, world.watch.hub, lambda: world.time)
        routes = page_routes(
            world.watch, world.store, self.screens, tiles, simulated=True, hearing=self.hearing
        )
        self.http = TestClient(As(Starlette(routes=routes)))

    def get(self, path: str, **query: Any) -> httpx.Response:
        return self.http.get(path, params=query)

    def post(self, path: str, content: Any, name: str = "anna") -> httpx.Response:
        return self.http.post(path, json=content, headers={"x-name": name})

    def patch(self, path: str, content: Any, name: str = "anna") -> httpx.Response:
        return self.http.patch(path, json=content, headers={"x-name": name})


class made:  # noqa: N801  it reads as a word
    """A page that ends with its block."""

    def __init__(self, folder: Path, crs: str, toml: str = "") -> None:
        self._page = Page(folder, crs, toml)

    def __enter__(self) -> Page:
        return self._page

    def __exit__(self, *error: object) -> None:
        self._page.screens.__exit__()
        self._page.world.store.close()
