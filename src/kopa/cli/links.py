"""``kopa links``: who supplies whom in a city, why, and how sure."""

from __future__ import annotations

import argparse
import datetime
from collections import defaultdict
from collections.abc import Sequence

from kopa.city.documents import links_document
from kopa.city.linker import DOUBTFUL
from kopa.city.load import City
from kopa.city.relink import confirmed, repaired, save, undo
from kopa.city.words import Words
from kopa.cli import options
from kopa.console import document, say, table, tell
from kopa.errors import Finding, UsageError
from kopa.model import Link

SHOWN = 200
"""So many links are told one by one; --json tells all."""


def register(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    options.city(parser)
    parser.add_argument("--of", metavar="ASSET", default="", help="those of one asset, with reason")
    parser.add_argument("--below", type=float, metavar="C", help="those of less confidence than C")
    act = parser.add_mutually_exclusive_group()
    act.add_argument(
        "--repair", action="store_true", help="leave out what is gone, propose what is missing"
    )
    act.add_argument(
        "--confirm", action="store_true", help="the links that --of and --below name are sure"
    )
    act.add_argument("--undo", action="store_true", help="take back the last change of links.csv")
    parser.add_argument("--dry-run", action="store_true", help="show it, but write nothing")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """List, repair or confirm links."""
    if args.undo:
        undo(args.city)
        say("links.csv is what it was before.")
        return 0
    if args.repair:
        return _repair(args)
    city, words = options.city_from(args)
    rows = _chosen(city, args)
    findings = _doubtful(city.links)
    if args.confirm:
        if not rows and not args.of:
            raise UsageError("no link is chosen: nothing to confirm")
        links = confirmed(city.links, frozenset(rows), datetime.datetime.now().astimezone().date())
        if not args.dry_run:
            save(args.city, links)
        if not args.json:
            say(f"{len(rows)} links {'would be' if args.dry_run else 'are'} confirmed.")
            return 0
        rows_shown = [links[row] for row in rows]
        document(links_document(rows_shown, ()))
        return 0
    if args.json:
        document(links_document([city.links[row] for row in rows], findings))
    elif args.of or args.below is not None:
        _list([city.links[row] for row in rows])
    else:
        tell(findings)
        _summary(city.links, words)
    return 0


def _chosen(city: City, args: argparse.Namespace) -> list[int]:
    """Rows that --of and --below name."""
    full = ""
    if args.of:
        name, _, asset = args.of.partition(":")
        domain = city.domains.get(name)
        if domain is None:
            raise UsageError(f"'{args.of}': write <domain>:<asset>, of {', '.join(city.domains)}")
        full = domain.assets().full(domain.assets().find(asset))
    return [
        row
        for row, link in enumerate(city.links)
        if (not full or full in (str(link.source), str(link.target)))
        and (args.below is None or link.confidence < args.below)
    ]


def _repair(args: argparse.Namespace) -> int:
    answer = repaired(args.city)
    if not args.dry_run and (answer.proposed or answer.broken):
        save(args.city, answer.links)
    if args.json:
        document(links_document(answer.proposed, (*answer.broken, *answer.findings)))
        return 0
    tell((*answer.broken, *answer.findings))
    _list(answer.proposed)
    would = "would be " if args.dry_run else ""
    say(
        f"{len(answer.broken)} rows {would}left out, {len(answer.proposed)} links {would}proposed, "
        f"{len(answer.links) - len(answer.proposed)} kept."
        + ("" if args.dry_run else " kopa links CITY --undo takes it back.")
    )
    return 0


def _list(links: Sequence[Link]) -> None:
    rows = [
        [
            str(link.source),
            link.source.port,
            str(link.target),
            link.target.port,
            f"{link.confidence:.2f}",
            f"{link.origin}: {link.note}" if link.note else link.origin,
        ]
        for link in links[:SHOWN]
    ]
    table(["source", "gives", "target", "needs", "confidence", "why"], rows)
    if len(links) > SHOWN:
        say(f"… and {len(links) - SHOWN} more; --json tells all.")


def _summary(links: Sequence[Link], words: Words) -> None:
    """One row for each pair of ports."""
    pairs: dict[tuple[str, ...], list[Link]] = defaultdict(list)
    for link in links:
        pairs[link.source.domain, link.source.port, link.target.domain, link.target.port].append(
            link
        )
    rows = [
        [
            words.say("domain", source),
            gives,
            words.say("domain", target),
            needs,
            words.number(len(found), 9),
            str(sum(link.confidence < DOUBTFUL for link in found)),
        ]
        for (source, gives, target, needs), found in sorted(pairs.items())
    ]
    table(["source", "gives", "target", "needs", "links", "doubtful"], rows, numbers=2)


def _doubtful(links: Sequence[Link]) -> list[Finding]:
    weak = sorted(
        (link for link in links if link.confidence < DOUBTFUL),
        key=lambda link: (link.confidence, str(link)),
    )
    return [
        Finding(
            "links.doubtful",
            f"{link} has a confidence of {link.confidence:.2f} ({link.note}).",
            "Confirm it with kopa links CITY --of ASSET --confirm, or correct the row.",
            "warning",
            "links.csv",
            asset=str(link.target),
        )
        for link in weak
    ]
