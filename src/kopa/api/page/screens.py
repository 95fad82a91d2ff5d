"""Screens that the page starts: one at a time, in a process of its own, told as it goes on."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.routing import Route

from kopa.api.answer import delete, get, post
from kopa.api.hub import Hub
from kopa.api.problem import problem
from kopa.api.records import new_id
from kopa.city.documents import Document
from kopa.city.load import City, load_city
from kopa.city.places import Places
from kopa.city.screen import RANKED, Ranked, screen_city
from kopa.coupling.screen import Machines
from kopa.errors import KopaError, RangeError, UsageError
from kopa.model import Window
from kopa.parallel import end_with, uninterrupted
from kopa.store import Batch, PutDocument, Store

KIND = "screen"
ROWS = 1000
"""So many assets of a screen are kept: the worst for people, and the greatest surprises."""
KEPT = 20
"""So many screens are kept."""
TOLD_S = 0.5
"""Progress is told so often."""


class Screen(msgspec.Struct, kw_only=True):
    """A screen; times in s since 1970 UTC.

    Parameters
    ----------
    id, domain, by, at, hours
        Its name, whose assets (empty for all), who started it, when, and hours of the window.
    state
        ``running``, ``done``, ``failed`` or ``stopped``.
    done, total
        Assets that are settled, of how many.
    seconds
        Time that it took.
    trouble
        Why it failed.
    rows
        Assets, the worst for people first.
    """

    id: str
    domain: str
    by: str
    at: float
    hours: int
    state: str = "running"
    done: int = 0
    total: int = 0
    seconds: float = 0.0
    trouble: str = ""
    rows: list[Document] = []


class Screens:
    """Runs screens of a city.

    Parameters
    ----------
    folder, city
        The city.
    store
        Where they are kept.
    hub
        Who is told.
    clock
        Time, s since 1970 UTC.
    tenant
        Whose.
    """

    def __init__(
        self,
        folder: Path,
        city: City,
        store: Store,
        hub: Hub,
        clock: Callable[[], float] = time.time,
        tenant: str = "",
    ) -> None:
        self._folder, self._city, self._store, self._hub = folder, city, store, hub
        self._clock, self._tenant = clock, tenant
        self._lock = threading.Lock()
        self._running: Screen | None = None
        self._process: Any = None

    def __enter__(self) -> Screens:
        return self

    def __exit__(self, *error: object) -> None:
        self._stop("stopped")

    def start(self, domain: str, hours: int, by: str) -> str:
        """Start one; gives its name.

        Raises
        ------
        UsageError
            If there is no such domain, or one is running.
        """
        if domain and domain not in self._city.domains:
            names = ", ".join(self._city.domains)
            raise UsageError(f"there is no domain '{domain}', only {names}")
        with self._lock:
            if self._running is not None:
                raise UsageError("a screen is running: wait for it, or stop it")
            one = Screen(id=new_id(), domain=domain, by=by, at=self._clock(), hours=hours)
            context = multiprocessing.get_context("spawn")
            line, other = context.Pipe(duplex=False)
            arguments = (other, self._folder, domain, hours, os.getpid())
            self._process = context.Process(target=_work, args=arguments, name="kopa-screen")
            with uninterrupted():
                self._process.start()
            other.close()
            self._running = one
        threading.Thread(target=self._follow, args=(one, line), daemon=True).start()
        return one.id

    def all(self) -> list[Screen]:
        """All of them without their rows, the newest first."""
        found = [self._read(row.content) for row in self._store.documents(self._tenant, KIND)]
        running = self._running
        found += [running] if running is not None else []
        found.sort(key=lambda one: -one.at)
        return [msgspec.structs.replace(one, rows=[]) for one in found]

    def one(self, id: str) -> Screen | None:
        """One of them."""
        running = self._running
        if running is not None and running.id == id:
            return running
        row = self._store.document(self._tenant, KIND, id)
        return None if row is None else self._read(row.content)

    def remove(self, id: str) -> bool:
        """Stop one that runs, or forget one that has ended; False if there is none."""
        running = self._running
        if running is not None and running.id == id:
            self._stop("stopped")
            return True
        if self._store.document(self._tenant, KIND, id) is None:
            return False
        self._put(id, None)
        return True

    def _stop(self, state: str) -> None:
        with self._lock:
            if self._running is not None:
                self._running.state = state
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(self._process.pid, signal.SIGKILL)
                self._process.kill()  # where it has no group of its own yet

    @staticmethod
    def _read(content: bytes) -> Screen:
        return msgspec.json.decode(content, type=Screen)

    def _put(self, id: str, one: Screen | None) -> None:
        content = None if one is None else msgspec.json.encode(one)
        put = PutDocument(self._tenant, KIND, id, content, round(self._clock() * 1e6))
        self._store.commit(Batch(documents=(put,)))

    def _follow(self, one: Screen, line: Connection) -> None:
        """Take what the process says until it ends; then another may start, whatever happened."""
        try:
            self._hear(one, line)
        finally:
            with self._lock:
                self._running = None
        self._tell(one)

    def _hear(self, one: Screen, line: Connection) -> None:
        begin = time.monotonic()
        try:
            while True:
                what, content = line.recv()
                if what == "progress":
                    one.done, one.total = content
                elif what == "done":
                    one.seconds = round(time.monotonic() - begin, 2)
                    one.rows, one.state = content, "done"
                else:
                    one.trouble, one.state = content, "failed"
                self._tell(one)
        except (EOFError, OSError):
            pass
        self._process.join()
        if one.state == "running":
            one.state, one.trouble = "failed", "the process of the screen ended"
        one.seconds = one.seconds or round(time.monotonic() - begin, 2)
        try:
            self._put(one.id, one)
            for old in self.all()[KEPT:]:
                self._put(old.id, None)
        except KopaError:  # the store closes as Kopa ends
            one.trouble = one.trouble or "it could not be kept"

    def _tell(self, one: Screen) -> None:
        told = {name: getattr(one, name) for name in ("id", "state", "done", "total")}
        self._hub.tell("screen", told)


def _work(line: Connection, folder: Path, domain: str, hours: int, parent: int) -> None:
    """Screen a city, in a process of its own."""
    os.setsid()  # it is ended with the workers that it starts
    end_with(parent)
    try:
        line.send(("done", _screened(line, folder, domain, hours)))
    except KopaError as error:
        line.send(("failed", str(error)))
    except Exception as error:  # noqa: BLE001  a fault of ours ends one screen, and is told
        line.send(("failed", f"Kopa failed: {type(error).__name__}: {error}"))


def _screened(line: Connection, folder: Path, domain: str, hours: int) -> list[Document]:
    city = load_city(folder)
    done, told = 0, 0.0

    def machines(total: int) -> Machines:
        def count(new: int) -> None:
            nonlocal done, told
            done += new
            if time.monotonic() - told > TOLD_S or done == total:
                told = time.monotonic()
                line.send(("progress", (done, total)))

        # one core stays for those who watch the city
        return Machines(max(1, (os.cpu_count() or 1) - 1), progress=count)

    solver = city.solver(Window(0, 3600, hours))
    answer = screen_city(city, solver, (domain,) if domain else (), machines)
    worst = list(answer.assets[:ROWS])
    surprising = sorted(answer.assets[ROWS:], key=lambda one: -one.surprise)
    worst += [one for one in surprising if one.surprise > 0][: ROWS // 4]
    places = Places(city)
    return [_row(city, places, ranked) for ranked in worst]


def _row(city: City, places: Places, ranked: Ranked) -> Document:
    change = ranked.case.change
    assets = city.domains[change.domain].assets()
    row = assets.index[change.asset]
    lon, lat = places.of(change.domain, row) or (None, None)
    lines = ranked.case.told.lines if ranked.case.told else ()
    services: dict[str, float] = {}
    for one in lines:
        if one.quantity in RANKED["people"]:
            services[one.service] = round(services.get(one.service, 0.0) + one.mid, 2)
    known = ranked.status != "unknown"
    return {
        "asset": change.full,
        "domain": change.domain,
        "kind": ranked.kind,
        "name": assets.names[row],
        "change": str(change),
        "status": ranked.status,
        "why_unknown": ranked.why_unknown,
        "method": ranked.case.method,
        **{lens: ranked.value(RANKED[lens]) if known else None for lens in RANKED},
        "rank": dict(ranked.rank),
        "own_rank": ranked.own_rank,
        "people_rank": ranked.people_rank,
        "surprise": round(ranked.surprise, 3),
        "services": services,
        "lon": lon,
        "lat": lat,
    }


class Wanted(msgspec.Struct, forbid_unknown_fields=True):
    """Whose assets, and over how many hours."""

    domain: str = ""
    hours: int = 24


def routes(screens: Screens) -> list[Route]:
    """Starting, reading and ending screens."""

    def start(request: Request, wanted: Wanted) -> Any:
        if not 1 <= wanted.hours <= 24 * 7:
            raise RangeError(f"'hours' lies between 1 and {24 * 7}")
        return {"id": screens.start(wanted.domain, wanted.hours, request.state.caller.id)}

    def every(request: Request, body: None) -> Any:
        return {"screens": screens.all()}

    def one(request: Request, body: None) -> Any:
        found = screens.one(request.path_params["id"])
        return _missing(request) if found is None else found

    def remove(request: Request, body: None) -> Any:
        return None if screens.remove(request.path_params["id"]) else _missing(request)

    return [
        get("/page/screens", every),
        post("/page/screens", start, Wanted, 202),
        get("/page/screens/{id}", one),
        delete("/page/screens/{id}", remove),
    ]


def _missing(request: Request) -> Any:
    return problem(404, f"there is no screen '{request.path_params['id'][:100]}'")
