"""The tables of ``city.toml`` that belong to no domain, such as ``[alerts]``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from kopa.access.roles import Grant, grants_from
from kopa.errors import Finding, RangeError

SECTIONS = ("alerts", "catalogue", "oidc", "map")
Wrong = Callable[[str, str, str, str], None]
"""Notes what is wrong: code, key, what, what to do."""
_MAIL = re.compile(r"[^\s@<>\"]+@[^\s@<>\"]+\.[^\s@<>\"]+\Z")
_SENDER = re.compile(r"[^\s,<&]+")
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True)
class Publication:
    """Who publishes the city's data, and under which licence.

    Parameters
    ----------
    publisher
        Name of the organisation; empty: the city.
    licence
        URI of the licence; empty where none is stated.
    contact
        An e-mail address or a web page; empty where there is none.
    description
        What the catalogue holds, in a sentence.
    homepage
        Web page of the catalogue.
    """

    publisher: str = ""
    licence: str = ""
    contact: str = ""
    description: str = ""
    homepage: str = ""


@dataclass(frozen=True)
class OpenId:
    """The OpenID provider that knows the city's people.

    Parameters
    ----------
    issuer
        Its ``iss``; what it serves is found below it.
    audience
        What its tokens for this city bear as ``aud``.
    claim
        Claim with the names of groups.
    grants
        What each group may do.
    """

    issuer: str
    audience: str
    claim: str = "groups"
    grants: Mapping[str, tuple[Grant, ...]] | None = None


@dataclass(frozen=True)
class Heard:
    """Somebody whose alerts the city listens to.

    Parameters
    ----------
    name
        Who.
    address
        Of their Atom feed.
    trust
        PEM file of who may sign there, from the city's folder; empty: nobody is trusted.
    """

    name: str
    address: str
    trust: str = ""


@dataclass(frozen=True)
class Alerting:
    """How the city warns, and whom it listens to.

    Parameters
    ----------
    sender
        Under which name it warns: ``alerts@city.lv``; empty: it sends no alerts.
    key, certificate
        PEM files, from the city's folder, that alerts are signed with; empty: they are not signed.
    heard
        Feeds of others.
    """

    sender: str = ""
    key: str = ""
    certificate: str = ""
    heard: tuple[Heard, ...] = ()


def read_alerting(table: Mapping[str, Any], wrong: Wrong) -> Alerting:
    """Read ``[alerts]``."""
    own = {name: value for name, value in table.items() if name != "heard"}
    good = _texts("alerts", own, ("sender", "key", "certificate"), wrong)
    sender = good.get("sender", "")
    if sender and not _SENDER.fullmatch(sender):
        wrong("alerts", "alerts.sender", f"'{sender}' has a space, a comma, < or &.",
              "Write it as alerts@city.example.")  # fmt: skip
    if bool(good.get("key")) != bool(good.get("certificate")):
        wrong("alerts", "alerts.key", "a key and its certificate go together.",
              'Write key = "…" and certificate = "…", or neither.')  # fmt: skip
    rows = table.get("heard", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        wrong("alerts", "alerts.heard", "the feeds are no tables.", "Write [[alerts.heard]].")
        rows = []
    heard = []
    for row in rows:
        one = _texts("alerts.heard", row, ("name", "address", "trust"), wrong)
        if not one.get("name") or not _is_url(one.get("address", "")):
            what = f"the feed '{one.get('name', '')}' has no name or no web address."
            wrong("alerts", "alerts.heard", what, 'Write name = "…" and address = "https://…".')
            continue
        heard.append(Heard(**one))
    own_names = good.get("key", ""), good.get("certificate", "")
    return Alerting(sender, *own_names, tuple(heard))


def read_publication(table: Mapping[str, Any], wrong: Wrong) -> Publication:
    """Read ``[catalogue]``."""
    known = tuple(Publication.__dataclass_fields__)
    good = _texts("catalogue", table, known, wrong)
    example = "https://creativecommons.org/licenses/by/4.0/"
    for name in ("licence", "homepage"):
        if good.get(name) and not _is_url(good[name]):
            what = f"'{good[name]}' is no web address."
            wrong("catalogue", f"catalogue.{name}", what, f"Write it as {example}.")
    contact = good.get("contact", "")
    if contact and not (_is_url(contact) or _MAIL.match(contact)):
        wrong("catalogue", "catalogue.contact", f"'{contact}' is no e-mail and no web address.",
              "Write data@city.example, or https://…")  # fmt: skip
    return Publication(**good)


def read_map(table: Mapping[str, Any], wrong: Wrong) -> str:
    """Read ``[map]``: the extract of the base map, from the city's folder; empty for none."""
    return _texts("map", table, ("base",), wrong).get("base", "")


