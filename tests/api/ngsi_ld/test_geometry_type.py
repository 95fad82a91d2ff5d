"""A type of a geometry that is no text is refused, and is no fault of ours."""

from __future__ import annotations

from typing import Any

import pytest

from kopa.api.ngsi_ld.attribute import _is_geometry
from kopa.api.ngsi_ld.geometry import check_geometry
from kopa.api.ngsi_ld.problems import BadRequestData


@pytest.mark.parametrize("kind", [["Point"], {"a": 1}, 7, None, "Circle"])
def test_it_is_refused(kind: Any) -> None:
    value = {"type": kind, "coordinates": [24.1, 56.9]}
    assert not _is_geometry(value)
    with pytest.raises(BadRequestData, match="no type that GeoJSON knows"):
        check_geometry(value)
