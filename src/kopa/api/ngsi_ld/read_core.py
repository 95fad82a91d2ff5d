"""Core @contexts on board: the terms of ETSI GS CIM 009 annex B, by version."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

CORE_URL = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.8.jsonld"
"""The core @context that answers name."""

_CORE = re.compile(
    r"https?://uri\.etsi\.org/ngsi-ld/v1/ngsi-ld-core-context(?:-v1\.(\d{1,2})(?:\.\d)?)?\.jsonld\Z"
)


def core_version(url: str) -> int | None:
    """The minor version of a core @context on board, None for any other URL."""
    found = _CORE.match(url)
    if found is None:
        return None
    version = int(found.group(1) or newest())
    return version if version <= newest() else None


@cache
def _table() -> dict[str, Any]:
    text = files("kopa.api.ngsi_ld").joinpath("core_context.json").read_bytes()
    table: dict[str, Any] = msgspec.json.decode(text)
    return table


def newest() -> int:
    """The newest minor version on board."""
    return int(_table()["newest"])


@cache
def core_definition(version: int) -> dict[str, Any]:
    """The ``@context`` of a version: the terms that were known by then."""
    definition: dict[str, Any] = dict(_table()["keywords"])
    for since, terms in _table()["terms"].items():
        if int(since) <= version:
            definition.update(terms)
    definition["@vocab"] = _table()["vocab"]
    return definition
