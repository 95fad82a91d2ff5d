"""Rules of participatory budgets, as data."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from importlib.resources import files
from pathlib import Path
from typing import Any

from kopa.errors import Finding, InputError

METHODS: dict[str, dict[str, tuple[Any, ...]]] = {
    "greedy": {"order": ("score", "votes", "value"), "skip": (True, False)},
    "equal-shares": {"utility": ("cost", "cardinality", "points")},
}
STEPS = ("increment", "greedy")
TIES = ("votes", "cost", "id")
_KEYS = {"title", "method", "order", "skip", "least_votes", "utility", "completion", "step", "ties"}


@dataclass(frozen=True)
class Rule:
    """How winners are chosen.

    Parameters
    ----------
    name
        As it is asked for.
    titles
        In words, by language.
    method
        ``greedy`` or ``equal-shares``.
    order, skip
        Greedy: what is first, and whether what does not fit is passed over.
    least_votes
        Projects with fewer never win.
    utility, completion, step
        Equal shares: what a supporter gains, what happens to what is left, and by how much money
        budgets grow.
    ties
        Who is first among equals.
    """

    name: str
    titles: Mapping[str, str]
    method: str
    order: str = "score"
    skip: bool = True
    least_votes: int = 0
    utility: str = "cost"
    completion: tuple[str, ...] = ()
    step: Fraction = Fraction(1)
    ties: tuple[str, ...] = ("id",)

    def title(self, language: str) -> str:
        """In words, in a language or in English."""
        return self.titles.get(language) or self.titles.get("en") or self.name


def read_rules(path: Path | None = None) -> dict[str, Rule]:
    """The rules of Kopa, and those of a city's own file over them.

    Parameters
    ----------
    path
        A file in the shape of ``rules.toml``.

    Raises
    ------
    InputError
        With all findings.
    """
    own = files("kopa.domains.egov.budget").joinpath("rules.toml").read_text(encoding="utf-8")
    found = _rules(tomllib.loads(own), "rules.toml")
    if path is None:
        return found
    try:
        table = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        what, do = f"it cannot be read: {error.strerror}.", "Check the path."
        raise InputError([Finding("egov.no-file", what, do, file=str(path))]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(
            [Finding("egov.toml", f"it is no TOML: {error}.", "Correct it.", file=str(path))]
        ) from None
    return found | _rules(table, str(path))


def _rules(table: Mapping[str, Any], file: str) -> dict[str, Rule]:
    findings: list[Finding] = []
    rules = {name: _rule(name, one, file, findings) for name, one in table.items()}
    if findings:
        raise InputError(findings)
    return {name: rule for name, rule in rules.items() if rule is not None}


def _rule(name: str, given: Any, file: str, findings: list[Finding]) -> Rule | None:
    def wrong(what: str, do: str) -> None:
        findings.append(Finding("egov.rule", what, do, file=file, place=name))

    if not isinstance(given, dict) or given.get("method") not in METHODS:
        wrong("it has no method.", f"Write method = one of {', '.join(METHODS)}.")
        return None
    before = len(findings)
    for key in sorted({*given} - _KEYS):
        wrong(f"'{key}' is not known.", f"Known are {', '.join(sorted(_KEYS))}.")
    for key, known in METHODS[given["method"]].items():
        if key in given and (given[key] not in known or type(given[key]) is not type(known[0])):
            wrong(f"{key} is {given[key]!r}.", f"Write one of {', '.join(map(str, known))}.")
    for key, words in (("completion", STEPS), ("ties", TIES)):
        some = given.get(key, [])
        if not isinstance(some, list) or not all(one in words for one in some):
            wrong(f"{key} is {some!r}.", f"Write a list of {', '.join(words)}.")
    step = given.get("step", 1)
    if isinstance(step, bool) or not isinstance(step, int | float) or not 0 < step < 1e12:
        wrong(f"step is {step!r}.", "Write money a voter, more than 0.")
        step = 1
    least = given.get("least_votes", 0)
    if isinstance(least, bool) or not isinstance(least, int) or least < 0:
        wrong(f"least_votes is {least!r}.", "Write a whole number from 0.")
    title = given.get("title", {})
    if not isinstance(title, dict) or not all(isinstance(one, str) for one in title.values()):
        wrong(f"title is {title!r}.", 'Write title.en = "…" and title.lv = "…".')
    if len(findings) > before:
        return None
    return Rule(
        name, title, given["method"], given.get("order", "score"), given.get("skip", True),
        least, given.get("utility", "cost"), tuple(given.get("completion", ())),
        Fraction(str(step)), tuple(given.get("ties", ("id",))),
    )  # fmt: skip
