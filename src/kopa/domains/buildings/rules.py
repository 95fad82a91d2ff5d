"""Fault conditions of air handlers from ``rules.toml``, checked as they are read."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from kopa.errors import Finding, InputError, RangeError

from .expression import Expression, parse
from .points import PACKAGE, points

Carrier = Literal["heating", "cooling", "either", "by_sign", ""]
STATES = (1, 2, 3, 4, 5)
OTHER = 5
"""The state in which none of the others holds."""
COUNTED = frozenset({"state", "state_changes"})
"""Names that evaluation itself gives to conditions."""


@dataclass(frozen=True)
class Parameter:
    """A number of the rules that equipment may set otherwise.

    Parameters
    ----------
    name, unit, what
        What it is.
    value
        None where only the equipment can know it.
    source
        Where the value is from.
    """

    name: str
    value: float | None
    unit: str
    source: str
    what: str


@dataclass(frozen=True)
class State:
    """An operating state: number, name, and the condition under which it holds."""

    number: int
    name: str
    when: Expression


@dataclass(frozen=True)
class Rule:
    """One fault condition.

    Parameters
    ----------
    id, source
        Its name, and where it is from.
    states
        Operating states in which it is evaluated; empty where the fan is to be off.
    delay_min
        It must hold so long without a break.
    when
        The condition.
    about
        Whether equipment is at fault or its control wants tuning.
    fault, order
        What is wrong, and the work order, by language.
    waste
        Difference of temperature that is wasted, K; None where temperatures show none.
    carrier
        What makes the wasted heat: heating or cooling; ``by_sign``: heating where `sign` is
        positive, else cooling; ``either``: heating in state 1, else cooling.
    sign
        See `carrier`.
    """

    id: str
    source: str
    states: tuple[int, ...]
    delay_min: float
    when: Expression
    about: Literal["equipment", "control"]
    fault: Mapping[str, str]
    order: Mapping[str, str]
    waste: Expression | None
    carrier: Carrier
    sign: Expression | None


@dataclass(frozen=True)
class RuleBook:
    """All rules with what they share.

    Parameters
    ----------
    parameters
        By name.
    running
        Conditions of a running fan, by the point that each needs.
    states
        Operating states, without `OTHER`.
    derived
        What conditions may name besides points and parameters.
    rules
        The rules.
    """

    parameters: Mapping[str, Parameter]
    running: Mapping[str, Expression]
    states: tuple[State, ...]
    derived: Mapping[str, Expression]
    rules: tuple[Rule, ...]

    def needs(self, expression: Expression) -> frozenset[str]:
        """Points and parameters that an expression needs, through what is derived."""
        names: set[str] = set()
        for name in expression.names:
            if name in self.derived:
                names |= self.needs(self.derived[name])
            elif name in COUNTED:
                names |= {one for state in self.states for one in self.needs(state.when)}
            else:
                names.add(name)
        return frozenset(names)


@cache
def rule_book() -> RuleBook:
    """The rules that Kopa brings."""
    text = files(PACKAGE).joinpath("rules.toml").read_text(encoding="utf-8")
    return read_rules(text, "rules.toml")


def read_rules(text: str, file: str) -> RuleBook:
    """Rules from a TOML text.

    Parameters
    ----------
    text
        As ``rules.toml`` has it.
    file
        Its name, for findings.

    Raises
    ------
    InputError
        With all that is wrong.
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        do = "Correct the TOML."
        raise InputError([Finding("buildings.rules-toml", f"{error}.", do, file=file)]) from None
    findings: list[Finding] = []

    def read(place: str, given: Any) -> Expression:
        try:
            return parse(str(given))
        except RangeError as error:
            do = "Correct the expression."
            what = f"{error}."
            findings.append(Finding("buildings.rule", what, do, file=file, place=place))
            return parse("0 > 1")

    parameters = {
        name: Parameter(name, row.get("value"), row["unit"], row.get("source", ""), row["what"])
        for name, row in raw["parameters"].items()
    }
    book = RuleBook(
        parameters,
        {name: read(f"running.{name}", when) for name, when in raw["running"].items()},
        tuple(
            State(row["number"], row["name"], read(f"state {row['number']}", row["when"]))
            for row in raw["state"]
        ),
        {name: read(f"derived.{name}", when) for name, when in raw["derived"].items()},
        tuple(_rule(row, read) for row in raw["rule"]),
    )
    findings += [
        Finding("buildings.rule", what, "Correct the rule.", file=file, place=place)
        for place, what in _faults(book)
    ]
    if findings:
        raise InputError(findings)
    return book


def _rule(row: Mapping[str, Any], read: Any) -> Rule:
    place = f"rule {row['id']}"
    waste, sign = row.get("waste"), row.get("sign")
    return Rule(
        id=row["id"],
        source=row["source"],
        states=() if row.get("fan") == "off" else tuple(row["states"]),
        delay_min=float(row.get("delay_min", 30)),
        when=read(place, row["when"]),
        about=row.get("about", "equipment"),
        fault={"en": row["fault"], "lv": row["lv_fault"]},
        order={"en": row["en"], "lv": row["lv"]},
        waste=None if waste is None else read(place, waste),
        carrier=row.get("carrier", ""),
        sign=None if sign is None else read(place, sign),
    )


def _faults(book: RuleBook) -> Iterator[tuple[str, str]]:
    known = {*points(), *book.parameters, *book.derived, *COUNTED}
    expressions = [(f"running.{name}", one) for name, one in book.running.items()]
    expressions += [(f"state {state.number}", state.when) for state in book.states]
    expressions += [(f"derived.{name}", one) for name, one in book.derived.items()]
    for rule in book.rules:
        parts = (rule.when, rule.waste, rule.sign)
        expressions += [(f"rule {rule.id}", part) for part in parts if part is not None]
        if rule.carrier not in ("heating", "cooling", "either", "by_sign", ""):
            yield f"rule {rule.id}", f"'{rule.carrier}' is no carrier."
        if (rule.carrier == "by_sign") != (rule.sign is not None):
            yield f"rule {rule.id}", "the carrier by_sign needs a sign, and no other does."
        if (rule.waste is None) != (rule.carrier == ""):
            yield f"rule {rule.id}", "waste and carrier belong together."
        if set(rule.states) - set(STATES):
            yield f"rule {rule.id}", f"states are {', '.join(map(str, STATES))}."
    for place, expression in expressions:
        for name in sorted(expression.names - known):
            yield place, f"'{name}' is no point, parameter or derived name."
    ids = [rule.id for rule in book.rules]
    for name in sorted({one for one in ids if ids.count(one) > 1}):
        yield f"rule {name}", "it stands there twice."
