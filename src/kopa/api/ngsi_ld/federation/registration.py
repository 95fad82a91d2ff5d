"""Registrations of context sources: read, checked, matched, answered (clauses 5.2.9, 5.2.10)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kopa.api.ngsi_ld.context import Context, core_context
from kopa.api.ngsi_ld.entity import Entity
from kopa.api.ngsi_ld.federation.operations import CONSUMPTION, DEFAULT, KNOWN, spelled_out
from kopa.api.ngsi_ld.geometry import check_geometry
from kopa.api.ngsi_ld.names import NULL, instant, is_scope, is_time, is_uri, now_text
from kopa.api.ngsi_ld.patterns import pattern
from kopa.api.ngsi_ld.problems import BadRequestData
from kopa.api.ngsi_ld.query import EntityQuery, Who, read_names, read_who
from kopa.api.ngsi_ld.select import One, Selection
from kopa.api.ngsi_ld.subscription import is_pair, renamed
from kopa.errors import RangeError
from kopa.store.times import Duration

MODES = ("inclusive", "exclusive", "redirect", "auxiliary")
PROXIED = ("exclusive", "redirect")
"""Modes in which the source alone holds the data."""
PLACES = ("location", "observationSpace", "operationSpace")
INTERVALS = ("observationInterval", "managementInterval")
_OWN = frozenset(
    ("id", "type", "information", "endpoint", "mode", "operations", "tenant", "expiresAt")
    + ("contextSourceInfo", "management", "scope", "description", "registrationName", "csf")
    + ("contextSourceAlias", "datasetId", "refreshRate", "localOnly", "status")
    + ("createdAt", "modifiedAt", "@context", *PLACES, *INTERVALS)
)
"""Members that the standard names; all others are properties of the source, for filters."""


@dataclass(frozen=True, slots=True)
class Info:
    """One piece of what a source has.

    Parameters
    ----------
    who
        Entities; empty for all.
    names
        Attributes as kept; empty for all.
    """

    who: tuple[Who, ...]
    names: frozenset[str]

    def about(self, id: str, types: Iterable[str]) -> bool:
        """Whether an entity may be among its entities; no types: they are not known."""
        return not self.who or any(_fits(who, id, set(types)) for who in self.who)

    def meets(self, wanted: EntityQuery) -> bool:
        """Whether a query may find something of it."""
        if self.names and wanted.attributes and self.names.isdisjoint(wanted.attributes):
            return False
        return (
            not self.who
            or not wanted.who
            or any(_meet(one, other) for one in self.who for other in wanted.who)
        )


@dataclass(frozen=True)
class Registration:
    """A registered source.

    Parameters
    ----------
    tenant, id
        Its name.
    document
        Its members, names as kept.
    created, modified
        Its times.
    """

    tenant: str
    id: str
    document: Mapping[str, Any]
    created: str
    modified: str

    @cached_property
    def infos(self) -> tuple[Info, ...]:
        """What it has."""
        return tuple(map(_info, self.document["information"]))

    @cached_property
    def operations(self) -> frozenset[str]:
        """What it can be asked."""
        return spelled_out(tuple(self.document.get("operations", DEFAULT)))

    @property
    def mode(self) -> str:
        """How its data stand to ours."""
        return str(self.document.get("mode", "inclusive"))

    @property
    def proxied(self) -> bool:
        """Whether it alone holds its data."""
        return self.mode in PROXIED

    @property
    def endpoint(self) -> str:
        """Where it is, without a slash at the end."""
        return str(self.document["endpoint"]).rstrip("/")

    @property
    def local_only(self) -> bool:
        """Whether it shall not ask others in turn."""
        management = self.document.get("management", {})
        return bool(self.document.get("localOnly") or management.get("localOnly"))

    def live(self) -> bool:
        """Whether it has not expired."""
        end = self.document.get("expiresAt")
        return end is None or end > now_text()

    def covers(self, id: str, types: Iterable[str], names: Iterable[str]) -> frozenset[str] | None:
        """Those of an entity's attributes that it has; None if the entity is none of its."""
        kinds = list(types)
        infos = [info for info in self.infos if info.about(id, kinds)]
        if not infos:
            return None
        wanted = frozenset(names)
        if any(not info.names for info in infos):
            return wanted
        return wanted & frozenset().union(*(info.names for info in infos))

    def names(self, infos: Iterable[Info]) -> frozenset[str]:
        """Attributes of some pieces; empty if one of them has all."""
        several = [info.names for info in infos]
        return frozenset().union(*several) if all(several) else frozenset()

    def properties(self) -> Entity:
        """Its members as an entity, for filters of sources and for geo-queries."""
        made: Entity = {"id": self.id, "type": ["ContextSourceRegistration"]}
        for name, value in self.document.items():
            if name in PLACES:
                made[name] = [{"type": "GeoProperty", "value": value}]
            elif name == "scope":
                made[name] = value if isinstance(value, list) else [value]
            elif name not in ("id", "type", "information"):
                bare = value.get("value") if _is_property(value) else value
                made[core_context().keep(name)] = [{"type": "Property", "value": bare}]
        return made


