"""N-1 on the graph is what the engine says, case by case."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kopa.domain import Change
from kopa.domains.heat.domain import HeatDomain
from kopa.domains.heat.network import PLANT
from kopa.domains.heat.read_file import read
from kopa.domains.heat.screen import screen
from kopa.model import Window

from .nets import ring, write


@pytest.mark.parametrize("looped", [False, True])
def test_every_outage_is_that_of_a_run(tmp_path: Path, looped: bool) -> None:
    domain = HeatDomain(read(write(tmp_path, ring() if looped else None))[0])
    assets = domain.network.assets
    found = screen(domain.steady, domain.network.outdoor)
    assert len(found) == (7 if looped else 6)
    for one in found:
        kind = "out" if assets.kinds[one.row] == PLANT else "closed"
        change = Change("heat", assets.ids[one.row], kind)
        result = domain.run(Window(0, 3600, 1), (change,), {})
        missing = (1 - result.outputs["heat"][0]) * domain.steady.rated / 1000
        assert one.lost_kw == pytest.approx(float(missing.sum()), abs=0.02), change
        assert one.consumers == int((result.outputs["heat"][0] < 1 - 1e-3).sum())
    by_id = {assets.ids[one.row]: one for one in found}
    assert by_id["PLANT"].lost_kw == pytest.approx(300)
    assert by_id["PLANT"].first_cold_h == pytest.approx(50 * np.log(35 / 33))
    assert by_id["P1"].method == ("engine" if looped else "graph")
    assert by_id["S1"].consumers == 1


def test_the_graph_alone_runs_no_engine(tmp_path: Path) -> None:
    domain = HeatDomain(read(write(tmp_path, ring()))[0])
    screen(domain.steady, domain.network.outdoor, graph_only=True)
    assert domain.steady.solve.cache_info().misses == 0
