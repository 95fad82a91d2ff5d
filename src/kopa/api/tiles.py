"""Vector tiles of the map: the base map for everybody, networks for those who are signed in.

Networks are critical infrastructure: where a pipe lies is nobody's business who has no account.
"""

from __future__ import annotations

import gzip
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kopa.api.problem import problem
from kopa.city.tiles import Tiles, TileSet

MEDIA = "application/vnd.mapbox-vector-tile"
SHARED = {"base": "public", "city": "private"}
"""Whether caches between may keep them."""
YEAR_S = 31_536_000
MOST_DIGITS = 9


def routes(tiles: Tiles) -> list[Route]:
    """Routes of the tiles.

    Parameters
    ----------
    tiles
        The city's tiles, which may still be in the making.
    """
    return [Route(f"/tiles/{name}/{{z}}/{{x}}/{{y}}.mvt", _served(tiles, name)) for name in SHARED]


def _served(tiles: Tiles, name: str) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        # to ask the file takes less time than to ask a thread to ask it
        found: TileSet | None = getattr(tiles, name)
        at = _place(request)
        if at is None or not (at == (0, 0, 0) if found is None else found.has(*at)):
            return problem(404, "there is no such tile", "It lies outside the zooms of the map.")
        headers = _headers(found, name, at, request)
        if found is not None and request.headers.get("if-none-match") == headers["etag"]:
            return Response(status_code=304, headers=headers)
        tile = None if found is None else found.tile(*at)
        if tile is None:
            return Response(status_code=204, headers=headers)
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["content-encoding"] = "gzip"
        else:
            tile = gzip.decompress(tile)
        return Response(tile, headers=headers, media_type=MEDIA)

    return endpoint


def _place(request: Request) -> tuple[int, int, int] | None:
    """Zoom, column and row; None where they are no numbers."""
    texts = [request.path_params[part] for part in "zxy"]
    if not all(text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS for text in texts):
        return None
    z, x, y = map(int, texts)
    return z, x, y


def _headers(
    found: TileSet | None, name: str, at: tuple[int, int, int], request: Request
) -> dict[str, str]:
    version = found.version if found else "none"
    # an address that names the version never gives anything else
    named = found is not None and request.query_params.get("v") == version
    age = f"max-age={YEAR_S}, immutable" if named else "no-cache"
    return {
        "cache-control": f"{SHARED[name]}, {age}",
        "etag": f'"{version}-{"-".join(map(str, at))}"',
        "vary": "accept-encoding",
    }
