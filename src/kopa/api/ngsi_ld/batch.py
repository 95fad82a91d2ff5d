"""Batch operations (6.14 to 6.17, 6.31): each entity succeeds or fails for itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from kopa.api.ngsi_ld import change
from kopa.api.ngsi_ld.ask import body_of, context_in, form_of, options_of
from kopa.api.ngsi_ld.attribute import Reading
from kopa.api.ngsi_ld.broker import Broker, Change
from kopa.api.ngsi_ld.call import Call
from kopa.api.ngsi_ld.entities import Question, answered, is_simplified, present
from kopa.api.ngsi_ld.entity import Entity, read_entity, read_fragment, read_id
from kopa.api.ngsi_ld.names import LD_JSON, is_uri
from kopa.api.ngsi_ld.order import read_orders
from kopa.api.ngsi_ld.problems import AlreadyExists, BadRequestData, Problem
from kopa.api.ngsi_ld.query import EntityQuery, read_query, read_who
from kopa.api.ngsi_ld.reply import Reply, nothing, plain

MAX_BATCH = 10_000
_LOCAL = frozenset(("options", "format", "local"))


@dataclass
class Outcome:
    """What became of the entities of a batch."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)

    def fail(self, id: str, problem: Problem) -> None:
        """Note that an entity failed."""
        self.errors.append({"entityId": id, "error": problem.document()})


def _raws(broker: Broker, call: Call) -> tuple[list[Any], str]:
    value, kind = call.json()
    if not isinstance(value, list) or not value:
        raise BadRequestData("The body is a list of at least one entity.")
    if len(value) > MAX_BATCH:
        raise BadRequestData(f"A batch has at most {MAX_BATCH} entities.")
    if any(one is None for one in value):
        raise BadRequestData("An entity of the batch is null.")
    if kind == LD_JSON and call.link_context() is not None:
        raise BadRequestData("JSON-LD has its @context in the body, not in a Link header.")
    return value, kind


def _run(
    broker: Broker,
    call: Call,
    read: Callable[[Any, Reading], Entity],
    make: Callable[[Entity], Change],
    nulls: bool = False,
) -> Outcome:
    """Apply an operation to each entity of the body: one commit, unless an id comes twice."""
    raws, kind = _raws(broker, call)
    bare = is_simplified(call)
    outcome = Outcome()
    rounds: list[dict[str, Entity]] = [{}]
    for raw in raws:
        id = str(raw.get("id", "")) if isinstance(raw, dict) else ""
        try:
            context = context_in(broker, call, raw, kind)
            entity = read(raw, Reading(context, nulls, nulls, bare, deep_nulls=nulls))
            if "id" not in entity:
                raise BadRequestData("An entity has no id.")
        except Problem as problem:
            outcome.fail(id, problem)
            continue
        if entity["id"] in rounds[-1]:
            rounds.append({})
        rounds[-1][entity["id"]] = entity
    for entities in rounds:
        _run_round(broker, call.tenant, entities, make, outcome)
    return outcome


def _run_round(
    broker: Broker,
    tenant: str,
    entities: dict[str, Entity],
    make: Callable[[Entity], Change],
    outcome: Outcome,
) -> None:
    failed: dict[str, Problem] = {}
    new: set[str] = set()

    def guarded(id: str, inner: Change) -> Change:
        def change_it(old: Entity | None, now: str) -> Entity | None:
            failed.pop(id, None)
            try:
                made = inner(old, now)
            except Problem as problem:
                failed[id] = problem
                return old
            if old is None:
                new.add(id)
            return made

        return change_it

    changes = [(id, guarded(id, make(entity))) for id, entity in entities.items()]
    if changes:
        broker.change_all(tenant, changes)
    for id in entities:
        if id in failed:
            outcome.fail(id, failed[id])
        else:
            (outcome.created if id in new else outcome.updated).append(id)


def _told(outcome: Outcome, call: Call, good: Reply) -> Reply:
    if not outcome.errors:
        return good
    success = outcome.created + outcome.updated
    return plain({"success": success, "errors": outcome.errors}, call, 207)


def create(broker: Broker, call: Call) -> Reply:
    """Batch Entity Creation (5.6.7)."""
    call.known(_LOCAL)
    broker.writes(call.tenant)

    def make(entity: Entity) -> Change:
        def change_it(old: Entity | None, now: str) -> Entity:
            if old is not None:
                raise AlreadyExists(f"There is an entity '{entity['id']}' already.")
            return change.created(entity, now)

        return change_it

    outcome = _run(broker, call, read_entity, make)
    return _told(outcome, call, plain(outcome.created, call, 201))


