"""Colours of pictures and of the page: light as attributes, dark as a style sheet.

A picture carries its light colours itself, so that it looks right wherever it is put; the page's
style sheet replaces them where a dark page is wanted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kopa.city.domains import domain_type
from kopa.domain.page import page_of


@dataclass(frozen=True, slots=True)
class Ink:
    """A colour on a light page and on a dark one."""

    light: str
    dark: str


INKS = {
    "land": Ink("#f5f3ee", "#1a2129"),
    "green": Ink("#e2ebd8", "#1e2c24"),
    "water": Ink("#cddfeb", "#15293b"),
    "buildings": Ink("#e5dfd6", "#262e38"),
    "roads": Ink("#ffffff", "#323c48"),
    "rail": Ink("#c6c1b8", "#46505c"),
    "ink": Ink("#17202a", "#eef2f6"),
    "muted": Ink("#566270", "#a3afbd"),
    "faint": Ink("#d7dce2", "#38424e"),
    "paper": Ink("#ffffff", "#11161c"),
    "people": Ink("#a3175c", "#ff8cc0"),
    "accent": Ink("#0b5a8c", "#6cb8ee"),
    "wash": Ink("#d6e6f1", "#1c3a52"),
}


def domain_inks(domains: Sequence[str]) -> dict[str, Ink]:
    """The colours of domains as their pages have them, by class: ``d0``, ``d1`` and so on."""
    pages = [page_of(domain_type(name).package) for name in domains]
    return {
        f"d{number}": Ink(page.colour.light, page.colour.dark) for number, page in enumerate(pages)
    }


def dark_style(inks: dict[str, Ink]) -> str:
    """Rules that give a dark page's colours to what is drawn by `fill` and `stroke`."""
    rules = "".join(
        f".f-{name}{{fill:{ink.dark}}}.s-{name}{{stroke:{ink.dark}}}" for name, ink in inks.items()
    )
    return f"@media screen and (prefers-color-scheme:dark){{{rules}}}"


def fill(name: str, inks: dict[str, Ink] = INKS) -> dict[str, str]:
    """Attributes of what is filled with a colour."""
    return {"fill": inks[name].light, "class_": f"f-{name}"}


def stroke(name: str, inks: dict[str, Ink] = INKS) -> dict[str, str]:
    """Attributes of what is drawn with a colour."""
    return {"fill": "none", "stroke": inks[name].light, "class_": f"s-{name}"}
