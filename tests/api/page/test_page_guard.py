"""Who may ask for what of the page: everybody, those who are signed in, and roles."""

from __future__ import annotations

import pytest

from kopa.api.guard import is_public, wish_of
from kopa.api.openapi.page_operations import PAGE

OPEN_TO_ALL = ("/public/", "/open311/", "/static/", "/tiles/base/")


@pytest.mark.parametrize(("method", "path"), PAGE)
def test_only_what_residents_may_see_is_public(method: str, path: str) -> None:
    wanted = path in ("/", "/resident", "/favicon.ico") or path.startswith(OPEN_TO_ALL)
    assert is_public(path) == wanted
    assert not is_public("/tiles/city/1/2/3.mvt")
    assert not is_public(f"/page{path}")


@pytest.mark.parametrize(
    ("path", "action"),
    [
        ("/page/whatif", "plan"),
        ("/page/decide", "plan"),
        ("/page/screens", "plan"),
        ("/page/decisions", "plan"),
        ("/page/notices", "command"),
        ("/page/reports/4f", "command"),
    ],
)
def test_what_it_takes_to_ask_and_to_do(path: str, action: str) -> None:
    for method in ("POST", "PATCH", "DELETE"):
        wish = wish_of(method, path, "")
        assert wish is not None
        assert wish.action == action
    read = wish_of("GET", path, "")
    assert read is not None
    assert read.action == "read"