def read_openid(table: Mapping[str, Any], wrong: Wrong) -> OpenId | None:
    """Read ``[oidc]``; None where it is not usable."""
    rest = {name: value for name, value in table.items() if name != "grants"}
    good = _texts("oidc", rest, ("issuer", "audience", "claim"), wrong)
    usable = True
    for name in ("issuer", "audience"):
        if not good.get(name):
            wrong("oidc", f"oidc.{name}", f"[oidc] has no '{name}'.", f'Write {name} = "…".')
            usable = False
    issuer = good.get("issuer", "")
    if issuer and not _is_safe(issuer):
        wrong("oidc", "oidc.issuer", f"'{issuer}' is no https address.",
              "Keys that come in the open could be anybody's: use https.")  # fmt: skip
        usable = False
    grants = _grants(table.get("grants", []), wrong)
    return OpenId(**good, grants=grants) if usable else None


def _grants(rows: Any, wrong: Wrong) -> dict[str, tuple[Grant, ...]]:
    """``[[oidc.grants]]``: a group, and what it may do."""
    made: dict[str, tuple[Grant, ...]] = {}
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        wrong("oidc", "oidc.grants", "the grants are no tables.", "Write [[oidc.grants]].")
        return made
    for row in rows:
        group = row.get("group")
        if not isinstance(group, str) or not group:
            wrong("oidc", "oidc.grants", "a grant names no group.", 'Write group = "…".')
            continue
        try:
            made[group] = (*made.get(group, ()), *grants_from([row]))
        except RangeError as error:
            wrong("oidc", f"oidc.grants {group}", f"{error}.", "Correct the grant.")
    return made


def no_base_map(folder: Path, base: str) -> tuple[Finding, ...]:
    """A finding where ``[map]`` names a file that is not there."""
    if not base or (folder / base).is_file():
        return ()
    return (
        Finding(
            "city.no-base-map",
            f"there is no file '{base}': the map has no streets, water and houses below it.",
            "Correct the path, or put an OpenStreetMap extract there.",
            "warning",
            str(folder / "city.toml"),
            "map.base",
        ),
    )


def unstated(publication: Publication, file: str) -> tuple[Finding, ...]:
    """What the catalogue cannot say, for nobody has."""
    if publication.licence:
        return ()
    return (
        Finding(
            "city.no-licence",
            "no licence is stated: the catalogue of open data says so, and nobody may reuse them.",
            'Write licence = "https://…" into [catalogue].',
            "info",
            file,
            "catalogue.licence",
        ),
    )


def _texts(
    section: str, table: Mapping[str, Any], known: tuple[str, ...], wrong: Wrong
) -> dict[str, str]:
    """Keys that are known and texts; the others are findings."""
    good: dict[str, str] = {}
    for name, value in table.items():
        if name not in known:
            wrong("unknown-key", f"{section}.{name}", f"'{name}' is unknown in [{section}].",
                  f"Use one of: {', '.join(known)}.")  # fmt: skip
        elif not isinstance(value, str):
            wrong("wrong-type", f"{section}.{name}", f"'{name}' is {value!r}.", "Write a text.")
        else:
            good[name] = value
    return good


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return (
        parts.scheme in ("http", "https") and bool(parts.hostname) and not set(text) & set(' <>"')
    )


def _is_safe(text: str) -> bool:
    return _is_url(text) and (
        urlsplit(text).scheme == "https" or urlsplit(text).hostname in _LOOPBACK
    )
