"""``kopa environment plume``: an accidental release."""

from __future__ import annotations

import argparse
import datetime
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kopa import console
from kopa.domain.attributes import settings
from kopa.errors import RangeError, UsageError
from kopa.model import FloatArray

from .air_run import exposure_minutes
from .cli_words import quantity
from .domain import PACKAGE
from .plume import FARTHEST, Reach, Weather, plume, reach
from .read_environment import read_environment
from .read_substances import Substance, substances
from .stability import CLASSES, pasquill_class, sun_height

FORMULA = (
    "Gaussian plume: Turner (1970) Workbook of Atmospheric Dispersion Estimates, eq. 3.1; "
    "widths: Briggs (1973) ATDL 79"
)
VALID = 10_000.0
"""Briggs' widths were made for distances up to this, m."""


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("plume", help="an accidental release into the air")
    job.add_argument("--substance", required=True, choices=sorted(substances()))
    job.add_argument("--rate", nargs="+", metavar="KG/S", help="steady release, such as 2 kg/s")
    job.add_argument("--mass", nargs="+", metavar="KG", help="all at once, such as 500 kg")
    job.add_argument("--minutes", type=float, default=60.0, help="how long it lasts (60)")
    job.add_argument("--height", type=float, default=0.0, metavar="M", help="above ground, m")
    job.add_argument("--wind", nargs="+", required=True, metavar="M/S", help="at 10 m: 3 m/s")
    job.add_argument("--from", dest="wind_from", type=float, required=True, metavar="DEG",
                     help="where the wind comes from, ° from north")  # fmt: skip
    job.add_argument("--cloud", metavar="N/8", help="share of the sky that is covered: 4/8")
    job.add_argument("--at", metavar="WHEN", help="day, night, or a time in UTC")
    job.add_argument("--sun", type=float, metavar="DEG", help="height of the sun, with --at day")
    job.add_argument("--place", metavar="LAT,LON", help="where it is, with --at a time")
    job.add_argument("--class", dest="stability", choices=tuple(CLASSES),
                     help="Pasquill class, instead of cloud and sun")  # fmt: skip
    job.add_argument("--rural", action="store_true", help="open country, not a town")
    job.add_argument("--lid", type=float, metavar="M", help="height of an inversion, m")
    job.add_argument("--temperature", type=float, default=20.0, metavar="°C", help="of the air")
    job.add_argument("--zones", nargs="+", default=[], metavar="F", help="zones with people")
    job.add_argument("--source", metavar="X,Y", help="where it is released, m in the city's CRS")
    job.add_argument("-o", "--out", type=Path, metavar="F.geojson", help="write the contours")
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    job.set_defaults(run=plume_job)


@dataclass(frozen=True)
class _Contour:
    level: int
    ppm: float
    ground: Reach
    people: float | None


def plume_job(arguments: argparse.Namespace) -> int:
    """Answer the job; gives the exit code."""
    weather, substance = _weather(arguments), substances()[arguments.substance]
    minutes, rate = _release(arguments)
    source = _pair(arguments.source, "--source") if arguments.source else None
    if (arguments.zones or arguments.out) and source is None:
        raise UsageError("--zones and --out need --source, the place of the release")
    exposed = _People(arguments.zones, source)
    found = []
    for level in (1, 2, 3):
        limit = substance.level(level, minutes, arguments.temperature)
        if limit is not None:
            ground = reach(weather, rate, limit, arguments.height)
            people = exposed.above(weather, rate, limit, arguments.height)
            found.append(_Contour(level, substance.levels_ppm[level, minutes], ground, people))
    notes = _notes(found, substance)
    collection = _geojson(found, weather, source or (0.0, 0.0), substance)
    if arguments.out:
        try:
            arguments.out.write_text(json.dumps(collection), encoding="utf-8")
        except OSError as error:
            raise UsageError(f"-o: {arguments.out}: {error.strerror}") from None
    if arguments.json:
        console.document(_document(arguments, weather, rate, minutes, found, notes, collection))
    else:
        _tell(weather, substance, rate, minutes, found, notes)
    return 0


def _weather(arguments: argparse.Namespace) -> Weather:
    wind = quantity(arguments.wind, "m/s", "--wind")
    stability = arguments.stability
    if stability is None:
        if arguments.cloud is None or arguments.at is None:
            raise UsageError("give --cloud and --at, or --class")
        stability = pasquill_class(wind, _share(arguments.cloud), _sun(arguments))
    lid = math.inf if arguments.lid is None else arguments.lid
    return Weather(wind, arguments.wind_from, stability, not arguments.rural, lid)


def _sun(arguments: argparse.Namespace) -> float:
    if arguments.at == "night":
        return -10.0
    if arguments.at == "day":
        if arguments.sun is None or not 0 < arguments.sun <= 90:
            raise UsageError("--at day needs --sun, the height of the sun, 0 to 90°")
        return float(arguments.sun)
    try:
        moment = datetime.datetime.fromisoformat(arguments.at)
    except ValueError:
        raise UsageError("--at: write day, night, or a time such as 2026-07-01T12:00") from None
    if not arguments.place:
        raise UsageError("--at a time needs --place LAT,LON")
    latitude, longitude = _pair(arguments.place, "--place")
    if moment.tzinfo is not None:
        moment = moment.astimezone(datetime.UTC)
    return sun_height(moment, latitude, longitude)


def _share(text: str) -> float:
    top, _, below = text.partition("/")
    try:
        share = float(top) / float(below or 1)
    except (ValueError, ZeroDivisionError):
        share = math.nan
    if not 0 <= share <= 1:
        raise UsageError(f"--cloud: '{text}' is no share: write 4/8 or 0.5")
    return share


