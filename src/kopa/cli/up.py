"""``kopa up``: runs the live side of a city."""

from __future__ import annotations

import argparse
import asyncio
import gc
import sys
import time
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from kopa.city.data import FOLDER, store_of
from kopa.city.load import City, load_city
from kopa.city.read_sections import unstated
from kopa.cli import streams
from kopa.console import progress, say, tell
from kopa.errors import UsageError
from kopa.store.errors import BusyError

if TYPE_CHECKING:
    from kopa.ingest.sink import Write

BACKUPS = "backups"

COLLECTED = 50_000, 20, 20
"""Objects made before the collector looks at the new ones; how often it looks further."""
SWITCH_S = 0.0005
"""Threads that compute give way so soon to those that answer."""


def register(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("city", type=Path, metavar="CITY", help="folder with city.toml")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8080, help="port (default 8080)")
    parser.add_argument("--tls-certificate", type=Path, metavar="F", help="certificate chain, PEM")
    parser.add_argument("--tls-key", type=Path, metavar="F", help="its key, PEM")
    parser.add_argument("--behind-proxy", action="store_true", help="a proxy in front does TLS")
    parser.add_argument("--data", default="", metavar="ADDRESS", help="store, if not CITY/.kopa")
    streams.register(parser)
    parser.add_argument(
        "--simulate",
        type=float,
        metavar="S",
        help="simulated telemetry every S seconds, 0 for none; every value says so "
        "(default: simulate_every_s in city.toml)",
    )
    parser.add_argument(
        "--look",
        type=float,
        default=15.0,
        metavar="S",
        help="seconds from one look at the state of the city to the next (default 15)",
    )
    parser.set_defaults(run=run, timeout=10**9)


def run(args: argparse.Namespace) -> int:
    """Serve until it is stopped."""
    sys.setswitchinterval(SWITCH_S)
    from kopa.api import care, standards
    from kopa.api import now as present
    from kopa.api.assets import ids_of
    from kopa.api.chores import chores
    from kopa.api.hub import Hub
    from kopa.api.intake import read_intake
    from kopa.api.live import EntityWriter
    from kopa.api.metrics import Metrics
    from kopa.api.publish import publish
    from kopa.api.running import Listen, gatekeeper, guarded_app, serve, session_secret
    from kopa.api.watch import Watch
    from kopa.city.live.room import EngineRoom

    listen = Listen(
        args.host, args.port, args.tls_certificate, args.tls_key, proxied=args.behind_proxy
    )
    intake = read_intake(args.city, broker=streams.broker_of(args), stream=streams.stream_of(args))
    city = load_city(args.city)
    tell(intake.findings)
    tell((*city.findings, *unstated(city.settings.publication, str(args.city / "city.toml"))))
    with store_of(args.city, args.data) as store:
        gate = gatekeeper(store, session_secret(args.city / FOLDER), _first, city.settings.openid)
        metrics = Metrics(store)
        secure = listen.certificate is not None or listen.proxied
        app = guarded_app(store, gate, metrics, care.routes(store, args.city / BACKUPS), secure)
        broker = app.state.broker
        app.router.routes[:0] = standards.routes(broker, city)
        with progress("assets", _assets(city)) as told:
            publish(city, broker, progress=told)
        ids = ids_of(city)
        scheme = "https" if listen.certificate else "http"
        say(f"{city.settings.name}: {len(ids)} assets at {scheme}://{listen.host}:{listen.port}")
        with (
            EntityWriter(broker, ids) as writer,
            intake.running(app, writer, ids, metrics) as services,
        ):
            room = EngineRoom(args.city)
            watch = Watch(city, store, room, Hub(), args.look)
            metrics.watch = watch
            app.router.routes[:0] = present.routes(watch)
            every_s = city.settings.simulate_every_s if args.simulate is None else args.simulate
            # the room ends before the watch, which may be waiting for it
            with chores(store), _simulated(city, writer, every_s), watch.rounds(), room:
                _settle()
                asyncio.run(serve(app, listen, services))
    return 0


def _settle() -> None:
    """What is loaded stays: looking for garbage in it again and again would halt all answers."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTED)


def _simulated(city: City, write: Write, every_s: float) -> AbstractContextManager[object]:
    """Writes simulated telemetry as long as it is entered, if it is asked for."""
    from kopa.api.rounds import Rounds
    from kopa.city.simulate import Simulation

    if every_s < 0:
        raise UsageError("--simulate takes seconds, 0 or more")
    if every_s == 0:
        return nullcontext()
    simulation: Simulation | None = None

    def readings() -> None:
        nonlocal simulation
        if simulation is None:  # the server need not wait for it
            simulation = Simulation(city, time.time())
            say(f"{len(simulation.sensors)} sensors are SIMULATED, every {every_s:g} s.")
        rows = list(simulation.at(time.time()))
        with suppress(BusyError):  # the next readings come anyway
            write(rows).result()

    return Rounds("kopa-simulation", readings, every_s)


def _assets(city: City) -> int:
    return sum(len(domain.assets()) for domain in city.domains.values())


def _first(password: str) -> None:
    """Show the password of the first account: on the terminal, once, in no file and no log."""
    print(f"First start. Account: admin, password: {password}", file=sys.stderr, flush=True)
