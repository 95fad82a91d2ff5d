"""Whatever is asked is served, or refused with a reason."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from api.sensorthings.service import (
    get,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from kopa.api.sensorthings.routes import ROOT


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("Dragons", 404), ("Things('none')", 404), ("Things(1)", 400), ("Things('a", 404),
        ("Things/name", 404), ("Datastreams('a|b|c|d')", 404), ("Observations('x@y')", 404),
        ("Things?$top=-1", 400), ("Things?$top=x", 400), ("Things?$skip=99999999999", 400),
        ("Things?$filter=", 400), ("Things?$filter=name eq", 400), ("Things?top=1", 400),
        ("Things?$filter=colour eq 1", 400), ("Things?$filter=Datastreams eq 1", 400),
        ("Things?$filter=" + "(" * 100 + "1", 400), ("Things?$filter=" + "a" * 9000, 400),
        ("Things?$filter=dance(name)", 400), ("Things?$filter=length(name,name)", 400),
        ("Things?$filter=st_within(name,geography'POLYGON(1)')", 400),
        ("Things?$filter=name eq 2026-99-99", 400), ("Things?$orderby=colour", 400),
        ("Things?$select=colour", 400), ("Things?$expand=Colours", 400),
        ("Things?$expand=Datastreams($top=x)", 400), ("Things?$count=maybe", 400),
        ("Things?$expand=" + "Datastreams($expand=Thing($expand=" * 4, 400),
        ("Things?$resultFormat=dataArray", 400), ("Things?$resultFormat=csv", 400),
        ("Things?$top=1&$top=2", 400), ("Things?$skiptoken=1", 400),
        ("Observations?$skiptoken=x", 400),
        ("Datastreams?$filter=Observations/result gt 1", 400), ("Things?$top=%ff", 400),
    ],
)  # fmt: skip
def test_what_is_not_served_is_told(client: TestClient, path: str, status: int) -> None:
    answer = client.get(f"{ROOT}/{path}")
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


def test_nesting_has_a_limit(client: TestClient) -> None:
    """Well-formed, and refused for its depth alone."""
    for deep, status in ((20, 200), (60, 400), (1500, 400)):
        for condition in ("(" * deep + "1 eq 1" + ")" * deep, "not " * deep + "(1 eq 1)",
                          "trim(" * deep + "name" + ")" * deep + " eq 'x'"):  # fmt: skip
            get(client, "Things", status, filter=condition)
    for deep, status in ((2, 200), (3, 400)):
        get(client, "Things", status, expand=nested(deep))


def nested(deep: int) -> str:
    """An $expand that is twice as deep."""
    inner = f"($expand={nested(deep - 1)})" if deep > 1 else ""
    return f"Datastreams($expand=Thing{inner})"


WORDS = st.sampled_from(
    ["name", "eq", "and", "or", "not", "(", ")", ",", "'a'", "1", "-2e3", "2026-01-01", "true",
     "result", "phenomenonTime", "id", "length", "substring", "st_within", "geography'POINT(1 1)'",
     "mod", "Thing/name", "properties/x", "now()", "year", "null", "'", "é", "\0", "desc", "$top"]
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(["Things", "Datastreams", "Observations", "Sensors", "Locations"]),
    st.sampled_from(["$filter", "$orderby", "$expand", "$select", "$top", "$skiptoken"]),
    st.lists(WORDS, max_size=9).map(" ".join) | st.text(max_size=30),
)
def test_any_option_is_served_or_refused(
    shared: TestClient, path: str, name: str, value: str
) -> None:
    try:
        answer = shared.get(f"{ROOT}/{path}", params={name: value})
    except UnicodeEncodeError:
        return
    assert answer.status_code in (200, 400), answer.text


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=20) | st.lists(WORDS, max_size=4).map("".join))
def test_any_path_is_served_or_refused(shared: TestClient, path: str) -> None:
    answer = shared.get(f"{ROOT}/Things({quote(path.encode('utf-8', 'replace'))})")
    assert answer.status_code in (200, 400, 404), answer.text
