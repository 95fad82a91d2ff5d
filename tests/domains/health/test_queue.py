"""Erlang's formulas against published tables, the simulation against Erlang."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from domains.health.jobs import runner

from kopa.domains.health import cli_queue
from kopa.domains.health.engine_ciw import Patients, simulate
from kopa.domains.health.erlang import erlang_b, erlang_c, queue, staff
from kopa.errors import EngineError, RangeError, UsageError

LOSS = [
    (0.01, 1, 0.0101), (0.01, 2, 0.153), (0.01, 5, 1.36), (0.01, 10, 4.46), (0.01, 20, 12.0),
    (0.01, 50, 37.9), (0.01, 100, 84.1), (0.02, 10, 5.08), (0.02, 30, 21.9), (0.05, 10, 6.22),
    (0.05, 20, 15.2), (0.001, 10, 3.09), (0.1, 10, 7.51), (0.5, 1, 1.0),
]  # fmt: skip
"""Probability, trunks, offered Erlang: the usual table of the loss formula (ITU-D SG 2/16,
Teletraffic Engineering Handbook, and others), three digits."""


@pytest.mark.parametrize(("blocked", "trunks", "load"), LOSS)
def test_the_published_table_of_the_loss_formula(blocked: float, trunks: int, load: float) -> None:
    slack = 0.5 * 10 ** (math.floor(math.log10(load)) - 2)  # half of the last digit
    assert erlang_b(load - slack, trunks) <= blocked <= erlang_b(load + slack, trunks)


@pytest.mark.parametrize("load", [0.1, 1.0, 7.3, 60.0])
@pytest.mark.parametrize("servers", [1, 2, 9, 70])
def test_the_recursion_is_the_formula(load: float, servers: int) -> None:
    terms = [load**n / math.factorial(n) for n in range(servers + 1)]
    assert erlang_b(load, servers) == pytest.approx(terms[-1] / sum(terms), rel=1e-12)
    if load < servers:
        last = terms[-1] * servers / (servers - load)
        assert erlang_c(load, servers) == pytest.approx(last / (sum(terms[:-1]) + last), rel=1e-12)


def test_queues_by_hand() -> None:
    """M/M/1: as many wait as it is busy; M/M/2 at half its load: a third."""
    assert erlang_c(0.8, 1) == pytest.approx(0.8)
    assert erlang_c(1.0, 2) == pytest.approx(1 / 3)
    one = queue(per_hour=4, minutes=12, servers=1, within_min=30)
    assert one.mean_min == pytest.approx(48)  # 0.8 / (1/12 - 4/60)
    assert one.within == pytest.approx(1 - 0.8 * math.exp(-0.5))
    assert one.busy == pytest.approx(0.8)
    full = queue(5, 12, 1, 30)
    assert (full.waits, full.within) == (1.0, 0.0)
    assert math.isinf(full.mean_min)
    assert queue(0, 12, 0, 30).within == 1.0


def test_large_systems_do_not_overflow() -> None:
    assert 0 < erlang_b(5000, 5000) < 0.02
    assert erlang_c(4990, 5000) < 1


@pytest.mark.parametrize(("per_hour", "share"), [(0.5, 0.5), (12, 0.9), (37, 0.99), (200, 0.8)])
def test_one_less_would_miss_the_target(per_hour: float, share: float) -> None:
    need = staff(per_hour, 20, 10, share)
    assert need.within >= share
    assert queue(per_hour, 20, need.servers, 10) == need
    assert queue(per_hour, 20, need.servers - 1, 10).within < share
    assert staff(0, 20, 10, 0.9).servers == 0
    for wrong in ((12, 20, 10, 1.0), (12, 0, 10, 0.9), (math.nan, 5, 10, 0.9)):
        with pytest.raises(RangeError):
            staff(*wrong)


def test_the_simulation_agrees_with_erlang() -> None:
    """12 an hour, 20 min each, 5 at work: the mean of some 17,000 waits."""
    (found,) = simulate((Patients("all", 1, np.full(24, 12.0), 20.0),), [5] * 24, 60, 2, 10.0)
    exact = queue(12, 20, 5, 10)
    assert found.served == pytest.approx(12 * 24 * 59, rel=0.03)
    assert found.mean_min == pytest.approx(exact.mean_min, rel=0.12)
    (short,) = simulate((Patients("all", 1, np.full(24, 12.0), 20.0),), [5] * 24, 2, 2, 10.0)
    assert short.served < 1.5 * 12 * 24  # the first of two days is not counted
    assert found.within == pytest.approx(exact.within, abs=0.02)


def test_the_urgent_go_first() -> None:
    """Two classes alike but for their priority; Cobham's formula for M/M/1: 24 and 120 min."""
    some = [Patients(name, rank, np.full(24, 2.0), 12.0) for name, rank in (("a", 1), ("b", 2))]
    first, second = simulate(some, [1] * 24, 250, 3, 10.0)
    # W0 = rho/mu = 0.8 × 12 = 9.6; W1 = W0/(1 - 0.4) = 16; W2 = W1/(1 - 0.8) = 80
    assert first.mean_min == pytest.approx(16, rel=0.1)
    assert second.mean_min == pytest.approx(80, rel=0.25)


