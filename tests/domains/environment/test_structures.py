"""Channels, weirs and culverts, against worked examples that were published."""

from __future__ import annotations

import itertools
import math

import pytest

from kopa.domains.environment.channel import Section, critical_depth, froude, normal_depth
from kopa.domains.environment.culvert import (
    Culvert,
    Inlet,
    _orifice_like,
    headwater,
    inlet_control,
    inlets,
)
from kopa.domains.environment.weir import Weir, weir_flow, weir_head
from kopa.errors import RangeError

FOOT, CUSEC = 0.3048, 0.3048**3


def test_chows_trapezoid() -> None:
    """Chow (1959), examples 6-2 and 4-2: 400 cfs, b 20 ft, sides 2:1: 3.36 ft and 2.15 ft."""
    section = Section("trapezoid", 20 * FOOT, 2.0)
    normal = normal_depth(section, 400 * CUSEC, 0.025, 0.0016)
    assert normal / FOOT == pytest.approx(3.36, abs=0.01)
    critical = critical_depth(section, 400 * CUSEC)
    assert critical / FOOT == pytest.approx(2.15, abs=0.01)
    assert 400 * CUSEC / section.area(critical) / FOOT == pytest.approx(7.66, abs=0.02)
    assert froude(section, 400 * CUSEC, critical) == pytest.approx(1)


def test_half_full_pipe_and_rectangle_by_hand() -> None:
    """A half-full pipe carries half of what the full one does; q²/g is the cube of yc."""
    pipe = Section("circular", 1.0)
    full = math.pi / 4 * 0.25 ** (2 / 3) * 0.01**0.5 / 0.013
    assert normal_depth(pipe, full / 2, 0.013, 0.01) == pytest.approx(0.5)
    assert critical_depth(Section("rectangular", 2.0), 4.0) == pytest.approx(
        (2.0**2 / 9.80665) ** (1 / 3)
    )
    with pytest.raises(RangeError, match="free surface"):
        normal_depth(pipe, 1.1 * full, 0.013, 0.01)


@pytest.mark.parametrize("shape", ["square", "circular"])
def test_no_such_section(shape: str) -> None:
    with pytest.raises(RangeError):
        Section("circular", 1.0, 2.0) if shape == "circular" else Section("rectangular", 0.0)


def test_sharp_crests_agree() -> None:
    """Rehbock, Kindsvater-Carter and Francis (1883, Q = 1.84 b h^1.5) to 2 percent."""
    francis = 1.84 * 2 * 0.3**1.5
    for kind in ("rehbock", "kindsvater"):
        assert weir_flow(Weir(kind, 2.0, 1.0), 0.3).flow == pytest.approx(francis, rel=0.02)
    by_hand = 2 / 3 * (0.602 + 0.083 * 0.3) * math.sqrt(2 * 9.80665) * 2 * 0.3012**1.5
    assert weir_flow(Weir("rehbock", 2.0, 1.0), 0.3).flow == pytest.approx(by_hand)


def test_contracted_crest_by_hand() -> None:
    """Kindsvater & Carter (1957), b/B 0.5 between the rows of 0.4 and 0.6."""
    found = weir_flow(Weir("kindsvater", 1.0, 0.5, 2.0), 0.2).flow
    hand = 2 / 3 * (0.592 + 0.0119 * 0.4) * math.sqrt(2 * 9.80665) * 1.00315 * 0.201**1.5
    assert found == pytest.approx(hand)


def test_v_notch_is_cones() -> None:
    """Cone (1916), as in the USBR Water Measurement Manual: Q = 2.49 h^2.48 cfs at 90°."""
    for head in (0.4, 0.6, 1.0):
        found = weir_flow(Weir("v-notch", 0.0, 5.0), head * FOOT).flow
        assert found / CUSEC == pytest.approx(2.49 * head**2.48, rel=0.01)


