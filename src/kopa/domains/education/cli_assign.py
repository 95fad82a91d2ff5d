"""``kopa education assign``: who gets which place, why, and the proof that nobody is wronged."""

from __future__ import annotations

import argparse
import secrets
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from kopa import console
from kopa.domain.speech import Speech, speech_of
from kopa.errors import Finding, UsageError
from kopa.model import IntArray

from .assignment.acceptance import accepted
from .assignment.compare import compared
from .assignment.explain import explained
from .assignment.proof import Proof, doors, proof, rank_counts
from .assignment.read_round import read_round
from .assignment.round import DIGITS, Round, ordered
from .network import PACKAGE
from .private import Private, day, key_of

METHOD = (
    f"the first {DIGITS} hexadecimal digits of SHA-256 over the seed, a line feed and the family "
    "(or the child), UTF-8; with --lottery school another line feed and the school follow; the "
    "lower number goes first"
)


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("assign", help="children to places by deferred acceptance, with proof")
    job.add_argument("applications", type=Path, metavar="APPLICATIONS", help="CSV")
    job.add_argument("quotas", type=Path, metavar="QUOTAS", help="CSV")
    job.add_argument("--seed", help="of the lottery, published before anybody knows it (drawn now)")
    job.add_argument(
        "--lottery", choices=("single", "school"), default="single",
        help="one number for all schools, or one for each (single)",
    )  # fmt: skip
    job.add_argument("--child", metavar="C", help="tell why this child is where it is")
    job.add_argument(
        "--store", type=Path, metavar="F.sqlite", help="keep it here, and nowhere else"
    )
    job.add_argument("--key", type=Path, metavar="F", help="key of its pseudonyms; made if absent")
    job.add_argument("--delete-on", metavar="YYYY-MM-DD", help="day from which on it is deleted")
    job.add_argument("--round", metavar="NAME", help="name of the round in the store")
    job.add_argument("--language", default="en", help="of the words (en)")
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    job.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Answer the job; gives the exit code."""
    speech = speech_of(PACKAGE, arguments.language)
    until = _terms(arguments)
    asked, told = read_round(arguments.applications, arguments.quotas)
    findings = list(told)
    seed = arguments.seed
    if seed is None:
        seed = secrets.token_hex(8)
        what = f"no seed is given: {seed} was drawn now."
        do = "Publish a seed before the last day, or let it be drawn in public."
        findings.append(Finding("education.seed", what, do, "warning"))
    document, match = assigned(asked, seed, arguments.lottery)
    if arguments.child is not None and arguments.child not in asked.children:
        raise UsageError("--child: no application has it")
    if until is not None:
        key = key_of(arguments.key, make=True)
        store = Private(arguments.store, make=True)
        store.keep(arguments.round, asked, match, (until, key))
    document["findings"] = console.finding_rows(findings)
    if arguments.json:
        if arguments.child is not None:
            document["explanations"] = [
                one for one in document["explanations"] if one["child"] == arguments.child
            ]
        console.document(document)
        return 0
    _printed(speech, document, arguments.child)
    console.tell(findings)
    return 0


def _terms(arguments: argparse.Namespace) -> date | None:
    """Day of deletion, None where nothing is kept."""
    given = [getattr(arguments, name) for name in ("store", "key", "delete_on", "round")]
    if all(one is None for one in given):
        return None
    if any(one is None for one in given):
        raise UsageError("--store, --key, --delete-on and --round go together")
    if arguments.store.resolve() == arguments.key.resolve():
        raise UsageError("--key: the key lies beside the store, not in it")
    until = day(arguments.delete_on)
    if until <= date.today():
        raise UsageError("--delete-on: the day is over; name one to come")
    return until


def assigned(asked: Round, seed: str, lottery: Any = "single") -> tuple[dict[str, Any], IntArray]:
    """The whole answer about a round.

    Parameters
    ----------
    asked
        Applications and places.
    seed, lottery
        As `ordered` takes them.

    Returns
    -------
    tuple
        The document, and the pair that each child gets.
    """
    order = ordered(asked, seed, lottery)
    match = accepted(asked, order)
    shown, of = proof(asked, order, match), doors(asked, order, match)
    got = [asked.schools[int(asked.school[pair])] if pair >= 0 else None for pair in match.tolist()]
    document = {
        "status": "ok",
        "assignment": dict(zip(asked.children, got, strict=True)),
        "rank_counts": rank_counts(asked, match),
        "stable": shown.stable,
        "blocking_pairs": _pairs(asked, shown),
        "lottery": {"seed": seed, "kind": lottery, "method": METHOD},
        "schools": [
            {
                "school": name,
                "places": int(asked.places[row]),
                "taken": int(of.taken[row]),
                "first_choices": int(np.sum((asked.school == row) & (asked.rank == 1))),
                "reserved": [
                    {
                        "group": group,
                        "places": int(asked.reserved[row, column]),
                        "taken": int(of.reserved_taken[row, column]),
                    }
                    for column, group in enumerate(asked.groups)
                    if asked.reserved[row, column]
                ],
            }
            for row, name in enumerate(asked.schools)
        ],
        "least_distance": compared(asked, order, match),
        "explanations": [
            explained(asked, order, match, of, child) for child in range(len(asked.children))
        ],
    }
    return document, match


def _pairs(asked: Round, shown: Proof) -> list[dict[str, str]]:
    return [
        {
            "child": asked.children[int(asked.child[pair])],
            "school": asked.schools[int(asked.school[pair])],
        }
        for pair in shown.blocking.tolist()
    ]


def _printed(speech: Speech, document: dict[str, Any], child: str | None) -> None:
    say = speech.say
    heads = [say(f"education-{name}") for name in ("school", "places", "taken")]
    cells = [(one["school"], str(one["places"]), str(one["taken"])) for one in document["schools"]]
    console.table(heads, cells, say("education-assigned"), 2)
    counts = [
        (say("education-none") if rank == "none" else rank, str(many))
        for rank, many in document["rank_counts"].items()
    ]
    console.table([say("education-rank"), say("education-children")], counts, "", 1)
    pairs = len(document["blocking_pairs"])
    stable = document["stable"]
    console.say(say("education-stable" if stable else "education-not-stable", pairs=pairs))
    console.say(console.escape(say("education-seed", seed=document["lottery"]["seed"])))
    both = document["least_distance"]
    if both is not None:
        fair, other = both["fair"], both["least_distance"]
        metres = {"fair": speech.number(fair["metres"]), "metres": speech.number(other["metres"])}
        console.say(say("education-compared", pairs=other["blocking_pairs"], **metres))
    for one in document["explanations"] if child is not None else ():
        if one["child"] != child:
            continue
        console.say(console.escape(f"{child}: {one['school'] or say('education-none')}"))
        for refused in one["refused"]:
            reason = say(f"education-reason-{refused['reason']}")
            console.say(console.escape(f"  {refused['school']}: {reason}"))
