"""Broken files give findings, never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from kopa.domains.ebusiness.read_firms import read_firms
from kopa.errors import InputError

from .small import firms, write_ebusiness


def codes(error: pytest.ExceptionInfo[InputError]) -> set[str]:
    return {one.code for one in error.value.findings}


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"mill": {"kind": "castle"}}, "ebusiness.kind"),
        ({"mill": {"people": None}}, "ebusiness.missing"),
        ({"mill": {"people": -1}}, "ebusiness.value"),
        ({"shop": {"opening_hours": "whenever"}}, "ebusiness.hours"),
        ({"shop": {"id": "mill"}}, "ebusiness.duplicate"),
        ({"desk": {"needs_heat": "perhaps"}}, "ebusiness.value"),
    ],
)
def test_firms(tmp_path: Path, more: dict[str, dict[str, object]], code: str) -> None:
    with pytest.raises(InputError) as error:
        read_firms(write_ebusiness(tmp_path, firms(**more)))
    assert code in codes(error)


def test_no_firms(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        read_firms(write_ebusiness(tmp_path, []))
    assert codes(error) == {"ebusiness.empty"}
