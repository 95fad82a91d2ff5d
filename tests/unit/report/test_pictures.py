"""Small parts of pictures, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from kopa.errors import UsageError
from kopa.report.cause_map import numbered, radius
from kopa.report.frame import Frame, around, framed
from kopa.report.markup import tag
from kopa.report.part_scenario import runs
from kopa.report.svg_chart import round_ticks
from kopa.report.svg_map import round_length
from kopa.report.svg_path import dots, lines

FRAME = Frame(west=0, north=100, scale=1, width=100, height=100)


def test_whatever_text_says_is_text() -> None:
    made = str(tag("p", '<a> & "b" \x07', class_='"x"', title=None))
    assert made == '<p class="&quot;x&quot;">&lt;a&gt; &amp; &quot;b&quot; \ufffd</p>'


@pytest.mark.parametrize("address", ["http://a.example", "javascript:1", "//a", "data:,x", ""])
def test_no_address_leads_out_of_the_page(address: str) -> None:
    with pytest.raises(UsageError, match="leads out"):
        tag("a", "x", href=address)
    assert str(tag("a", "x", href="#y")) == '<a href="#y">x</a>'


def test_a_name_with_a_blank_is_no_element() -> None:
    with pytest.raises(UsageError, match="no element"):
        tag("p onload=x")


def test_lines_that_meet_are_one_and_what_is_outside_is_left_out() -> None:
    # north is up: y = 90 m lies 10 below the upper edge; tenths of a unit
    first = np.array([0, 2, 4, 6])
    x = np.array([10.0, 20, 20, 30, 500, 600])
    y = np.array([90.0, 90, 90, 80, 50, 50])
    assert lines(FRAME, first, x, y) == "M100 100l100 0 100 100"
    assert lines(FRAME, np.array([0]), x[:0], y[:0]) == ""


def test_rings_are_closed_and_clipped() -> None:
    x, y = np.array([50.0, 500, 500, 50, 50]), np.array([50.0, 50, 60, 60, 50])
    told = lines(FRAME, np.array([0, 5]), x, y, closed=True)
    assert told.endswith("z")
    assert "1060" in told or "560" in told  # it ends 6 units beyond the picture
    assert "5000" not in told


def test_points_at_one_place_are_one() -> None:
    assert dots(np.array([[1.0, 2.0], [1.01, 2.01], [3.0, 4.0]])) == "M10 20h0M30 40h0"


def test_a_frame_holds_its_box_and_keeps_angles() -> None:
    frame = framed((0, 0, 1000, 3000), 500, 57.0)
    west, south, east, north = frame.box
    assert west < 0
    assert south < 0
    assert east > 1000
    assert north > 3000
    assert frame.place(np.array([0.0, 1.0]), np.array([0.0, 1.0])) == pytest.approx(
        frame.place(np.array([0.0]), np.array([0.0])) + [[0, 0], [frame.scale, -frame.scale]]
    )


def test_what_lies_far_off_does_not_make_a_map_useless() -> None:
    x = np.append(np.linspace(0, 1000, 200), 90_000)
    west, _, east, _ = around(x, x, np.ones(len(x)), 100)
    assert (west, east) == pytest.approx((0, 1000), abs=40)
    assert around(x[:1], x[:1], np.ones(1), 100) == (-50, -50, 50, 50)


def test_signs_are_round() -> None:
    assert [round_length(most) for most in (999, 230, 19, 5)] == [500, 200, 10, 5]
    assert round_ticks(0, 38_000) == [0, 10_000, 20_000, 30_000, 40_000]
    assert round_ticks(-7, 3) == [-9, -6, -3, 0, 3] or round_ticks(-7, 3)[0] <= -7


def test_a_dot_is_as_large_as_its_people() -> None:
    assert (radius(400, 400) - 2) == pytest.approx(2 * (radius(100, 400) - 2), abs=0.1)


def test_hours_in_which_nothing_changes_are_one_row() -> None:
    assert runs([[0, 0, 5, 5, 0], [1, 1, 1, 2, 2]]) == [(0, 2), (2, 3), (3, 4), (4, 5)]


def test_steps_that_causes_share_have_one_number() -> None:
    def step(what: str) -> dict[str, object]:
        return {
            "domain": "water",
            "what": what,
            "assets": [{"asset": "water:P"}],
            "from": 0,
            "to": 1,
        }

    losses = [{"cause": [step("burst"), step("no_water")]}, {"cause": [step("burst"), step("dry")]}]
    assert [[one.number for one in path] for path in numbered(losses)] == [[1, 2], [1, 3]]