def _is_property(value: Any) -> bool:
    return isinstance(value, dict) and value.get("type") == "Property"


def _info(raw: Mapping[str, Any]) -> Info:
    who = tuple(read_who(one, core_context()) for one in raw.get("entities", ()))
    names = [*raw.get("propertyNames", ()), *raw.get("relationshipNames", ())]
    return Info(who, frozenset(names))


def _fits(who: Who, id: str, types: set[str]) -> bool:
    if who.ids and id not in who.ids:
        return False
    if who.id_pattern and not who.ids and pattern(who.id_pattern).search(id) is None:
        return False
    return not types or who.types is None or not types.isdisjoint(named(who.types))


def _meet(one: Who, other: Who) -> bool:
    """Whether an entity can be of both."""
    if one.types and other.types and named(one.types).isdisjoint(named(other.types)):
        return False
    for a, b in ((one, other), (other, one)):
        if a.ids:
            if b.ids and set(a.ids).isdisjoint(b.ids):
                return False
            if b.id_pattern and not any(pattern(b.id_pattern).search(id) for id in a.ids):
                return False
    return True


def named(types: Selection) -> set[str]:
    """All types that a selection names."""
    if isinstance(types, One):
        return {types.name}
    return {name for part in types.parts for name in named(part)}


def checked(raw: Any, context: Context) -> dict[str, Any]:
    """Members of a registration, checked, with names as they are kept.

    Raises
    ------
    BadRequestData
        If it is not a valid registration.
    """
    if not isinstance(raw, dict) or raw.get("type") != "ContextSourceRegistration":
        raise BadRequestData("A registration is an object of type 'ContextSourceRegistration'.")
    if "id" in raw and not is_uri(raw["id"]):
        raise BadRequestData("The id of a registration is not a URI.")
    made = _members(raw, context)
    _check_whole(made)
    return made


def patched(document: Mapping[str, Any], fragment: Any, context: Context) -> dict[str, Any]:
    """A registration with members of a fragment in their place (clause 5.9.3)."""
    if not isinstance(fragment, dict) or not fragment.keys() - {"@context"}:
        raise BadRequestData("A fragment of a registration is an object with members.")
    if fragment.get("type", "ContextSourceRegistration") != "ContextSourceRegistration":
        raise BadRequestData("A registration has the type 'ContextSourceRegistration'.")
    gone = {name for name, value in fragment.items() if value is None or value == NULL}
    given = {k: v for k, v in fragment.items() if k not in gone and k != "id"}
    made = {k: v for k, v in document.items() if k not in gone} | _members(given, context)
    _check_whole(made)
    return made


def _members(raw: Mapping[str, Any], context: Context) -> dict[str, Any]:
    made = {}
    for name, value in raw.items():
        if name in ("@context", "status", "createdAt", "modifiedAt"):
            continue
        check = _CHECKS.get(name)
        kept = name if name in _OWN else read_names([name], context)[0]
        made[kept] = value if check is None else check(name, value, context)
    return made


def _check_whole(document: Mapping[str, Any]) -> None:
    for name in ("information", "endpoint"):
        if name not in document:
            raise BadRequestData(f"A registration has no {name}.")
    operations = document.get("operations")
    mode = document.get("mode")
    if mode == "auxiliary" and operations and not CONSUMPTION.issuperset(operations):
        raise BadRequestData("An auxiliary source is only retrieved and queried.")
    for info in document["information"] if mode == "exclusive" else ():
        who = info.get("entities", [])
        alone = who and all("id" in one and "idPattern" not in one for one in who)
        if not alone or not (info.get("propertyNames") or info.get("relationshipNames")):
            raise BadRequestData("An exclusive registration names ids of entities and attributes.")


def _information(name: str, value: Any, context: Context) -> Any:
    if not isinstance(value, list) or not value:
        raise BadRequestData("information is a list of at least one object.")
    return [_one_information(one, context) for one in value]


def _one_information(raw: Any, context: Context) -> dict[str, Any]:
    parts = ("entities", "propertyNames", "relationshipNames")
    if not isinstance(raw, dict) or not any(part in raw for part in parts):
        raise BadRequestData("A piece of information has entities, or names of attributes.")
    made = dict(raw)
    for part in parts:
        if part in raw and (not isinstance(raw[part], list) or not raw[part]):
            raise BadRequestData(f"{part} is a list of at least one member.")
    if "entities" in raw:
        made["entities"] = [_entity(one, context) for one in raw["entities"]]
    for part in parts[1:]:
        if part in raw:
            made[part] = read_names(raw[part], context)
    return made


