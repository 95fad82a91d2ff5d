"""Pipes are drawn through the vertices of the INP file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from domains.water.small import GRAVITY

from kopa.domain import Draws
from kopa.domains.water.domain import Water
from kopa.domains.water.read_inp import read_inp

VERTICES = "[VERTICES]\n P2 0 4\n P2 3 4\n"
"""A way around: 4 m north, 3 m east, then back to the south-west."""


def drawn(folder: Path, text: str) -> tuple[Water, dict[str, list[tuple[float, float]]]]:
    file = folder / "network.inp"
    file.write_text(text, encoding="utf-8")
    water = Water(read_inp(file)[0])
    shapes = water.shapes()
    lines = {
        water.assets().ids[row]: list(
            zip(shapes.x[low:high].tolist(), shapes.y[low:high].tolist(), strict=True)
        )
        for row, low, high in zip(
            shapes.rows.tolist(), shapes.first[:-1].tolist(), shapes.first[1:].tolist(), strict=True
        )
    }
    return water, lines


def test_a_pipe_is_drawn_from_end_to_end_through_its_vertices(tmp_path: Path) -> None:
    water, lines = drawn(tmp_path, GRAVITY.replace("[COORDINATES]", f"{VERTICES}\n[COORDINATES]"))
    assert isinstance(water, Draws)
    assert lines["P2"] == [(0, 0), (0, 4), (3, 4), (1, 0)]
    assert lines["P3"] == [(1, 0), (2, 0)]
    assert lines["J2"] == [(1, 0)]
    assert set(lines) == set(water.assets().ids) - {"zone/east", "network"}
    # by hand: 4 + 3 + √20 m; half of it is 0.736 m past the first corner
    row = water.assets().index["P2"]
    half = (4 + 3 + 20**0.5) / 2
    assert np.allclose((water.assets().x[row], water.assets().y[row]), (half - 4, 4))


def test_a_wide_pipe_weighs_more_than_a_narrow_one(tmp_path: Path) -> None:
    water, _ = drawn(tmp_path, GRAVITY)
    shapes = water.shapes()
    weight = dict(zip(shapes.rows.tolist(), shapes.weight.tolist(), strict=True))
    index = water.assets().index
    assert (weight[index["P1"]], weight[index["P2"]]) == (1, 0)  # 300 mm and 200 mm


def test_what_has_no_place_is_not_drawn_and_takes_no_other_with_it(tmp_path: Path) -> None:
    text = GRAVITY.replace(" J2  1  0\n", "")
    assert text != GRAVITY
    water, lines = drawn(tmp_path, text)
    assert {"P2", "P3", "J2"} & set(lines) == set()
    assert lines["P4"] == [(0, 0), (2, 0)]
    rows = [water.assets().index[name] for name in ("P2", "P4", "P5")]
    assert np.isnan(water.assets().x[rows]).tolist() == [True, False, False]
