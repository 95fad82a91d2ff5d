"""The tiles of a city: kept from one start to the next, made in the background when they differ."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

from kopa.city.load import City
from kopa.city.places import Places, projection_of
from kopa.city.tiles.features import digest_of, drawn
from kopa.city.tiles.find_address import Addresses
from kopa.city.tiles.jobs import (
    MAKING,
    BaseJob,
    CityJob,
    Job,
    Told,
    base_digest,
    file_of,
    findings_of,
    versioned,
    work,
)
from kopa.city.tiles.read_mbtiles import TileSet
from kopa.errors import Finding
from kopa.geo.read_base import Box
from kopa.parallel import uninterrupted

FOLDER = "tiles"
LEFT_S = 86_400.0
"""What another process left half made is removed after so long."""
State = Literal["none", "making", "ready", "failed"]


class Tiles:
    """The tile sets of a city, and its addresses.

    Made as long as it is entered; a file that is there already is taken at once.

    Parameters
    ----------
    city
        The city.
    folder
        Where what Kopa keeps of the city lies: ``CITY/.kopa``.
    told
        Called with what is done, in words.
    ready
        Called when new tiles are there.
    """

    def __init__(
        self,
        city: City,
        folder: Path,
        told: Told = lambda text: None,
        ready: Callable[[], None] = lambda: None,
    ) -> None:
        self._folder, self._told, self._ready = folder / FOLDER, told, ready
        self._sets: dict[str, TileSet] = {}
        self._addresses: Addresses | None = None
        self._jobs = _jobs(city)
        self._process: Any = None
        self._thread: threading.Thread | None = None
        self._over, self._ending = threading.Event(), False
        self.findings: tuple[Finding, ...] = ()
        self.state: State = "none" if not self._jobs else "making"

    def __enter__(self) -> Tiles:
        missing = [job for job in self._jobs if not file_of(self._folder, job).is_file()]
        if missing:
            self._told(f"map: making the tiles of {' and '.join(job.name for job in missing)}")
            # a thread: the process may only be waited for where nothing else waits
            self._thread = threading.Thread(
                target=self._make, args=(tuple(missing),), name="kopa-tiles", daemon=True
            )
            self._thread.start()
        else:
            self._open()
        return self

    def __exit__(self, *error: object) -> None:
        self._ending = True
        self._kill()
        if self._thread is not None:
            self._thread.join()
        for one in self._sets.values():
            one.close()
        if self._addresses is not None:
            self._addresses.close()

    @property
    def base(self) -> TileSet | None:
        """Tiles of the base map; None where there are none, or not yet."""
        return self._sets.get("base")

    @property
    def city(self) -> TileSet | None:
        """Tiles of networks and places; None where there are none, or not yet."""
        return self._sets.get("city")

    @property
    def addresses(self) -> Addresses | None:
        """Addresses of the base map; None where there are none, or not yet."""
        return self._addresses

    def wait(self, timeout_s: float | None = None) -> State:
        """Wait until nothing is made any more; gives the state then."""
        self._over.wait(timeout_s)
        return self.state

    def document(self) -> dict[str, object] | None:
        """Where the page finds them; None where there are none, or not yet."""
        if self.city is None:
            return None
        told: dict[str, object] = {}
        for name in ("base", "city"):
            found = self._sets.get(name)
            # without a base map there is an empty one
            version = found.version if found else "none"
            told[name] = f"/tiles/{name}/{{z}}/{{x}}/{{y}}.mvt?v={version}"
            told[f"{name}_max_zoom"] = found.most_zoom if found else 0
        return told

    def _make(self, jobs: tuple[Job, ...]) -> None:
        begin = time.perf_counter()
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._tidy(LEFT_S)
            self.findings = self._worked(jobs)
        except OSError as error:
            what = f"the map cannot be kept in {self._folder}: {error.strerror or error}."
            self.findings = (Finding("map.folder", what, "Check who may write there.", "warning"),)
        if self._ending:
            return
        self._open()
        seconds = time.perf_counter() - begin
        for finding in self.findings:
            self._told(f"map: {finding}")
        if self.state == "ready":
            self._told(f"map: ready after {seconds:.1f} s")
            self._ready()

    def _worked(self, jobs: tuple[Job, ...]) -> tuple[Finding, ...]:
        """Have jobs done in another process; gives what went wrong."""
        # spawned: a fork of a process with threads may wait for a lock that nobody holds
        context = multiprocessing.get_context("spawn")
        line, other = context.Pipe()
        self._process = context.Process(
            target=work, args=(other, self._folder), name="kopa-tiles", daemon=True
        )
        with uninterrupted():
            self._process.start()
        other.close()
        if self._ending:
            self._kill()
        found: list[Finding] = []
        done: set[str] = set()
        with suppress(EOFError, OSError):
            # not as an argument: a start waits for ever for a process that ended before it read
            line.send(jobs)
            while len(done) < len(jobs):
                name, findings = line.recv()
                done.add(name)
                found += findings
        line.close()
        self._process.join()
        self._tidy(0.0, f"{self._process.pid}-")
        for job in jobs:
            if job.name not in done and not self._ending:
                what = f"making the map of {job.name} crashed."
                do = "The map goes on without it; start again to try again."
                found.append(Finding("map.crashed", what, do, "warning"))
        return tuple(found)

    def _open(self) -> None:
        """Open what is there, and remove what is of an older city."""
        for job in self._jobs:
            file = file_of(self._folder, job)
            if not file.is_file():
                continue
            try:
                self._take(job, file)
            except sqlite3.Error as error:
                file.unlink(missing_ok=True)
                what = f"the kept map of {job.name} is damaged: {error}."
                do = "It is removed; start again to make it anew."
                damaged = Finding("map.damaged", what, do, "warning")
                self.findings = (*self.findings, damaged)
        if self._jobs:
            self.state = "ready" if "city" in self._sets else "failed"
        self._over.set()

    def _take(self, job: Job, file: Path) -> None:
        self.findings = (*self.findings, *findings_of(file))
        if job.name == "base":
            self._addresses = Addresses(file)
        self._sets[job.name] = TileSet(file)
        for older in self._folder.glob(f"{job.name}-*.mbtiles"):
            if older != file:
                older.unlink(missing_ok=True)

    def _tidy(self, after_s: float, process: str = "") -> None:
        """Remove what a process that was killed left half made so long ago."""
        for left in self._folder.glob(f"{MAKING}{process}*"):
            with suppress(OSError):
                if time.time() - left.stat().st_mtime >= after_s:
                    shutil.rmtree(left)

    def _kill(self) -> None:
        if self._process is not None and self._process.is_alive():
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)  # with what it started
            self._process.kill()


def _jobs(city: City) -> tuple[Job, ...]:
    """What there is to draw: nothing where the city has no place on earth."""
    projection, box = projection_of(city), Places(city).box()
    if projection is None or box is None:
        return ()
    found = drawn(city)
    jobs: list[Job] = [
        CityJob(versioned(digest_of(city, found).encode()), found, city.settings.crs)
    ]
    base = _base_job(city, box)
    return (base, *jobs) if base is not None else tuple(jobs)


def _base_job(city: City, box: Box) -> BaseJob | None:
    file = city.settings.folder / city.settings.base_map
    if not city.settings.base_map or not file.is_file():
        return None
    return BaseJob(base_digest(file, box), file, box)
