"""Which domain a request is about: an account may have grants in some of them only.

The domain of an entity stands in its id. Whatever is not told by that is about all domains, and
asks for a grant in all of them.
"""

from __future__ import annotations

from urllib.parse import quote

from starlette.datastructures import QueryParams
from starlette.types import Scope

from kopa.access.roles import EVERY
from kopa.api.ids import domain_of
from kopa.api.ngsi_ld.problems import Problem
from kopa.api.ngsi_ld.routes import ROOT, find_operations

LISTS = (f"{ROOT}/entities", f"{ROOT}/temporal/entities")
"""What lists entities, and is narrowed to some domains."""
TABLE = "/export/observations."
_JOINS = ("join", "joinLevel", "containedBy")
"""They lead to other entities, which may be of any domain."""


def lists_entities(scope: Scope) -> bool:
    """Whether a request lists entities without those that they lead to."""
    path = _raw_path(scope).rstrip("/")
    return scope["method"] in ("GET", "HEAD") and path in LISTS and not _joins(scope)


def domain_asked(scope: Scope) -> str:
    """The domain that a request is about; ``*`` where it may be about any."""
    path, given = _raw_path(scope), QueryParams(scope["query_string"])
    if path.startswith(TABLE):
        return given.get("domain") or EVERY
    if not path.startswith(tuple(f"{way}/" for way in LISTS)) or _joins(scope):
        return EVERY
    try:
        _, names = find_operations(path)
    except Problem:
        return EVERY
    return domain_of(names.get("id", "")) or EVERY


def _joins(scope: Scope) -> bool:
    return any(name in QueryParams(scope["query_string"]) for name in _JOINS)


def _raw_path(scope: Scope) -> str:
    """The path as `find_operations` reads it: what is asked here is what is served there."""
    raw: bytes = scope.get("raw_path") or quote(scope["path"]).encode()
    return raw.decode("ascii", "replace").partition("?")[0]
