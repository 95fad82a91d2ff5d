"""Changing entities that several sources hold (5.6): who is told what, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import msgspec

from kopa.api.ngsi_ld import entities
from kopa.api.ngsi_ld.ask import context_in, context_of
from kopa.api.ngsi_ld.broker import Broker
from kopa.api.ngsi_ld.call import Call
from kopa.api.ngsi_ld.context import Context
from kopa.api.ngsi_ld.federation.registration import Registration
from kopa.api.ngsi_ld.federation.sources import Answer, Asking, context_for, info_of, source_context
from kopa.api.ngsi_ld.names import ATTRIBUTE_MEMBERS, ENTITY_MEMBERS, LD_JSON, is_uri
from kopa.api.ngsi_ld.problems import ERRORS, Conflict, LoopDetected, Problem
from kopa.api.ngsi_ld.read_core import CORE_URL
from kopa.api.ngsi_ld.reply import Reply, created, nothing, plain

PARAMETERS = ("options", "format", "datasetId", "deleteAll", "observedAt", "lang")
"""Parameters that go on to a source."""
_NO_ATTRIBUTES = ENTITY_MEMBERS | {"@id", "@type"}
Operation = Callable[[Broker, Call], Reply]


@dataclass
class Plan:
    """Who does which part of a change.

    Parameters
    ----------
    askings
        What sources are told.
    here
        What is left to us; None if nothing is.
    refused
        Parts that nobody may do: source and why.
    ids
        The entities, for the outcome.
    """

    askings: list[Asking] = field(default_factory=list)
    here: Call | None = None
    refused: list[tuple[Registration, Problem]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)

    @property
    def alone(self) -> bool:
        """Whether nobody else has to do with it."""
        return not self.askings and not self.refused


def plan_entity(broker: Broker, call: Call, name: str, looped: bool) -> Plan:
    """Plan a change of one entity.

    Parameters
    ----------
    broker
        The broker.
    call
        The request.
    name
        Of the operation, as registrations have it.
    looped
        Whether the request has been here before.

    Returns
    -------
    Plan
        The plan.

    Raises
    ------
    LoopDetected
        If a source holds the data alone, and sends the request back.
    """
    raw, context = _body(broker, call)
    id = call.names.get("id") or (raw.get("id", raw.get("@id")) if raw else None)
    if not is_uri(id):
        return Plan(here=call)
    types = _types(broker, call, str(id), raw, context)
    given = _attributes(call, raw, context)
    plan = Plan(ids=[str(id)])
    share = _share(plan, _in_order(broker, call), types, given, name, looped)
    for one, covered in share.told:
        plan.askings.append(_asking(broker, call, one, raw, given, covered, context))
    if share.ours:
        plan.here = _reduced(call, raw, share.gone) if share.gone else call
    return plan


@dataclass
class _Share:
    """How an entity's part of a change is shared out.

    Parameters
    ----------
    told
        Sources, and the attributes of which each is told.
    gone
        Attributes, as given, that are not ours to change.
    ours
        Whether anything is left to us.
    """

    told: list[tuple[Registration, frozenset[str]]] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    ours: bool = True


def _share(
    plan: Plan,
    registrations: Iterable[Registration],
    types: list[str],
    given: Mapping[str, str],
    name: str,
    looped: bool,
) -> _Share:
    """Share out a change of the entity that was planned last."""
    id, share, left = plan.ids[-1], _Share(), True
    for one in registrations:
        covered = one.covers(id, types, given.values())
        if covered is None or (given and not covered) or one.mode == "auxiliary":
            continue
        if looped:
            if one.proxied:
                raise LoopDetected(f"The registration '{one.id}' leads back to this broker.")
            continue
        if one.proxied:
            share.gone |= {shown for shown, kept in given.items() if kept in covered}
            left = left and not (one.mode == "redirect" and not one.names(one.infos))
        if name in one.operations:
            share.told.append((one, covered))
        elif one.proxied:
            plan.refused.append((one, Conflict(f"The source '{one.id}' does not do {name}.")))
    share.ours = len(share.gone) < len(given) if given else left
    return share


def _body(broker: Broker, call: Call) -> tuple[dict[str, Any] | None, Context]:
    if not call.body:
        return None, context_of(broker, call)
    raw, kind = call.json(merge_patch=True)
    return raw, context_in(broker, call, raw, kind)


def _in_order(broker: Broker, call: Call) -> list[Registration]:
    """Registrations: first those that hold data alone."""
    return sorted(broker.registrations.of(call.tenant), key=lambda one: not one.proxied)


def _types(
    broker: Broker, call: Call, id: str, raw: Mapping[str, Any] | None, context: Context
) -> list[str]:
    """Types of an entity: as told, else as kept; none if nobody knows."""
    told = raw.get("type", raw.get("@type")) if raw and "attribute" not in call.names else None
    if told is None:
        kept = broker.storage.entity(call.tenant, id)
        return kept.entity["type"] if kept else []
    several = told if isinstance(told, list) else [told]
    return [context.keep(one) for one in several if isinstance(one, str)]


def _attributes(call: Call, raw: Mapping[str, Any] | None, context: Context) -> dict[str, str]:
    """Names of the attributes of a request, as given → as kept."""
    if "attribute" in call.names:
        name = call.names["attribute"]
        return {name: context.keep(name)}
    return {name: context.keep(name) for name in raw or () if name not in _NO_ATTRIBUTES}


def _reduced(call: Call, raw: Mapping[str, Any] | None, gone: Iterable[str]) -> Call | None:
    """The same request without attributes that others have been told."""
    if raw is None or "attribute" in call.names:
        return None
    return replace(call, body=msgspec.json.encode(_less(raw, gone)))


def _asking(
    broker: Broker,
    call: Call,
    one: Registration,
    raw: Mapping[str, Any] | None,
    given: Mapping[str, str],
    covered: frozenset[str],
    context: Context,
) -> Asking:
    parts = call.path.removeprefix("/ngsi-ld/v1")
    if "attribute" in call.names:
        spelled = _respelled(broker, call, one, context)(call.names["attribute"])
        parts = f"{parts.rsplit('/', 1)[0]}/{quote(spelled, safe='')}"
        part = dict(raw) if raw is not None else None
    else:
        gone = {name for name, kept in given.items() if kept not in covered}
        part = _less(raw, gone) if raw is not None else None
    body = None if part is None else _in_words(broker, call, one, part, context)
    return Asking(one, call.method, parts, _parameters(call, one), body)


def _parameters(call: Call, one: Registration) -> dict[str, str]:
    made = {k: call.parameters[k] for k in PARAMETERS if k in call.parameters}
    return made | ({"local": "true"} if one.local_only else {})


def _respelled(
    broker: Broker, call: Call, one: Registration, context: Context
) -> Callable[[str], str]:
    """From a name of the request to that name in the words of a source."""
    if "jsonldContext" not in info_of(one):
        return str
    try:
        words = broker.contexts.use(context_for(one, call), call.base)
    except Problem:
        return context.expand
    return lambda name: words.show(context.keep(name))


def _in_words(
    broker: Broker, call: Call, one: Registration, part: dict[str, Any], context: Context
) -> Any:
    """A body with its context beside or inside it, as the source was registered (4.3.6.6)."""
    source = source_context(call)
    part.pop("@context", None)
    if "jsonldContext" in info_of(one):
        return _renamed(part, _respelled(broker, call, one, context))
    inside = info_of(one).get("contentType") == LD_JSON
    if inside or (source is not None and not isinstance(source, str)):
        return {**part, "@context": source or CORE_URL}
    return part


def _renamed(value: Any, name: Callable[[str], str]) -> Any:
    """A fragment with other names of its attributes, sub-attributes and types."""
    if isinstance(value, list):
        return [_renamed(one, name) for one in value]
    if not isinstance(value, dict):
        return value
    made = {}
    for key, inner in value.items():
        if key in ("type", "@type") and "id" in value:
            made[key] = [name(x) for x in inner] if isinstance(inner, list) else name(inner)
        elif key in ATTRIBUTE_MEMBERS | _NO_ATTRIBUTES:
            made[key] = inner
        else:
            made[name(key)] = _renamed(inner, name)
    return made


def plan_batch(broker: Broker, call: Call, name: str, looped: bool) -> Plan:
    """Plan a change of several entities: each source is told all of its part at once."""
    raws, kind = call.json()
    if not isinstance(raws, list):
        return Plan(here=call)
    plan = Plan()
    left: list[Any] = []
    parts: dict[str, tuple[Registration, list[Any]]] = {}
    registrations = _in_order(broker, call)
    bare = context_of(broker, call) if name == "deleteBatch" else None
    for raw in raws:
        id = raw.get("id") if isinstance(raw, dict) else raw
        entity = raw if isinstance(raw, dict) and bare is None else None
        if not is_uri(id) or (entity is None and bare is None):
            left.append(raw)
            continue
        try:
            context = bare or context_in(broker, call, raw, kind)
        except Problem:
            left.append(raw)  # what is wrong with it, our own part tells
            continue
        plan.ids.append(str(id))
        single = replace(call, body=msgspec.json.encode(raw) if entity else b"")
        given = _attributes(single, entity, context)
        types = _types(broker, single, str(id), entity, context)
        share = _share(plan, registrations, types, given, name, looped)
        for one, covered in share.told:
            told: Any = raw
            if entity is not None:
                others = {shown for shown, kept in given.items() if kept not in covered}
                told = _in_words(broker, single, one, _less(entity, others), context)
            parts.setdefault(one.id, (one, []))[1].append(told)
        if share.ours:
            left.append(raw if entity is None else _less(entity, share.gone))
    path = call.path.removeprefix("/ngsi-ld/v1")
    for one, bodies in parts.values():
        plan.askings.append(Asking(one, "POST", path, _parameters(call, one), bodies))
    plan.here = replace(call, body=msgspec.json.encode(left)) if left else None
    return plan


def _less(raw: Mapping[str, Any], gone: Iterable[str]) -> dict[str, Any]:
    """A body without some attributes."""
    return {name: value for name, value in raw.items() if name not in set(gone)}


def plan_purge(broker: Broker, call: Call, name: str, looped: bool) -> Plan:
    """Plan a purge: every source that may hold something of it is told."""
    asked = entities.purged(broker, call)
    plan = Plan(here=call)
    for one in _in_order(broker, call):
        if one.mode == "auxiliary" or not any(info.meets(asked) for info in one.infos):
            continue
        if looped:
            if one.proxied:
                raise LoopDetected(f"The registration '{one.id}' leads back to this broker.")
        elif name in one.operations:
            given = {k: v for k, v in call.parameters.items() if k not in ("local", "csf")}
            beside = {"local": "true"} if one.local_only else {}
            plan.askings.append(Asking(one, "DELETE", "/entities", {**given, **beside}))
        elif one.proxied:
            plan.refused.append((one, Conflict(f"The source '{one.id}' does not do {name}.")))
    return plan


def outcome(call: Call, plan: Plan, here: Reply | Problem | None, answers: list[Answer]) -> Reply:
    """What a client hears of a change that several did (clauses 5.2.16, 6.3.17).

    Raises
    ------
    Problem
        If there was only one to do it, and that one did not.
    """
    errors = [_error(plan, problem.document(), one) for one, problem in plan.refused]
    if isinstance(here, Problem):
        if not answers and not errors:
            raise here
        errors.append(_error(plan, here.document()))
    errors += [
        _error(plan, _problem_of(answer), answer.registration)
        for answer in answers
        if not answer.good
    ]
    done = isinstance(here, Reply) or any(answer.good for answer in answers)
    if not errors:
        if isinstance(here, Reply):
            return here
        return _done(call, plan, answers)
    if not done and not answers and here is None:
        raise plan.refused[0][1]
    return plain({"success": plan.ids if done else [], "errors": errors}, call, 207)


def _done(call: Call, plan: Plan, answers: Iterable[Answer]) -> Reply:
    """Success of others alone, told as ours would be: 201 where anything is new."""
    if call.path.rstrip("/").endswith("/entities") and call.method == "POST":
        return created(call, f"{entities.PATH}/{quote(plan.ids[0], safe=':')}")
    new = any(answer.status == 201 for answer in answers)
    if new and "/entityOperations/" in call.path:
        return plain(plan.ids, call, 201)
    return nothing(call)


def _error(
    plan: Plan, problem: Mapping[str, Any], one: Registration | None = None
) -> dict[str, Any]:
    made: dict[str, Any] = {"entityId": plan.ids[0] if plan.ids else "", "error": problem}
    return made if one is None else {**made, "registrationId": one.id}


def _problem_of(answer: Answer) -> dict[str, Any]:
    """What a source says that went wrong; if it says nothing, what we know."""
    status = answer.status or 504
    if isinstance(answer.value, dict) and "type" in answer.value and status != 207:
        return {**answer.value, "status": status}
    words = HTTPStatus(status).phrase if status in set(HTTPStatus) else "unknown"
    return {
        "type": f"{ERRORS}InternalError",
        "title": f"The source answered: {words}",
        "status": status,
        "detail": answer.warning or f"status {status}",
    }
