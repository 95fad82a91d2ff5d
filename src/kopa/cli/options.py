"""Options that several commands share."""

from __future__ import annotations

import argparse
from pathlib import Path

from kopa.city.load import City, load_city
from kopa.city.words import Words, words_of
from kopa.model import Window
from kopa.model.window import window_of


def city(parser: argparse.ArgumentParser) -> None:
    """CITY, --json, --lang, --timeout."""
    parser.add_argument("city", type=Path, metavar="CITY", help="folder with city.toml")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    parser.add_argument("--lang", default="", help="language of the answer: en, lv")
    parser.add_argument("--timeout", type=int, metavar="S", help="end after so many seconds")


def window(parser: argparse.ArgumentParser) -> None:
    """--at, --hours, --step."""
    parser.add_argument(
        "--at", default="00:00", help="begin of the window: HH:MM or YYYY-MM-DDTHH:MM"
    )
    parser.add_argument("--hours", type=float, default=24.0, help="its length (default 24)")
    parser.add_argument("--step", default="1h", help="length of a step: 15min, 1h, 900s")


def machines(parser: argparse.ArgumentParser) -> None:
    """--workers, --dask."""
    parser.add_argument("--workers", type=int, default=0, help="processes (default: all cores)")
    parser.add_argument("--dask", default="", metavar="ADDRESS", help="run on a Dask scheduler")


def window_from(args: argparse.Namespace) -> Window:
    """The window that was asked for."""
    return window_of(args.at, args.hours, args.step)


def city_from(args: argparse.Namespace) -> tuple[City, Words]:
    """The city that was named, and words in the language of the answer."""
    loaded = load_city(args.city)
    language = args.lang or loaded.settings.languages[0]
    return loaded, words_of(language, tuple(loaded.domains))
