"""``kopa egov budget``: winners of a participatory budget by a rule, and why."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kopa import console
from kopa.domain.speech import Speech, speech_of
from kopa.errors import Finding, UsageError

from .budget.decide import Outcome, Reason, decide
from .budget.election import Election
from .budget.override import Override, overridden, read_overrides
from .budget.publish import LEAST, voters_by, write_projects
from .budget.rules import Rule, read_rules
from .network import PACKAGE
from .read_pabulib import read_pabulib


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("budget", help="winners of a participatory budget by a rule, and why")
    job.add_argument("file", type=Path, metavar="FILE.pb", help="election, as Pabulib has it")
    job.add_argument("--rule", default="equal-shares", metavar="R", help="a rule by its name")
    job.add_argument("--rules", type=Path, metavar="F.toml", help="a city's own rules")
    job.add_argument(
        "--override", type=Path, metavar="F.toml", help="decisions over the rule's, recorded"
    )
    job.add_argument(
        "--export", type=Path, metavar="F.csv", help="write projects and winners, no ballots"
    )
    job.add_argument(
        "--least", type=_least, default=LEAST, metavar="N",
        help=f"hide counts of voters by age and sex below N ({LEAST})",
    )  # fmt: skip
    job.add_argument("--lang", default="en", metavar="L", help="en or lv")
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    job.set_defaults(run=run)


def _least(text: str) -> int:
    if not text.isdecimal() or int(text) < 2:
        raise argparse.ArgumentTypeError("a whole number from 2")
    return int(text)


def run(arguments: argparse.Namespace) -> int:
    """Answer the job; gives the exit code."""
    speech = speech_of(PACKAGE, arguments.lang)
    rules = read_rules(arguments.rules)
    if arguments.rule not in rules:
        raise UsageError(f"there is no rule '{arguments.rule}', but {', '.join(rules)}")
    rule = rules[arguments.rule]
    election, findings = read_pabulib(arguments.file)
    decisions = read_overrides(arguments.override, election) if arguments.override else ()
    found = decide(election, rule)
    winners = overridden(found.winners, decisions)
    told = [*findings, *_over(election, winners, found)]
    if arguments.export:
        try:
            write_projects(arguments.export, election, winners)
        except OSError as error:
            raise UsageError(f"{arguments.export} cannot be written: {error.strerror}") from None
    if arguments.json:
        document = _document(election, rule, found, decisions, speech)
        document["voters_by_age_and_sex"] = voters_by(election, arguments.least)
        console.document({**document, "findings": console.finding_rows(told)})
    else:
        _say(election, rule, found, decisions, speech)
        console.tell(told)
    return 0


def _over(election: Election, winners: Sequence[int], found: Outcome) -> list[Finding]:
    cost = sum(election.costs[row] for row in winners)
    if cost <= election.budget or set(winners) == set(found.winners):
        return []
    what = f"with the decisions, {election.money(cost - election.budget):g} more than the budget "
    do = "Find the money, or take something out."
    return [Finding("egov.over-budget", what + "is spent.", do, "warning")]


def why(reason: Reason, decision: Override | None, speech: Speech) -> str:
    """Why a project won or lost, in words."""
    if decision is not None:
        key = "budget-override_in" if decision.chosen else "budget-override_out"
        return speech.say(key, by=decision.by, reason=decision.reason)
    key = "no_share" if reason.code == "no_room" and "had_left" in reason.values else reason.code
    names = {"supporters": "votes", "had_left": "had"} if key in _VOTES else {}
    names |= {"least_paid": "least", "most_paid": "most", "paid_all_they_had": "poor"}
    values = {
        names.get(name, name): speech.number(one, 9)
        for name, one in reason.values.items() if isinstance(one, float)
    }  # fmt: skip
    return speech.say(f"budget-{key}", **values)


_VOTES = ("short", "no_share", "completion", "few_votes")


def _document(
    election: Election, rule: Rule, found: Outcome, decisions: Sequence[Override], speech: Speech
) -> dict[str, Any]:
    winners = overridden(found.winners, decisions)
    won, by = set(winners), {one.project: one for one in decisions}
    cost = sum(election.costs[row] for row in winners)
    told = [one for one in election.selected if one is not None]
    official = {row for row, one in enumerate(election.selected) if one == 1}
    return {
        "status": "ok",
        "election": election.meta.get("description", ""),
        "rule": {
            "name": rule.name, "title": rule.title(speech.language), "method": rule.method,
            "utility": rule.utility if rule.method == "equal-shares" else None,
            "completion": list(rule.completion), "ties": list(rule.ties),
        },
        "currency": election.meta.get("currency", ""),
        "budget": election.money(election.budget),
        "voters": election.voters,
        "share": found.share,
        "winners": [election.ids[row] for row in winners],
        "cost": election.money(cost),
        "explanation": [
            {
                "project": election.ids[one.project],
                "name": election.names[one.project],
                "cost": election.money(election.costs[one.project]),
                "votes": election.votes[one.project],
                "won": one.project in won,
                "code": "override" if one.project in by else one.code,
                "turn": one.turn,
                "values": one.values,
                "why": why(one, by.get(one.project), speech),
            }
            for one in found.reasons
        ],
        "overrides": [
            {
                "project": election.ids[one.project], "chosen": one.chosen,
                "rule_said": one.project in found.winners, "by": one.by, "reason": one.reason,
                "at": one.at,
            }
            for one in decisions
        ],
        "official": {
            "known": bool(told),
            "winners": [election.ids[row] for row in sorted(official)] if told else None,
            "same": official == set(found.winners) if told else None,
        },
    }  # fmt: skip


def _say(
    election: Election, rule: Rule, found: Outcome, decisions: Sequence[Override], speech: Speech
) -> None:
    whole = _document(election, rule, found, decisions, speech)
    rows = {one["project"]: one for one in whole["explanation"]}
    head = [speech.say(f"budget-{one}") for one in ("project", "cost", "why")]
    title = speech.say("budget-title", rule=whole["rule"]["title"])
    losers = [name for name in rows if not rows[name]["won"]]
    for above, names in ((title, whole["winners"]), (speech.say("budget-losers"), losers)):
        if names:
            lines = [
                (f"{name} {rows[name]['name']}".strip(), speech.number(rows[name]["cost"], 12),
                 rows[name]["why"])
                for name in names
            ]  # fmt: skip
            console.table(head, lines, above)
    spent = {key: speech.number(whole[key], 12) for key in ("cost", "budget", "voters")}
    console.say(console.escape(speech.say("budget-spent", **spent)))
