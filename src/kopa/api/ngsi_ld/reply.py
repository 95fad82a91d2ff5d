"""Answers: status, body, and the headers that the standard asks for (clauses 6.3.4 to 6.3.15)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import msgspec

from kopa.api.ngsi_ld.call import Call
from kopa.api.ngsi_ld.names import GEO_JSON, JSON, LD_JSON
from kopa.api.ngsi_ld.prefer import amended, preferred
from kopa.api.ngsi_ld.read_core import CORE_URL


@dataclass
class Reply:
    """An answer.

    Parameters
    ----------
    status
        Of HTTP.
    body
        What is sent.
    media
        Its media type.
    headers
        Others.
    """

    status: int
    body: bytes = b""
    media: str = JSON
    headers: dict[str, str] = field(default_factory=dict)


def link(url: str) -> str:
    """The Link header of an @context."""
    return f'<{url}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'


def document(
    value: Any, call: Call, media: str, status: int = 200, entities: bool = False
) -> Reply:
    """A JSON document, with its @context inside (JSON-LD) or beside it (JSON).

    Parameters
    ----------
    value
        An object, or a list of objects.
    call
        The request; its Link header names the @context.
    media
        The media type that was chosen.
    status
        Of HTTP.
    entities
        Whether it tells entities, which a client may prefer in an older form.

    Returns
    -------
    Reply
        The answer.
    """
    url = call.link_context() or CORE_URL
    headers: dict[str, str] = {}
    prefer = call.headers.get("prefer", "")
    beside = "body=json" in prefer.replace(" ", "")
    version = preferred(prefer) if prefer else None
    if version is not None:
        headers["Preference-Applied"] = f"ngsi-ld=1.{version}"
        told = amended(value, version) if entities else value
        if told is not value:  # 203: not quite what is kept
            value, status = told, 203
    if media == LD_JSON or (media == GEO_JSON and not beside):
        value = with_context(value, url)
    else:
        headers["Link"] = link(url)
    if beside and media == GEO_JSON:
        applied = [headers["Preference-Applied"]] if version is not None else []
        headers["Preference-Applied"] = ", ".join([*applied, "body=json"])
    return Reply(status, msgspec.json.encode(value), media, _with_tenant(headers, call))


def with_context(value: Any, context: Any) -> Any:
    """A document, or each of several, with an ``@context``."""
    if isinstance(value, list):
        return [with_context(one, context) for one in value]
    return {**value, "@context": context} if isinstance(value, dict) else value


def created(call: Call, location: str) -> Reply:
    """201, with where it is."""
    return Reply(201, headers=_with_tenant({"Location": location}, call))


def nothing(call: Call) -> Reply:
    """204."""
    return Reply(204, headers=_with_tenant({}, call))


def plain(value: Any, call: Call, status: int = 200) -> Reply:
    """A JSON document that has no @context."""
    return Reply(status, msgspec.json.encode(value), JSON, _with_tenant({}, call))


def _with_tenant(headers: dict[str, str], call: Call) -> dict[str, str]:
    return {**headers, "NGSILD-Tenant": call.tenant} if call.tenant else headers


def paged(reply: Reply, call: Call, offset: int, limit: int, more: bool) -> Reply:
    """The same answer with links to the pages before and after it (clause 5.5.9)."""
    links = [reply.headers["Link"]] if "Link" in reply.headers else []
    path = call.path.rstrip("/")
    rest = {k: v for k, v in call.parameters.items() if k not in ("offset", "limit")}
    pages = []
    if offset > 0:
        pages.append(("prev", max(0, offset - limit)))
    if more:
        pages.append(("next", offset + limit))
    for name, at in pages:
        query = urlencode(sorted({**rest, "limit": limit, "offset": at}.items()), safe=":/*,;")
        links.append(f'<{path}?{query}>;rel="{name}";type="{reply.media}"')
    if links:
        reply.headers["Link"] = ", ".join(links)
    return reply
