"""A request, checked: media types, tenant, @context, parameters, body (clauses 6.3, 6.4)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from kopa.api.ngsi_ld.names import GEO_JSON, JSON, LD_JSON, MERGE_PATCH, is_uri
from kopa.api.ngsi_ld.problems import (
    BadRequestData,
    InvalidRequest,
    NotAcceptable,
    UnsupportedMedia,
)

MAX_DEPTH = 48
"""JSON that is nested more deeply is refused."""
_LINK = re.compile(r'<([^<>]*)>\s*((?:;\s*[\w-]+\s*=\s*(?:"[^"]*"|[^\s;,"]+)\s*)*)(?:,|\Z)')
_CONTEXT_REL = "http://www.w3.org/ns/json-ld#context"
_TENANT = re.compile(r"[\w.\-:/]{1,128}\Z", re.ASCII)


@dataclass
class Call:
    """A request, as a handler sees it.

    Parameters
    ----------
    method, path
        Of the request.
    query
        The raw query of the URL.
    headers
        Names in small letters → values.
    body
        What was sent.
    names
        Parts of the path that the route names.
    base
        Scheme and host of the server, for URLs in answers.
    domains
        The caller sees entities of these domains only; empty for all.
    """

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    names: Mapping[str, str] = field(default_factory=dict)
    base: str = ""
    domains: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.parameters = _parameters(self.query)
        self.tenant = self.headers.get("ngsild-tenant", "")
        if self.tenant and _TENANT.match(self.tenant) is None:
            raise BadRequestData("NGSILD-Tenant is not a valid name of a tenant.")

    def known(self, names: frozenset[str]) -> None:
        """Refuse parameters that the operation does not have."""
        for name in self.parameters:
            if name not in names:
                raise InvalidRequest(f"The operation has no parameter '{name[:100]}'.")

    def get(self, name: str) -> str | None:
        """A parameter, None if it is not given."""
        return self.parameters.get(name)

    def several(self, name: str) -> list[str]:
        """A parameter that is a list with commas."""
        text = self.parameters.get(name)
        if text is None:
            return []
        parts = [part.strip() for part in text.split(",")]
        if not all(parts):
            raise BadRequestData(f"'{name}' is a list with an empty member.")
        return parts

    def number(self, name: str, default: int, least: int, most: int) -> int:
        """A parameter that is a whole number."""
        text = self.parameters.get(name)
        if text is None:
            return default
        if not text.isascii() or not text.isdigit() or len(text) > 9:
            raise BadRequestData(f"'{name}' is not a whole number of at least {least}.")
        if int(text) < least:
            raise BadRequestData(f"'{name}' is less than {least}.")
        return min(int(text), most)

    def flag(self, name: str) -> bool:
        """A parameter that is ``true`` or ``false``."""
        text = self.parameters.get(name, "false")
        if text not in ("true", "false"):
            raise BadRequestData(f"'{name}' is neither true nor false.")
        return text == "true"

    @property
    def options(self) -> list[str]:
        """What ``options`` and ``format`` ask for."""
        return self.several("options") + self.several("format")

    def content_type(self, merge_patch: bool = False) -> str:
        """Media type of the body, if it is taken."""
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        taken = (JSON, LD_JSON, MERGE_PATCH) if merge_patch else (JSON, LD_JSON)
        if kind not in taken:
            raise UnsupportedMedia(f"A body is {' or '.join(taken)}.")
        return kind

    def accepted(self, geo: bool = False) -> str:
        """Media type of the answer: the best of those that are accepted (RFC 9110, 12.5.1)."""
        offers = (JSON, LD_JSON, GEO_JSON) if geo else (JSON, LD_JSON)
        return best_type(self.headers.get("accept", "*/*"), offers)

    def link_context(self) -> str | None:
        """URL of the @context that the Link header names, None if there is none."""
        header = self.headers.get("link")
        if not header:
            return None
        found = []
        for url, parameters in _LINK.findall(header):
            if _CONTEXT_REL in parameters:
                found.append(url.strip())
        if len(found) > 1:
            raise BadRequestData("The Link header names more than one @context.")
        if found and not is_uri(found[0]):
            raise BadRequestData("The @context of the Link header is not a URI.")
        return found[0] if found else None

    def json(self, merge_patch: bool = False) -> tuple[Any, str]:
        """The body, and its media type."""
        kind = self.content_type(merge_patch)
        return decoded(self.body), kind


def _parameters(query: str) -> dict[str, str]:
    try:
        pairs = parse_qsl(
            query, keep_blank_values=True, max_num_fields=100, encoding="utf-8", errors="strict"
        )
    except (ValueError, UnicodeError) as error:
        raise InvalidRequest("The query of the URL is not valid.") from error
    made = {}
    for name, value in pairs:
        if "\0" in value or "\0" in name:
            raise InvalidRequest("The query of the URL holds U+0000.")
        if name in made:
            raise InvalidRequest(f"The parameter '{name[:100]}' is given twice.")
        made[name] = value
    return made


def decoded(body: bytes) -> Any:
    """JSON of a body.

    Raises
    ------
    InvalidRequest
        If it is not JSON, or nested too deeply.
    """
    if not body.strip():
        raise InvalidRequest("The request has no body.")
    try:
        value = msgspec.json.decode(body)
    except RecursionError as error:
        raise InvalidRequest("The body is nested too deeply.") from error
    except (msgspec.MsgspecError, UnicodeError, ValueError) as error:
        raise InvalidRequest(f"The body is not JSON: {error}.") from error
    if b"\\u0000" in body and _holds_nul(value):
        raise BadRequestData("A text of the body holds U+0000.")
    _check_depth(value)
    return value


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        for one in level:
            if isinstance(one, dict):
                below.extend(v for v in one.values() if isinstance(v, dict | list))
            elif isinstance(one, list):
                below.extend(v for v in one if isinstance(v, dict | list))
        if not below:
            return
        level = below
    raise InvalidRequest(f"The body is nested more than {MAX_DEPTH} levels deep.")


def _holds_nul(value: Any) -> bool:
    rest = [value]
    while rest:
        one = rest.pop()
        if isinstance(one, str):
            if "\0" in one:
                return True
        elif isinstance(one, dict):
            rest.extend(one)
            rest.extend(one.values())
        elif isinstance(one, list):
            rest.extend(one)
    return False


def best_type(accept: str, offers: tuple[str, ...]) -> str:
    """The offer that an Accept header likes best.

    Raises
    ------
    NotAcceptable
        If it likes none.
    """
    ranges = [_media_range(part) for part in accept.split(",") if part.strip()]
    weights = [_weight_of(offer, ranges) for offer in offers]
    if max(weights) <= 0:
        raise NotAcceptable(f"The answer can be {', '.join(offers)}.")
    return offers[weights.index(max(weights))]


def _media_range(part: str) -> tuple[str, float]:
    name, *rest = (piece.strip() for piece in part.split(";"))
    weight = 1.0
    for piece in rest:
        key, _, value = piece.partition("=")
        if key.strip().lower() == "q":
            try:
                weight = max(0.0, min(1.0, float(value)))
            except ValueError:
                weight = 1.0
    return name.lower(), weight


def _weight_of(offer: str, ranges: list[tuple[str, float]]) -> float:
    """Weight of an offer by the range that fits it most closely."""
    group = offer.partition("/")[0]
    for name in (offer, f"{group}/*", "*/*"):
        weights = [weight for given, weight in ranges if given == name]
        if weights:
            return max(weights)
    return 0.0