def test_arrivals_and_staff_change_through_the_day() -> None:
    """All come from 8 to 10; with the staff there at that time they wait less than later."""
    rate = np.where((np.arange(24) >= 8) & (np.arange(24) < 10), 20.0, 0.0)
    one = (Patients("all", 1, rate, 6.0),)
    right = [4 if 8 <= hour < 10 else 1 for hour in range(24)]
    wrong = [4 if 20 <= hour < 22 else 1 for hour in range(24)]
    (good,), (bad,) = (simulate(one, staffed, 40, 1, 10.0) for staffed in (right, wrong))
    assert good.served == pytest.approx(39 * 40, rel=0.1)
    assert good.mean_min < 3
    assert bad.mean_min > 30


def test_too_much_is_not_simulated() -> None:
    with pytest.raises(EngineError):
        simulate((Patients("all", 1, np.full(24, 9999.0), 1.0),), [200] * 24, 3650, 1, 1.0)


Run = Callable[..., tuple[int, Any]]


@pytest.fixture(name="run")
def _run(capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(capsys, cli_queue, "queue")


def test_the_job_by_formula(run: Run) -> None:
    code, found = run("--per-hour", 12, "--minutes", 20, "--servers", 5, "--json")
    (row,) = found["hours"]
    assert (code, found["status"], found["simulated"]) == (0, "ok", None)
    assert row["erlang_c"] == pytest.approx(erlang_c(4, 5))
    assert row["staff"] == staff(12, 20, 10, 0.9).servers
    _, full = run("--per-hour", 12, "--minutes", 20, "--servers", 3, "--json")
    assert full["hours"][0]["mean_wait_min"] is None
    assert [one["code"] for one in full["findings"]] == ["health.queue-full"]


CLASSES = """\
class,priority,from_hour,to_hour,per_hour,minutes
red,1,,,1,40
green,2,8,20,6,15
green,2,20,24,2,15
"""


def test_the_job_with_classes(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "classes.csv"
    file.write_text(CLASSES, "utf-8")
    _, found = run(file, "--days", 20, "--json")
    assert [row["per_hour"] for row in found["hours"]] == [1] * 8 + [7] * 12 + [3] * 4
    assert found["hours"][12]["minutes"] == pytest.approx((40 + 6 * 15) / 7)
    assert [row["class"] for row in found["simulated"]] == ["red", "green"]
    assert found["simulated"][0]["served"] == pytest.approx(24 * 19, rel=0.2)
    code, text = run(file, "--days", 3)
    assert code == 0
    assert "green" in text


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("red,1,9,8,1,40", "health.hours"),
        ("red,x,,,1,40", "health.value"),
        ("red,1.5,,,1,40", "health.value"),
        ("red,1,,,,40", "health.missing"),
        ("red,1,,,-1,40", "health.value"),
        ("red,1,,,1,40\nred,2,,,1,40", "health.class"),
        ("red,1,,,0,40", "health.empty"),
        ("red,1", "health.cells"),
    ],
)
def test_classes_that_are_wrong(run: Run, tmp_path: Path, line: str, code: str) -> None:
    file = tmp_path / "classes.csv"
    file.write_text(CLASSES.splitlines()[0] + f"\n{line}\n", "utf-8")
    exit_code, found = run(file, "--json")
    assert (exit_code, found["status"]) == (1, "unknown")
    assert code in [one["code"] for one in found["findings"]]


@pytest.mark.parametrize(
    "words",
    [[], ["--per-hour", "3"], ["--per-hour", "3", "--minutes", "9", "--servers", "1,2"],
     ["--per-hour", "3", "--minutes", "9", "--servers", "0"], ["none.csv", "--per-hour", "3"]],
)  # fmt: skip
def test_wrong_use(run: Run, words: list[str]) -> None:
    with pytest.raises(UsageError):
        run(*words)


def test_whoever_is_never_treated_is_told(run: Run, tmp_path: Path) -> None:
    """Six an hour who go first leave one member of staff no time for those who come after."""
    file = tmp_path / "q.csv"
    file.write_text("class,priority,per_hour,minutes\na,1,5.9,10\nb,2,3,10\n", "utf-8")
    found = run(file, "--servers", 1, "--days", 5, "--json")[1]
    told = [one["what"] for one in found["findings"] if one["code"] == "health.queue-left"]
    assert any(" of b still wait" in one for one in told)
    found = run("--per-hour", 3, "--minutes", 10, "--simulate", "--days", 5, "--json")[1]
    assert not found["findings"]