def _pair(text: str, option: str) -> tuple[float, float]:
    try:
        one, other = (float(part) for part in text.split(","))
    except ValueError:
        raise UsageError(f"{option}: '{text}' is no pair of numbers") from None
    return one, other


def _release(arguments: argparse.Namespace) -> tuple[int, float]:
    """Minutes of the guideline level, and kg/s that are held against it."""
    if (arguments.rate is None) == (arguments.mass is None):
        raise UsageError("give --rate or --mass")
    if arguments.mass is not None:
        # a puff has passed in minutes: its dose over 10 min is that of a steady plume
        return 10, _above_zero(quantity(arguments.mass, "kg", "--mass")) / 600.0
    if not arguments.minutes > 0:
        raise RangeError("--minutes must be above 0")
    rate = _above_zero(quantity(arguments.rate, "kg/s", "--rate"))
    return exposure_minutes(60 * arguments.minutes), rate


def _above_zero(value: float) -> float:
    if not value > 0:
        raise RangeError("a release must be above 0")
    return value


class _People:
    """People of zones."""

    def __init__(self, files: list[str], source: tuple[float, float] | None) -> None:
        self._zones: list[tuple[float, FloatArray]] = []
        if not files or source is None:
            return
        values = settings(
            {"files": [str(Path(f).absolute()) for f in files]}, PACKAGE, "environment"
        )
        environment, _ = read_environment(Path.cwd(), values)
        points = environment.points
        for row in environment.breathing.tolist():
            if points.kinds[row] == "zone":
                self._zones.append((points.people[row], points.samples[row] - np.array(source)))
        if not self._zones:
            raise UsageError("--zones: the files have no zone")

    def above(self, weather: Weather, rate: float, level: float, height: float) -> float | None:
        """People where a level is passed; None where no zones were given."""
        if not self._zones:
            return None
        total = 0.0
        for people, offset in self._zones:
            over = plume(weather, *weather.along(offset), rate, height) > level
            total += people * float(over.mean())
        return total


def _notes(found: list[_Contour], substance: Substance) -> list[str]:
    notes = ["A heavy gas stays lower and spreads wider near its source than this plume."]
    if any(one.ground.distance > VALID for one in found):
        notes.append(f"Beyond {VALID / 1000:g} km the widths are extrapolated.")
    if any(math.isinf(one.ground.distance) for one in found):
        notes.append(f"No place is looked at beyond {FARTHEST / 1000:g} km.")
    if "no AEGL-1" in substance.reference:
        notes.append("There is no AEGL-1 of it.")
    return notes


def _geojson(
    found: list[_Contour], weather: Weather, source: tuple[float, float], substance: Substance
) -> dict[str, Any]:
    features = []
    for one in found:
        if len(one.ground.outline):
            ring = weather.ground(*one.ground.outline.T) + np.array(source)
            ring = np.round(np.vstack([ring, ring[:1]]), 1)
            name = {"substance": substance.name, "level": f"AEGL-{one.level}", "ppm": one.ppm}
            geometry = {"type": "Polygon", "coordinates": [ring.tolist()]}
            features.append({"type": "Feature", "properties": name, "geometry": geometry})
    return {"type": "FeatureCollection", "features": features}


def _document(
    arguments: argparse.Namespace,
    weather: Weather,
    rate: float,
    minutes: int,
    found: list[_Contour],
    notes: list[str],
    collection: dict[str, Any],
) -> dict[str, Any]:
    return {
        "status": "ok",
        "substance": arguments.substance,
        "release": "puff" if arguments.mass else "plume",
        "rate_kg_s": rate,
        "wind_m_s": weather.wind,
        "wind_from_deg": weather.wind_from,
        "stability": weather.stability,
        "urban": weather.urban,
        "exposure_min": minutes,
        "formula": FORMULA,
        "levels": [
            {
                "level": one.level,
                "ppm": one.ppm,
                "mg_m3": one.ground.level * 1e6,
                "distance_m": one.ground.distance,
                "beyond": math.isinf(one.ground.distance),
                "area_m2": one.ground.area,
                "people": one.people,
            }
            for one in found
        ],
        "reference": substances()[arguments.substance].reference,
        "notes": notes,
        "geojson": collection,
    }


def _tell(
    weather: Weather,
    substance: Substance,
    rate: float,
    minutes: int,
    found: list[_Contour],
    notes: list[str],
) -> None:
    number = console.number
    over = "a town" if weather.urban else "open country"
    console.say(
        f"{substance.name}, {number(rate)} kg/s, wind {number(weather.wind)} m/s from "
        f"{weather.wind_from:g}°, class {weather.stability} over {over}; levels of {minutes} min"
    )
    far = max((min(one.ground.distance, FARTHEST) for one in found), default=0.0)
    rows = []
    for one in found:
        distance = one.ground.distance
        shown = f"over {FARTHEST / 1000:g} km" if math.isinf(distance) else f"{number(distance)} m"
        bar = "█" * max(1, round(30 * min(distance, FARTHEST) / far)) if distance else ""
        people = "" if one.people is None else number(one.people)
        limit = f"{one.ppm:g} ppm ({number(one.ground.level * 1e6)} mg/m³)"
        area = f"{number(one.ground.area / 1e4)} ha"
        rows.append((f"AEGL-{one.level}", bar, limit, shown, area, people))
    console.table(("level", "how far", "limit", "distance", "area", "people"), rows, numbers=3)
    for note in notes:
        console.say(note)
    console.say(f"[dim]{FORMULA}; {substance.reference}[/]")
