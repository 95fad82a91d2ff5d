from __future__ import annotations

import pytest

from kopa.errors import UsageError
from kopa.model import Assets

ASSETS = Assets(
    "water", ("node/20", "link/20", "P"), ("junction", "pipe", "pipe"), ("20", "20", "main")
)


def test_an_id_or_a_name_of_its_own_is_found() -> None:
    assert [ASSETS.find(text) for text in ("node/20", "P", "main")] == [0, 2, 2]
    assert ASSETS.full(2) == "water:P"


def test_a_name_that_two_bear_is_asked_back() -> None:
    with pytest.raises(UsageError, match="write node/20 or link/20"):
        ASSETS.find("20")


def test_columns_have_one_length() -> None:
    with pytest.raises(ValueError, match="kinds has another length"):
        Assets("water", ("a",), ())