def _entity(raw: Any, context: Context) -> dict[str, Any]:
    read_who(raw, context)
    types = raw["type"]
    if isinstance(types, list):
        return {**raw, "type": [renamed(one, context.keep) for one in types]}
    return {**raw, "type": renamed(types, context.keep)}


def _endpoint(name: str, value: Any, context: Context) -> Any:
    if not is_uri(value) or not str(value).lower().startswith(("http://", "https://")):
        raise BadRequestData("The endpoint of a registration is a URL of HTTP.")
    return value


def _mode(name: str, value: Any, context: Context) -> Any:
    if value not in MODES:
        raise BadRequestData(f"The mode of a registration is {', '.join(MODES)}.")
    return value


def _operations(name: str, value: Any, context: Context) -> Any:
    if not isinstance(value, list) or not value or not all(one in KNOWN for one in map(str, value)):
        raise BadRequestData("operations is a list of operations of the standard.")
    return value


def _pairs(name: str, value: Any, context: Context) -> Any:
    if not isinstance(value, list) or not all(is_pair(one) for one in value):
        raise BadRequestData(f"{name} is a list of objects with key and value.")
    return value


def _management(name: str, value: Any, context: Context) -> Any:
    if not isinstance(value, dict):
        raise BadRequestData("management is an object.")
    if not isinstance(value.get("localOnly", False), bool):
        raise BadRequestData("localOnly is true or false.")
    for key in ("cooldown", "timeout"):
        number = value.get(key, 1)
        if not isinstance(number, int | float) or isinstance(number, bool) or number <= 0:
            raise BadRequestData(f"{key} is a number of milliseconds above zero.")
    if "cacheDuration" in value:
        _duration("cacheDuration", value["cacheDuration"], context)
    return value


def _duration(name: str, value: Any, context: Context) -> Any:
    try:
        Duration.parse(value if isinstance(value, str) and len(value) < 65 else "")
    except RangeError as error:
        raise BadRequestData(f"{name}: {error}.") from None
    return value


def _future(name: str, value: Any, context: Context) -> Any:
    moment, now = instant(value), instant(now_text())
    if moment is None or now is None or moment <= now:
        raise BadRequestData(f"{name} is not a DateTime to come.")
    return value


def _interval(name: str, value: Any, context: Context) -> Any:
    if not isinstance(value, dict) or not is_time(value.get("startAt")):
        raise BadRequestData(f"{name} has a DateTime startAt.")
    if "endAt" in value and not is_time(value["endAt"]):
        raise BadRequestData(f"{name} has an endAt that is not a DateTime.")
    return value


def _scope(name: str, value: Any, context: Context) -> Any:
    if not all(is_scope(one) for one in (value if isinstance(value, list) else [value])):
        raise BadRequestData("A scope is a path of names, '/Riga/Centrs', or a list of them.")
    return value


def _text(name: str, value: Any, context: Context) -> Any:
    if not isinstance(value, str) or not value or not value.isprintable() or not value.isascii():
        raise BadRequestData(f"{name} is not a text.")
    return value


_CHECKS: dict[str, Callable[[str, Any, Context], Any]] = {
    "information": _information,
    "endpoint": _endpoint,
    "mode": _mode,
    "operations": _operations,
    "contextSourceInfo": _pairs,
    "management": _management,
    "expiresAt": _future,
    "scope": _scope,
    "tenant": _text,
    "contextSourceAlias": _text,
    "refreshRate": _duration,
    **dict.fromkeys(INTERVALS, _interval),
    **dict.fromkeys(PLACES, lambda name, value, context: check_geometry(value)),
}


def shown(registration: Registration, context: Context) -> dict[str, Any]:
    """A registration as it is answered."""
    made: dict[str, Any] = {"id": registration.id, "type": "ContextSourceRegistration"}
    for name, value in registration.document.items():
        if name == "information":
            made[name] = [shown_information(one, context) for one in value]
        elif name not in ("id", "type"):
            made[name if name in _OWN else context.show(name)] = value
    made.setdefault("mode", "inclusive")
    made.setdefault("operations", list(DEFAULT))
    return made


def shown_information(raw: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """A piece of information as it is answered."""
    made = dict(raw)
    if "entities" in raw:
        made["entities"] = [
            {**one, "type": _shown(one["type"], context)} for one in raw["entities"]
        ]
    for part in ("propertyNames", "relationshipNames"):
        if part in raw:
            made[part] = [context.show(name) for name in raw[part]]
    return made


def _shown(types: Any, context: Context) -> Any:
    if isinstance(types, list):
        return [renamed(one, context.show) for one in types]
    return renamed(types, context.show)
