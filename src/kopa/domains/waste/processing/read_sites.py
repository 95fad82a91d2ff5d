"""Reads demand points and candidate sites from GeoJSON."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

import numpy as np

from kopa.errors import Finding, InputError
from kopa.model import BoolArray, FloatArray

_CODE = "waste.sites-input"


@dataclass(frozen=True)
class Demand:
    """Where people are.

    Parameters
    ----------
    lon, lat
        Degrees, shape (point,).
    people
        Shape (point,).
    """

    lon: FloatArray
    lat: FloatArray
    people: FloatArray


@dataclass(frozen=True)
class Candidates:
    """Where sites could be.

    Parameters
    ----------
    ids
        One each.
    lon, lat
        Degrees, shape (candidate,).
    cost
        EUR, NaN where it is not known, shape (candidate,).
    existing
        True where there is a site today, shape (candidate,).
    """

    ids: tuple[str, ...]
    lon: FloatArray
    lat: FloatArray
    cost: FloatArray
    existing: BoolArray


def read_demand(file: Path) -> Demand:
    """Points with ``people``.

    Raises
    ------
    InputError
        With all that is wrong.
    """
    findings: list[Finding] = []
    rows = []
    for place, properties, at in _points(file, findings):
        people = properties.get("people")
        if not _number(people) or people < 0:
            what = "'people' is missing." if people is None else f"'{people}' people are none."
            _wrong(findings, file, place, what, "Write a number from 0 up.")
        elif at is not None:
            rows.append((*at, float(people)))
    if not findings and not any(people for *_, people in rows):
        _wrong(findings, file, "features", "Nobody lives anywhere.", "Write points with 'people'.")
    if findings:
        raise InputError(findings)
    lon, lat, many = np.array(rows).T
    return Demand(lon, lat, many)


def read_candidates(file: Path) -> Candidates:
    """Points with ``id``, and perhaps ``cost`` and ``existing``.

    Raises
    ------
    InputError
        With all that is wrong.
    """
    findings: list[Finding] = []
    rows, ids = [], []
    for place, properties, at in _points(file, findings):
        name, cost = properties.get("id"), properties.get("cost", math.nan)
        existing = properties.get("existing", False)
        if not isinstance(name, str | int) or isinstance(name, bool) or str(name).strip() == "":
            _wrong(findings, file, place, "It has no 'id'.", "Give each candidate a name.")
        elif str(name) in ids:
            _wrong(findings, file, place, f"The id '{name}' is there twice.", "Rename one.")
        if "cost" in properties and not (_number(cost) and cost >= 0):
            _wrong(findings, file, place, f"'{cost}' is no cost.", "Write EUR from 0 up.")
        if not isinstance(existing, bool):
            what = f"'existing' is '{existing}'."
            _wrong(findings, file, place, what, "Write true or false.")
        ids.append(str(name))
        if at is not None and not findings:
            rows.append((*at, float(cost), float(existing)))
    if not findings and not rows:
        _wrong(findings, file, "features", "There is no candidate.", "Write points with 'id'.")
    if findings:
        raise InputError(findings)
    lon, lat, money, there = np.array(rows).T
    return Candidates(tuple(ids), lon, lat, money, there > 0)


def _number(value: object) -> TypeGuard[float]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) < 1e15


def _wrong(findings: list[Finding], file: Path, place: str, what: str, do: str) -> None:
    findings.append(Finding(_CODE, what, do, file=file.name, place=place))


def _points(
    file: Path, findings: list[Finding]
) -> Iterator[tuple[str, Mapping[str, Any], tuple[float, float] | None]]:
    """Place in the file, properties and position of each feature; None where it is wrong."""
    document = _document(file)
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        what = "It is no FeatureCollection."
        _wrong(findings, file, "", what, "Save it as GeoJSON (RFC 7946).")
        return
    for number, feature in enumerate(features):
        place = f"features[{number}]"
        properties = feature.get("properties") if isinstance(feature, dict) else None
        geometry = feature.get("geometry") if isinstance(feature, dict) else None
        at = _position(geometry)
        if at is None:
            what = "It is no point with longitude and latitude in degrees."
            _wrong(findings, file, place, what, "Write a Point in WGS 84 (RFC 7946).")
        yield place, properties if isinstance(properties, dict) else {}, at


def _position(geometry: object) -> tuple[float, float] | None:
    if not isinstance(geometry, dict) or geometry.get("type") != "Point":
        return None
    at = geometry.get("coordinates")
    if not isinstance(at, list) or len(at) < 2 or not all(map(_number, at[:2])):
        return None
    lon, lat = float(at[0]), float(at[1])
    return (lon, lat) if abs(lon) <= 180 and abs(lat) < 90 else None


def _document(file: Path) -> Any:
    def stop(what: str, do: str) -> InputError:
        return InputError([Finding(_CODE, what, do, file=file.name)])

    try:
        return json.loads(file.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise stop(f"It cannot be read: {error.strerror}.", "Check the path.") from None
    except UnicodeDecodeError as error:
        raise stop(f"Byte {error.start} is not UTF-8.", "Save it as UTF-8.") from None
    except (ValueError, RecursionError) as error:
        raise stop(f"It is no JSON: {error}.", "Save it as GeoJSON (RFC 7946).") from None
