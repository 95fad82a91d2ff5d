"""Maps of the city as SVG: the ground, the networks, and the signs of a map."""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kopa.city.drawing import Drawing, Ground
from kopa.city.tiles.features import Drawn
from kopa.domain.page import Layer, Stops
from kopa.report.frame import Frame
from kopa.report.look import INKS, Ink, fill, stroke
from kopa.report.markup import Markup, tag
from kopa.report.svg_path import FINE, dots, lines, symbols

SVG = "http://www.w3.org/2000/svg"
FONT = "system-ui, 'Liberation Sans', Arial, sans-serif"
ROAD_M = {"motorway": 12.0, "main": 9.0, "minor": 6.0, "rail": 2.0}
"""Roads are so wide, m, where that is more than a hair."""
THIN, BOLD = 0.6, 1.5
"""Lines through which the least and the most passes, by the width of their layer."""
NESTED = (1.7, 0.5)
"""Where lines lie on one another, the lowest and the highest domain's are so much wider."""
LOWEST = 0.5
"""Opacity of the lowest domain, where others lie on it."""
SHARES = (0.0, 0.25, 0.6, 1.01)
"""Lines are drawn in so many widths: bounds of their weights."""


@dataclass(frozen=True)
class Words:
    """What a map says: its title, what it shows, and its signs.

    Parameters
    ----------
    title, description
        For those who do not see it.
    credit
        Who made the map below.
    north
        The letter of the north.
    """

    title: str
    description: str
    credit: str = ""
    north: str = "N"


@dataclass(frozen=True)
class Style:
    """How networks are drawn.

    Parameters
    ----------
    inks
        Colours of the domains, ``d0`` being the first.
    domains
        Their names, in the same order.
    wider
        Lines are so many times as wide.
    strength
        Opacity of the networks.
    points
        Domain by domain, the kinds whose points are drawn; None for all.
    nested
        True where lines of a domain are narrower than those below: all of them are seen.
    size
        Points are so many times as large.
    only
        Domains that are drawn; empty for all.
    """

    inks: dict[str, Ink]
    domains: Sequence[str]
    wider: float = 1.0
    strength: float = 1.0
    points: Mapping[str, Collection[str]] | None = None
    nested: bool = False
    size: float = 1.0
    only: tuple[str, ...] = ()


def picture(
    frame: Frame, words: Words, number: str, parts: Sequence[Markup | None], metric: bool
) -> Markup:
    """A map with its frame, scale and credit.

    Parameters
    ----------
    frame
        What it shows.
    words
        What it says.
    number
        Makes its ids unique in the page.
    parts
        What is drawn, the lowest first.
    metric
        True where the city's CRS is in metres on earth: a scale bar says so.
    """
    clip = f"clip-{number}"
    return tag(
        "svg",
        tag("title", words.title, id=f"title-{number}"),
        tag("desc", words.description, id=f"desc-{number}"),
        tag("defs", tag("clipPath", _whole(frame), id=clip)),
        tag("g", _whole(frame, **fill("land")), parts, clip_path=f"url(#{clip})"),
        signs(frame, words, metric),
        xmlns=SVG,
        viewBox=f"0 0 {frame.width:g} {frame.height:g}",
        role="img",
        aria_labelledby=f"title-{number} desc-{number}",
        font_family=FONT,
        class_="map",
    )


def _whole(frame: Frame, **attributes: str) -> Markup:
    return tag("rect", width=frame.width, height=frame.height, rx=4, **attributes)


def fine(children: Sequence[Markup | None], **attributes: str | float | None) -> Markup:
    """A group drawn in tenths of the picture's unit."""
    return tag("g", children, transform=f"scale({1 / FINE:g})", **attributes)


def ground(frame: Frame, found: Sequence[Ground]) -> Markup:
    """The ground below the networks, the lowest first."""
    areas: dict[str, list[str]] = {}
    parts: list[Markup | None] = []
    for one in found:
        if one.closed:
            areas.setdefault(one.layer, []).append(lines(frame, one.first, one.x, one.y, True))
    for layer, paths in areas.items():
        told = "".join(paths)
        if told and layer in INKS:
            parts.append(tag("path", d=told, fill_rule="evenodd", **fill(layer)))
    for one in found:
        told = "" if one.closed else lines(frame, one.first, one.x, one.y)
        if told:
            parts.append(_road(frame, one, told))
    return fine(parts)


def _road(frame: Frame, one: Ground, told: str) -> Markup:
    water, rail = one.layer == "water", one.kind == "rail"
    least = 1.6 if one.kind in ("main", "motorway") else 0.7
    width = max(ROAD_M.get(one.kind, 3.0) * frame.scale, least)
    return tag(
        "path",
        d=told,
        stroke_width=round(min(width, 14.0) * FINE, 1),
        stroke_dasharray="40 25" if rail else None,
        stroke_linecap=None if rail else "round",
        stroke_linejoin="round",
        **stroke("water" if water else "rail" if rail else "roads"),
    )


