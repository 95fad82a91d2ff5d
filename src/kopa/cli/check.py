"""``kopa check``: reads a city and tells all that is wrong with its files."""

from __future__ import annotations

import argparse

from kopa.city.documents import check_document
from kopa.city.load import City, load_city
from kopa.city.read_sections import unstated
from kopa.city.words import words_of
from kopa.cli import options
from kopa.console import document, say, table, tell
from kopa.errors import InputError


def register(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    options.city(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Check a city; 1 if it cannot be used."""
    city: City | None = None
    try:
        city = load_city(args.city)
        file = str(args.city / "city.toml")
        findings = (*city.findings, *unstated(city.settings.publication, file))
    except InputError as error:
        findings = error.findings
    if args.json:
        document(check_document(findings, city))
        return 0 if city else 1
    tell(findings)
    if city is None:
        say(f"[red]{len(findings)} findings; the city cannot be used.[/]")
        return 1
    words = words_of(args.lang or city.settings.languages[0], tuple(city.domains))
    rows = [
        [name, words.say("domain", name), words.number(len(domain.assets()), 9)]
        for name, domain in city.domains.items()
    ]
    table(["", words.say("head-domain"), words.say("head-assets")], rows, numbers=1)
    say(words.say("check-done", city=city.settings.name, links=len(city.links)))
    return 0
