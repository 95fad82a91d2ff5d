"""``kopa whatif``: what breaks if …, and why."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import numpy as np

from kopa.city.causes import lost_by_cause
from kopa.city.documents import whatif_document
from kopa.city.load import City
from kopa.city.whatif import WhatIf, what_if
from kopa.city.words import Words
from kopa.cli import options
from kopa.console import document, escape, say, table, tell
from kopa.coupling.explain import Step
from kopa.model.window import clock

PATHS = 4
"""So many different causes are told, the worst first."""
NAMES = 4
"""So many assets of a step are named."""


def register(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    options.city(parser)
    options.window(parser)
    parser.add_argument(
        "--change",
        action="append",
        required=True,
        metavar="'DOMAIN:ASSET KIND [VALUE] [FROM-TO]'",
        help="what is done; may be given again",
    )
    parser.add_argument(
        "--without",
        action="append",
        default=[],
        metavar="'SOURCE>TARGET'",
        help="counterfactual: a link goes on bringing what it usually brings",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Answer a what-if; 1 if the answer is unknown."""
    window = options.window_from(args)
    city, words = options.city_from(args)
    changes = [city.change(text) for text in args.change]
    undone = [number for text in args.without for number in city.links_named(text)]
    answer = what_if(city, city.solver(window), changes, undone)
    if args.json:
        document(whatif_document(city, answer))
    else:
        show(city, answer, words)
    return 1 if answer.status == "unknown" else 0


def show(city: City, answer: WhatIf, words: Words) -> None:
    """Tell people the answer."""
    window = answer.solution.window
    span = f"{clock(window.start)}-{clock(window.end)}"
    say(f"[bold]{escape(city.settings.name)}[/]  {span}, {window.steps} × {window.step // 60} min")
    for change in answer.solution.changes:
        say(f"  {escape(str(change))}")
    tell(answer.findings)
    if answer.status == "unknown":
        say(f"[red]{words.say('answer-unknown')}[/]")
        return
    if not answer.totals:
        say(words.say("nothing-changes"))
    _show_why(city, answer, words)
    _show_ledger(answer, words)
    _show_reliability(answer, words)
    solved = ", ".join(f"{name} {runs}" for name, runs in answer.solution.runs.items())
    say(
        f"[dim]{words.say('solved', runs=solved)}  "
        f"{words.say('took', seconds=words.number(answer.seconds))}[/]"
    )


def _show_why(city: City, answer: WhatIf, words: Words) -> None:
    """The worst losses of people, with the path from the change to them."""
    found = lost_by_cause(city, answer)
    for lost in found[:PATHS]:
        head = words.say(
            "lost-service",
            service=words.say(f"service-{lost.service}"),
            people=words.number(lost.people, 9),
            places=words.number(len(lost.rows), 9),
            hours=words.number(lost.person_hours, 4),
            start=clock(int(lost.starts.min())),
            end=clock(int(lost.ends.max())),
        )
        say(f"\n[bold]{escape(head)}[/]")
        _show_steps(city, lost.steps, words)
    if len(found) > PATHS:
        say(f"[dim]{words.say('more-causes', number=len(found) - PATHS)}[/]")
    told = {effect.service for effect in answer.effects if effect.quantity == "person_hours"}
    for effect in answer.effects:
        if effect.lens == "people" and effect.own and effect.service not in told:
            number = f"{words.number(float(effect.mid.sum()), 4)} {effect.unit}"
            quantity = words.say(f"quantity-{effect.quantity}", effect.domain)
            say(f"\n[bold]{escape(f'{quantity}: {number}')}[/]")
            event = int(effect.events[int(np.argmax(effect.mid))])
            if event >= 0:
                _show_steps(city, answer.explanation.path(effect.domain, event), words)


def _show_steps(city: City, steps: Sequence[Step], words: Words) -> None:
    """The steps that lead from a change to an effect."""
    for depth, step in enumerate(steps):
        arrow = "    " if depth == 0 else "  → "
        say(f"{arrow}{escape(step_text(city, step, words))}")


def step_text(city: City, step: Step, words: Words) -> str:
    """A step of a cause path in words."""
    assets = city.domains[step.domain].assets()
    kinds = {assets.kinds[assets.index[asset]] for asset in step.assets}
    kind = words.say(f"kind-{kinds.pop()}", step.domain) if len(kinds) == 1 else ""
    named = [_named(assets.ids, assets.names, assets.index[a]) for a in step.assets[:NAMES]]
    more = len(step.assets) - NAMES
    names = ", ".join(named) + (f" (+{words.number(more, 9)})" if more > 0 else "")
    what = words.say(f"event-{step.what}", step.domain)
    subject = f"{kind} {names}".strip()
    return f"{subject}: {what} {clock(step.start)}-{clock(step.end)}"


def _named(ids: Sequence[str], names: Sequence[str], row: int) -> str:
    name = names[row]
    return ids[row] if not name or name in ids[row] else f"{ids[row]} ({name})"


def _show_ledger(answer: WhatIf, words: Words) -> None:
    rows = []
    for total in answer.totals:
        spread = ""
        if total.high > total.low:
            spread = f"{words.number(total.low)} – {words.number(total.high)}"
        rows.append(
            [
                words.say(f"lens-{total.lens}"),
                words.say(f"quantity-{total.quantity}"),
                words.say(f"service-{total.service}") if total.service else "",
                words.number(total.mid, 4),
                spread,
                total.unit,
            ]
        )
    if rows:
        say()
        heads = ("lens", "quantity", "service", "value", "range", "unit")
        table([words.say(f"head-{head}") for head in heads], rows, words.say("ledger"))


def _show_reliability(answer: WhatIf, words: Words) -> None:
    for index in answer.reliability:
        say(
            words.say(
                "reliability",
                service=words.say(f"service-{index.service}"),
                saidi=words.number(index.saidi_min),
                saifi=words.number(index.saifi),
                worst=words.number(index.worst_tenth_h),
            )
        )
