"""Against publications, and against SWMM's own command on EPA's example files."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from shared_data import data

from kopa.domains.sewerage.cases import Case, Study, own_period
from kopa.domains.sewerage.read_inp import read_inp

PROGRAM = Path(__file__).with_name("step_metric.py")
PLAIN = """
import sys
from swmm.toolkit import solver
solver.swmm_run(*sys.argv[1:])
"""


@pytest.mark.parametrize(("name", "published"), [("theta", 1630.342), ("gamma", 400_221_923)])
def test_pystorms_uncontrolled(tmp_path: Path, name: str, published: float) -> None:
    """Rimer et al. (2023), pystorms, Environmental Modelling & Software: performance measures."""
    inp = data("sewer", f"{name}.inp")
    command = [sys.executable, str(PROGRAM), name, str(inp), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert float(done.stdout.split()[-1]) == pytest.approx(published, abs=0.5e-3 * (name[0] == "t")
                                                           or 0.5)  # fmt: skip


@pytest.mark.parametrize(
    "name",
    ["epa/examples/Example3.inp", "epa/user/user1.inp",
     "epa/routing/test5.inp", "epa/update_v52/Type5_Pump_Test.inp", "epa/extran/extran1.inp"],
)  # fmt: skip
def test_alone_it_is_swmm_itself(tmp_path: Path, name: str) -> None:
    """Volumes of flooding, of each outfall and the routing error, as SWMM's report has them."""
    file = data("sewer", *name.split("/"))
    report = tmp_path / "report.txt"
    words = [str(file), str(report), str(tmp_path / "out")]
    subprocess.run([sys.executable, "-c", PLAIN, *words], check=True, capture_output=True)
    text = report.read_text(encoding="latin-1")
    network, _ = read_inp(file)
    study = Study(network, own_period(network, None, None, 60), 60)
    run = study.run(Case())
    errors = re.findall(r"Continuity Error \(%\) \.+\s+(-?[\d.]+)", text)
    # SWMM tells three digits; the period here is rounded up to whole minutes
    assert run.errors[1] == pytest.approx(float(errors[-1]), abs=0.02)
    us = network.units.length != 1
    per_m3 = 1e-3 if not us else 264.172e-6  # to 10^6 L or 10^6 gal
    outfalls = re.search(r"Outfall Loading Summary.*?-{20,}\s*\n.*?-{20,}\s*\n(.*?)\n\s*-{20,}",
                         text, re.S)  # fmt: skip
    assert outfalls is not None
    for line in outfalls[1].splitlines():
        words = line.split()
        row = network.node_ids.index(words[0])
        volume = float(run.inflow[:, row].sum()) * 60 * per_m3
        assert volume == pytest.approx(float(words[4]), rel=0.01, abs=2e-3), words[0]
    flooded = re.search(r"Flooding Loss \.+\s+[\d.]+\s+([\d.]+)", text)
    assert flooded is not None
    assert float(run.flooded.sum()) * per_m3 == pytest.approx(float(flooded[1]), abs=2e-3)
    assert np.isfinite(run.depth).all()
    for pump in network.pumps.tolist():
        name = re.escape(network.link_ids[pump])
        told = re.search(rf"Pumping Summary.*?\n\s+{name}((?:\s+[\d.]+)+)", text, re.S)
        assert told is not None
        assert run.energy[pump] == pytest.approx(float(told[1].split()[6]), rel=0.01, abs=0.01)
