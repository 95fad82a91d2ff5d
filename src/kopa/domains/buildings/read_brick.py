"""Reads air handlers and their points from Brick: the only importer of rdflib and brickschema."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
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

    A point belongs to a unit by `hasPoint` or `isPointOf`, and to a kind of point by its class or
    any class above it. Its column is named by a timeseries id, its label, or its own name.

    Parameters
    ----------
    notes
        The file, and where findings go.
    """
    from rdflib import RDF, RDFS, Graph, Namespace, URIRef
    from rdflib.exceptions import ParserError

    text, graph = notes.text(), Graph()
    try:
        graph.parse(data=text, format="turtle")
    except (ParserError, SyntaxError, ValueError, IndexError, AttributeError) as error:
        line = " ".join(str(error).split())[:100]
        notes.tell("turtle", f"it is no Turtle: {line}.", "Write the model again.")
        return ()
    brick = Namespace(BRICK)
    found = []
    for unit in sorted(set(graph.subjects(RDF.type, None)), key=str):
        if not isinstance(unit, URIRef):
            continue
        if any("AHU" in _above(graph, one) for one in graph.objects(unit, RDF.type)):
            mine = {*graph.objects(unit, brick.hasPoint), *graph.subjects(brick.isPointOf, unit)}
            columns: dict[str, tuple[int, Column]] = {}
            for point in sorted(mine, key=str):
                classes = [_above(graph, one) for one in graph.objects(point, RDF.type)]
                for kind, rank in _kinds(classes):
                    _put(columns, kind, rank, _column(graph, point, kind, notes), notes, str(point))
            name = str(graph.value(unit, RDFS.label) or _local(unit))
            points_of = {kind: column for kind, (_, column) in columns.items()}
            found.append(Equipment(name, points_of))
    return tuple(found)


def _kinds(classes: list[tuple[str, ...]]) -> Iterator[tuple[PointKind, int]]:
    """The kind of point that is nearest above its classes, with the number of steps up."""
    best: tuple[int, PointKind] | None = None
    for kind in points().values():
        for above in classes:
            ranks = [above.index(name) for name in kind.brick if name in above]
            if ranks and (best is None or min(ranks) < best[0]):
                best = (min(ranks), kind)
    if best is not None:
        yield best[1], best[0]


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


def _above(graph: Any, one: Any) -> tuple[str, ...]:
    """A class and all above it, the nearest first: by the file itself, and by Brick."""
    from rdflib import RDFS

    names, todo = [], [str(one)]
    while todo:
        name = todo.pop(0)
        if name in names:
            continue
        names.append(name)
        from rdflib import URIRef

        todo += [str(upper) for upper in graph.objects(URIRef(name), RDFS.subClassOf)]
        if name.startswith(BRICK) and name.removeprefix(BRICK) not in _KNOWN:
            todo += _upper(name)
    return tuple(name.removeprefix(BRICK) for name in names)


_KNOWN = frozenset({name for kind in points().values() for name in kind.brick} | {"AHU"})
"""Classes that are wanted by name: nothing above them needs to be looked up."""


@cache
def _ontology() -> dict[str, list[str]]:
    """Classes above each class of Brick; reading them takes seconds, so only where needed."""
    from rdflib import RDFS, Graph

    graph = Graph()
    graph.parse(files("brickschema").joinpath(ONTOLOGY).open("rb"), format="turtle")
    upper: dict[str, list[str]] = {}
    for lower, higher in graph.subject_objects(RDFS.subClassOf):
        upper.setdefault(str(lower), []).append(str(higher))
    return {name: sorted(found) for name, found in upper.items()}


def _upper(name: str) -> list[str]:
    return [one for one in _ontology().get(name, []) if one.startswith(BRICK)]
