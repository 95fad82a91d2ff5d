"""Entities, questions and observations that hypothesis makes up."""

from __future__ import annotations

import json
from typing import Any

from contract.store_rows import FIRST
from hypothesis import strategies as st

from kopa.store import Key, Label, Observation, PutEntity, Query
from kopa.store.query import (
    And,
    AttributePath,
    Between,
    Box,
    Compare,
    Exists,
    InScope,
    Instant,
    Matches,
    Near,
    Not,
    OfType,
    Or,
    Related,
)
from kopa.store.times import DAY, parse_moment

NAMES = ("level", "näme", "seen", "partOf", "tags")
TYPES = ("Pump", "Tank", "Ūdens")
IDS = tuple(f"urn:ngsi-ld:Pump:{n}" for n in range(8))
WORDS = st.sampled_from(["", "a", "B", "ä", "ab", "10", "č.*", "quo'te", 'do"uble', "back\\slash"])
NUMBERS = st.sampled_from([-1.5, 0, 1, 2.0, 2.5, 10, 1e20, 9007199254740993])
MOMENTS = st.sampled_from(
    ["2026-01-01", "2026-01-01T00:00:00Z", "2026-01-01T02:00:00+02:00", "2026-05-05T10:00:00.5Z"]
)
LEAVES = st.one_of(NUMBERS, WORDS, st.booleans(), MOMENTS)
PLACES = st.tuples(st.sampled_from([24.0, 24.1, 24.105, 24.2]), st.sampled_from([56.9, 56.95, 57]))


def _property(value: Any, unit: str | None) -> dict[str, Any]:
    found = {"type": "Property", "value": value}
    return {**found, "precision": {"type": "Property", "value": unit}} if unit else found


VALUES = st.one_of(
    LEAVES,
    st.lists(LEAVES, max_size=3),
    MOMENTS.map(lambda text: {"@type": "DateTime", "@value": text}),
    st.fixed_dictionaries({"city": LEAVES, "type": st.just("Address")}),
    st.none(),
)
ATTRIBUTES = st.one_of(
    st.builds(_property, VALUES, st.none() | WORDS),
    st.sampled_from(IDS).map(lambda id: {"type": "Relationship", "object": id}),
    st.lists(st.sampled_from(IDS), min_size=1, max_size=3).map(
        lambda ids: {"type": "Relationship", "object": ids}
    ),
    st.dictionaries(st.sampled_from(["lv", "en"]), WORDS, min_size=1).map(
        lambda words: {"type": "LanguageProperty", "languageMap": words}
    ),
)
SEVERAL = st.lists(ATTRIBUTES, min_size=2, max_size=3).map(
    lambda several: [
        {**each, "datasetId": f"urn:d:{number}"} for number, each in enumerate(several)
    ]
)
POINTS = PLACES.map(
    lambda xy: {"type": "GeoProperty", "value": {"type": "Point", "coordinates": list(xy)}}
)


@st.composite
def entities(draw: st.DrawFn) -> list[PutEntity]:
    found = []
    for id in draw(st.lists(st.sampled_from(IDS), unique=True, max_size=6)):
        several = draw(st.dictionaries(st.sampled_from(NAMES), ATTRIBUTES | SEVERAL, max_size=4))
        if draw(st.booleans()):
            several["location"] = draw(POINTS)
        found.append(
            PutEntity(
                "",
                id,
                tuple(draw(st.lists(st.sampled_from(TYPES), min_size=1, max_size=2, unique=True))),
                {name: json.dumps(value).encode() for name, value in several.items()},
                5,
                tuple(
                    draw(
                        st.lists(
                            st.sampled_from(["/a", "/a/b", "/a/b/c", "/x"]), max_size=2, unique=True
                        )
                    )
                ),
            )
        )
    return found


PATHS = st.builds(
    AttributePath,
    st.sampled_from(NAMES),
    st.sampled_from([(), (), (), ("value",), ("value", "city"), ("precision", "value"), ("type",)]),
)
SCALARS = st.one_of(NUMBERS, WORDS, MOMENTS.map(lambda t: Instant(parse_moment(t) or 0)))
LEAF_CONDITIONS = st.one_of(
    st.builds(Exists, PATHS),
    st.builds(Compare, PATHS, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), SCALARS),
    st.builds(Compare, PATHS, st.sampled_from(["==", "!="]), st.booleans()),
    st.builds(Between, PATHS, NUMBERS, NUMBERS),
    st.builds(Between, PATHS, WORDS, WORDS),
    st.builds(Matches, PATHS, st.sampled_from(["^a", "b$", "[0-9]+", "ä", "^$"])),
    st.builds(Related, st.sampled_from(NAMES), st.tuples(st.sampled_from(IDS))),
    st.builds(OfType, st.sampled_from(TYPES)),
    st.builds(InScope, st.sampled_from(["/a", "/a/#", "/a/+", "/+/b/#", "/x"])),
)
CONDITIONS = st.recursive(
    LEAF_CONDITIONS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: And(tuple(parts))),
        st.lists(inner, max_size=3).map(lambda parts: Or(tuple(parts))),
        inner.map(Not),
    ),
    max_leaves=4,
)
NEAR = st.builds(
    Near,
    st.sampled_from([24.0, 24.1, 24.15]),
    st.sampled_from([56.9, 56.96]),
    st.sampled_from([0.0, 350.0, 7000.0, 20000.0, float("inf")]),
    st.sampled_from([0.0, 0.0, 300.0, 6000.0]),
)
BOXES = st.sampled_from([Box(24.05, 56.8, 24.15, 57.1), Box(20, 50, 30, 60), Box(24, 57, 24.1, 58)])


@st.composite
def queries(draw: st.DrawFn) -> Query:
    place = draw(st.none() | NEAR | BOXES)
    return Query(
        "",
        tuple(draw(st.lists(st.sampled_from(IDS), max_size=3))),
        tuple(draw(st.lists(st.sampled_from(TYPES), max_size=2))),
        draw(st.sampled_from(["", "", ":[0-3]$", "Pump"])),
        tuple(draw(st.lists(st.sampled_from(NAMES), max_size=2))),
        draw(st.none() | CONDITIONS),
        place,
        draw(st.sampled_from([0, 1, 3, 100])),
        draw(st.sampled_from([0, 0, 1])),
        isinstance(place, Near) and draw(st.booleans()),
    )


KEYS = tuple(Key(f"urn:{n}", "level", d) for n in range(3) for d in ("", "d"))
TIMES = st.integers(FIRST - 1, FIRST + 3 * DAY) | st.sampled_from([FIRST, FIRST + DAY, FIRST - DAY])
OBSERVATIONS = st.lists(
    st.builds(
        Observation,
        st.sampled_from(KEYS),
        TIMES,
        st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False), WORDS),
        st.builds(Label, st.sampled_from(["", "CEL"]), st.sampled_from(["", "bad"]), st.booleans()),
        st.none() | WORDS,
    ),
    max_size=30,
)
