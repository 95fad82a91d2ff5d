"""Finds addresses: of what is typed, and of a place."""

from __future__ import annotations

import math
import re
import sqlite3
import threading
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from kopa.geo.read_base import BaseMap

MOST = 10
"""So many addresses are found at most."""
MOST_WORDS, MOST_LETTERS = 8, 200
REACHES_M = (50.0, 250.0, 1000.0, 5000.0)
"""The nearest address is searched within so many metres, one after the other."""
DEGREE_M = 111_195.0
"""One degree of latitude, m."""
_WORD = re.compile(r"\w+")
_PART = re.compile(r"(\d+)")
_LETTERS = str.maketrans({"ł": "l", "đ": "d", "ø": "o", "æ": "ae", "œ": "oe", "ı": "i", "ð": "d"})
"""Letters that Unicode takes for no letter with a mark."""


@dataclass(frozen=True)
class Address:
    """A street, or a house in it.

    Parameters
    ----------
    label
        ``Brīvības iela 12``.
    lon, lat
        Place, °.
    distance_m
        From where it was asked for; 0 where it was not.
    """

    label: str
    lon: float
    lat: float
    distance_m: float = 0.0


def folded(text: str) -> str:
    """The words of a text without capitals and marks: ``Brīvības`` is ``brivibas``."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in parts if not unicodedata.combining(letter))
    return " ".join(_WORD.findall(plain.translate(_LETTERS)))


class Addresses:
    """The addresses in a file of the base map's tiles. Any thread may ask it.

    Parameters
    ----------
    file
        The file.
    """

    def __init__(self, file: Path) -> None:
        self._connection = sqlite3.connect(
            f"{file.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
        self._lock = threading.Lock()

    def find(self, text: str, most: int = MOST) -> list[Address]:
        """Addresses whose words begin as those of a text do, in any order; streets first.

        Parameters
        ----------
        text
            What is typed: ``briv 12``, ``12 Brīvības``.
        most
            So many at most.
        """
        words = folded(text[:MOST_LETTERS]).split()[:MOST_WORDS]
        if not words:
            return []
        wanted = " ".join(f'"{word}"*' for word in words)
        with self._lock:
            rows = self._connection.execute(
                "SELECT label, lon, lat FROM addresses WHERE id IN"
                " (SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid LIMIT ?) ORDER BY id",
                (wanted, most),
            ).fetchall()
        return [Address(*row) for row in rows]

    def nearest(self, lon: float, lat: float) -> Address | None:
        """The house nearest to a place; None where none is within 5 km.

        Parameters
        ----------
        lon, lat
            The place, °.
        """
        wide = math.cos(math.radians(lat))
        for reach in REACHES_M:
            y = reach / DEGREE_M
            x = y / max(wide, 1e-3)
            with self._lock:
                rows = self._connection.execute(
                    "SELECT label, lon, lat FROM addresses"
                    " WHERE house AND lat BETWEEN ? AND ? AND lon BETWEEN ? AND ?",
                    (lat - y, lat + y, lon - x, lon + x),
                ).fetchall()
            far = [
                (DEGREE_M * math.hypot((east - lon) * wide, north - lat), label, east, north)
                for label, east, north in rows
            ]
            metres, label, east, north = min(far, default=(math.inf, "", lon, lat))
            if metres <= reach:  # one beyond the corner of the box may be nearer
                return Address(label, east, north, metres)
        return None

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()


def write_addresses(file: Path, base: BaseMap) -> int:
    """Write the addresses of a base map into the file of its tiles; gives how many.

    Parameters
    ----------
    file
        The file.
    base
        The base map.
    """
    streets = sorted(_streets(base), key=lambda one: _natural(one.label))
    houses = sorted(_houses(base), key=lambda one: _natural(one.label))
    # what comes first is found first
    rows = [
        (number, one.label, round(one.lon, 6), round(one.lat, 6), number > len(streets))
        for number, one in enumerate([*streets, *houses], 1)
    ]
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(
            "CREATE TABLE addresses (id INTEGER PRIMARY KEY, label TEXT, lon REAL, lat REAL,"
            " house INTEGER)"
        )
        connection.execute("CREATE VIRTUAL TABLE words USING fts5(label, content='', prefix='1 2')")
        connection.executemany("INSERT INTO addresses VALUES (?, ?, ?, ?, ?)", rows)
        connection.executemany(
            "INSERT INTO words (rowid, label) VALUES (?, ?)",
            ((number, folded(label)) for number, label, *_ in rows),
        )
        connection.execute("CREATE INDEX places ON addresses (lat, lon)")
    return len(rows)


def _natural(label: str) -> list[tuple[int, str]]:
    """Sorts 2 before 12, and 12 before 12 A."""
    parts = _PART.split(folded(label))
    return [(int(part), "") if part.isdigit() else (-1, part) for part in parts]


def _streets(base: BaseMap) -> Iterator[Address]:
    """Each street by its name, at the part of it that lies nearest to its middle."""
    import shapely

    parts: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for rule, name, shape in zip(base.rules, base.names, base.shapes.tolist(), strict=True):
        if rule.layer == "roads" and rule.kind != "rail" and folded(name):
            middle = shapely.point_on_surface(shape)
            parts[name].append((middle.x, middle.y))
    for name, points in parts.items():
        x, y = (sum(values) / len(points) for values in zip(*points, strict=True))
        yield Address(name, *min(points, key=lambda at: math.hypot(at[0] - x, at[1] - y)))


def _houses(base: BaseMap) -> Iterator[Address]:
    """Each house once: a building and its door bear the same number."""
    told = set()
    houses = base.houses
    for street, number, lon, lat in zip(
        houses.streets, houses.numbers, houses.lon.tolist(), houses.lat.tolist(), strict=True
    ):
        label = f"{street} {number}"
        key = (label, round(lon, 2), round(lat, 2))
        if key not in told:
            told.add(key)
            yield Address(label, lon, lat)
