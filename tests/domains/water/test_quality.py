"""Age, chlorine and origin of the water, against WNTR's EPANET and plug flow by hand."""

from __future__ import annotations

import math
import warnings
from pathlib import Path

import numpy as np
import pytest
from domains.water.small import GRAVITY, PUMPED
from domains.water.test_cli import call
from schemas import valid
from shared_data import data

from kopa.cli.main import main
from kopa.domains.water.quality import Question, cycle_of, quality
from kopa.domains.water.read_inp import read_inp
from kopa.errors import InputError, UsageError

wntr = pytest.importorskip("wntr")

WEEK = GRAVITY.replace(" 1  1.0  1.0", 7 * (" 1" + 24 * " 1.0" + "\n"))


@pytest.fixture
def gravity(tmp_path: Path) -> str:
    path = tmp_path / "gravity.inp"
    path.write_text(GRAVITY.replace("Duration  ", "Quality Timestep 0:01\n Duration  "))
    return str(path)


@pytest.mark.parametrize(
    ("name", "kind", "days"),
    [("Net3", "age", 4), ("Net3", "chlorine", 4), ("Net3", "trace", 4), ("L-TOWN", "age", 7)],
)
def test_against_epanet_by_wntr(name: str, kind: str, days: int, tmp_path: Path) -> None:
    """All junctions with a demand at the end of the run; WNTR reads single precision."""
    path = data("water", f"{name}.inp")
    network, _ = read_inp(path)
    lakes = network.reservoirs.tolist()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = wntr.network.WaterNetworkModel(str(path))
        options = model.options
        options.quality.parameter = {"age": "AGE", "trace": "TRACE"}.get(kind, "CHEMICAL")
        question = Question("age", most_days=days)
        scale = 3600.0
        if kind == "trace":
            question, scale = Question("trace", trace=lakes[0], most_days=days), 1.0
            options.quality.trace_node = network.node_ids[lakes[0]]
        elif kind == "chlorine":
            doses = dict.fromkeys(lakes, 0.8)
            question = Question("chlorine", -1, -0.5, -0.1, doses, most_days=days)
            scale = 1e-3
            options.quality.inpfile_units = "mg/L"
            options.reaction.bulk_coeff, options.reaction.wall_coeff = -0.5 / 86400, -0.1 / 86400
            for lake in model.reservoir_name_list:
                model.get_node(lake).initial_quality = 0.8e-3
        found = quality(network, question)
        options.time.duration = found.days * 86_400
        options.time.report_timestep = 3600
        run = wntr.sim.EpanetSimulator(model).run_sim(file_prefix=str(tmp_path / "wntr"))
    assert not found.failure
    theirs = run.node["quality"].loc[found.days * 86_400, list(network.node_ids)].to_numpy() / scale
    asks = found.demand > 0
    assert np.abs(found.end - theirs)[asks].max() < 1e-3 * max(1.0, theirs[asks].max())
    assert np.ptp(found.end[asks]) > 0.1


def test_age_and_decay_of_plug_flow_by_hand(gravity: str) -> None:
    """P1: 1000 m of 300 mm, 14 L/s: 1.40 h; then P5 with 4 L/s behind the loop."""
    network, _ = read_inp(Path(gravity))
    hours = 1000 * math.pi * 0.3**2 / 4 / 14e-3 / 3600
    found = quality(network, Question("age", limit=2.0))
    row = network.node_ids.index("J1")
    assert found.all_settled
    assert found.mean[row] == pytest.approx(hours, abs=0.05)
    chlorine = Question("chlorine", -1, -2.0, 0.0, {network.node_ids.index("R1"): 1.0}, 0.9)
    decayed = quality(network, chlorine)
    assert decayed.mean[row] == pytest.approx(math.exp(-2.0 * hours / 24), abs=2e-3)
    far = quality(network, Question("age")).mean[network.node_ids.index("J4")]
    least = hours + 1000 * math.pi * 0.2**2 / 4 / 4e-3 / 3600
    assert far > least
    assert found.share_beyond == 1.0
    assert found.share_unknown == 0


def test_what_has_not_settled_is_unknown(tmp_path: Path) -> None:
    """A large tank supplies alone, and its water grows older every day."""
    path = tmp_path / "pumped.inp"
    path.write_text(
        PUMPED.replace("T1  50    2          0         5         10", "T1 50 4.5 0 5 60")
    )
    found = quality(read_inp(path)[0], Question("age", limit=1.0, most_days=2))
    assert not found.all_settled
    assert found.share_unknown > 0


