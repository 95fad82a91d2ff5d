"""What requests have in common: body with its @context, the form of answers, queries."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Literal

from kopa.api.ids import pattern_of
from kopa.api.ngsi_ld.broker import Broker
from kopa.api.ngsi_ld.call import Call
from kopa.api.ngsi_ld.context import Context
from kopa.api.ngsi_ld.names import ENTITY_MEMBERS, GEO_JSON, LD_JSON, TIMES, is_uri
from kopa.api.ngsi_ld.patterns import pattern
from kopa.api.ngsi_ld.problems import BadRequestData, InvalidRequest
from kopa.api.ngsi_ld.q_parse import parse_q
from kopa.api.ngsi_ld.query import EntityQuery, Who, read_names, read_query, read_types
from kopa.api.ngsi_ld.represent import Form, Format, Members
from kopa.api.ngsi_ld.subscription import read_members

FORM = frozenset(
    [
        "options",
        "format",
        "attrs",
        "pick",
        "omit",
        "lang",
        "datasetId",
        "geometryProperty",
        "join",
        "joinLevel",
        "containedBy",
        "local",
        "type",
        "entityMap",
        "csf",
        "doNotCompact",
    ]
)
QUERY = FORM | frozenset(
    [
        "id",
        "idPattern",
        "q",
        "georel",
        "geometry",
        "coordinates",
        "geoproperty",
        "scopeQ",
        "limit",
        "offset",
        "count",
        "expandValues",
        "orderBy",
        "orderFrom",
        "collation",
        "splitEntities",
        "entityMapLifetime",
        "jsonKeys",
        "via",
    ]
)
"""Parameters of operations that read entities."""
MAX_LIMIT = 1000
DEFAULT_LIMIT = 20
_FORMATS: dict[str, Format] = {
    "normalized": "normalized",
    "concise": "concise",
    "keyValues": "simplified",
    "simplified": "simplified",
}
_OPTIONS = frozenset(_FORMATS) | {
    "sysAttrs",
    "count",
    "temporalValues",
    "aggregatedValues",
    "noOverwrite",
    "update",
    "replace",
}

_BESIDE = frozenset(("sysAttrs", "count", "noOverwrite", "update", "replace"))
"""Options that are no formats: a format that is given beside them wins."""


def context_of(broker: Broker, call: Call) -> Context:
    """The context that the Link header names."""
    return broker.contexts.use(call.link_context(), call.base)


def body_of(broker: Broker, call: Call, merge_patch: bool = False) -> tuple[Any, Context]:
    """The body and the context of its names (clause 6.3.5).

    Raises
    ------
    BadRequestData
        If the context is not where the media type has it.
    """
    value, kind = call.json(merge_patch)
    return value, context_in(broker, call, value, kind)


def context_in(broker: Broker, call: Call, value: Any, kind: str) -> Context:
    """The context of one document of a body."""
    return broker.contexts.use(source_in(call, value, kind), call.base)


def source_in(call: Call, value: Any, kind: str) -> Any:
    """The ``@context`` of one document of a body, as it was given."""
    if not isinstance(value, dict):
        raise InvalidRequest("The body is not a JSON object.")
    link = call.link_context()
    inside = value.get("@context")
    if kind == LD_JSON:
        if link is not None:
            raise BadRequestData("JSON-LD has its @context in the body, not in a Link header.")
        if inside is None:
            raise BadRequestData("JSON-LD has an @context in the body.")
        return inside
    if inside is not None:
        raise BadRequestData("JSON has no @context in its body: use the Link header.")
    return link


def form_of(call: Call, context: Context) -> Form:
    """The form of an answer (clauses 6.3.7, 6.3.11, 4.21)."""
    if call.get("attrs") is not None and (call.get("pick") or call.get("omit")):
        raise BadRequestData("attrs goes with neither pick nor omit.")
    depth = max(_depth(_members(call, name, context)) for name in ("pick", "omit"))
    if depth > (join_of(call)[1] if call.get("join") not in (None, "@none") else 0):
        raise BadRequestData("pick or omit goes deeper than join does.")
    picked, omitted = (_members(call, name, context) for name in ("pick", "omit"))
    pick = frozenset(picked)
    omit = frozenset(name for name, below in omitted.items() if not below)
    if pick & omit:
        raise BadRequestData("A member is both in pick and in omit.")
    attrs = read_names(call.several("attrs"), context)
    if attrs:
        pick = frozenset([*attrs, "id", "type", "scope", "expiresAt"])
        if "sysAttrs" in call.options:
            pick |= frozenset(TIMES)
    datasets = call.several("datasetId")
    if not all(one == "@none" or is_uri(one) for one in datasets):
        raise BadRequestData("datasetId is a list of URIs, or of '@none'.")
    options = options_of(call)
    return Form(
        context,
        next((_FORMATS[one] for one in reversed(options) if one in _FORMATS), "normalized"),
        times="sysAttrs" in options,
        lang=call.get("lang") or "",
        pick=pick,
        omit=omit,
        datasets=frozenset(datasets),
        pick_below=picked,
        omit_below=omitted,
    )


def options_of(call: Call) -> list[str]:
    """Options, each of them known."""
    for one in call.options:
        if one not in _OPTIONS:
            raise InvalidRequest(f"There is no option '{one[:100]}'.")
    if call.get("format"):
        return [one for one in call.several("options") if one in _BESIDE] + call.several("format")
    return call.options


def _members(call: Call, name: str, context: Context) -> Members:
    """Members of ``pick`` and ``omit``: ``name,owner{name,home{name}}`` (clause 4.21)."""
    text = call.get(name)
    if text is None:
        return Members()
    signs = re.findall(r"[,|{}]|[^,|{}]+", text)
    made, at = _member_list(signs, 0, name, context)
    if at != len(signs):
        raise BadRequestData(f"'{name}' closes a brace that it did not open.")
    return made


def _depth(members: Members) -> int:
    """How many relationships members of linked entities are away."""
    return max((1 + _depth(below) for below in members.values() if below), default=0)


def _member_list(
    signs: list[str], at: int, name: str, context: Context, depth: int = 0
) -> tuple[Members, int]:
    made = Members()
    while True:
        word = signs[at].strip() if at < len(signs) else ""
        if word in ("", ",", "|", "{", "}") or depth > 10:
            raise BadRequestData(f"'{name}' is not a list of members.")
        kept = read_members([word], context, name)[0]
        made[kept] = Members()
        at += 1
        if at < len(signs) and signs[at] == "{":
            made[kept], at = _member_list(signs, at + 1, name, context, depth + 1)
            if at >= len(signs) or signs[at] != "}":
                raise BadRequestData(f"'{name}' opens a brace that it does not close.")
            at += 1
        if at >= len(signs) or signs[at] not in ",|":
            return made, at
        at += 1


def query_of(call: Call, context: Context) -> EntityQuery:
    """The entities that the parameters of a request ask for."""
    ids = call.several("id")
    if not all(is_uri(one) for one in ids):
        raise BadRequestData("An id is not a URI.")
    rule = call.get("idPattern") or ""
    if rule:
        pattern(rule)
    text = call.get("type")
    if text == "":
        raise BadRequestData("The type is empty.")
    types = read_types(text, context) if text else None
    who = (Who(tuple(ids), rule, types),) if ids or rule or text else ()
    _check_filters(call, context)
    names = ("q", "scopeQ", "georel", "geometry", "coordinates", "geoproperty")
    members: dict[str, Any] = {k: call.parameters[k] for k in names if k in call.parameters}
    members["attrs"] = call.several("attrs")
    members["expandValues"] = call.several("expandValues")
    picked = _members(call, "pick", context)
    query = replace(read_query(members, who, context), seen=pattern_of(call.domains))
    if picked and not query.attributes and ENTITY_MEMBERS.isdisjoint(picked):
        return replace(query, attributes=tuple(picked))
    return query


def _check_filters(call: Call, context: Context) -> None:
    """Refuse a filter of sources that is not valid, and a geometry that nobody would see."""
    if call.get("csf") is not None:
        parse_q(call.get("csf") or "", context)
    if call.get("geometryProperty") and call.accepted(geo=True) != GEO_JSON:
        raise BadRequestData("geometryProperty needs an answer in GeoJSON.")


def page_of(call: Call) -> tuple[int, int, bool]:
    """Limit, offset, and whether the number of results is told (clauses 5.5.9, 6.3.10)."""
    counts = call.flag("count") or "count" in call.options
    limit = call.number("limit", DEFAULT_LIMIT, 0 if counts else 1, MAX_LIMIT)
    return limit, call.number("offset", 0, 0, 10**9), counts


def join_of(call: Call) -> tuple[Literal["flat", "inline", "@none"], int]:
    """Whether linked entities are told, and how deep."""
    how = call.get("join") or "@none"
    if how not in ("flat", "inline", "@none"):
        raise BadRequestData("join is flat, inline or @none.")
    level = call.number("joinLevel", 1, 1, 10)
    if call.get("joinLevel") is not None and how == "@none":
        raise BadRequestData("joinLevel needs join.")
    return how, level  # type: ignore[return-value]  # one of the words checked above