def networks(frame: Frame, drawing: Drawing, style: Style) -> list[Markup]:
    """The networks, the lowest domain first; each as one group."""
    found = []
    names = [name for name in drawing.networks if not style.only or name in style.only]
    for place, name in enumerate(names):
        one, ink = drawing.networks[name], f"d{style.domains.index(name)}"
        share = style.wider
        if style.nested:
            share *= float(np.interp(place, (0, max(len(names) - 1, 1)), NESTED))
        alone = style.only and all(layer.draw == "point" for layer in one.layers)
        kinds = None if style.points is None else style.points[name]
        layers = [(layer, 0) for layer in _layers(one)] if alone else shown(frame, one, kinds)
        parts = [
            part for layer, _ in layers for part in _layer(frame, one, layer, share, style, ink)
        ]
        opacity = style.strength if style.strength < 1 else None
        if style.nested and place == 0 and len(names) > 1:
            opacity = LOWEST
        found.append(fine(parts, opacity=opacity))
    return found


def _layers(one: Drawn) -> list[Layer]:
    """The layers of which something is drawn: lines first, then points, as the page orders them."""
    seen = {id(layer): layer for layer in one.layers}
    return sorted(seen.values(), key=lambda layer: layer.draw != "line")


def _layer(
    frame: Frame, one: Drawn, layer: Layer, wider: float, style: Style, ink: str
) -> Iterator[Markup]:
    mine = np.array([each is layer for each in one.layers], dtype=bool)
    if layer.draw == "line":
        width = at_zoom(layer.width, frame.zoom) * wider
        for low, high in itertools.pairwise(SHARES):
            weight = one.shapes.weight
            some = one.shapes.chosen(mine & (weight >= low) & (weight < high))
            told = lines(frame, some.first, some.x, some.y)
            if told:
                share = THIN + (BOLD - THIN) * (low + min(high, 1.0)) / 2
                yield tag(
                    "path",
                    d=told,
                    stroke_width=round(width * share * FINE, 1),
                    stroke_linecap="round",
                    stroke_linejoin="round",
                    **stroke(ink, style.inks),
                )
    else:
        some = one.shapes.chosen(mine)
        seen = frame.shows(some.x, some.y)
        xy = frame.place(some.x[seen], some.y[seen])
        if len(xy):
            yield from marks(
                xy, layer, at_zoom(layer.size, frame.zoom) * style.size, ink, style.inks
            )


def marks(
    xy: np.ndarray, layer: Layer, size: float, ink: str, inks: dict[str, Ink]
) -> Iterator[Markup]:
    """Points as their layer draws them; those that matter have a rim."""
    if layer.symbol == "circle" and size < 5:
        yield tag("path", d=dots(xy), stroke_width=round(size * FINE, 1), stroke_linecap="round",
                  **stroke(ink, inks))  # fmt: skip
        return
    told = symbols(xy, layer.symbol, size)
    yield tag("path", d=told, stroke_width=2.4 * FINE, stroke_linejoin="round", **stroke("paper"))
    yield tag("path", d=told, **fill(ink, inks))


def shown(
    frame: Frame, one: Drawn, points: Collection[str] | None = None
) -> list[tuple[Layer, int]]:
    """Layers of a domain that a map of this size draws, with how many assets are in each.

    Parameters
    ----------
    frame
        What the map shows.
    one
        The domain.
    points
        Kinds whose points are drawn; None for all.
    """
    found = []
    for layer in _layers(one):
        wanted = points is None or bool({*points} & {*layer.kinds})
        if layer.draw == "line" or (wanted and layer.from_zoom <= frame.zoom):
            mine = np.array([each is layer for each in one.layers], dtype=bool)
            found.append((layer, len(np.unique(one.shapes.rows[mine]))))
    return found


def at_zoom(stops: Stops, zoom: float) -> float:
    """A width or size at a zoom, straight between its stops."""
    zooms, values = zip(*stops, strict=True)
    return float(np.interp(zoom, zooms, values))


def signs(frame: Frame, words: Words, metric: bool) -> Markup:
    """Scale bar, north and credit, in the lower corners."""
    base = frame.height - 14
    parts: list[Markup] = []
    if metric:
        metres = round_length(frame.width / frame.scale / 4.5)
        long = metres * frame.scale
        label = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
        back = {"opacity": 0.82, "rx": 3}
        parts += [
            tag("rect", x=8, y=base - 20, width=round(long + 50, 1), height=27, **back,
                **fill("paper")),
            tag("path", d=f"M16 {base - 4:g}v5h{long:.1f}v-5", stroke_width=1.6, **stroke("ink")),
            tag("text", label, x=16, y=base - 7, font_size=12, **fill("ink")),
            tag("path", d=f"M{long + 38:.1f} {base - 16:g}l5 17l-5-4l-5 4z", **fill("ink")),
            tag("text", words.north, x=round(long + 46, 1), y=base - 7, font_size=11,
                **fill("ink")),
        ]  # fmt: skip
    if words.credit:
        right = frame.width - 12
        wide = min(len(words.credit) * 5.6 + 12, frame.width)
        parts += [
            tag("rect", x=round(right - wide + 6, 1), y=base - 9, width=round(wide, 1), height=16,
                opacity=0.82, rx=3, **fill("paper")),
            tag("text", words.credit, x=right, y=base + 3, font_size=10.5, text_anchor="end",
                **fill("muted")),
        ]  # fmt: skip
    return tag("g", parts)


def round_length(most: float) -> float:
    """The greatest of 1, 2, 5, 10 … that is not longer."""
    power = 10.0 ** math.floor(math.log10(max(most, 1e-3)))
    return float(max(step * power for step in (1, 2, 5) if step * power <= most))
