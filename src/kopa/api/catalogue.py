"""The catalogue of a city's data: DCAT-AP 3.0, as JSON-LD or Turtle, at ``/catalogue``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kopa.api.assets import STATIC
from kopa.api.ngsi_ld.broker import Broker
from kopa.api.ngsi_ld.call import best_type
from kopa.api.ngsi_ld.history import moment_text
from kopa.api.ngsi_ld.problems import Problem
from kopa.api.problem import problem
from kopa.api.turtle import turtle
from kopa.city.read_sections import Publication
from kopa.errors import KopaError
from kopa.store import Span, Store

PATH = "/catalogue"
JSON_LD, TURTLE = "application/ld+json", "text/turtle"
PREFIXES = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "locn": "http://www.w3.org/ns/locn#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "geo": "http://www.opengis.net/ont/geosparql#",
}
_EU = "http://publications.europa.eu/resource/authority/"
_IANA = "https://www.iana.org/assignments/media-types/"
_LANGUAGES = {
    "bg": "BUL", "cs": "CES", "da": "DAN", "de": "DEU", "el": "ELL", "en": "ENG", "es": "SPA",
    "et": "EST", "fi": "FIN", "fr": "FRA", "ga": "GLE", "hr": "HRV", "hu": "HUN", "is": "ISL",
    "it": "ITA", "lt": "LIT", "lv": "LAV", "mt": "MLT", "nl": "NLD", "no": "NOR", "pl": "POL",
    "pt": "POR", "ro": "RON", "ru": "RUS", "sk": "SLK", "sl": "SLV", "sv": "SWE", "uk": "UKR",
}  # fmt: skip
"""ISO 639-1 → code of the authority table of the European Union."""
MOST_DATED = 2_000
"""Of more series than this the first observation is not looked for."""
_UNSTATED = "The publisher states no licence."
Node = dict[str, Any]


@dataclass(frozen=True)
class About:
    """What the catalogue says of the city.

    Parameters
    ----------
    name
        Of the city.
    languages
        As in ``city.toml``.
    box
        West, south, east, north of the city, °; None where it has no place on the globe.
    publication
        Publisher, licence, contact.
    attribution
        Whom the data are from, where a source asks to be named.
    """

    name: str
    languages: tuple[str, ...] = ("en",)
    box: tuple[float, float, float, float] | None = None
    publication: Publication = Publication()  # noqa: RUF009  frozen
    attribution: str = ""


@dataclass(frozen=True)
class _Format:
    """A way to have a dataset: name, media type, path with ``{}``, the service it is of."""

    name: str
    media: str
    path: str
    service: str = ""
    file_type: str = ""


_OF_ASSETS = (
    _Format("GeoJSON", "application/geo+json", "/ogc/features/collections/{}/items", "features",
            "GEOJSON"),
    _Format("NGSI-LD", "application/ld+json", "/ngsi-ld/v1/entities?type={}", "ngsi-ld",
            "JSON_LD"),
    _Format("CSV", "text/csv", "/export/assets.csv?type={}", file_type="CSV"),
    _Format("Parquet", "application/vnd.apache.parquet", "/export/assets.parquet?type={}"),
)  # fmt: skip
_OF_OBSERVATIONS = (
    _Format("SensorThings", "application/json", "/sensorthings/v1.1/Observations",
            "sensorthings", "JSON"),
    _Format("CSV", "text/csv", "/export/observations.csv", file_type="CSV"),
    _Format("Parquet", "application/vnd.apache.parquet", "/export/observations.parquet"),
)  # fmt: skip
_SERVICES = {
    "features": ("OGC API - Features", "/ogc/features",
                 "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core"),
    "ngsi-ld": ("NGSI-LD", "/ngsi-ld/v1", "https://uri.etsi.org/ngsi-ld/"),
    "sensorthings": ("OGC SensorThings", "/sensorthings/v1.1",
                     "http://www.opengis.net/spec/iot_sensing/1.1/req/datamodel"),
}  # fmt: skip


def routes(broker: Broker, about: About) -> list[Route]:
    """The route; the catalogue is made when it is asked for."""

    def make(base: str, tenant: str) -> Node:
        broker.reads(tenant)
        context = broker.contexts.use(None)
        types = [context.show(name) for name in broker.storage.store.types(tenant)]
        return catalogue(base, about, types, first_observed(broker.storage.store, tenant))

    async def serve(request: Request) -> Response:
        base = f"{request.url.scheme}://{request.url.netloc}"
        try:
            media = best_type(request.headers.get("accept", "*/*"),
                              (JSON_LD, TURTLE, "application/json"))  # fmt: skip
            node = await run_in_threadpool(make, base, request.headers.get("ngsild-tenant", ""))
        except Problem as error:
            return problem(error.status, error.title, error.detail)
        except KopaError as error:
            return problem(503, "the store does not answer", str(error))
        if media == TURTLE:
            return Response(turtle(node, PREFIXES), media_type=f"{TURTLE}; charset=utf-8")
        return Response(msgspec.json.encode({"@context": PREFIXES, **node}), media_type=media)

    return [Route(PATH, serve, methods=["GET"])]


def first_observed(store: Store, tenant: str) -> int | None:
    """Time of the first observation, µs since 1970; None where it is not cheaply known."""
    keys = [key for key in store.series(tenant) if key.attribute not in STATIC]
    if not keys or len(keys) > MOST_DATED:
        return None
    found = store.points(tenant, keys, Span(most=1)).at
    return int(found.min()) if len(found) else None


def catalogue(base: str, about: About, types: Sequence[str], first: int | None) -> Node:
    """The catalogue as one JSON-LD node.

    Parameters
    ----------
    base
        Scheme and host of the server.
    about
        What is said of the city.
    types
        Types of assets that there are.
    first
        Time of the first observation, µs since 1970; None if it is not known.
    """
    maker = _Maker(base, about)
    datasets = [maker.assets(name) for name in types]
    datasets.append(maker.observations(first))
    home = about.publication.homepage
    return {
        "@id": f"{base}{PATH}",
        "@type": "dcat:Catalog",
        "dct:title": maker.text(f"Open data of {about.name}"),
        "dct:description": maker.text(
            about.publication.description or f"Assets of {about.name} and what is observed of them."
        ),
        "dct:publisher": maker.publisher(),
        "dct:language": maker.languages(),
        **({"foaf:homepage": {"@id": home, "@type": "foaf:Document"}} if home else {}),
        **maker.rights(),
        **maker.spatial(),
        "dcat:dataset": datasets,
        "dcat:service": list(maker.services(datasets)),
    }


class _Maker:
    """Makes the parts of a catalogue, which have the same publisher, place and licence."""

    def __init__(self, base: str, about: About) -> None:
        self._base, self._about = base, about

    def text(self, words: str) -> Node:
        return {"@value": words, "@language": "en"}

    def publisher(self) -> Node:
        name = self._about.publication.publisher or self._about.name
        return {"@id": self._id("publisher"), "@type": "foaf:Agent", "foaf:name": name}

    def languages(self) -> list[Node]:
        codes = [_LANGUAGES.get(name[:2].lower()) for name in self._about.languages]
        return [
            {"@id": f"{_EU}language/{code}", "@type": "dct:LinguisticSystem"}
            for code in codes
            if code
        ]

    def rights(self) -> Node:
        """The licence, or that none is stated; and whom the data are from."""
        licence, source = self._about.publication.licence, self._about.attribution
        words = " ".join(part for part in (source, licence or _UNSTATED) if part)
        rights = {"@type": "dct:RightsStatement", "rdfs:label": self.text(words)}
        if not licence:
            return {"dct:rights": rights}
        document = {"@id": licence, "@type": "dct:LicenseDocument"}
        return {"dct:license": document, **({"dct:rights": rights} if source else {})}

    def spatial(self) -> Node:
        if self._about.box is None:
            return {}
        west, south, east, north = self._about.box
        ring = [(west, south), (east, south), (east, north), (west, north), (west, south)]
        shape = f"POLYGON(({', '.join(f'{x} {y}' for x, y in ring)}))"
        box = {"@value": shape, "@type": "geo:wktLiteral"}
        return {"dct:spatial": {"@type": "dct:Location", "dcat:bbox": box}}

    def contact(self) -> Node:
        contact = self._about.publication.contact
        if not contact:
            return {}
        mail = "@" in contact and "://" not in contact
        where = {"@id": f"mailto:{contact}" if mail else contact}
        name = "vcard:hasEmail" if mail else "vcard:hasURL"
        shown = self._about.publication.publisher or self._about.name
        return {"dcat:contactPoint": {"@type": "vcard:Kind", "vcard:fn": shown, name: where}}

    def assets(self, name: str) -> Node:
        words = f"Assets of the type {name}: where they are, and what is known of them."
        formats = self._formats(name, _OF_ASSETS)
        return self._dataset(
            f"assets-{name}", f"{name} of {self._about.name}", words, name, formats
        )

    def observations(self, first: int | None) -> Node:
        made = self._dataset(
            "observations",
            f"Observations of {self._about.name}",
            "What has been observed of the assets, with unit and time.",
            "observations",
            self._formats("", _OF_OBSERVATIONS),
        )
        if first is not None:
            begin = {"@value": moment_text(first), "@type": "xsd:dateTime"}
            made["dct:temporal"] = {"@type": "dct:PeriodOfTime", "dcat:startDate": begin}
        return made

    def services(self, datasets: Sequence[Node]) -> Iterator[Node]:
        for name, (title, path, standard) in _SERVICES.items():
            url = {"@id": f"{self._base}{path}"}
            served = [
                {"@id": dataset["@id"]}
                for dataset in datasets
                for one in dataset["dcat:distribution"]
                if one.get("dcat:accessService") == {"@id": self._id(f"service-{name}")}
            ]
            yield {
                "@id": self._id(f"service-{name}"),
                "@type": "dcat:DataService",
                "dct:title": self.text(title),
                "dcat:endpointURL": url,
                "dcat:endpointDescription": {"@id": f"{self._base}/openapi.json"},
                "dct:conformsTo": {"@id": standard, "@type": "dct:Standard"},
                "dcat:servesDataset": served,
                **self.rights(),
                **self.contact(),
            }

    def _dataset(
        self, name: str, title: str, words: str, keyword: str, formats: list[Node]
    ) -> Node:
        return {
            "@id": self._id(name),
            "@type": "dcat:Dataset",
            "dct:title": self.text(title),
            "dct:description": self.text(words),
            "dct:identifier": self._id(name),
            "dcat:keyword": self.text(keyword),
            "dct:publisher": {"@id": self._id("publisher")},
            "dct:accessRights": {
                "@id": f"{_EU}access-right/RESTRICTED",
                "@type": "dct:RightsStatement",
            },
            **self.spatial(),
            **self.contact(),
            "dcat:distribution": [
                {**one, "@id": self._id(f"{name}-{number}")} for number, one in enumerate(formats)
            ],
        }

    def _formats(self, name: str, formats: Sequence[_Format]) -> list[Node]:
        made: list[Node] = []
        for form in formats:
            node: Node = {
                "@type": "dcat:Distribution",
                "dct:title": self.text(form.name),
                "dcat:accessURL": {"@id": self._base + form.path.format(quote(name, safe=""))},
                "dcat:mediaType": {"@id": _IANA + form.media, "@type": "dct:MediaType"},
                **self.rights(),
            }
            if form.file_type:
                code = {"@id": f"{_EU}file-type/{form.file_type}", "@type": "dct:MediaTypeOrExtent"}
                node["dct:format"] = code
            if form.service:
                node["dcat:accessService"] = {"@id": self._id(f"service-{form.service}")}
            else:
                node["dcat:downloadURL"] = node["dcat:accessURL"]
            made.append(node)
        return made

    def _id(self, name: str) -> str:
        return f"{self._base}{PATH}#{quote(name, safe='')}"
