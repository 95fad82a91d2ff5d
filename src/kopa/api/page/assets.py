"""Assets for the page: found by name, told with what they feed and what can be done to them."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from kopa.api.answer import get
from kopa.api.page.city import change_document
from kopa.api.problem import problem
from kopa.api.watch import Watch
from kopa.city.documents import Document
from kopa.city.load import City
from kopa.city.places import Places
from kopa.errors import RangeError
from kopa.model import Link

MOST = 100
"""Assets of a search at most."""
FEW = 50
"""So many links of an asset are told on each side."""


class Directory:
    """Finds assets.

    Parameters
    ----------
    city
        The city.
    places
        Where its assets are.
    """

    def __init__(self, city: City, places: Places) -> None:
        self._city, self._places = city, places
        self._texts = [
            (f"{assets.ids[row]}\0{assets.names[row]}".casefold(), name, row)
            for name, domain in city.domains.items()
            for assets in [domain.assets()]
            for row in range(len(assets))
        ]
        self._into: dict[str, list[Link]] = defaultdict(list)
        self._out: dict[str, list[Link]] = defaultdict(list)
        for link in city.links:
            self._into[str(link.target)].append(link)
            self._out[str(link.source)].append(link)

    def search(self, text: str, limit: int) -> list[Document]:
        """Assets whose id or name has a text, those that begin with it first.

        Parameters
        ----------
        text
            What somebody types: part of an id, of a name, or an id with its domain.
        limit
            So many.
        """
        domain, colon, native = text.strip().casefold().partition(":")
        known = bool(colon) and domain in self._city.domains
        wanted = native if known else text.strip().casefold()
        if not wanted:
            return []
        found = [
            (self._place(words, wanted), len(words), name, row)
            for words, name, row in self._texts
            if wanted in words and (not known or name == domain)
        ]
        return [self.row(name, row) for _, _, name, row in sorted(found)[:limit]]

    @staticmethod
    def _place(words: str, wanted: str) -> int:
        """0 for the very name, 1 for its beginning, 2 for a part of it."""
        parts = words.split("\0")
        if wanted in parts:
            return 0
        return 1 if any(part.startswith(wanted) for part in parts) else 2

    def row(self, domain: str, row: int) -> Document:
        """An asset in short."""
        assets = self._city.domains[domain].assets()
        lon, lat = self._places.of(domain, row) or (None, None)
        return {
            "asset": assets.full(row),
            "domain": domain,
            "kind": assets.kinds[row],
            "name": assets.names[row],
            "zone": assets.zones[row],
            "people": round(float(assets.people[row]), 1),
            "customers": round(float(assets.customers[row]), 1),
            "lon": lon,
            "lat": lat,
        }

    def found(self, full: str) -> tuple[str, int] | None:
        """Domain and row of an asset by its id; None where there is none."""
        name, _, native = full.partition(":")
        domain = self._city.domains.get(name)
        row = None if domain is None else domain.assets().index.get(native)
        return None if row is None else (name, row)

    def whole(self, domain: str, row: int) -> Document:
        """An asset with what can be done to it, what feeds it and what it feeds."""
        told = self.row(domain, row)
        full, kind = told["asset"], told["kind"]
        into, out = self._into.get(full, []), self._out.get(full, [])
        return {
            **told,
            "changes": [
                change_document(change)
                for change in self._city.domains[domain].kinds()
                if kind in change.assets or "*" in change.assets
            ],
            "fed_by": [_end(link, str(link.source), link.target.port) for link in into[:FEW]],
            "fed_by_count": len(into),
            "feeds": [_end(link, str(link.target), link.source.port) for link in out[:FEW]],
            "feeds_count": len(out),
        }


def _end(link: Link, asset: str, port: str) -> Document:
    return {
        "asset": asset,
        "port": port,
        "rule": link.rule,
        "origin": link.origin,
        "confidence": link.confidence,
    }


def routes(directory: Directory, watch: Watch) -> list[Route]:
    """Searching, and telling all of one asset."""

    def search(request: Request, body: None) -> Any:
        asked = request.query_params.get("limit", "20")
        if not (asked.isascii() and asked.isdigit() and 1 <= int(asked[:6]) <= MOST):
            raise RangeError(f"'limit' lies between 1 and {MOST}")
        return {"assets": directory.search(request.query_params.get("q", ""), int(asked))}

    def one(request: Request, body: None) -> Any:
        id = request.query_params.get("id", "")
        found = directory.found(id)
        if found is None:
            return problem(404, f"there is no asset '{id[:200]}'")
        return {**directory.whole(*found), "series": watch.series_of(id)}

    return [get("/page/assets", search), get("/page/asset", one)]
