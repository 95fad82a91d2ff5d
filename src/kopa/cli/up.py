"""``kopa up``: runs the live side of a city."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from kopa.city.data import FOLDER, store_of
from kopa.city.load import City, load_city
from kopa.console import progress, say, tell
from kopa.errors import UsageError
from kopa.store.errors import BusyError

if TYPE_CHECKING:
    from kopa.ingest.mqtt import Broker
    from kopa.ingest.sink import Write

DEVICES, BACKUPS = "devices.csv", "backups"


def register(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("city", type=Path, metavar="CITY", help="folder with city.toml")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8080, help="port (default 8080)")
    parser.add_argument("--tls-certificate", type=Path, metavar="F", help="certificate chain, PEM")
    parser.add_argument("--tls-key", type=Path, metavar="F", help="its key, PEM")
    parser.add_argument("--behind-proxy", action="store_true", help="a proxy in front does TLS")
    parser.add_argument("--data", default="", metavar="ADDRESS", help="store, if not CITY/.kopa")
    parser.add_argument(
        "--mqtt",
        default="",
        metavar="HOST[:PORT]",
        help="broker of telemetry; KOPA_MQTT_USER and KOPA_MQTT_PASSWORD are its credentials",
    )
    parser.add_argument(
        "--topic", action="append", default=[], help="topic filter; may be given again (default #)"
    )
    parser.add_argument(
        "--simulate",
        type=float,
        metavar="S",
        help="telemetry from the city's own baseline every S seconds; every value says so",
    )
    parser.set_defaults(run=run, timeout=10**9)


def run(args: argparse.Namespace) -> int:
    """Serve until it is stopped."""
    from kopa.api import care, features, telemetry
    from kopa.api.assets import ids_of
    from kopa.api.chores import Chores
    from kopa.api.live import EntityWriter
    from kopa.api.metrics import Metrics
    from kopa.api.publish import publish
    from kopa.api.running import Listen, gatekeeper, guarded_app, serve, session_secret
    from kopa.ingest.convert import Converter
    from kopa.ingest.mqtt import Subscriber
    from kopa.ingest.read_devices import read_devices
    from kopa.ingest.sink import Sink

    listen = Listen(
        args.host, args.port, args.tls_certificate, args.tls_key, proxied=args.behind_proxy
    )
    file = args.city / DEVICES
    if args.mqtt and not file.is_file():
        raise UsageError(f"{file} is missing: it says which device measures what")
    city = load_city(args.city)
    tell(city.findings)
    devices = read_devices(file) if file.is_file() else None
    with store_of(args.city, args.data) as store:
        gate = gatekeeper(store, session_secret(args.city / FOLDER), _first)
        metrics = Metrics(store)
        app = guarded_app(store, gate, metrics, care.routes(store, args.city / BACKUPS))
        broker = app.state.broker
        app.router.routes[:0] = features.routes(broker)
        with progress("assets", _assets(city)) as told:
            count = publish(city, broker, progress=told)
        scheme = "https" if listen.certificate else "http"
        say(f"{city.settings.name}: {count} assets at {scheme}://{listen.host}:{listen.port}")
        with EntityWriter(broker, ids_of(city)) as writer:
            subscriber = None
            if devices is not None:
                sink = Sink(Converter(devices), writer)
                metrics.tally = sink.tally
                app.router.routes[:0] = telemetry.routes(sink)
                subscriber = Subscriber(_broker(args), sink) if args.mqtt else None
            with Chores(store), _simulated(city, writer, args.simulate):
                asyncio.run(serve(app, listen, subscriber))
    return 0


@contextmanager
def _simulated(city: City, write: Write, every_s: float | None) -> Iterator[None]:
    """Write simulated telemetry from a thread of its own, if it is asked for."""
    from kopa.city.simulate import Simulation

    if every_s is None:
        yield
        return
    if every_s <= 0:
        raise UsageError("--simulate takes seconds, more than 0")
    simulation, done, begin = Simulation(city), threading.Event(), time.monotonic()

    def run() -> None:
        while not done.is_set():
            rows = list(simulation.at(time.time_ns() // 1000, time.monotonic() - begin))
            with suppress(BusyError):  # the next readings come anyway
                write(rows).result()
            done.wait(every_s)

    say(f"{len(simulation.sensors)} sensors are simulated, every {every_s:g} s.")
    thread = threading.Thread(target=run, name="kopa-simulation", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _assets(city: City) -> int:
    return sum(len(domain.assets()) for domain in city.domains.values())


def _broker(args: argparse.Namespace) -> Broker:
    from kopa.ingest.mqtt import Broker

    host, _, port = args.mqtt.partition(":")
    if port and not port.isdigit():
        raise UsageError(f"'{args.mqtt}' is no broker: write HOST or HOST:PORT")
    return Broker(
        host,
        int(port or 1883),
        tuple(args.topic) or ("#",),
        user=os.environ.get("KOPA_MQTT_USER", ""),
        password=os.environ.get("KOPA_MQTT_PASSWORD", ""),
    )


def _first(password: str) -> None:
    """Show the password of the first account: on the terminal, once, in no file and no log."""
    print(f"First start. Account: admin, password: {password}", file=sys.stderr, flush=True)
