"""The way from a change to what people lose: numbered steps, and the map that they are drawn on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kopa.city.documents import Document
from kopa.report.context import Context
from kopa.report.frame import Frame, around, framed
from kopa.report.look import fill, stroke
from kopa.report.markup import Markup, tag
from kopa.report.report import Scenario
from kopa.report.svg_map import Style, Words, fine, ground, networks, picture
from kopa.report.svg_path import FINE, dots, lines

TOLD = 6
"""So many causes of losses are told step by step, the worst first."""
WIDTH, LEAST_M, HIGHEST = 960.0, 450.0, 0.78
STRENGTH = 0.38
"""Networks that nothing happens to are so pale."""
BADGE = 12.0
NEAR = 2.3 * BADGE
"""Numbers keep so far apart."""


@dataclass(frozen=True)
class Numbered:
    """A step with its number in the scenario."""

    number: int
    step: Document


def numbered(losses: Sequence[Document]) -> list[list[Numbered]]:
    """The steps of each loss; a step that several share has one number.

    Parameters
    ----------
    losses
        From the story, the worst first.
    """
    seen: dict[tuple[object, ...], int] = {}
    found = []
    for loss in losses[:TOLD]:
        steps = []
        for step in loss["cause"]:
            assets = tuple(asset["asset"] for asset in step["assets"])
            key = (step["domain"], step["what"], assets, step["from"], step["to"])
            steps.append(Numbered(seen.setdefault(key, len(seen) + 1), step))
        found.append(steps)
    return found


@dataclass(frozen=True)
class _Spot:
    """Assets of one domain in the city's CRS."""

    domain: str
    rows: np.ndarray
    x: np.ndarray
    y: np.ndarray


def cause_map(
    context: Context, scenario: Scenario, paths: Sequence[Sequence[Numbered]]
) -> Markup | None:
    """Where it happens; None where nothing of it has a place.

    Parameters
    ----------
    context
        The report.
    scenario
        The scenario.
    paths
        Numbered steps of its losses.
    """
    drawing = context.report.drawing
    steps = {one.number: one.step for path in paths for one in path}
    spots = {n: _spots(context, [a["asset"] for a in step["assets"]]) for n, step in steps.items()}
    changed = _spots(context, [change["asset"] for change in scenario.story["changes"]])
    hit = _spots(context, list(scenario.story["affected"]))
    if drawing is None or not any(len(spot.x) for spot in (*changed, *hit)):
        return None
    frame = framed(
        _box(context, [changed, hit, *spots.values()]), WIDTH, context.latitude, 0.07, HIGHEST
    )
    say = context.voice.say
    nothing: dict[str, tuple[str, ...]] = dict.fromkeys(context.domains, ())
    style = Style(context.inks, context.domains, strength=STRENGTH, points=nothing)
    marked = [spot for some in (*spots.values(), changed) for spot in some]
    return picture(
        frame,
        Words(
            say("report-cause-map", label=scenario.label),
            say("report-cause-map-about", places=len(scenario.story["affected"])),
            context.credit,
            say("report-n"),
        ),
        context.number(),
        [
            ground(frame, drawing.ground),
            *networks(frame, drawing, style),
            *_people(context, frame, hit),
            *_struck(context, frame, marked),
            *_badges(frame, spots, changed),
        ],
        context.metric,
    )


def _spots(context: Context, named: Sequence[str]) -> list[_Spot]:
    """Places of some assets, by domain; those without one are left out."""
    rows: dict[str, list[int]] = {}
    for full in named:
        domain, _, native = full.partition(":")
        if domain in context.domains:
            rows.setdefault(domain, []).append(
                context.voice.city.domains[domain].assets().index[native]
            )
    found = []
    for domain, some in rows.items():
        assets = context.voice.city.domains[domain].assets()
        of = np.unique(np.array(some, dtype=np.int64))
        of = of[np.isfinite(assets.x[of]) & np.isfinite(assets.y[of])]
        found.append(_Spot(domain, of, assets.x[of], assets.y[of]))
    return found


def _box(context: Context, groups: Sequence[Sequence[_Spot]]) -> tuple[float, float, float, float]:
    """Where most of it happens: each change and each step counts as much as all people."""
    xs, ys, weights = [], [], []
    for spots in groups:
        many = sum(len(spot.x) for spot in spots)
        for spot in spots:
            xs.append(spot.x)
            ys.append(spot.y)
            weights.append(np.full(len(spot.x), 1 / max(many, 1)))
    least = LEAST_M if context.metric else 0.0
    return around(np.concatenate(xs), np.concatenate(ys), np.concatenate(weights), least)


def _people(context: Context, frame: Frame, hit: Sequence[_Spot]) -> list[Markup]:
    """A dot where people lose a service; its area is how many they are."""
    found = []
    most = max((people_at(context, spot).max(initial=0.0) for spot in hit), default=0.0) or 1.0
    for spot in hit:
        people, xy = people_at(context, spot), frame.place(spot.x, spot.y)
        for at in np.argsort(-people, kind="stable").tolist():
            if people[at] <= 0 or not frame.shows(spot.x[at : at + 1], spot.y[at : at + 1])[0]:
                continue
            found.append(
                tag(
                    "circle",
                    cx=round(float(xy[at, 0]), 1),
                    cy=round(float(xy[at, 1]), 1),
                    r=radius(float(people[at]), float(most)),
                    fill_opacity=0.5,
                    stroke="#ffffff",
                    stroke_width=1,
                    **fill("people"),
                )
            )
    return found


