"""Reads ``city.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kopa.city.read_sections import (
    SECTIONS,
    Alerting,
    OpenId,
    Publication,
    read_alerting,
    read_map,
    read_openid,
    read_publication,
)
from kopa.errors import Finding, InputError
from kopa.ledger.factors import Factor, shipped_factors, with_overrides

_KEYS: dict[str, tuple[type, ...]] = {
    "name": (str,),
    "country": (str,),
    "timezone": (str,),
    "crs": (str,),
    "population": (int,),
    "languages": (list,),
    "currency": (str,),
    "synthetic": (bool,),
    "attribution": (str,),
    "ages": (dict,),
    "simulate_every_s": (int,),
}
"""Keys at the top of city.toml; only `name` must be there."""


@dataclass(frozen=True)
class Settings:
    """What ``city.toml`` says.

    Parameters
    ----------
    folder
        The city's folder.
    name, country, timezone, crs, population, languages, currency, synthetic, attribution, ages,
    simulate_every_s
        As in the file; empty or 0 where it says nothing.
    domains
        Each domain's table.
    factors
        All factors, the city's own numbers in place.
    publication
        Who publishes the city's data, and under which licence.
    openid
        The OpenID provider that knows the city's people; None for none.
    alerting
        How the city warns, and whom it listens to.
    base_map
        OpenStreetMap extract of the base map, from the folder; empty for none.
    """

    folder: Path
    name: str
    country: str = ""
    timezone: str = "UTC"
    crs: str = ""
    population: int = 0
    languages: tuple[str, ...] = ("en",)
    currency: str = "EUR"
    synthetic: bool = False
    attribution: str = ""
    ages: dict[str, float] = field(default_factory=dict)
    simulate_every_s: int = 0
    domains: dict[str, dict[str, Any]] = field(default_factory=dict)
    factors: tuple[Factor, ...] = ()
    publication: Publication = Publication()  # noqa: RUF009  frozen
    openid: OpenId | None = None
    alerting: Alerting = Alerting()  # noqa: RUF009  frozen
    base_map: str = ""


def read_settings(folder: Path, known_domains: tuple[str, ...]) -> Settings:
    """Read the settings of a city.

    Parameters
    ----------
    folder
        The city's folder.
    known_domains
        Names of the domains that are installed.

    Raises
    ------
    InputError
        With all findings.
    """
    file = folder / "city.toml"
    if not file.is_file():
        raise InputError(
            [
                Finding(
                    "city.missing",
                    "there is no city.toml: this is no city folder.",
                    "Name the folder that holds city.toml.",
                    file=str(file),
                )
            ]
        )
    try:
        content = tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(
            [Finding("city.toml", f"{error}.", "Correct the TOML.", file=str(file))]
        ) from None
    findings: list[Finding] = []

    def wrong(code: str, key: str, what: str, do: str) -> None:
        findings.append(Finding(f"city.{code}", what, do, file=str(file), place=key))

    domains = {key: value for key, value in content.items() if key in known_domains}
    for key, value in content.items():
        if key in known_domains or key in ("factors", *SECTIONS):
            if not isinstance(value, dict):
                wrong("wrong-type", key, f"'{key}' is no table.", f"Write [{key}].")
        elif key not in _KEYS:
            names = ", ".join((*_KEYS, "factors", *SECTIONS, *known_domains))
            wrong("unknown-key", key, f"'{key}' is unknown.", f"Use one of: {names}.")
        elif not isinstance(value, _KEYS[key]) or (isinstance(value, bool) and key != "synthetic"):
            kind = _KEYS[key][0].__name__
            wrong("wrong-type", key, f"'{key}' is {value!r}.", f"Write a {kind}.")
    if "name" not in content:
        wrong("missing-key", "name", "the city has no name.", 'Write name = "…".')
    if not domains:
        wrong(
            "no-domain",
            "",
            "the city has no domain.",
            f"Add a table: {', '.join(f'[{name}]' for name in known_domains)}.",
        )
    zone = content.get("timezone", "UTC")
    if isinstance(zone, str) and not _is_zone(zone):
        wrong("timezone", "timezone", f"there is no time zone '{zone}'.", "Write Europe/Riga.")
    overrides = content.get("factors", {})
    factors, more = with_overrides(
        shipped_factors(), overrides if isinstance(overrides, dict) else {}
    )
    findings += more
    tables = {key: content[key] for key in SECTIONS if isinstance(content.get(key), dict)}
    publication = read_publication(tables.get("catalogue", {}), wrong)
    alerting = read_alerting(tables.get("alerts", {}), wrong)
    openid = read_openid(tables["oidc"], wrong) if "oidc" in tables else None
    base_map = read_map(tables.get("map", {}), wrong)
    if findings:
        raise InputError(findings)
    given = {key: value for key, value in content.items() if key in _KEYS}
    if "languages" in given:
        given["languages"] = tuple(str(language) for language in given["languages"])
    return Settings(
        folder,
        **given,
        domains=domains,
        factors=factors,
        publication=publication,
        openid=openid,
        base_map=base_map,
        alerting=alerting,
    )


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
