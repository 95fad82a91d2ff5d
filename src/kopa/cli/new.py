"""``kopa new``: makes a whole city from a map."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from kopa.city.documents import new_document
from kopa.city.domains import domain_names
from kopa.city.new import ATTRIBUTION, Identity, Made, new_city
from kopa.city.place import fetch_place
from kopa.city.survey import Wishes
from kopa.city.words import words_of
from kopa.console import document, escape, say, table, tell
from kopa.errors import UsageError


def register(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--osm", type=Path, metavar="F", help="OpenStreetMap extract (.osm.pbf)")
    source.add_argument("--place", metavar="NAME", help="download the extract of a city: Riga")
    parser.add_argument("--gtfs", type=Path, metavar="F", help="timetable of public transport")
    parser.add_argument("--population", type=int, default=0, metavar="N", help="residents")
    parser.add_argument("--people", type=Path, metavar="F", help="CSV: lon, lat, population")
    parser.add_argument("--dem", type=Path, metavar="F", help="height of the ground (GeoTIFF)")
    parser.add_argument("--ages", metavar="'0-14:0.15 …'", help="shares of age bands")
    parser.add_argument("--name", default="", help="name of the city")
    parser.add_argument("--country", default="", help="country code: LV")
    parser.add_argument("--timezone", default="", help="such as Europe/Riga")
    parser.add_argument("--languages", default="en", help="languages of answers: lv,en")
    parser.add_argument("--crs", default="", help="projected CRS, EPSG:3059 (default: UTM zone)")
    parser.add_argument("--seed", type=int, default=1, help="seed of what is drawn (default 1)")
    parser.add_argument("-o", "--out", type=Path, required=True, metavar="CITY", help="new folder")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    parser.add_argument("--timeout", type=int, metavar="S", help="end after so many seconds")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Make a city; 1 if its files cannot be used."""
    osm = args.osm or fetch_place(args.place, args.out.parent, _downloaded)
    given = {"ages": _ages(args.ages)} if args.ages else {}
    wishes = Wishes(
        osm, args.name or args.place or "", args.population, args.gtfs, args.dem, args.people,
        args.crs, seed=args.seed, **given,
    )  # fmt: skip
    languages = tuple(part.strip() for part in args.languages.split(",") if part.strip())
    identity = Identity(args.country, args.timezone, languages or ("en",))
    made = new_city(wishes, args.out, identity, _told)
    if args.json:
        document(new_document(made))
    else:
        show(made, languages[0])
    return 0


def _ages(text: str) -> dict[str, float]:
    """Shares written ``0-14:0.15 15-64:0.63 65+:0.22``."""
    try:
        shares = {name: float(share) for name, share in (p.rsplit(":", 1) for p in text.split())}
    except ValueError:
        raise UsageError(
            f"'{text}' names no shares: write '0-14:0.15 15-64:0.63 65+:0.22'"
        ) from None
    if not shares or abs(sum(shares.values()) - 1) > 0.005 or min(shares.values()) < 0:
        raise UsageError(f"the shares of age bands add up to {sum(shares.values()):g}, not to 1")
    return shares


def _told(part: str, text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\x1b[2K{part}: {text} …", end="", file=sys.stderr, flush=True)


def _downloaded(done: int, total: int | None) -> None:
    share = f"{done / total:.0%} of {total / 1e6:.0f} MB" if total else f"{done / 1e6:.0f} MB"
    _told("download", share)


def show(made: Made, language: str) -> None:
    """Print what was made, for people."""
    if sys.stderr.isatty():
        print("\r\x1b[2K", end="", file=sys.stderr)
    words = words_of(language, tuple(name for name in made.designs if name in domain_names()))
    tell(made.findings)
    rows = [
        [
            words.say("domain", name) if name in domain_names() else name,
            ", ".join(
                f"{words.number(value, 9)} {words.say(f'count-{key}', name)}"
                for key, value in design.counts.items()
            ),
            f"{made.seconds[name]:.1f} s",
        ]
        for name, design in made.designs.items()
    ]
    table([words.say(f"head-{head}") for head in ("domain", "built", "time")], rows, numbers=1)
    done = words.say(
        "new-done",
        folder=str(made.folder),
        seconds=words.number(sum(made.seconds.values())),
        links=words.number(len(made.links.links), 9),
        attribution=ATTRIBUTION,
    )
    say(escape(done))
