"""The field's standards beside NGSI-LD, all over the same entities."""

from __future__ import annotations

from starlette.routing import Route

from kopa.api import catalogue, features
from kopa.api.export import routes as export
from kopa.api.ngsi_ld.broker import Broker
from kopa.api.openapi import serve as openapi
from kopa.api.sensorthings.routes import Service
from kopa.city.load import City
from kopa.city.places import Places


def routes(broker: Broker, city: City) -> list[Route]:
    """OGC API Features, SensorThings, the catalogue, tables, and the description of it all."""
    settings = city.settings
    about = catalogue.About(
        settings.name,
        settings.languages,
        Places(city).box(),
        settings.publication,
        settings.attribution,
    )
    return [
        *features.routes(broker),
        *Service(broker).routes(),
        *catalogue.routes(broker, about),
        *export.routes(broker),
        *openapi.routes(),
    ]
