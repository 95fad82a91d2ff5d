"""Reads air handlers and their points from Brick: the only importer of rdflib."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .points import UNITS, Column, Equipment, PointKind, points

if TYPE_CHECKING:
    from .read_map import Notes

BRICK = "https://brickschema.org/schema/Brick#"
REF = "https://brickschema.org/schema/Brick/ref#"
QUDT = "http://qudt.org/vocab/unit/"
ONTOLOGY = "ontologies/1.4/Brick.ttl"
UNIT_WORDS = {
    "DEG_F": "°F", "DEG_C": "°C", "K": "K", "PERCENT": "%", "UNITLESS": "", "PA": "Pa",
    "KiloPA": "kPa", "IN_H2O": "inH2O", "PSI": "psi", "M3-PER-SEC": "m3/s", "M3-PER-HR": "m3/h",
    "L-PER-SEC": "L/s", "FT3-PER-MIN": "cfm",
}  # fmt: skip
"""Units of QUDT by the end of their names."""


def read_brick(notes: Notes) -> tuple[Equipment, ...]:
    """Air handlers of a Brick model.

    A point belongs to a unit, or a part of it, by `hasPoint` or `isPointOf`, and to a kind of point
    by its class or any class above it. Its column is named by a timeseries id, its label, or its
    own name.

    Parameters
    ----------
    notes
        The file, and where findings go.
    """
    from rdflib import RDF, RDFS, Graph, URIRef
    from rdflib.exceptions import ParserError

    text, graph = notes.text(), Graph()
    try:
        graph.parse(data=text, format="turtle")
    except (ParserError, SyntaxError, ValueError, IndexError, AttributeError) as error:
        line = " ".join(str(error).split())[:100]
        notes.tell("turtle", f"it is no Turtle: {line}.", "Write the model again.")
        return ()
    found = []
    for unit in sorted(set(graph.subjects(RDF.type, None)), key=str):
        if isinstance(unit, URIRef) and "AHU" in _classes(graph, unit):
            columns: dict[str, tuple[int, Column]] = {}
            for point, part in _points(graph, unit):
                kind, rank = _kind(_classes(graph, point), _classes(graph, part), part == unit)
                if kind is not None:
                    _put(columns, kind, rank, _column(graph, point, kind, notes), notes, str(point))
            name = str(graph.value(unit, RDFS.label) or _local(unit))
            found.append(Equipment(name, {kind: one for kind, (_, one) in columns.items()}))
    return tuple(found)


def _points(graph: Any, unit: Any) -> list[tuple[Any, Any]]:
    """Points of a unit and of its parts, each with what it belongs to."""
    from rdflib import Namespace

    brick = Namespace(BRICK)
    parts, todo = [], [unit]
    while todo:
        one = todo.pop(0)
        if one not in parts:
            parts.append(one)
            todo += sorted(
                {*graph.objects(one, brick.hasPart), *graph.subjects(brick.isPartOf, one)}, key=str
            )
    found: dict[Any, Any] = {}
    for part in parts:
        mine = {*graph.objects(part, brick.hasPoint), *graph.subjects(brick.isPointOf, part)}
        # a point that both unit and part have belongs to the part, which says more of it
        found |= dict.fromkeys(sorted(mine, key=str), part)
    return list(found.items())


def _kind(
    point: tuple[str, ...], part: tuple[str, ...], direct: bool
) -> tuple[PointKind | None, int]:
    """The kind that is nearest above a point's classes, with the number of steps up."""
    best: tuple[int, PointKind] | None = None
    for kind in points().values():
        ranks = [point.index(name) for name in kind.brick if direct and name in point]
        ranks += [point.index(name) for of, name in kind.parts if of in part and name in point]
        if ranks and (best is None or min(ranks) < best[0]):
            best = (min(ranks), kind)
    return (None, 0) if best is None else (best[1], best[0])


def _put(
    columns: dict[str, tuple[int, Column]],
    kind: PointKind,
    rank: int,
    column: Column | None,
    notes: Notes,
    point: str,
) -> None:
    if column is None:
        return
    taken = columns.get(kind.name)
    if taken is not None and taken[0] == rank:
        what = f"it is a second point for {kind.name} ({taken[1].place} is the first)."
        do = "Leave one out, or give it a class of its own."
        notes.tell("two-points", what, do, point)
    elif taken is None or rank < taken[0]:
        columns[kind.name] = (rank, column)


def _column(graph: Any, point: Any, kind: PointKind, notes: Notes) -> Column | None:
    from rdflib import RDFS, Namespace

    brick, ref = Namespace(BRICK), Namespace(REF)
    names = [
        str(found)
        for outer in (ref.hasExternalReference, brick.timeseries)
        for node in graph.objects(point, outer)
        for inner in (ref.hasTimeseriesId, brick.hasTimeseriesId)
        for found in graph.objects(node, inner)
    ]
    names += [str(label) for label in graph.objects(point, RDFS.label)] + [_local(point)]
    given = graph.value(point, brick.hasUnit)
    unit = "" if given is None else UNIT_WORDS.get(_local(given), _local(given))
    if unit not in UNITS[kind.quantity]:
        what = "it has no unit." if given is None else f"'{unit}' is no unit of {kind.quantity}."
        notes.tell("unit", what, "Write brick:hasUnit with a unit of QUDT.", str(point))
        return None
    return Column(tuple(dict.fromkeys(names)), unit, str(point))


def _local(node: Any) -> str:
    return str(node).rsplit("#", 1)[-1].rsplit("/", 1)[-1]


def _classes(graph: Any, node: Any) -> tuple[str, ...]:
    """Classes of a node and all above them, the nearest first: by the file and by Brick."""
    from rdflib import RDF, RDFS, URIRef

    names: list[str] = []
    todo = [str(one) for one in sorted(graph.objects(node, RDF.type), key=str)]
    while todo:
        name = todo.pop(0)
        if name not in names:
            names.append(name)
            todo += [str(upper) for upper in graph.objects(URIRef(name), RDFS.subClassOf)]
            if name.startswith(BRICK) and name.removeprefix(BRICK) not in _known():
                todo += [one for one in _ontology().get(name, []) if one.startswith(BRICK)]
    return tuple(name.removeprefix(BRICK) for name in names)


@cache
def _known() -> frozenset[str]:
    """Classes that are wanted by name: nothing above them needs to be looked up."""
    kinds = points().values()
    wanted = {name for kind in kinds for name in kind.brick}
    return frozenset(
        {*wanted, *(name for kind in kinds for pair in kind.parts for name in pair), "AHU"}
    )


@cache
def _ontology() -> dict[str, list[str]]:
    """Classes above each class of Brick; reading them takes seconds, so only where needed."""
    from rdflib import RDFS, Graph

    graph = Graph()
    found = find_spec("brickschema")  # where it lies: importing it takes seconds
    assert found is not None
    assert found.origin is not None
    graph.parse(Path(found.origin).parent / ONTOLOGY, format="turtle")
    upper: dict[str, list[str]] = {}
    for lower, higher in graph.subject_objects(RDFS.subClassOf):
        upper.setdefault(str(lower), []).append(str(higher))
    return {name: sorted(found) for name, found in upper.items()}