def test_the_cycle_is_that_of_the_longest_pattern(tmp_path: Path) -> None:
    path = tmp_path / "week.inp"
    path.write_text(WEEK)
    network, _ = read_inp(path)
    assert cycle_of(network) == 7
    assert "allow at least" in quality(network, Question("age", most_days=6)).failure


def test_chlorine_needs_a_dose_and_coefficients(gravity: str) -> None:
    network, _ = read_inp(Path(gravity))
    with pytest.raises(InputError) as told:
        quality(network, Question("chlorine"))
    codes = [finding.code for finding in told.value.findings]
    assert codes == ["water.quality-dose", "water.quality-decay"]


def test_the_sources_of_the_file_hold_where_no_dose_is_given(tmp_path: Path) -> None:
    path = tmp_path / "dosed.inp"
    extra = "[QUALITY]\n R1 0.5\n[SOURCES]\n J1 SETPOINT 0.7\n[REACTIONS]\n Global Bulk -1\n[END]"
    path.write_text(GRAVITY.replace("[END]", extra))
    network, _ = read_inp(path)
    row = network.node_ids.index("J1")
    assert quality(network, Question("chlorine")).mean[row] == pytest.approx(0.7, abs=1e-3)
    dosed = Question("chlorine", doses={network.node_ids.index("R1"): 0.4})
    assert quality(network, dosed).mean[row] < 0.4
    path.write_text(path.read_text().replace("[OPTIONS]", "[OPTIONS]\n Quality Chlorine ug/L"))
    with pytest.raises(InputError) as told:
        quality(read_inp(path)[0], Question("chlorine"))
    assert [finding.code for finding in told.value.findings] == ["water.quality-unit"]


def test_an_engine_that_hangs_is_unknown(gravity: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(self: object) -> None:
        import time

        time.sleep(60)

    monkeypatch.setattr(
        "kopa.domains.water.engine_epanet_quality.QualityProject.open_quality", hang
    )
    found = quality(read_inp(Path(gravity))[0], Question("age", timeout_s=0.5))
    assert "longer than its time" in found.failure
    assert not found.all_settled


def test_quality(gravity: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("quality", gravity, "--kind", "age", "--json") == 0
    found = valid("water-quality", capsys.readouterr().out)
    assert (found["unit"], found["settled"], found["limit"]) == ("h", True, 72)
    assert "EPA" in found["limit_source"]
    assert found["worst_nodes"][0] == "J4"
    words = ("--kind", "chlorine", "--bulk", "-1", "--wall", "0", "--dose", "0.6", "R1=0.5")
    assert call("quality", gravity, *words, "--json") == 0
    found = valid("water-quality", capsys.readouterr().out)
    assert "WHO" in found["limit_source"]
    assert max(node["mean"] for node in found["nodes"]) == pytest.approx(0.5)
    assert call("quality", gravity, "--kind", "trace", "--trace", "R1", "--json") == 0
    found = valid("water-quality", capsys.readouterr().out)
    assert found["limit"] is None
    assert call("quality", gravity, *words) == 0
    assert "of the demand has less than 0.200 mg/L" in capsys.readouterr().out


def test_it_runs_as_a_command(gravity: str, capfd: pytest.CaptureFixture[str]) -> None:
    """In the guarded process of `kopa`, with the engine in one of its own below it."""
    assert main(["water", "quality", gravity, "--kind", "age", "--json"]) == 0
    assert valid("water-quality", capfd.readouterr().out)["settled"]


def test_no_answer_ends_with_one(gravity: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = Path(gravity)
    path.write_text(WEEK)
    assert call("quality", gravity, "--kind", "age", "--days", "3", "--json") == 1
    assert valid("water-quality", capsys.readouterr().out)["status"] == "unknown"


@pytest.mark.parametrize(
    "words",
    [
        ("--kind", "trace"),
        ("--kind", "age", "--trace", "R1"),
        ("--kind", "age", "--bulk", "-1"),
        ("--kind", "trace", "--trace", "X"),
        ("--kind", "chlorine", "--dose", "much"),
        ("--kind", "chlorine", "--dose", "R9=1"),
        ("--kind", "chlorine", "--bulk", "nan"),
        ("--kind", "age", "--limit", "-1"),
        ("--kind", "age", "--days", "0"),
    ],
)
def test_wrong_usage(gravity: str, words: tuple[str, ...]) -> None:
    with pytest.raises(UsageError):
        call("quality", gravity, *words)