def people_at(context: Context, spot: _Spot) -> np.ndarray:
    """People at some assets, shape (asset,)."""
    people = context.voice.city.domains[spot.domain].assets().people
    return np.asarray(people[spot.rows])


def radius(people: float, most: float) -> float:
    """Of a dot: its area grows as the people do."""
    return round(2.0 + 20.0 * float(np.sqrt(people / most)), 1)


def _struck(context: Context, frame: Frame, spots: Sequence[_Spot]) -> list[Markup]:
    """Assets that something happens to, in the full colour of their domain."""
    drawing = context.report.drawing
    assert drawing is not None
    found = []
    for name, one in drawing.networks.items():
        rows = [spot.rows for spot in spots if spot.domain == name]
        if not rows:
            continue
        ink = f"d{context.domains.index(name)}"
        shapes = one.shapes.chosen(np.isin(one.shapes.rows, np.concatenate(rows)))
        told = lines(frame, shapes.first, shapes.x, shapes.y)
        if told:
            found.append(tag("path", d=told, stroke_width=8 * FINE, stroke_linecap="round",
                             stroke_linejoin="round", **stroke("paper")))  # fmt: skip
            found.append(tag("path", d=told, stroke_width=4.5 * FINE, stroke_linecap="round",
                             stroke_linejoin="round", **stroke(ink, context.inks)))  # fmt: skip
        points = shapes.chosen(shapes.many == 1)
        seen = frame.shows(points.x, points.y)
        if seen.any() and name != _home(context):
            d = dots(frame.place(points.x[seen], points.y[seen]))
            for width, colour, inks in ((9.5, "paper", None), (6.5, ink, context.inks)):
                attributes = stroke(colour) if inks is None else stroke(colour, inks)
                found.append(tag("path", d=d, stroke_width=width * FINE, stroke_linecap="round",
                                 **attributes))  # fmt: skip
    return [fine(found)] if found else []


def _home(context: Context) -> str:
    """The domain whose assets people are at: dots show these already."""
    city = context.voice.city
    return max(context.domains, key=lambda name: float(city.domains[name].assets().people.sum()))


def _badges(frame: Frame, spots: dict[int, list[_Spot]], changed: Sequence[_Spot]) -> list[Markup]:
    """The number of each step, beside where it happens."""
    anchors: list[tuple[int, np.ndarray]] = []
    for number, some in sorted(spots.items()):
        some = [spot for spot in some if len(spot.x)]
        if some:
            xy = np.concatenate([frame.place(spot.x, spot.y) for spot in some])
            inside = xy[
                ((xy > BADGE) & (xy < [frame.width - BADGE, frame.height - BADGE])).all(axis=1)
            ]
            xy = inside if len(inside) else xy[:1]
            middle = np.median(xy, axis=0)
            anchors.append((number, xy[np.argmin(((xy - middle) ** 2).sum(axis=1))]))
    taken: list[np.ndarray] = []
    found = []
    points = [at for _, at in anchors]
    for number, at in anchors:
        place = _free(at, taken, points, frame)
        taken.append(place)
        found += _badge(number, at, place)
    return found


def _free(
    at: np.ndarray, taken: Sequence[np.ndarray], points: Sequence[np.ndarray], frame: Frame
) -> np.ndarray:
    """The nearest place around a point that covers no other number and no other point."""
    size = np.array([frame.width, frame.height])
    for ring in range(1, 9):
        for turn in range(8):
            angle = np.pi * (turn / 4 - 0.25 + ring / 8)
            aside = np.array([np.cos(angle), -np.sin(angle)])
            place: np.ndarray = np.asarray(at + 1.5 * BADGE * ring * aside)
            far = all(np.hypot(*(place - other)) > NEAR for other in taken)
            far = far and all(np.hypot(*(place - point)) > BADGE + 3 for point in points)
            if far and (place > BADGE + 2).all() and (place < size - BADGE - 2).all():
                return place
    return np.asarray(np.clip(at, BADGE, size - BADGE))


def _badge(number: int, at: np.ndarray, place: np.ndarray) -> list[Markup]:
    x, y = (round(float(value), 1) for value in place)
    return [
        tag("path", d=f"M{at[0]:.1f} {at[1]:.1f}L{x} {y}", stroke_width=1.4, **stroke("ink")),
        tag("circle", cx=round(float(at[0]), 1), cy=round(float(at[1]), 1), r=2.4, **fill("ink")),
        tag("circle", cx=x, cy=y, r=BADGE, stroke="#ffffff", stroke_width=1.5, **fill("ink")),
        tag("text", str(number), x=x, y=round(y + 4.8, 1), font_size=13.5, font_weight="700",
            text_anchor="middle", **fill("paper")),
    ]  # fmt: skip
