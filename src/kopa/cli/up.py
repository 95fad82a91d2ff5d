"""``kopa up``: runs the live side of a city."""

from __future__ import annotations

import argparse
import asyncio
import gc
import sys
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager, ExitStack, nullcontext, suppress
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
    parser.add_argument(
        "--new-password",
        nargs="?",
        const="admin",
        metavar="ACCOUNT",
        help="give an account (admin) a new password, which is shown on the terminal; its "
        "sessions end",
    )
    parser.set_defaults(run=run, timeout=10**9)


def run(args: argparse.Namespace) -> int:
    """Serve until it is stopped."""
    sys.setswitchinterval(SWITCH_S)
    from kopa.api import care, standards
    from kopa.api import now as present
    from kopa.api.assets import ids_of
    from kopa.api.chores import chores
    from kopa.api.heard import Hearing
    from kopa.api.hub import Hub
    from kopa.api.intake import read_intake
    from kopa.api.live import EntityWriter
    from kopa.api.metrics import Metrics
    from kopa.api.page.routes import page_routes
    from kopa.api.page.screens import Screens
    from kopa.api.publish import publish
    from kopa.api.running import Listen, gatekeeper, guarded_app, serve, session_secret
    from kopa.api.watch import Watch
    from kopa.api.writes import writing
    from kopa.city.live.room import EngineRoom
    from kopa.city.tiles import Tiles

    listen = Listen(
        args.host, args.port, args.tls_certificate, args.tls_key, proxied=args.behind_proxy
    )
    intake = read_intake(args.city, broker=streams.broker_of(args), stream=streams.stream_of(args))
    city = load_city(args.city)
    tell(intake.findings)
    tell((*city.findings, *unstated(city.settings.publication, str(args.city / "city.toml"))))
    every_s = city.settings.simulate_every_s if args.simulate is None else args.simulate
    secure = listen.certificate is not None or listen.proxied
    with ExitStack() as up:
        store = up.enter_context(store_of(args.city, args.data))
        passwords: dict[str, str] = {}
        gate = gatekeeper(
            store,
            session_secret(args.city / FOLDER),
            lambda first: passwords.update(admin=first),
            city.settings.openid,
        )
        if args.new_password is not None and args.new_password not in passwords:
            passwords[args.new_password] = gate.accounts.renew(args.new_password, "terminal")
        _show(passwords)
        metrics = Metrics(store)
        app = guarded_app(store, gate, metrics, care.routes(store, args.city / BACKUPS), secure)
        broker, ids, routes = app.state.broker, ids_of(city), app.router.routes
        with progress("assets", _assets(city)) as told:
            publish(city, broker, progress=told)
        say(f"{city.settings.name}: {len(ids)} assets at {listen.url}")
        writer = up.enter_context(EntityWriter(broker, ids))
        services = up.enter_context(intake.running(app, writer, ids, metrics))
        returns, writes = writing(intake, store, metrics)
        services.append(returns)
        hub, room = Hub(), EngineRoom(args.city)
        watch = metrics.watch = Watch(city, store, room, hub, args.look)
        screens = Screens(args.city, city, store, hub)
        tiles = Tiles(city, args.city / FOLDER, _progress, lambda: hub.tell("reload", {}))
        hearing = Hearing(city.settings, hub)
        page = page_routes(watch, store, screens, tiles, every_s > 0, hearing)
        routes[:0] = [*standards.routes(broker, city), *present.routes(watch), *writes, *page]
        # what is entered later ends first: the room before the watch, which may wait for it
        simulated = _simulated(city, writer, every_s)
        heard = hearing.rounds()
        for part in (chores(store), heard, simulated, tiles, watch.rounds(), room, screens):
            up.enter_context(part)
        _settle()
        with suppress(KeyboardInterrupt):  # that is how it ends
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


def _progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _show(passwords: Mapping[str, str]) -> None:
    """Show new passwords: on the terminal, once, in no file and no log."""
    for account, password in passwords.items():
        print(f"Account: {account}, password: {password}", file=sys.stderr, flush=True)
