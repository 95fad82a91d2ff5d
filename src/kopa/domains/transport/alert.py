"""What passengers are told: a GTFS-Realtime alert.

References
----------
GTFS Realtime 2.0, message Alert.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from kopa.model import IntArray

from .timetable import Runs, Timetable

WORDS: Mapping[str, tuple[str, str]] = {
    "en": (
        "Street closed: {where}",
        "From {start} to {end} {routes} take another way. Stops not served: {stops}.",
    ),
    "lv": (
        "Slēgta iela: {where}",
        "No {start} līdz {end} {routes} kursē pa citu ceļu. Netiek apkalpotas pieturas: {stops}.",
    ),
}
NONE = {"en": "none", "lv": "nav"}
LINES = {"en": "routes {names}", "lv": "maršruti {names}"}


@dataclass(frozen=True)
class Notice:
    """What an alert speaks of.

    Parameters
    ----------
    where
        Name of the street.
    date
        The day.
    start, end
        First second of the closure since midnight, and first second after it.
    runs
        Runs that are hit.
    stops
        Stops that are not served, shape (stop,).
    """

    where: str
    date: datetime.date
    start: int
    end: int
    runs: Runs
    stops: IntArray


def posix(date: datetime.date, seconds: int, timezone: str) -> int:
    """POSIX time of a clock time of a day.

    Parameters
    ----------
    date
        The day.
    seconds
        Seconds on the clock since its midnight, may pass 24 h.
    timezone
        The agency's.
    """
    day = date + datetime.timedelta(days=seconds // 86_400)
    rest = seconds % 86_400
    time = datetime.time(rest // 3600, rest % 3600 // 60, rest % 60)
    moment = datetime.datetime.combine(day, time, ZoneInfo(timezone))
    return int(moment.timestamp())


def feed_message(timetable: Timetable, notice: Notice, now: int) -> dict[str, Any]:
    """The feed message with its one alert, in the JSON form of protobuf.

    Parameters
    ----------
    timetable
        The timetable.
    notice
        What the alert speaks of.
    now
        POSIX time at which it is made.
    """
    period = {
        "start": str(posix(notice.date, notice.start, timetable.timezone)),
        "end": str(posix(notice.date, notice.end, timetable.timezone)),
    }
    names = _routes(timetable, notice.runs)
    return {
        "header": {
            "gtfsRealtimeVersion": "2.0",
            "incrementality": "FULL_DATASET",
            "timestamp": str(now),
        },
        "entity": [
            {
                "id": f"closure-{period['start']}",
                "alert": {
                    "activePeriod": [period],
                    "informedEntity": _entities(timetable, notice),
                    "cause": "CONSTRUCTION",
                    "effect": "DETOUR",
                    "headerText": _text(timetable, notice, names, 0),
                    "descriptionText": _text(timetable, notice, names, 1),
                },
            }
        ],
    }


def _routes(timetable: Timetable, runs: Runs) -> dict[str, str]:
    rows = sorted({int(timetable.trip_route[trip]) for trip in runs.trip.tolist()})
    return {timetable.route_ids[row]: timetable.route_names[row] for row in rows}


def _entities(timetable: Timetable, notice: Notice) -> list[dict[str, Any]]:
    entities: list[dict[str, Any]] = [
        {"routeId": route} for route in _routes(timetable, notice.runs)
    ]
    pairs = zip(notice.runs.trip.tolist(), notice.runs.offset.tolist(), strict=True)
    for trip, offset in pairs:
        day = notice.date + datetime.timedelta(seconds=offset)
        described = {"tripId": timetable.trip_source[trip], "startDate": f"{day:%Y%m%d}"}
        if timetable.trip_ids[trip] != timetable.trip_source[trip]:
            described["startTime"] = timetable.trip_ids[trip].rpartition("@")[2]
        entities.append({"trip": described})
    entities += [{"stopId": timetable.stop_ids[stop]} for stop in notice.stops.tolist()]
    return entities


def _text(
    timetable: Timetable, notice: Notice, names: Mapping[str, str], part: int
) -> dict[str, Any]:
    def clock(seconds: int) -> str:
        day = notice.date + datetime.timedelta(days=seconds // 86_400)
        return f"{day:%d.%m.%Y} {seconds % 86_400 // 3600:02d}:{seconds % 3600 // 60:02d}"

    translations = []
    for language, words in WORDS.items():
        stops = [timetable.stop_names[stop] for stop in notice.stops.tolist()]
        text = words[part].format(
            where=notice.where,
            start=clock(notice.start),
            end=clock(notice.end),
            routes=LINES[language].format(names=_list(list(names.values()), NONE[language])),
            stops=_list(stops, NONE[language]),
        )
        translations.append({"text": text, "language": language})
    return {"translation": translations}


def _list(names: Sequence[str], none: str) -> str:
    distinct = list(dict.fromkeys(name for name in names if name))
    return ", ".join(distinct) if distinct else none