def test_broad_crest_and_poleni() -> None:
    """1.705 b H^1.5 is critical flow without loss (Bos 1989, equation 1-32)."""
    still = weir_flow(Weir("broad", 2.0, 50.0, length=2.0), 0.4)
    assert still.flow == pytest.approx(0.848 * 1.705 * 2 * 0.4**1.5, rel=1e-3)
    near = weir_flow(Weir("broad", 2.0, 1.0, length=2.0), 0.4)
    assert still.flow < near.flow < 1.05 * still.flow
    poleni = weir_flow(Weir("poleni", 2.0, 1.0, coefficient=0.64), 0.4).flow
    assert poleni == pytest.approx(2 / 3 * 0.64 * 2 * math.sqrt(2 * 9.80665) * 0.4**1.5)


def test_head_is_the_inverse_and_tailwater_drowns() -> None:
    weir = Weir("rehbock", 2.0, 1.0)
    assert weir_head(weir, weir_flow(weir, 0.37, 0.2).flow, 0.2).head == pytest.approx(0.37)
    drowned = weir_flow(weir, 0.4, 0.2)
    assert drowned.drowned == pytest.approx((1 - 0.5**1.5) ** 0.385)  # Villemonte (1947)
    assert "surface tension" in weir_flow(weir, 0.01).notes[0]
    with pytest.raises(RangeError):
        weir_flow(weir, 0.1, 0.3)


CMP = inlets()["cmp-headwall"]


@pytest.mark.parametrize(("flow", "ratio"), [(6.230 / 3, 2.08), (4.98 / 2, 2.8)])
def test_hds5_pipes_of_the_routing_example(flow: float, ratio: float) -> None:
    """FHWA HDS-5, chapter V, 900 mm corrugated pipes: HW/D read from the nomograph, to 3 %."""
    pipe = Culvert(CMP, 0.9, 60.96, 0.05, 0.024)
    assert inlet_control(pipe, flow) / 0.9 == pytest.approx(ratio, rel=0.03)


def test_hds5_head_of_the_routing_example() -> None:
    """The same form: H 3.6 m at 2.077 m³/s a barrel, from chart 6A."""
    pipe = Culvert(CMP, 0.9, 60.96, 0.05, 0.024, barrels=3)
    found = headwater(pipe, 6.230, 0.45)
    below = (found.critical + 0.9) / 2
    assert found.outlet_control - below + 60.96 * 0.05 == pytest.approx(3.6, rel=0.02)
    assert found.control == "inlet"


@pytest.mark.parametrize(("ratio", "over"), [(4.0, 1.31), (6.0, 2.31), (8.0, 3.69)])
def test_hds5_worked_table(ratio: float, over: float) -> None:
    """HDS-5, appendix A, submerged inlet with c 0.0496, Y 0.53, slope 0.02."""
    one = Inlet("table", "circular", "34", 1, 0.034, 1.5, 0.0496, 0.53, 0.9, "")
    assert _orifice_like(Culvert(one, 1.0, 10.0, 0.02, 0.024), ratio) == pytest.approx(
        over, abs=0.01
    )


def test_every_inlet_rises_with_the_flow_and_has_no_step() -> None:
    for inlet in inlets().values():
        width = 2.0 if inlet.shape == "box" else 0.0
        culvert = Culvert(inlet, 1.5, 30.0, 0.01, 0.013, width)
        depths = [inlet_control(culvert, 0.1 + 0.02 * k) for k in range(600)]
        rises = [b - a for a, b in itertools.pairwise(depths)]
        assert min(rises) > 0, inlet.name
        assert max(rises) < 0.06, inlet.name


def test_barrels_share_and_a_high_tailwater_controls() -> None:
    one = headwater(Culvert(CMP, 0.9, 60.0, 0.01, 0.024), 1.0)
    two = headwater(Culvert(CMP, 0.9, 60.0, 0.01, 0.024, barrels=2), 2.0)
    assert one == two
    drowned = headwater(Culvert(CMP, 0.9, 60.0, 0.01, 0.024), 1.0, tailwater=5.0)
    assert drowned.control == "outlet"
    assert drowned.depth > 5.0 - 0.6
    with pytest.raises(RangeError, match="box"):
        Culvert(CMP, 0.9, 60.0, 0.01, 0.024, width=1.0)
