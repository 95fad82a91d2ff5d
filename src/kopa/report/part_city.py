"""The city in the report: its map, its networks one by one, and its numbers."""

from __future__ import annotations

import numpy as np

from kopa.city.drawing import Drawing
from kopa.domain.page import Layer
from kopa.geo.read_base import Box
from kopa.report.context import Context
from kopa.report.frame import Frame, around, framed
from kopa.report.look import fill, stroke
from kopa.report.markup import Markup, tag
from kopa.report.report import DomainPart
from kopa.report.svg_map import SVG, Style, Words, ground, networks, picture, shown
from kopa.report.svg_path import symbols
from kopa.report.tables import figure, note, section, table
from kopa.report.voice import capital

WIDTH, SMALL = 960.0, 470.0
SMALLER = 0.6
"""Signs on a small map are so much smaller."""
LEFT_OUT, BEYOND = 0.01, 0.05
"""What lies farthest out to each side is left out; a map goes on a little beyond the rest."""
MAIN = 0.75
"""A box around nearly all of the city is taken where it is so much narrower than all of it."""
_ASSETS = ("domain", "kinds", "assets")
NAMED_KINDS = 3
"""So many kinds of a layer are named in a legend."""


def city_map(context: Context) -> Markup:
    """The map of all networks, and a small one of each."""
    say, drawing = context.voice.say, context.report.drawing
    title = say("report-map")
    if drawing is None:
        return section("map", title, note(say("report-map-nothing")))
    frame = framed(main_box(drawing), WIDTH, context.latitude)
    style = Style(context.inks, context.domains, points=context.main, nested=True)
    whole = picture(
        frame,
        Words(title, say("report-map-about", city=context.name), context.credit, say("report-n")),
        context.number(),
        [
            ground(frame, drawing.ground),
            *networks(frame, drawing, style),
        ],
        context.metric,
    )
    lede = [say("report-map-lede") if drawing.ground else say("report-map-no-ground")]
    if main_box(drawing) != drawing.box:
        lede += [" ", say("report-map-beyond")]
    return section(
        "map",
        title,
        tag("p", lede),
        figure(
            whole, [say("report-map-caption", city=context.name), _legend(context, frame)], "full"
        ),
        tag("div", [_small(context, drawing, name) for name in drawing.networks], class_="panels"),
    )


def main_box(drawing: Drawing) -> Box:
    """What a map of the city shows: all of it, or nearly all where a few lines lead far out."""
    shapes = [one.shapes for one in drawing.networks.values() if len(one.shapes)]
    begins = [(one.x[one.first[:-1]], one.y[one.first[:-1]]) for one in shapes]
    x, y = (np.concatenate(values) for values in zip(*begins, strict=True))
    # a domain counts as much as another, however many assets it has
    weight = np.concatenate([np.full(len(one), 1 / len(one)) for one in shapes])
    west, south, east, north = around(x, y, weight, 0.0, LEFT_OUT)
    whole = drawing.box
    wide, high = whole[2] - whole[0], whole[3] - whole[1]
    if (east - west) > MAIN * wide and (north - south) > MAIN * high:
        return whole
    beyond = BEYOND * max(east - west, north - south)
    return west - beyond, south - beyond, east + beyond, north + beyond


def _small(context: Context, drawing: Drawing, name: str) -> Markup:
    """One network alone."""
    frame = framed(main_box(drawing), SMALL, context.latitude)
    title = context.domain(name)
    style = Style(context.inks, context.domains, size=SMALLER, only=(name,))
    svg = picture(
        frame,
        Words(title, context.voice.say("report-map-one", domain=title)),
        context.number(),
        [ground(frame, drawing.ground), *networks(frame, drawing, style)],
        False,
    )
    return figure(svg, capital(title), "panel")


def _legend(context: Context, frame: Frame) -> Markup:
    """What is drawn, by domain."""
    drawing = context.report.drawing
    assert drawing is not None
    rows = []
    for name, one in drawing.networks.items():
        ink = f"d{context.domains.index(name)}"
        kinds = set(one.assets.kinds)
        items = [
            tag("li", _swatch(context, layer, ink), _layer_name(context, name, layer, kinds))
            for layer, count in shown(frame, one, context.main[name])
            if count
        ]
        rows.append(tag("div", tag("strong", capital(context.domain(name))), tag("ul", items)))
    return tag("div", rows, class_="legend")


