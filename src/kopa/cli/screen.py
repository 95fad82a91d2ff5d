"""``kopa screen``: N-1 over all assets, ranked by each lens."""

from __future__ import annotations

import argparse
import os

from kopa.city.documents import screen_document
from kopa.city.screen import RANKED, Ranked, Screening, screen_city
from kopa.city.words import Words
from kopa.cli import options
from kopa.console import document, progress, say, table, tell
from kopa.coupling.screen import Machines
from kopa.errors import UsageError


def register(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    options.city(parser)
    options.window(parser)
    options.machines(parser)
    parser.add_argument(
        "--domain", action="append", default=[], help="only assets of this domain; again for more"
    )
    parser.add_argument("--top", type=int, default=15, help="rows shown (default 15)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Screen a city; 1 if its baseline is unknown."""
    window = options.window_from(args)
    city, words = options.city_from(args)
    for name in args.domain:
        if name not in city.domains:
            raise UsageError(f"there is no domain '{name}', only {', '.join(city.domains)}")
    with progress(words.say("screening"), 1, quiet=args.json) as advance:
        done = 0

        def machines(total: int) -> Machines:
            def count(new: int) -> None:
                nonlocal done
                done += new
                advance(new / max(total, 1))

            return Machines(args.workers or os.cpu_count() or 1, args.dask, count)

        answer = screen_city(city, city.solver(window), args.domain, machines)
    if args.json:
        document(screen_document(city, window, answer))
    else:
        show(answer, words, args.top)
    return 1 if answer.baseline.status == "unknown" else 0


def show(answer: Screening, words: Words, top: int) -> None:
    """Tell people the answer."""
    tell(answer.baseline.findings)
    known = [ranked for ranked in answer.assets if ranked.status != "unknown"]
    _table([r for r in known if _matters(r)][:top], words, words.say("screen-worst"))
    surprising = sorted(known, key=lambda r: (-r.surprise, r.rank["people"]))
    surprising = [r for r in surprising if r.surprise > 0 and r.value(RANKED["people"]) > 0]
    _table(surprising[:top], words, words.say("screen-surprises"))
    unknown = len(answer.assets) - len(known)
    methods = {
        m: sum(r.case.method == m for r in answer.assets) for m in ("exact", "bound", "full")
    }
    told = ", ".join(f"{words.say(f'method-{m}')} {n}" for m, n in methods.items() if n)
    say(
        f"[dim]{words.say('screened', assets=words.number(len(answer.assets), 9), how=told)} "
        f"{words.say('took', seconds=words.number(answer.seconds))}[/]"
    )
    if unknown:
        say(f"[yellow]{words.say('screen-unknown', assets=unknown)}[/]")


def _matters(ranked: Ranked) -> bool:
    return any(ranked.value(quantities) > 0 for quantities in RANKED.values())


def _table(assets: list[Ranked], words: Words, title: str) -> None:
    rows = [
        [
            ranked.case.change.full,
            words.say(f"kind-{ranked.kind}", ranked.case.change.domain),
            words.number(ranked.value(RANKED["people"]), 4),
            words.number(ranked.value(RANKED["environment"])),
            words.number(ranked.value(RANKED["money"]), 4),
            f"{ranked.own_rank} → {ranked.people_rank}",
        ]
        for ranked in assets
    ]
    if rows:
        heads = ("asset", "kind", "people", "environment", "money", "rank")
        table([words.say(f"column-{head}") for head in heads], rows, title, numbers=4)
