"""Fixtures that several tests share."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# a machine that does something else meanwhile is slow at making inputs, and not wrong
settings.register_profile("kopa", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("kopa")


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
