"""The query language: its answers are those of a plain reading of clause 4.9."""

import operator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kopa.api.ngsi_ld.context import core_context
from kopa.api.ngsi_ld.problems import Problem
from kopa.api.ngsi_ld.q_eval import compiled_q
from kopa.api.ngsi_ld.q_parse import parse_q

ORDERS = {
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
NAMES = st.sampled_from("abc")
NUMBERS = st.integers(-3, 3)
TERMS = st.one_of(
    st.tuples(st.just("has"), NAMES),
    st.tuples(st.sampled_from(sorted(ORDERS)), NAMES, NUMBERS),
    st.tuples(st.just("range"), NAMES, NUMBERS, NUMBERS),
    st.tuples(st.just("list"), NAMES, st.lists(NUMBERS, min_size=2, max_size=3)),
)
TREES = st.recursive(
    TERMS,
    lambda inner: st.tuples(st.sampled_from([";", "|"]), st.lists(inner, min_size=2, max_size=3)),
    max_leaves=8,
)
ENTITIES = st.dictionaries(NAMES, st.one_of(NUMBERS, st.lists(NUMBERS, max_size=3)))


def text(tree):
    """The tree in the words of the language."""
    match tree:
        case ("has", name):
            return name
        case ("range", name, low, high):
            return f"{name}=={low}..{high}"
        case ("list", name, values):
            return f"{name}=={','.join(map(str, values))}"
        case (";" | "|" as sign, terms):
            return "(" + sign.join(text(term) for term in terms) + ")"
        case (sign, name, number):
            return f"{name}{sign}{number}"


def holds(tree, entity):
    """What the clause says, word by word."""
    match tree:
        case (";", terms):
            return all(holds(term, entity) for term in terms)
        case ("|", terms):
            return any(holds(term, entity) for term in terms)
        case ("has", name):
            return name in entity
    if tree[1] not in entity:
        return False
    value = entity[tree[1]]
    several = value if isinstance(value, list) else [value]
    match tree:
        case ("range", _, low, high):
            return any(low <= one <= high for one in several)
        case ("list", _, values):
            return any(one in values for one in several)
        case ("!=", _, number):
            return number not in several
        case (sign, _, number):
            return any(ORDERS[sign](one, number) for one in several)


@given(TREES, ENTITIES)
def test_answers_are_those_of_a_plain_reading(tree, plain):
    entity = {name: [{"type": "Property", "value": value}] for name, value in plain.items()}
    assert compiled_q(parse_q(text(tree), core_context()))(entity) == holds(tree, plain)


@given(st.text(alphabet='ab.=!<>~|;()[]",01 -:\\*é', max_size=40))
def test_any_text_is_read_or_refused(q):
    try:
        match = compiled_q(parse_q(q, core_context()))
    except Problem:
        return
    assert match({"id": "urn:x", "type": ["T"]}) in (True, False)


@pytest.mark.parametrize("q", ["", "(", "a==", "a>true", "a;;b", "a==1..", "1", "a[", "a~=(", "!"])
def test_what_is_no_query(q):
    with pytest.raises(Problem):
        parse_q(q, core_context())


def test_a_hostile_pattern_ends():
    query = parse_q('a~="^(x+x+)+y$"', core_context())
    entity = {"a": [{"type": "Property", "value": "x" * 20_000}]}
    assert compiled_q(query)(entity) is False
