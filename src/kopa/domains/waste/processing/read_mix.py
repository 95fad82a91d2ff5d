"""Reads flows of waste, facilities, routes and limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from kopa.domains.waste.processing import treatment
from kopa.domains.waste.read_input import MOST, Given, read_input

from .landfill import Span, defaults, kinds
from .mix_problem import KINDS, Facility, Output, Problem, Route, Stream
from .mix_programme import ways

TOP = ("name", "streams", "facilities", "routes", "transport", "limits", "co2-price")
STREAM = ("name", "tonnes", "collected", "material")
FACILITY = (
    *("name", "kind", "accepts", "capacity", "least", "cost", "kgco2e", "avoided-kgco2e"),
    *("outputs", "counts", "operation", "management", "cover", "recovered-share"),
)
LIMITS = ("recycling-quota", "landfill-share", "co2e-t")
OPERATIONS = ("R1", "D10")
_CODE = "waste.mix-input"


def read_mix(file: Path) -> Problem:
    """What a file asks.

    Raises
    ------
    InputError
        With all that is wrong.
    """
    given = read_input(file, _CODE)
    given.only(*TOP)
    tables = list(given.tables("streams"))
    streams = tuple(map(_stream, tables))
    materials = {
        one.name: table.choice("material", kinds("doc"))
        for one, table in zip(streams, tables, strict=True)
        if "material" in table.values
    }
    places = list(given.tables("facilities"))
    outputs = [_outputs(table) for table in places]
    known = {one.name for one in streams} | {o.stream for some in outputs for o in some}
    facilities = tuple(
        _facility(table, some, known, materials, {s.name: s.separate for s in streams})
        for table, some in zip(places, outputs, strict=True)
    )
    names = [*(one.name for one in streams), *(one.name for one in facilities)]
    for name in sorted({name for name in names if name and names.count(name) > 1}):
        given.wrong("", f"The name '{name}' is there twice.", "Rename one.")
    routes = _routes(given, names, {one.name for one in facilities})
    limits = given.table("limits")
    limits.only(*LIMITS)
    problem = Problem(
        streams,
        facilities,
        routes,
        _limit(limits, "recycling-quota", 1),
        _limit(limits, "landfill-share", 1),
        _limit(limits, "co2e-t", MOST),
        given.number("co2-price", 0, default=0.0),
    )
    _outlets(given, problem)
    given.stop()
    return problem


def _limit(given: Given, key: str, most: float) -> float:
    return given.number(key, 0, most, default=np.nan)


def _stream(given: Given) -> Stream:
    given.only(*STREAM)
    collected = given.choice("collected", ("separate", "mixed"))
    return Stream(given.text("name"), given.number("tonnes", 0), collected == "separate")


def _outputs(given: Given) -> tuple[Output, ...]:
    found = []
    for one in given.tables("outputs", least=0):
        one.only("stream", "share", "of")
        of = one.text("of") if "of" in one.values else ""
        found.append(Output(one.text("stream"), one.number("share", 0, 1), of))
    return tuple(found)


def _facility(
    given: Given,
    outputs: tuple[Output, ...],
    known: set[str],
    materials: Mapping[str, str],
    separate: Mapping[str, bool],
) -> Facility:
    given.only(*FACILITY)
    kind = given.choice("kind", KINDS)
    accepts = _accepts(given, known)
    for output in outputs:
        if output.of and output.of not in accepts:
            what = f"'{output.of}' is none of what it accepts."
            given.wrong("outputs", what, "Correct 'of'.")
    operation = given.choice("operation", OPERATIONS) if kind == "incineration" else ""
    found = Facility(
        name=given.text("name"),
        kind=kind,
        accepts=accepts,
        capacity=given.number("capacity", 0, default=np.inf),
        least=given.number("least", 0, default=0.0),
        cost={name: span[1] for name, span in _by_stream(given, "cost", accepts, -MOST).items()},
        emission=_emission(given, kind, accepts, materials),
        avoided=_by_stream(given, "avoided-kgco2e", accepts, 0) if _avoids(given) else {},
        outputs=outputs,
        counts=_counts(given, kind, accepts, separate),
        energy_recovery=operation == "R1",
    )
    if found.least > found.capacity:
        given.wrong("least", "It is above the capacity.", "Correct one of them.")
    for name in accepts:
        if found.stays(name) < -1e-9:
            what = f"More comes out than goes in: {1 - found.stays(name):g} t a t of {name}."
            given.wrong("outputs", what, "Shares of a stream add up to 1 at most.")
    return found


def _avoids(given: Given) -> bool:
    return "avoided-kgco2e" in given.values


def _accepts(given: Given, known: set[str]) -> tuple[str, ...]:
    value = given.values.get("accepts")
    if not isinstance(value, list) or not value or not all(isinstance(one, str) for one in value):
        given.wrong("accepts", "It is missing or no list of names.", "Name the streams it takes.")
        return ()
    for name in value:
        if name not in known:
            what = f"'{name}' is no stream and no output of a facility."
            given.wrong("accepts", what, f"Known are {', '.join(sorted(known))}.")
    return tuple(dict.fromkeys(value))


def _by_stream(given: Given, key: str, accepts: Sequence[str], low: float) -> dict[str, Span]:
    """A number, or low, mid and high, by stream: one for all, or a table of them."""
    value = given.values.get(key)
    if key not in given.values:
        given.wrong(key, "It is missing.", "Write a number a t, or a table by stream.")
        return dict.fromkeys(accepts, (np.nan, np.nan, np.nan))
    if not isinstance(value, dict):
        return dict.fromkeys(accepts, given.span(key, low, MOST, ()))
    table = given.table(key)
    table.only(*accepts)
    for name in accepts:
        if name not in value:
            table.wrong(name, "It is missing.", "Write a number for each stream it accepts.")
    return {name: table.span(name, low, MOST, ()) for name in accepts if name in value} | {
        name: (np.nan, np.nan, np.nan) for name in accepts if name not in value
    }


def _emission(
    given: Given, kind: str, accepts: Sequence[str], materials: Mapping[str, str]
) -> dict[str, Span]:
    """As given; else by the factors of the IPCC, where its kind and its streams have them."""
    if "kgco2e" in given.values:
        return _by_stream(given, "kgco2e", accepts, 0)
    if kind in treatment.BIOLOGICAL:
        return dict.fromkeys(accepts, treatment.biological(kind))
    found: dict[str, Span] = {}
    management, oxidation, recovered = _landfill(given, kind)
    for name in accepts:
        span = treatment.incineration(name) if kind == "incineration" else None
        if kind == "landfill" and name in materials:
            span = treatment.landfilled(materials[name], management, oxidation, recovered)
        if span is None:
            what = f"What a t of {name} emits here is missing."
            given.wrong("kgco2e", what, "Write a number, or a table by stream.")
        found[name] = span or (np.nan, np.nan, np.nan)
    return found


def _landfill(given: Given, kind: str) -> tuple[str, float, float]:
    if kind != "landfill":
        return "", 0.0, 0.0
    cover = given.choice("cover", kinds("oxidation"))
    return (
        given.choice("management", kinds("mcf")),
        defaults()["oxidation", cover][1],
        given.number("recovered-share", 0, 1),
    )


def _counts(
    given: Given, kind: str, accepts: Sequence[str], separate: Mapping[str, bool]
) -> dict[str, float]:
    """Share that counts as recycled.

    References
    ----------
    Directive 2008/98/EC, article 11a: what enters the recycling operation counts; of composting
    and digestion only what was collected separately.
    """
    if "counts" in given.values:
        table = _by_stream(given, "counts", accepts, 0)
        if any(span[2] > 1 for span in table.values()):
            given.wrong("counts", "A share is above 1.", "Write shares from 0 to 1.")
        return {name: span[1] for name, span in table.items()}
    if kind == "recycling":
        return dict.fromkeys(accepts, 1.0)
    if kind in treatment.BIOLOGICAL:
        return {name: float(separate.get(name, False)) for name in accepts}
    return {}


def _routes(
    given: Given, names: Sequence[str], facilities: set[str]
) -> dict[tuple[str, str], Route]:
    """Transport; each route by its own cost, or by its length."""
    found: dict[tuple[str, str], Route] = {}
    rate = given.table("transport")
    rate.only("eur-per-tkm", "kgco2e-per-tkm")
    by_km = bool(rate.values)
    eur, kg = (rate.number(key, 0) if by_km else 0.0 for key in ("eur-per-tkm", "kgco2e-per-tkm"))
    for one in given.tables("routes", least=0):
        one.only("from", "to", *(("km",) if by_km else ("cost", "kgco2e")))
        origin = one.choice("from", [name for name in names if name] or [""])
        to = one.choice("to", sorted(name for name in facilities if name) or [""])
        if (origin, to) in found:
            one.wrong("to", "This route is there twice.", "Leave one out.")
        if by_km:
            km = one.number("km", 0)
            found[origin, to] = Route(km * eur, km * kg)
        else:
            found[origin, to] = Route(one.number("cost", 0), one.number("kgco2e", 0))
    return found


def _outlets(given: Given, problem: Problem) -> None:
    """Each stream and each output goes somewhere."""
    open_ = {(arc.origin, arc.stream) for arc in ways(problem)}
    there = [(stream.name, stream.name) for stream in problem.streams]
    there += [(place.name, one.stream) for place in problem.facilities for one in place.outputs]
    for origin, stream in dict.fromkeys(there):
        if (origin, stream) not in open_:
            what = f"Nobody takes {stream} of {origin}." if origin != stream else ""
            do = "Let a facility accept it, and a route lead there."
            given.wrong("facilities", what or f"Nobody takes {stream}.", do)