def upsert(broker: Broker, call: Call) -> Reply:
    """Batch Entity Creation or Update (5.6.8)."""
    call.known(_LOCAL)
    options = options_of(call)
    broker.writes(call.tenant)

    def make(entity: Entity) -> Change:
        def change_it(old: Entity | None, now: str) -> Entity:
            if old is None:
                return change.created(entity, now)
            if "update" in options:
                return change.appended(old, entity, now).entity
            return change.replaced(old, entity, now)

        return change_it

    outcome = _run(broker, call, read_entity, make)
    good = plain(outcome.created, call, 201) if outcome.created else nothing(call)
    return _told(outcome, call, good)


def update(broker: Broker, call: Call) -> Reply:
    """Batch Entity Update (5.6.9)."""
    call.known(_LOCAL)
    overwrite = "noOverwrite" not in options_of(call)
    broker.reads(call.tenant)
    kept: dict[str, str] = {}

    def make(entity: Entity) -> Change:
        def change_it(old: Entity | None, now: str) -> Entity:
            there = present(old, entity["id"])
            done = change.appended(there, entity, now, overwrite)
            if done.not_updated:
                kept[entity["id"]] = done.not_updated[0][1]
            more = {"type", "scope", "expiresAt"} & entity.keys()
            return done.entity if done.updated or more else there

        return change_it

    outcome = _run(broker, call, read_fragment, make)
    for id, reason in kept.items():
        outcome.updated.remove(id)
        outcome.fail(id, BadRequestData(f"Not all attributes were updated. {reason}"))
    return _told(outcome, call, nothing(call))


def merge(broker: Broker, call: Call) -> Reply:
    """Batch Entity Merge (5.6.20)."""
    call.known(_LOCAL | {"observedAt", "lang"})
    broker.reads(call.tenant)

    def make(entity: Entity) -> Change:
        return lambda old, now: change.merged(present(old, entity["id"]), entity, now)

    outcome = _run(broker, call, read_fragment, make, nulls=True)
    return _told(outcome, call, nothing(call))


def delete(broker: Broker, call: Call) -> Reply:
    """Batch Entity Delete (5.6.10)."""
    call.known(_LOCAL)
    raws, _ = _raws(broker, call)
    broker.reads(call.tenant)
    outcome = Outcome()
    rounds: list[dict[str, Entity]] = [{}]
    for raw in raws:
        id = raw.get("id") if isinstance(raw, dict) else raw
        if not is_uri(id):
            outcome.fail(str(id)[:200], BadRequestData("The id of an entity is not a URI."))
            continue
        if id in rounds[-1]:
            rounds.append({})
        rounds[-1][read_id(id)] = {"id": id}

    def make(entity: Entity) -> Change:
        def change_it(old: Entity | None, now: str) -> None:
            present(old, entity["id"])

        return change_it

    for entities in rounds:
        _run_round(broker, call.tenant, entities, make, outcome)
    return _told(outcome, call, nothing(call))


def query(broker: Broker, call: Call) -> Reply:
    """Query Entities by a body (5.7.2, 6.23)."""
    return answered(broker, call, question(broker, call))


def question(broker: Broker, call: Call) -> Question:
    """What the body of a query asks for."""
    call.known(frozenset(["options", "format", "limit", "offset", "count", "local", "lang"]))
    media = call.accepted(geo=True)
    raw, context = body_of(broker, call)
    if not isinstance(raw, dict) or raw.get("type") != "Query":
        raise BadRequestData("The body is an object of type 'Query'.")
    who = raw.get("entities", [])
    if not isinstance(who, list):
        raise BadRequestData("entities is a list of selectors.")
    members = {k: raw[k] for k in ("q", "scopeQ", "attrs", "expandValues") if k in raw}
    geo = raw.get("geoQ", {})
    if not isinstance(geo, dict):
        raise BadRequestData("geoQ is an object.")
    ordering = raw.get("ordering")
    if "ordering" in raw and not isinstance(ordering, dict):
        raise BadRequestData("ordering is an object.")
    orders = read_orders(ordering, context) if ordering else ()
    if "temporalQ" in raw:
        raise BadRequestData("temporalQ is for the past: use /temporal/entityOperations/query.")
    wanted: EntityQuery = read_query(
        {**members, **geo}, tuple(read_who(one, context) for one in who), context
    )
    if not wanted.selective() and not call.flag("local"):
        raise BadRequestData("A query needs entities, attrs, q, geoQ or scopeQ.")
    for name in ("attrs", "pick", "omit", "lang", "datasetId", "join", "joinLevel", "containedBy"):
        if name in raw:
            call.parameters[name] = _as_text(raw[name])
    return Question(wanted, form_of(call, context), media, orders)


def _as_text(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(str(one) for one in value)
    return str(value)
