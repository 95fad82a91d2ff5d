"""Writes the rounds of a day for those who drive them: map, navigation, paper."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from kopa.domain.speech import Speech
from kopa.domains.waste.city_files import Waste
from kopa.errors import UsageError

from .crew import Label, Shown, geojson, gpx
from .crew_sheet import page, sections
from .day import DayRounds
from .day_tasks import Wish
from .ways import Ways

FORMS = (".geojson", ".gpx", ".html")


def check_output(files: Sequence[Path]) -> None:
    """Refuse files of other forms before the work begins.

    Raises
    ------
    UsageError
        If there are such files.
    """
    for file in files:
        if file.suffix not in FORMS:
            raise UsageError(f"-o: '{file}' is none of {', '.join(FORMS)}")
        if not file.parent.is_dir():
            raise UsageError(f"-o: there is no folder '{file.parent}'")


def write_plan(file: Path, waste: Waste, found: DayRounds, wish: Wish, speech: Speech) -> None:
    """Write the rounds.

    Parameters
    ----------
    file
        Its ending says the form; GPX has a file a truck, ``name-TRUCK.gpx``.
    waste, found
        What was read, and the rounds.
    wish
        What was asked: the streets of the plan.
    speech
        The crew's language.

    Raises
    ------
    UsageError
        If a file cannot be written.
    """
    shown = _shown(waste, found, wish)
    date = waste.date.isoformat()
    texts: dict[Path, str] = {}
    if file.suffix == ".geojson":
        features = [one for part in shown for one in geojson(part)["features"]]
        texts[file] = json.dumps({"type": "FeatureCollection", "features": features})
    elif file.suffix == ".html":
        parts = "".join(sections(part, speech, date) for part in shown)
        texts[file] = page(parts, speech, date)
    else:
        for part in shown:
            for tour in part.plan.tours:
                name = tour.name.replace("/", "_")
                texts[file.with_name(f"{file.stem}-{name}.gpx")] = gpx(part, tour)
    for path, text in texts.items():
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise UsageError(f"-o: {path}: {error.strerror}") from None


def _shown(waste: Waste, found: DayRounds, wish: Wish) -> list[Shown]:
    network = waste.network
    some = network.containers
    labels = {}
    for row, name in enumerate(some.ids):
        place = f"{some.names[row]}, {name}" if some.names[row] else name
        labels[name] = Label(place, some.streams[row], int(some.count[row]))
    seconds = network.driving.seconds(wish.speed)
    return [
        Shown(one.plan, Ways(network.driving.router, one.plan.task, seconds), labels)
        for one in found.streams
    ]
