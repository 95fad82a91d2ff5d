"""Entities as they are kept → as they are answered (clauses 4.5.1 to 4.5.4, 4.5.17)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from kopa.api.ngsi_ld.attribute import Instance
from kopa.api.ngsi_ld.context import Context
from kopa.api.ngsi_ld.entity import Entity, attributes
from kopa.api.ngsi_ld.names import ATTRIBUTE_MEMBERS, GEOMETRIES, NULL, TIMES, VALUE_MEMBER

Format = Literal["normalized", "concise", "simplified"]
NONE = "@none"
"""The default instance, where instances are told apart by their `datasetId`."""


class Members(dict[str, "Members"]):
    """Members of an entity, each with members of the entities that it leads to."""


@dataclass(frozen=True, slots=True)
class Form:
    """How entities are answered.

    Parameters
    ----------
    context
        Names are shortened by it.
    format
        ``normalized``, ``concise`` or ``simplified``.
    times
        Whether the times of the system are told (``sysAttrs``).
    lang
        Preference of languages, ``lv,en;q=0.5``; empty for all of them.
    pick, omit
        Members that are told, as kept, and members that are not; no `pick` for all.
    datasets
        The instances that are told, ``@none`` the default one; empty for all.
    pick_below, omit_below
        Relationship → members of the entities that it leads to, and so on.
    """

    context: Context
    format: Format = "normalized"
    times: bool = False
    lang: str = ""
    pick: frozenset[str] = frozenset()
    omit: frozenset[str] = frozenset()
    datasets: frozenset[str] = frozenset()
    pick_below: Members = field(default_factory=Members)
    omit_below: Members = field(default_factory=Members)

    def below(self, name: str) -> Form:
        """The form of the entities that a relationship of this name leads to."""
        pick = self.pick_below.get(name, Members())
        omit = self.omit_below.get(name, Members())
        return Form(
            self.context,
            self.format,
            self.times,
            self.lang,
            frozenset(pick),
            frozenset(one for one, inner in omit.items() if not inner),
            pick_below=pick,
            omit_below=omit,
        )

    def tells(self, name: str) -> bool:
        """Whether a member of an entity is told."""
        return (not self.pick or name in self.pick) and name not in self.omit


def answer(entity: Entity, form: Form) -> dict[str, Any]:
    """An entity in the form that is asked for.

    Parameters
    ----------
    entity
        The entity as it is kept.
    form
        The form.

    Returns
    -------
    dict
        The entity as it is sent, without ``@context``.
    """
    made: dict[str, Any] = {}
    if form.tells("id"):
        made["id"] = entity["id"]
    if form.tells("type"):
        made["type"] = _one_or_all([form.context.show(name) for name in entity["type"]])
    if "scope" in entity and form.tells("scope"):
        made["scope"] = _one_or_all(entity["scope"])
    if "expiresAt" in entity and form.times and form.tells("expiresAt"):
        made["expiresAt"] = entity["expiresAt"]
    for name in TIMES:
        if name in entity and (form.times or name in form.pick) and form.tells(name):
            made[name] = entity[name]
    for name, found in attributes(entity).items():
        if not form.tells(name):
            continue
        told = chosen(found, form.datasets)
        if told:
            made[form.context.show(name)] = attribute_answer(told, form)
    return made


def chosen(found: list[Instance], datasets: Iterable[str]) -> list[Instance]:
    """Instances with one of the `datasetId`; all, if none is named."""
    if not datasets:
        return found
    return [one for one in found if one.get("datasetId", NONE) in datasets]


def attribute_answer(found: list[Instance], form: Form) -> Any:
    """An attribute in the form that is asked for."""
    if form.lang:
        found = [in_language(one, form.lang) for one in found]
    if form.format == "simplified":
        if len(found) == 1:
            return simplified(found[0], form.context)
        values = {one.get("datasetId", NONE): simplified(one, form.context) for one in found}
        return {"dataset": values}
    made = [instance_answer(one, form) for one in found]
    return made[0] if len(made) == 1 else made


def instance_answer(instance: Instance, form: Form) -> Any:
    """One instance, normalized or concise."""
    kind = instance["type"]
    made: dict[str, Any] = {}
    for key, value in instance.items():
        if key in TIMES or key == "expiresAt":
            if form.times or key == "deletedAt":
                made[key] = value
        elif key in ("vocab", "previousVocab", "objectType", "valueType", "entityTypeSealed"):
            made[key] = _shown(value, form.context)
        elif key in ATTRIBUTE_MEMBERS:
            made[key] = value
        else:
            subs = value if isinstance(value, list) else [value]
            made[form.context.show(key)] = attribute_answer(subs, form)
    if form.format != "concise":
        return made
    del made["type"]
    if set(made) == {"value"} and not _looks_like_attribute(made["value"], kind):
        return made["value"]
    return made


def _looks_like_attribute(value: Any, kind: str) -> bool:
    """Whether a bare value would be read as something else."""
    if kind == "GeoProperty":
        return not (isinstance(value, dict) and value.get("type") in GEOMETRIES)
    return isinstance(value, dict)


def simplified(instance: Instance, context: Context) -> Any:
    """The value of an instance alone."""
    kind = instance["type"]
    member = VALUE_MEMBER[kind]
    value = instance.get(member)
    if kind == "ListRelationship" and isinstance(value, list):
        value = [one.get("object") if isinstance(one, dict) else one for one in value]
    if kind == "VocabProperty":
        value = _shown(value, context)
    if kind == "Relationship" and "entity" in instance:
        return instance["entity"]
    wrapped = kind in ("LanguageProperty", "VocabProperty", "JsonProperty")
    return {member: value} if wrapped and value != NULL else value


def _shown(value: Any, context: Context) -> Any:
    if isinstance(value, list):
        return [context.compact(one) for one in value]
    return context.compact(value)


def _one_or_all(several: list[str]) -> Any:
    return several[0] if len(several) == 1 else several


def in_language(instance: Instance, lang: str) -> Instance:
    """A LanguageProperty as a Property in the language that is preferred (clause 4.15)."""
    texts = instance.get("languageMap")
    if instance.get("type") != "LanguageProperty" or not isinstance(texts, dict) or not texts:
        return instance
    best = best_language(list(texts), lang)
    made = {k: v for k, v in instance.items() if k != "languageMap"}
    return {**made, "type": "Property", "value": texts[best], "lang": best}


def best_language(there: list[str], lang: str) -> str:
    """The language of those there that a preference (RFC 4647) likes best; else any."""
    wishes = []
    for n, part in enumerate(lang.split(",")):
        name, _, rest = part.strip().partition(";")
        try:
            weight = float(rest.strip().removeprefix("q=")) if rest else 1.0
        except ValueError:
            weight = 0.0
        wishes.append((-weight, n, name.strip().lower()))
    lower = {name.lower(): name for name in there}
    for _, _, name in sorted(wishes):
        if name == "*":
            break
        while name:
            if name in lower:
                return lower[name]
            near = next((full for low, full in lower.items() if low.startswith(f"{name}-")), "")
            if near:
                return near
            name = name.rpartition("-")[0]
    return next((one for one in ("@none", "en") if one in there), there[0])
