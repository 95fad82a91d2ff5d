"""Cases on processes and on a Dask cluster; a crash or a hang loses one case."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kopa.errors import UsageError
from kopa.parallel import Work, map_cases

# the client of Dask leaves closing its sockets to the garbage collector
LOOSE = pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)


def square(case: int) -> int:
    return case * case


def lost(case: int, reason: str) -> str:
    return f"{case}: {reason}"


def deadly(case: int) -> int:
    if case == 7:
        os.kill(os.getpid(), signal.SIGSEGV)
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


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[str]:
    """Address of a scheduler with two worker processes, ended by pid."""
    pytest.importorskip("distributed")
    file = tmp_path / "scheduler.json"
    common = ["--scheduler-file", str(file)]
    dask = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1"]
    log = (tmp_path / "log").open("wb")
    running = [
        subprocess.Popen([*dask, "--port", "0", "--no-dashboard", *common], stdout=log, stderr=log)
    ]
    for _ in range(300):
        if file.exists() and file.stat().st_size:
            break
        time.sleep(0.1)
    address = json.loads(file.read_text())["address"]
    worker = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    running += [
        subprocess.Popen(
            [*worker, "--no-nanny", "--no-dashboard", "--local-directory", str(tmp_path)],
            stdout=log,
            stderr=log,
            env=environment,
        )
        for _ in range(2)
    ]
    yield address
    for process in reversed(running):
        process.terminate()
        process.wait(30)
    log.close()


@LOOSE
def test_a_dask_cluster_gives_the_same(scheduler: str) -> None:
    from functools import partial

    work: Work[int, int] = Work(partial(max, -1), lost_number)
    assert map_cases(work, range(200), dask=scheduler) == list(range(200))


def lost_number(case: int, reason: str) -> int:
    return -1


@LOOSE
def test_no_scheduler_is_told() -> None:
    pytest.importorskip("distributed")
    with pytest.raises(UsageError, match="no Dask scheduler answers"):
        map_cases(Work(square, lost), [1], dask="tcp://127.0.0.1:9")
