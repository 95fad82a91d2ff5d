"""What routes answer, as types: only what a client may rely on."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct


class ProblemDetails(Struct):
    """What is wrong (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str = ""


class Health(Struct):
    """Whether the server lives and is ready."""

    status: Literal["alive", "ready", "starting", "store"]
    detail: str = ""


class Token(Struct):
    """A session."""

    token: str
    token_type: Literal["Bearer"]


class GrantRow(Struct):
    """A role in a tenant and some domains."""

    role: str
    tenant: str
    domains: list[str]
    personal: bool


class Me(Struct):
    """Who asks."""

    id: str
    name: str
    may: list[str]
    grants: list[GrantRow]


class MadeKey(Struct):
    """A device key; it is shown once."""

    id: str
    key: str
    shown: Literal["once"]


class Backup(Struct):
    """Where a backup is."""

    folder: str


class AuditLine(Struct):
    """A row of the audit log: its JSON as it is hashed, and the hash."""

    hash: str
    record: str


class AuditLog(Struct):
    """The audit log, and whether its chain holds."""

    holds: bool
    rows: list[AuditLine]


class FindingRow(Struct):
    """Something wrong in what devices say."""

    code: str
    severity: Literal["error", "warning", "info"]
    file: str
    place: str
    asset: str
    what: str
    do: str
    times: int


class TallyRow(Struct):
    """How much telemetry came, and what was wrong with it."""

    messages: int
    observations: int
    findings: list[FindingRow]
    sources: list[dict[str, Any]]


class Taken(Struct):
    """How many messages were taken, and how many said something to keep: that is durable."""

    messages: int
    written: int


class Link(Struct):
    """A link of OGC API Features."""

    rel: str
    href: str
    title: str = ""
    type: str = ""


class Landing(Struct):
    """The landing page of OGC API Features."""

    title: str
    links: list[Link]


class Conformance(Struct):
    """What OGC API Features conforms to."""

    conformsTo: list[str]  # noqa: N815  the standard's name


class Collection(Struct):
    """A collection of features: one a type of assets."""

    id: str
    title: str
    itemType: Literal["feature"]  # noqa: N815  the standard's name
    crs: list[str]
    links: list[Link]


class Collections(Struct):
    """All collections."""

    links: list[Link]
    collections: list[Collection]


class Feature(Struct):
    """An asset as a GeoJSON feature."""

    type: Literal["Feature"]
    id: str
    geometry: dict[str, Any] | None
    properties: dict[str, Any]


class FeatureCollection(Struct):
    """A page of features."""

    type: Literal["FeatureCollection"]
    features: list[Feature]
    numberMatched: int  # noqa: N815  the standard's name
    numberReturned: int  # noqa: N815  the standard's name
    links: list[Link]


class Entry(Struct):
    """A set of SensorThings."""

    name: str
    url: str


class SensorThingsRoot(Struct):
    """The service document of SensorThings."""

    value: list[Entry]
    serverSettings: dict[str, list[str]]  # noqa: N815  the standard's name