def _layer_name(context: Context, domain: str, layer: Layer, there: set[str]) -> str:
    named = [kind for kind in layer.kinds if kind in there]
    told = [context.voice.say(f"kind-{kind}", domain) for kind in named[:NAMED_KINDS]]
    return ", ".join(told) + (" …" if len(named) > NAMED_KINDS or "*" in layer.kinds else "")


def _swatch(context: Context, layer: Layer, ink: str) -> Markup:
    if layer.draw == "line":
        sign = tag("path", d="M10 70h200", stroke_width=26, **stroke(ink, context.inks))
    else:
        d = symbols(np.array([[11.0, 7.0]]), layer.symbol, 9.0)
        sign = tag("path", d=d, **fill(ink, context.inks))
    return tag(
        "svg", sign, xmlns=SVG, viewBox="0 0 220 140", width=22, height=14, aria_hidden="true"
    )


def city_numbers(context: Context) -> Markup:
    """The city in numbers: assets, people, links, and the balance of a usual day."""
    say, report = context.voice.say, context.report
    return section(
        "numbers",
        say("report-numbers"),
        tag("p", say("report-numbers-lede", assets=context.assets, links=context.links,
                     domains=len(report.domains))),
        table(say("report-assets"), [say(f"report-head-{n}") for n in _ASSETS],
              [_domain_row(context, part) for part in report.domains], 1),
        _people(context),
        _links(context),
        usual_day(context),
    )  # fmt: skip


def _domain_row(context: Context, part: DomainPart) -> list[str]:
    voice = context.voice
    kinds = [
        f"{voice.say('kind-' + k.kind, part.name)} {voice.whole(k.count)}"
        for k in part.kinds
        if k.kind != "network"
    ]
    return [
        capital(context.domain(part.name)),
        ", ".join(kinds),
        voice.whole(sum(k.count for k in part.kinds)),
    ]


def _people(context: Context) -> list[Markup]:
    """People by kind of place; what they are counted as is said beside it."""
    voice, say = context.voice, context.voice.say
    rows = [
        [
            capital(voice.say(f"kind-{k.kind}", part.name)),
            voice.whole(k.count),
            voice.whole(k.people),
        ]
        for part in context.report.domains
        for k in sorted(part.kinds, key=lambda k: -k.people)
        if k.people > 0
    ]
    if not rows:
        return []
    heads = [say("report-head-kind"), say("report-head-places"), say("report-head-people")]
    return [table(say("report-people"), heads, rows, 2, "short"), note(say("report-people-note"))]


def _links(context: Context) -> list[Markup]:
    voice, say = context.voice, context.voice.say
    if not context.report.links:
        return [note(say("report-links-none"))]
    rows = [
        [
            f"{capital(context.domain(part.source))} → {context.domain(part.target)}",
            voice.port(part.port, part.source),
            say(f"report-origin-{part.origin}"),
            voice.whole(part.count),
            voice.percent(part.mean),
            voice.percent(part.least),
        ]
        for part in context.report.links
    ]
    heads = [say(f"report-head-{name}") for name in
             ("from-to", "brings", "origin", "links", "confidence", "least")]  # fmt: skip
    return [table(say("report-links"), heads, rows, 3), note(say("report-links-note"))]


def usual_day(context: Context) -> Markup:
    """What came in against what went out, on a day without any change."""
    voice, say = context.voice, context.voice.say
    rows = []
    for part in context.report.domains:
        balance = part.balance
        told = [say("report-none")] * 4
        if balance is not None:
            parts = (balance.supplied, balance.used, balance.lost)
            told = [f"{voice.rounded(value)} {voice.unit(balance.unit)}" for value in parts]
            told.append(say("report-balances" if balance.ok else "report-balances-not"))
        rows.append(
            [capital(context.domain(part.name)), *told, say(f"report-status-{part.status}")]
        )
    heads = [say(f"report-head-{name}") for name in
             ("domain", "supplied", "used", "lost", "balance", "status")]  # fmt: skip
    return section("day", say("report-day"), tag("p", say("report-day-lede")),
                   table(say("report-day-table"), heads, rows), level=3)  # fmt: skip
