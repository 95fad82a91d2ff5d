"""Addresses of the city: what residents type to find their house."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from kopa.api.answer import get
from kopa.city.tiles import Tiles


def routes(tiles: Tiles) -> list[Route]:
    """Routes of the addresses.

    Parameters
    ----------
    tiles
        The city's tiles: addresses are read from the same map.
    """

    def find(request: Request, body: Any) -> dict[str, Any]:
        found = tiles.addresses
        text = request.query_params.get("q", "")
        return {
            "addresses": [
                {"label": one.label, "lon": one.lon, "lat": one.lat}
                for one in (found.find(text) if found is not None else [])
            ]
        }

    return [get("/public/addresses", find)]
