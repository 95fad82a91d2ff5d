"""Draws the picture of the README again: a burst main in the city of `make run`, as a map."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from html import escape
from pathlib import Path

import numpy as np

from kopa.city.load import City, load_city
from kopa.city.whatif import WhatIf, what_if
from kopa.geo.read_osm import read_streets
from kopa.geo.streets import Streets
from kopa.model import Window

sys.path.insert(0, str(Path(__file__).parents[1] / "examples"))
from first_run import CHANGE

PICTURE = Path(__file__).parent / "picture.svg"
WIDE, HIGH, REACH = 960, 560, 430.0
"""Size of the picture, and metres that it shows to each side of the burst."""
LOST = {
    "electricity": ("#e0a100", 9, "no electricity"),
    "road_access": ("#8e44ad", 6, "no road access"),
    "water": ("#2471a3", 3.5, "no water"),
}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("city", type=Path, help="the city of make run: build/helsinki")
    city = load_city(parser.parse_args().city)
    answer = what_if(city, city.solver(Window(0, 3600, 24)), [city.change(CHANGE)])
    streets = read_streets(
        city.settings.folder / city.settings.domains["transport"]["streets"], city.settings.crs
    )[0]
    PICTURE.write_text("\n".join(picture(city, answer, streets)) + "\n", encoding="utf-8")
    print(PICTURE)


def picture(city: City, answer: WhatIf, streets: Streets) -> Iterator[str]:
    """Lines of the SVG."""
    pipes = city.domains["water"].assets()
    burst = pipes.index[answer.solution.changes[0].asset]
    east, north = float(pipes.x[burst]), float(pipes.y[burst])
    scale = WIDE / (2 * REACH)

    def at(x: float, y: float) -> tuple[float, float]:
        return round((x - east) * scale + WIDE / 2, 1), round(HIGH / 2 - (y - north) * scale, 1)

    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {HIGH + 92}" '
        'font-family="system-ui, sans-serif" font-size="14">'
    )
    yield f'<rect width="{WIDE}" height="{HIGH + 92}" fill="#fcfcfa"/>'
    yield f'<clipPath id="map"><rect width="{WIDE}" height="{HIGH}"/></clipPath>'
    yield '<g clip-path="url(#map)">'
    roads = city.domains["transport"].assets()
    closed = {
        roads.ids[row]
        for event in answer.solution.results["transport"].events
        if event.what == "closed"
        for row in event.rows
    }
    side = 1.15 * REACH
    near = abs(streets.middle[0] - east) < side
    near &= abs(streets.middle[1] - north) < side * HIGH / WIDE
    for edge in sorted(np.flatnonzero(near), key=lambda row: streets.ids[row] in closed):
        points = " ".join("{},{}".format(*at(x, y)) for x, y in streets.line(int(edge)))
        width = 5.0 if streets.drive[edge] else 1.2
        colour = "#d9d6cf" if streets.drive[edge] else "#e9e6df"
        if streets.ids[edge] in closed:
            width, colour = 7.0, "#c0392b"
        yield (
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{width}" '
            'stroke-linecap="round"/>'
        )
    places = city.domains["places"].assets()
    people: dict[str, float] = {}
    for service, (colour, radius, _) in LOST.items():
        rows = sorted(
            {
                int(row)
                for effect in answer.effects
                if effect.quantity == "person_hours" and effect.service == service
                for row in effect.rows
            }
        )
        people[service] = float(places.people[rows].sum())
        for row in rows:
            x, y = at(places.x[row], places.y[row])
            yield f'<circle cx="{x}" cy="{y}" r="{radius}" fill="{colour}" fill-opacity="0.85"/>'
    grid = city.domains["energy"].assets()
    for event in answer.solution.results["energy"].events:
        if event.what == "flooded":
            x, y = at(grid.x[event.rows[0]], grid.y[event.rows[0]])
            yield (
                f'<rect x="{x - 7}" y="{y - 7}" width="14" height="14" fill="#fff" '
                'stroke="#000" stroke-width="2"/>'
            )
    x, y = at(east, north)
    yield f'<circle cx="{x}" cy="{y}" r="9" fill="#000"/>'
    yield f'<circle cx="{x}" cy="{y}" r="16" fill="none" stroke="#000" stroke-width="2"/>'
    yield "</g>"
    yield from _legend(city, people)
    yield "</svg>"


def _legend(city: City, people: dict[str, float]) -> Iterator[str]:
    entries = [('<circle cx="0" cy="-5" r="7" fill="#000"/>', "burst main")]
    entries.append(('<rect x="-8" y="-8" width="16" height="6" fill="#c0392b"/>', "street closed"))
    entries.append(
        (
            '<rect x="-6" y="-11" width="12" height="12" fill="#fff" stroke="#000" '
            'stroke-width="2"/>',
            "station flooded",
        )
    )
    entries += [
        (
            f'<circle cx="0" cy="-5" r="7" fill="{colour}"/>',
            f"{words}: {people[service]:,.0f} people",
        )
        for service, (colour, _, words) in LOST.items()
    ]
    for number, (shape, words) in enumerate(entries):
        x, y = 24 + (number % 3) * 310, HIGH + 26 + (number // 3) * 24
        yield f'<g transform="translate({x},{y})">{shape}<text x="16">{escape(words)}</text></g>'
    told = f"{city.settings.name}, {CHANGE}. Networks are synthetic. "
    told += f"Map data {city.settings.attribution}"
    yield f'<text x="16" y="{HIGH + 80}" font-size="12" fill="#555">{escape(told)}</text>'


if __name__ == "__main__":
    main()
