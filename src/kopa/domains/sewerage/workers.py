"""Warm worker processes for SWMM: one simulation at a time in each.

A worker that crashes or takes too long ends one case only. Workers are started anew after some
runs, since SWMM does not give back all of its memory, and end when this process does.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import pickle
import select
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from kopa.errors import EngineError
from kopa.model import FloatArray
from kopa.parallel import uninterrupted

RUNS_A_WORKER = 200
"""After so many runs a worker is started anew."""

TIMEOUT_S = 600.0
"""A run that takes longer has no answer."""

_PROGRAM = Path(__file__).with_name("engine_worker.py")
_POLL_S = 0.5


@dataclass(frozen=True)
class Job:
    """What a worker runs.

    Parameters
    ----------
    inp
        The INP file.
    step, report
        Length of a step of the answer, and between SWMM's reports, s.
    hotstart
        State to begin with; None is the file's own.
    keep
        True to get the state at the end.
    limits
        Seconds of the run, and the flow limits that conduits get then, in the file's units.
    check
        ``open``: only read the file; ``start``: read it and what it names; empty: run it.
    """

    inp: bytes
    step: int = 300
    report: int = 300
    hotstart: bytes | None = None
    keep: bool = False
    limits: tuple[tuple[int, dict[str, float]], ...] = ()
    check: str = ""

    def document(self) -> dict[str, Any]:
        """What is sent."""
        return {
            "inp": self.inp,
            "step_s": self.step,
            "report_s": self.report,
            "hotstart": self.hotstart,
            "keep": self.keep,
            "limits": self.limits,
            "check": self.check,
        }


def _nothing() -> FloatArray:
    return np.empty(0)


@dataclass(frozen=True)
class Answer:
    """What SWMM said, in the file's units.

    Parameters
    ----------
    messages
        Errors and warnings of its report.
    failure
        Why there is nothing else; empty if there is.
    nodes, links
        Ids in SWMM's order.
    depth, level, flooding, inflow, full
        Greatest and mean depth in a step, mean rate of flooding, mean inflow, and share of the step
        in which it floods, shape (step, node).
    flow
        Mean flow, shape (step, link).
    flooded, flooded_h, max_depth
        Volume (m³ or ft³), hours, and depth, shape (node,).
    energy
        Of pumps, kWh, shape (link,).
    totals
        Volumes of the routing, m³ or ft³.
    stored_m3
        What the network holds more at the end, m³.
    errors
        Continuity errors of runoff and routing, %.
    hotstart
        State at the end, if it was asked for.
    """

    messages: tuple[str, ...] = ()
    failure: str = ""
    nodes: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    depth: FloatArray = field(default_factory=_nothing)
    level: FloatArray = field(default_factory=_nothing)
    flooding: FloatArray = field(default_factory=_nothing)
    inflow: FloatArray = field(default_factory=_nothing)
    full: FloatArray = field(default_factory=_nothing)
    flow: FloatArray = field(default_factory=_nothing)
    flooded: FloatArray = field(default_factory=_nothing)
    flooded_h: FloatArray = field(default_factory=_nothing)
    max_depth: FloatArray = field(default_factory=_nothing)
    energy: FloatArray = field(default_factory=_nothing)
    totals: dict[str, float] = field(default_factory=dict)
    stored_m3: float = 0.0
    errors: tuple[float, float] = (0.0, 0.0)
    hotstart: bytes | None = None

    @property
    def problem(self) -> str:
        """Why there is no result, in SWMM's own words where it has some."""
        told = [text for text in self.messages if text.startswith("ERROR")]
        return "; ".join(told[:5]) or self.failure


