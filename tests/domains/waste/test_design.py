"""Container sites near everybody, large enough for what people throw away."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from small_survey import small_survey

from kopa.domains.waste.design.draw import CONTAINER_M3, DESIGNER, FILL, WALK_M, streams


@pytest.fixture
def features(tmp_path: Path) -> list[dict[str, object]]:
    DESIGNER.draw(small_survey(), tmp_path, lambda text: None)
    file = tmp_path / "waste" / "containers.geojson"
    found: list[dict[str, object]] = json.loads(file.read_text(encoding="utf-8"))["features"]
    return found


def test_everybody_has_a_site_within_reach(features: list[dict[str, object]]) -> None:
    survey = small_survey()
    sites = np.array([f["geometry"]["coordinates"] for f in features])  # type: ignore[index]
    node = survey.spots.node[survey.spots.people > 0]
    for x, y in zip(survey.streets.x[node], survey.streets.y[node], strict=True):
        assert np.hypot(sites[:, 0] - x, sites[:, 1] - y).min() <= WALK_M + 0.01


def test_containers_hold_what_comes_between_two_collections(
    features: list[dict[str, object]],
) -> None:
    density = {row["stream"]: float(row["kg_per_m3"]) for row in streams()}
    for feature in features:
        p = feature["properties"]
        assert isinstance(p, dict)
        volume = p["kg_per_day"] * p["interval_days"] / density[p["stream"]]
        assert volume <= p["containers"] * CONTAINER_M3 * FILL + 1e-6
        assert p["origin"] == "synthetic"


def test_the_mass_by_hand(features: list[dict[str, object]]) -> None:
    """Residual waste: 200 kg a resident and 60 kg a worker and year."""
    spots = small_survey().spots
    kg = sum(
        f["properties"]["kg_per_day"]  # type: ignore[index]
        for f in features
        if f["properties"]["stream"] == "residual"  # type: ignore[index]
    )
    residents, workers = spots.people[spots.homes].sum(), spots.people[~spots.homes].sum()
    assert kg == pytest.approx((200 * residents + 60 * workers) / 365, abs=0.5)


def test_facilities(tmp_path: Path) -> None:
    DESIGNER.draw(small_survey(), tmp_path, lambda text: None)
    file = tmp_path / "waste" / "facilities.geojson"
    kinds = [f["properties"]["kind"] for f in json.loads(file.read_text("utf-8"))["features"]]
    assert kinds == ["depot", "transfer", "recycling", "composting", "landfill"]
