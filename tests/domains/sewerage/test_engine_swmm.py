"""SWMM runs in a process of its own; what goes wrong there is told."""

from __future__ import annotations

import pytest

from kopa.domains.sewerage.engine_swmm import simulate
from kopa.errors import EngineError

PIPE = """\
[OPTIONS]
FLOW_UNITS LPS
FLOW_ROUTING DYNWAVE
START_DATE 01/01/2025
START_TIME 00:00:00
END_DATE 01/01/2025
END_TIME 03:00:00
ROUTING_STEP 5
REPORT_STEP 00:05:00
[JUNCTIONS]
A 10 2
[OUTFALLS]
B 9 FREE
[CONDUITS]
C A B 100 0.013 0 0
[XSECTIONS]
C CIRCULAR 0.3 0 0 0
[DWF]
A FLOW 20
"""


def test_a_steady_pipe() -> None:
    """20 L/s in, 20 L/s out; normal depth of DN 300 at 1 % and n = 0.013 is 0.097 m (Manning)."""
    run = simulate(PIPE)
    assert run.nodes == ("A", "B")
    assert run.link["maxFlow"][run.links.index("C")] == pytest.approx(20, rel=0.01)
    assert run.link["maxDepth"][0] == pytest.approx(0.097, abs=0.015)
    assert run.node["volFlooded"].max() == 0
    assert run.messages == ()


def test_a_flood_is_counted_in_cubic_metres() -> None:
    """200 L/s into a pipe that takes less: the rest, over three hours, is on the street."""
    run = simulate(PIPE.replace("FLOW 20", "FLOW 200"))
    flooded = run.node["volFlooded"][0]
    assert flooded == pytest.approx((0.2 - run.link["maxFlow"][0] / 1e3) * 3 * 3600, rel=0.1)


def test_a_file_that_swmm_refuses_says_why() -> None:
    with pytest.raises(EngineError, match="ERROR 20"):
        simulate(PIPE.replace("C A B 100", "C A NOWHERE 100"))


def test_a_run_without_end_is_ended() -> None:
    with pytest.raises(EngineError, match="longer"):
        simulate(PIPE, timeout_s=0.01)
