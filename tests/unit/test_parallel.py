"""Cases on processes and on a Dask cluster; a crash or a hang loses one case."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from dask_cluster import LOOSE, lost_number

from kopa.errors import UsageError
from kopa.parallel import Work, map_cases


def square(case: int) -> int:
    return case * case


def lost(case: int, reason: str) -> str:
    return f"{case}: {reason}"


def deadly(case: int) -> int:
    if case == 7:
        os.kill(os.getpid(), signal.SIGKILL)
    return case


def sleepy(case: int) -> int:
    if case == 3:
        time.sleep(60)
    return case


@pytest.mark.parametrize("workers", [1, 2])
def test_answers_come_in_the_order_of_the_cases(workers: int) -> None:
    done: list[int] = []
    answers = map_cases(Work(square, lost), range(500), workers, progress=done.append)
    assert answers == [n * n for n in range(500)]
    assert sum(done) == 500


def test_no_case_is_no_work() -> None:
    assert map_cases(Work(square, lost), []) == []


@pytest.mark.parametrize("workers", [1, 2])
def test_a_crash_loses_one_case(workers: int) -> None:
    answers = map_cases(Work(deadly, lost), range(40), workers)
    assert answers[7] == "7: its engine crashed"
    assert [a for n, a in enumerate(answers) if n != 7] == [n for n in range(40) if n != 7]


def test_a_hang_loses_one_case() -> None:
    begin = time.monotonic()
    answers = map_cases(Work(sleepy, lost, timeout_s=0.5), range(12), 2)
    assert answers[3] == "3: took longer than its time"
    assert [a for n, a in enumerate(answers) if n != 3] == [n for n in range(12) if n != 3]
    assert time.monotonic() - begin < 30


def test_an_error_of_ours_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        map_cases(Work(lambda case: 1 // case, lost), [1, 0], 1)


@LOOSE
def test_a_dask_cluster_gives_the_same(scheduler: str) -> None:
    from functools import partial

    work: Work[int, int] = Work(partial(max, -1), lost_number)
    assert map_cases(work, range(200), dask=scheduler) == list(range(200))


@LOOSE
def test_no_scheduler_is_told() -> None:
    pytest.importorskip("distributed")
    with pytest.raises(UsageError, match="no Dask scheduler answers"):
        map_cases(Work(square, lost), [1], dask="tcp://127.0.0.1:9")


def test_even_the_first_process_is_started_uninterrupted() -> None:
    # in a process of its own: only the first start of a process starts Python's tracker
    file = Path(__file__).with_name("uninterrupted_child.py")
    said = subprocess.run([sys.executable, str(file)], capture_output=True, text=True, check=True)
    assert said.stdout == "True\n"


def test_workers_end_with_a_parent_that_is_killed() -> None:
    file = Path(__file__).with_name("killed_parent.py")
    with subprocess.Popen([sys.executable, str(file)], stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        worker = int(run.stdout.readline())
        run.kill()
    for _ in range(100):
        try:
            os.kill(worker, 0)
        except ProcessLookupError:
            return
        if Path(f"/proc/{worker}/stat").read_text().split(")")[1].split()[0] == "Z":
            return  # ended; whoever took it in has not looked yet
        time.sleep(0.1)
    os.kill(worker, signal.SIGKILL)
    pytest.fail("the worker goes on alone")
