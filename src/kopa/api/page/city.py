"""What the page must know of a city before anything else: its name, languages, where it lies."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from kopa import __version__
from kopa.api.answer import get
from kopa.api.problem import problem
from kopa.city.documents import Document
from kopa.city.domains import domain_type
from kopa.city.load import City
from kopa.city.places import Places
from kopa.city.tiles import Tiles
from kopa.city.words import languages, text_of
from kopa.domain.change import ChangeKind
from kopa.domain.page import page_of
from kopa.model import port_of


def routes(city: City, places: Places, tiles: Tiles, simulated: bool) -> list[Route]:
    """What is said of the city, and its words.

    Parameters
    ----------
    city
        The city.
    places
        Where its assets are.
    tiles
        Its tiles, which may still be in the making.
    simulated
        True where its telemetry is simulated.
    """
    settings, box = city.settings, places.box()
    about = {
        "kopa": __version__,
        "name": settings.name,
        "country": settings.country,
        "timezone": settings.timezone,
        "currency": settings.currency,
        "languages": list(languages()),
        "spoken": list(settings.languages),
        "box": box,
        "attribution": settings.attribution,
        "synthetic": settings.synthetic,
        "simulated": simulated,
    }
    domains = domains_document(city)

    def public(request: Request, body: None) -> Any:
        return {**about, "map": tiles.state, "tiles": tiles.document()}

    def words(request: Request, body: None) -> Any:
        language = request.path_params["language"]
        if language not in languages():
            return problem(404, f"Kopa does not speak '{language}'", ", ".join(languages()))
        return {name: text_of(language, name) for name in ("", *city.domains)}

    def known(request: Request, body: None) -> Any:
        return domains

    return [
        get("/public/city", public),
        get("/public/words/{language}", words),
        get("/page/domains", known),
    ]


def domains_document(city: City) -> Document:
    """Each domain as the page draws it, what can be done to its assets, and the services."""
    return {
        "domains": [
            {
                "name": name,
                "page": page_of(domain_type(name).package).document(set(domain.assets().kinds)),
                "kinds": dict(Counter(domain.assets().kinds)),
                "changes": [change_document(kind) for kind in domain.kinds()],
            }
            for name, domain in city.domains.items()
        ],
        "services": services_of(city),
    }


def services_of(city: City) -> list[str]:
    """What people get: ports that stand where people are, of what a domain of the city offers.

    A service is there in part or whole; what passes in kW is none.
    """
    served: dict[str, dict[str, None]] = {"in": {}, "out": {}}
    offered = {
        port.name
        for domain in city.domains.values()
        for port in domain.ports()
        if port.direction == "out"
        and port.quantity == "share"
        and not port_of(domain.ports(), "in", port.name)
    }
    for domain in city.domains.values():
        people = domain.assets().people
        for port in domain.ports():
            if port.name in offered and len(port.rows) and people[port.rows].sum() > 0:
                served[port.direction].setdefault(port.name)
    # where places are known, they say what they need; a network alone says what it offers
    return list(served["in"] or served["out"])


def change_document(kind: ChangeKind) -> Document:
    """What can be done to assets of some kinds."""
    return {
        "kind": kind.name,
        "kinds": list(kind.assets),
        "what": kind.what,
        "value": "required" if kind.units else "none",
        "units": list(kind.units),
        "unit": kind.units[0] if kind.units else "",
        "low": kind.low,
        "high": kind.high if math.isfinite(kind.high) else None,
    }
