"""Retrieving and querying entities of several sources (5.7.1, 5.7.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

import msgspec

from kopa.api.ngsi_ld import batch, entities, query
from kopa.api.ngsi_ld.ask import context_of, page_of
from kopa.api.ngsi_ld.broker import Broker
from kopa.api.ngsi_ld.call import Call, decoded
from kopa.api.ngsi_ld.context import Context
from kopa.api.ngsi_ld.entity import Entity, read_types
from kopa.api.ngsi_ld.federation.merge import merged, read_part
from kopa.api.ngsi_ld.federation.registration import Info, Registration
from kopa.api.ngsi_ld.federation.sources import Answer, Asking, Sources, context_for
from kopa.api.ngsi_ld.patterns import pattern
from kopa.api.ngsi_ld.problems import BadRequestData, Problem
from kopa.api.ngsi_ld.q_eval import compiled_q
from kopa.api.ngsi_ld.q_parse import parse_q
from kopa.api.ngsi_ld.reply import Reply
from kopa.api.ngsi_ld.subscription import renamed

FILTERS = ("q", "georel", "geometry", "coordinates", "geoproperty", "scopeQ")
MOST = 10_000
"""Entities of ours that are put together with those of sources before filters apply."""


@dataclass
class _Seen(Broker):
    """The broker, with an entity as it is when all sources are heard."""

    seen: Entity | None = None

    def entity(self, tenant: str, id: str) -> Entity:
        if self.seen is not None and self.seen["id"] == id:
            return self.seen
        return super().entity(tenant, id)


def chosen(broker: Broker, call: Call, context: Context) -> list[Registration]:
    """Registrations that the filter of sources (``csf``) lets through."""
    some = broker.registrations.of(call.tenant)
    text = call.get("csf")
    if text is None:
        return some
    fits = compiled_q(parse_q(text, context))
    return [one for one in some if fits(one.properties())]


def plan_one(broker: Broker, call: Call) -> list[Asking]:
    """Who is asked when an entity is retrieved."""
    id = entities.id_of(call)
    context = context_of(broker, call)
    wanted = frozenset(context.keep(name) for name in call.several("attrs"))
    text = call.get("type")
    types = read_types(text.split(","), context) if text else []
    plan = []
    for one in chosen(broker, call, context):
        infos = [info for info in one.infos if info.about(id, types)]
        names = one.names(infos)
        if infos and not (names and wanted and names.isdisjoint(wanted)):
            only = names & wanted if names and wanted else names or wanted
            asking = _asking_one(one, id, infos, only, _spelling(broker, one, call))
            plan += [asking] if asking is not None else []
    return plan


def tell_one(sources: Sources, broker: Broker, call: Call, answers: Iterable[Answer]) -> Reply:
    """The entity that is retrieved, of all that was told of it."""
    id = entities.id_of(call)
    kept = broker.storage.entity(call.tenant, id)
    here = kept.entity if kept else None
    for answer in answers:
        one = answer.registration
        if one.proxied and here is not None:
            here = _without(here, one.names(i for i in one.infos if i.about(id, here["type"])))
    parts, warnings = _parts(sources, broker, call, answers)
    seen = merged(here, [part for part in parts if part[0]["id"] == id])
    known = {name: getattr(broker, name) for name in Broker.__dataclass_fields__}
    return _warned(lambda: entities.retrieve(_Seen(**known, seen=seen), call), warnings)


def plan_query(broker: Broker, call: Call, by_body: bool) -> list[Asking]:
    """Who is asked when entities are queried."""
    asked = (batch if by_body else entities).question(broker, call)
    raw = decoded(call.body) if by_body else _as_body(call)
    split = raw.get("splitEntities") in (True, "true")
    limit, offset, _ = page_of(call)
    plan = []
    for one in chosen(broker, call, asked.form.context):
        infos = [info for info in one.infos if info.meets(asked.wanted)]
        if not infos:
            continue
        if asked.orders:
            raise BadRequestData("Entities of several sources have no order: use local=true.")
        names, wanted = one.names(infos), frozenset(asked.wanted.attributes)
        only = names & wanted if names and wanted else names or wanted
        spell = _spelling(broker, one, call)
        body = {k: raw[k] for k in ("entities", "q", "scopeQ", "geoQ") if k in raw}
        if split:
            body = {k: v for k, v in body.items() if k == "entities"}
        who = [_narrowed(who, infos, spell, asked.form.context) for who in body.pop("entities", ())]
        if only:
            body["attrs"] = sorted(map(spell, only))
        beside = {"limit": str(min(offset + limit + 1, 1000)), **_beside(one)}
        plan += _asking_several(one, who, body, beside)
    return plan


def tell_query(
    sources: Sources, broker: Broker, call: Call, answers: Iterable[Answer], by_body: bool
) -> Reply:
    """One page of the entities of all."""
    asked = (batch if by_body else entities).question(broker, call)
    limit, offset, counts = page_of(call)
    raw = decoded(call.body) if by_body else call.parameters
    split = raw.get("splitEntities") in (True, "true")
    broker.reads(call.tenant)
    mine = replace(asked.wanted, attributes=(), q=None, geo=None, scopes=None)
    mine, most = (mine, MOST) if split else (asked.wanted, offset + limit + 1)
    here = {one["id"]: one for one in query.find(broker.storage, call.tenant, mine, 0, most)}
    parts, warnings = _parts(sources, broker, call, answers)
    if asked.wanted.seen:
        may_see = pattern(asked.wanted.seen).search
        parts = [part for part in parts if may_see(part[0]["id"])]
    by_id: dict[str, list[tuple[Entity, bool]]] = {id: [] for id in here}
    for part in parts:
        by_id.setdefault(part[0]["id"], []).append(part)
    both = [merged(here.get(id), several) for id, several in by_id.items()]
    found = [one for one in both if one is not None]
    if split:
        found = list(filter(asked.wanted.match(), found))
    total = len(found)
    if counts and not split:
        total += query.count(broker.storage, call.tenant, mine) - len(here)
    rows = entities.Rows(found, total)
    return _warned(lambda: entities.answered(broker, call, asked, rows), warnings)


def _as_body(call: Call) -> dict[str, Any]:
    """A query by parameters as the body of one."""
    made: dict[str, Any] = {k: v for k, v in call.parameters.items() if k not in FILTERS}
    made |= {k: call.parameters[k] for k in ("q", "scopeQ") if k in call.parameters}
    geo = {k: v for k, v in call.parameters.items() if k in FILTERS and k not in ("q", "scopeQ")}
    who = {k: call.parameters[k] for k in ("type", "id", "idPattern") if k in call.parameters}
    return {**made, **({"geoQ": geo} if geo else {}), "entities": [who] if who else [{}]}


def _narrowed(
    who: Mapping[str, Any], infos: list[Info], spell: Callable[[str], str], context: Context
) -> dict[str, Any]:
    """A selector in the words of a source, for the ids that it has."""
    made = {k: who[k] for k in ("id", "idPattern") if k in who}
    types = who.get("type")
    if types:
        text = types if isinstance(types, str) else ",".join(types)
        made["type"] = renamed(text, lambda name: spell(context.keep(name)))
    if not made.keys() & {"id", "idPattern"}:
        ids = [id for info in infos for one in info.who for id in one.ids]
        if ids and all(one.ids for info in infos for one in info.who):
            made["id"] = ",".join(ids)
    return made


def _asking_several(
    one: Registration, who: list[dict[str, Any]], body: dict[str, Any], beside: dict[str, str]
) -> list[Asking]:
    if "queryEntity" in one.operations:
        given = {"attrs": ",".join(body["attrs"])} if "attrs" in body else {}
        given |= {k: body[k] for k in ("q", "scopeQ") if k in body}
        given |= {k: v if isinstance(v, str) else _json(v) for k, v in body.get("geoQ", {}).items()}
        return [
            Asking(one, "GET", "/entities", {**_texts(part), **given, **beside})
            for part in who or [{}]
        ]
    if "queryBatch" in one.operations:
        full = {"type": "Query", "entities": who, **body} if who else {"type": "Query", **body}
        return [Asking(one, "POST", "/entityOperations/query", beside, full)]
    return []


def _texts(who: Mapping[str, Any]) -> dict[str, str]:
    return {k: v if isinstance(v, str) else ",".join(v) for k, v in who.items()}


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _asking_one(
    one: Registration,
    id: str,
    infos: list[Info],
    names: frozenset[str],
    spell: Callable[[str], str],
) -> Asking | None:
    """How a source is asked for one entity, None if it cannot be."""
    attrs = {"attrs": ",".join(sorted(map(spell, names)))} if names else {}
    if "retrieveEntity" in one.operations:
        return Asking(one, "GET", f"/entities/{quote(id, safe=':')}", {**attrs, **_beside(one)})
    raw = [who for info in one.document["information"] for who in info.get("entities", ())]
    types = sorted({name for who in raw for name in _listed(who["type"])})
    text = ",".join(renamed(name, spell) for name in types)
    who = {"type": text, "id": id} if text else {"id": id}
    body = {"attrs": attrs["attrs"].split(",")} if attrs else {}
    return next(iter(_asking_several(one, [who], body, _beside(one))), None)


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def _beside(one: Registration) -> dict[str, str]:
    """What every question has: times, to tell which answer is the newest."""
    return {"options": "sysAttrs", **({"local": "true"} if one.local_only else {})}


def _spelling(broker: Broker, one: Registration, call: Call) -> Callable[[str], str]:
    """How names are spelled for a source; in full, which holds in every context, if need be."""
    try:
        return broker.contexts.use(context_for(one, call), call.base).show
    except Problem:
        return str


def _without(here: Entity, names: frozenset[str]) -> Entity | None:
    """What is ours of an entity of which somebody else holds attributes (no names: all)."""
    return {name: value for name, value in here.items() if name not in names} if names else None


def _parts(
    sources: Sources, broker: Broker, call: Call, answers: Iterable[Answer]
) -> tuple[list[tuple[Entity, bool]], list[str]]:
    """Entities that sources told, and what went wrong."""
    parts: list[tuple[Entity, bool]] = []
    warnings = []
    for answer in answers:
        one = answer.registration
        warnings += [answer.warning] if answer.warning else []
        value = answer.value if answer.good else None
        several = [] if value is None else value if isinstance(value, list) else [value]
        try:
            parts += [(_part(broker, call, one, raw), one.mode == "auxiliary") for raw in several]
        except Problem as problem:
            words = f"its answer is not valid: {problem.detail[:100]}"
            warnings.append(sources.warning(111, one, words))
    return parts, warnings


def _part(broker: Broker, call: Call, one: Registration, raw: Any) -> Entity:
    inside = raw.pop("@context", None) if isinstance(raw, dict) else None
    source = inside if inside is not None else context_for(one, call)
    return read_part(raw, broker.contexts.use(source, call.base))


def _warned(work: Callable[[], Reply], warnings: list[str]) -> Reply:
    """An answer, or a problem, with what went wrong at sources."""
    text = "".join(sign if " " <= sign <= "~" else "?" for sign in ", ".join(warnings))
    headers = {"NGSILD-Warning": text} if text else {}
    try:
        reply = work()
    except Problem as problem:
        problem.headers |= headers
        raise
    reply.headers |= headers
    return reply
