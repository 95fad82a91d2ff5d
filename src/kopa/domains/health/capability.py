"""What facilities can do, by the codes of FHIR's HealthcareService."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

PACKAGE = "kopa.domains.health"
OWN = "urn:kopa:capability"
"""Code system whose codes are the capabilities' own words."""


def table(name: str) -> list[dict[str, str]]:
    """Rows of one of the domain's data tables."""
    text = files(PACKAGE).joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def codes() -> Mapping[tuple[str, str], str]:
    """Capability by code system and code."""
    return {
        (row["system"], row["code"]): row["capability"]
        for row in table("capabilities.csv")
        if row["code"] != "*"
    }


@cache
def kinds() -> Mapping[str, str]:
    """Kind of facility by capability, the largest kinds first."""
    return {row["capability"]: row["kind"] for row in table("kinds.csv")}


def capability_of(system: str, code: str) -> str:
    """What a code says; empty where it says nothing that is known."""
    if system == OWN:
        return code if code in kinds() else ""
    return codes().get((system, code), "")


def kind_of(capabilities: Iterable[str]) -> str:
    """Kind of a facility: that of the first of its capabilities in the table."""
    some = set(capabilities)
    return next((kind for one, kind in kinds().items() if one in some), "facility")
