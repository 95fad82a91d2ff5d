"""The domains that are installed: found by their entry points, loaded when a city has them."""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points

from kopa.domain import DomainType

GROUP = "kopa.domains"


@cache
def domain_names() -> tuple[str, ...]:
    """Names of the installed domains, sorted; nothing is imported."""
    return tuple(sorted({point.name for point in entry_points(group=GROUP)}))


@cache
def domain_type(name: str) -> DomainType:
    """An installed domain."""
    (point,) = {p for p in entry_points(group=GROUP) if p.name == name}
    found: DomainType = point.load()
    return found
