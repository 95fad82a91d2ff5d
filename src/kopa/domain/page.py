"""How a domain's assets and series are drawn and grouped: its ``page.json``.

A page, a map and a report read it; none of them knows a domain.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import msgspec

from kopa.errors import Finding, InputError

REST = "*"
"""Among the kinds of a layer: all that no other layer draws and nobody hides."""
MOST_ZOOM = 22.0
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
Stops = tuple[tuple[float, float], ...]
"""Zoom and value, rising zooms; between them it is linear."""


class Colour(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The domain's colour on a light and on a dark page, ``#0072b2``."""

    light: str
    dark: str


class Layer(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Some kinds of asset that are drawn alike.

    Parameters
    ----------
    kinds
        The kinds; ``*`` for all others.
    draw
        As lines, or as points.
    from_zoom
        They are drawn from this zoom on.
    small_from_zoom
        Those that weigh nothing (`Shapes.weight`) come so late, others between; 0 for none later.
    width
        Of lines, px by zoom.
    size
        Of points, px by zoom.
    symbol
        Of points.
    label
        True where names are written.
    """

    kinds: tuple[str, ...]
    draw: Literal["line", "point"]
    from_zoom: float
    small_from_zoom: float = 0.0
    width: Stops = ()
    size: Stops = ()
    symbol: Literal["circle", "square", "triangle", "diamond", "hexagon", "cross"] = "circle"
    label: bool = False

    def zoom_of(self, weight: float) -> float:
        """The zoom from which a shape of some weight is drawn."""
        last = max(self.small_from_zoom, self.from_zoom)
        return last - weight * (last - self.from_zoom)


class Series(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How a quantity is shown.

    Parameters
    ----------
    unit
        As people read it; empty for shares and switches.
    digits
        After the decimal sign.
    on_map
        True where it can colour the map.
    low, high
        Ends of its colour scale.
    flag
        True where it is on or off.
    off
        The value of a flag that means that the asset is out: 1 for ``closed`` of a street.
    """

    unit: str
    digits: int
    low: float
    high: float
    on_map: bool = False
    flag: bool = False
    off: Literal[0, 1] = 0


class Page(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What ``page.json`` says.

    Parameters
    ----------
    colour
        Of all that the domain draws.
    order
        Domains of a higher number lie above those of a lower one.
    layers
        What is drawn, the lowest first.
    series
        By quantity.
    main
        Kinds that stand for the domain.
    hidden
        Kinds that are not drawn.
    """

    colour: Colour
    order: int
    layers: tuple[Layer, ...]
    series: dict[str, Series]
    main: tuple[str, ...]
    hidden: tuple[str, ...] = ()

    def layer_of(self, kind: str) -> Layer | None:
        """The layer that draws a kind; None where none does."""
        if kind in self.hidden:
            return None
        found = (layer for layer in self.layers if kind in layer.kinds)
        return next(found, next((one for one in self.layers if REST in one.kinds), None))

    def document(self, kinds: Collection[str]) -> dict[str, Any]:
        """The page as JSON has it, with the names of kinds instead of ``*``.

        Parameters
        ----------
        kinds
            Kinds that the city has.
        """
        named = {kind for layer in self.layers for kind in layer.kinds} | set(self.hidden)
        rest = tuple(sorted(set(kinds) - named))
        layers = [
            msgspec.structs.replace(
                layer, kinds=(*(k for k in layer.kinds if k != REST), *rest * (REST in layer.kinds))
            )
            for layer in self.layers
        ]
        plain: dict[str, Any] = msgspec.to_builtins(msgspec.structs.replace(self, layers=layers))
        return plain


@cache
def page_of(package: str) -> Page:
    """The page of a domain.

    Parameters
    ----------
    package
        The domain's package, which holds ``page.json``.

    Raises
    ------
    InputError
        With all that is wrong in it.
    """
    return read_page(files(package).joinpath("page.json").read_bytes(), package)


def read_page(raw: bytes, name: str) -> Page:
    """A page from its JSON.

    Parameters
    ----------
    raw
        The JSON.
    name
        Whose it is, for the findings.

    Raises
    ------
    InputError
        With all that is wrong in it.
    """
    try:
        page = msgspec.json.decode(raw, type=Page)
    except msgspec.DecodeError as error:
        raise InputError([_wrong(name, "", f"{error}.")]) from None
    found = [_wrong(name, place, what) for place, what in _faults(page)]
    if found:
        raise InputError(found)
    return page


def _wrong(name: str, place: str, what: str) -> Finding:
    do = "Correct page.json; CONTRIBUTING.md says what it holds."
    return Finding("page.wrong", what, do, file=f"{name}/page.json", place=place)


def _faults(page: Page) -> Iterator[tuple[str, str]]:
    for theme in ("light", "dark"):
        if not _COLOUR.fullmatch(getattr(page.colour, theme)):
            yield f"colour.{theme}", f"'{getattr(page.colour, theme)}' is no colour like #0072b2."
    named = [kind for layer in page.layers for kind in layer.kinds] + list(page.hidden)
    for kind in sorted({kind for kind in named if named.count(kind) > 1}):
        yield "layers", f"'{kind}' is drawn or hidden more than once."
    for kind in page.main:
        if kind not in named or kind in page.hidden:
            yield "main", f"'{kind}' is in no layer."
    for number, layer in enumerate(page.layers, 1):
        yield from ((f"layer {number}", what) for what in _of_layer(layer))
    for quantity, one in page.series.items():
        if not one.low < one.high or one.digits < 0:
            yield f"series.{quantity}", "low must lie below high, and digits be 0 or more."


def _of_layer(layer: Layer) -> Iterator[str]:
    if not layer.kinds:
        yield "it has no kinds."
    wanted, other = ("width", "size") if layer.draw == "line" else ("size", "width")
    stops: Stops = getattr(layer, wanted)
    if not stops or getattr(layer, other):
        yield f"a {layer.draw} has a {wanted} and no {other}."
    zooms = [zoom for zoom, _ in stops]
    if zooms != sorted(set(zooms)) or any(value <= 0 for _, value in stops):
        yield f"the zooms of {wanted} must rise, and its values be above 0."
    if not 0 <= layer.from_zoom <= MOST_ZOOM or not 0 <= layer.small_from_zoom <= MOST_ZOOM:
        yield f"a zoom lies between 0 and {MOST_ZOOM:g}."
    if 0 < layer.small_from_zoom < layer.from_zoom:
        yield "small_from_zoom must not lie before from_zoom."