class _Worker:
    """One process."""

    def __init__(self) -> None:
        with uninterrupted():
            self._process = subprocess.Popen(
                [sys.executable, str(_PROGRAM)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "OMP_NUM_THREADS": "1"},
            )
        self.runs = 0
        self.case = -1
        self.since = 0.0
        self._raw = bytearray()

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """False once its process has ended."""
        return self._process.poll() is None

    @property
    def line(self) -> int:
        """File descriptor on which it answers."""
        assert self._process.stdout is not None
        return self._process.stdout.fileno()

    def send(self, case: int, job: Job) -> None:
        """Give it work; a dead worker is found out when it is to answer."""
        assert self._process.stdin is not None
        self.case, self.since, self._raw = case, time.monotonic(), bytearray()
        self.runs += 1
        raw = pickle.dumps(job.document(), protocol=5)
        try:
            self._process.stdin.write(struct.pack("<q", len(raw)) + raw)
            self._process.stdin.flush()
        except OSError:
            self._process.kill()

    def read(self) -> Answer | None:
        """The answer as far as it has come; None while more is to come.

        Raises
        ------
        EOFError
            If the process ended.
        """
        part = os.read(self.line, 1 << 20)
        if not part:
            raise EOFError
        self._raw += part
        if len(self._raw) < 8:
            return None
        length = struct.unpack("<q", self._raw[:8])[0]
        if len(self._raw) < 8 + length:
            return None
        return Answer(**pickle.loads(bytes(self._raw[8:])))

    def end(self) -> None:
        """Stop it, whatever it does."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):  # what was not sent any more
                    pipe.close()
        self._process.wait()


class Workers:
    """The workers of this process.

    Parameters
    ----------
    most
        So many at a time; 0 for one a core.
    timeout_s
        A run may take this long.
    """

    def __init__(self, most: int = 0, timeout_s: float = TIMEOUT_S) -> None:
        self._most = most or os.cpu_count() or 1
        self._timeout_s = timeout_s
        self._free: list[_Worker] = []

    def one(self, job: Job) -> Answer:
        """Run one job.

        Raises
        ------
        EngineError
            If there is no answer.
        """
        answer = self.run([job])[0]
        if answer.problem:
            raise EngineError(f"SWMM gives up: {answer.problem}", "swmm.failed")
        return answer

    def run(
        self, jobs: Sequence[Job], progress: Callable[[int], None] = lambda done: None
    ) -> list[Answer]:
        """Run all jobs; an answer without a result says why.

        Parameters
        ----------
        jobs
            The jobs.
        progress
            Called with the number of jobs that are newly done.
        """
        answers: dict[int, Answer] = {}
        waiting = list(range(len(jobs)))[::-1]
        busy: dict[int, _Worker] = {}
        try:
            while waiting or busy:
                while waiting and len(busy) < self._most:
                    worker = self._next()
                    case = waiting.pop()
                    worker.send(case, jobs[case])
                    busy[worker.line] = worker
                for case, answer in self._answered(busy):
                    answers[case] = answer
                    progress(1)
        except BaseException:  # interrupted: nobody knows where they stand
            for worker in busy.values():
                worker.end()
            raise
        return [answers[case] for case in range(len(jobs))]

    def start(self, many: int) -> None:
        """Have so many free workers, as far as there may be: they wake while others work."""
        while len(self._free) < min(many, self._most):
            self._free.append(_Worker())

    def _next(self) -> _Worker:
        """A worker that is free and alive; one that somebody ended is no case's fault."""
        while self._free:
            worker = self._free.pop()
            if worker.alive:
                return worker
            worker.end()
        return _Worker()

    def _answered(self, busy: dict[int, _Worker]) -> list[tuple[int, Answer]]:
        found = []
        ready, _, _ = select.select(list(busy), [], [], _POLL_S)
        for line in ready:
            worker = busy[line]
            try:
                answer = worker.read()
            except EOFError:
                answer = Answer(failure="it crashed")
                worker.runs = RUNS_A_WORKER
            if answer is None:
                continue
            found.append((worker.case, answer))
            del busy[line]
            if worker.runs >= RUNS_A_WORKER or answer.failure:  # SWMM keeps sums of broken runs
                worker.end()
            else:
                self._free.append(worker)
        now = time.monotonic()
        for line, worker in list(busy.items()):
            if now - worker.since > self._timeout_s:
                found.append((worker.case, Answer(failure=f"no end after {self._timeout_s:g} s")))
                del busy[line]
                worker.end()
        return found

    def close(self) -> None:
        """End all of them."""
        while self._free:
            self._free.pop().end()


_OF_PROCESS: dict[int, Workers] = {}


def workers() -> Workers:
    """The workers of this process; one that was forked has its own."""
    pid = os.getpid()
    if pid not in _OF_PROCESS:
        _OF_PROCESS[pid] = Workers()
        atexit.register(_close, pid)
    return _OF_PROCESS[pid]


def _close(pid: int) -> None:
    if os.getpid() == pid and pid in _OF_PROCESS:
        _OF_PROCESS.pop(pid).close()
