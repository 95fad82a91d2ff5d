"""Telemetry on its way into a running city: from HTTP, brokers, streams and sources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from starlette.applications import Starlette

from kopa.api import telemetry
from kopa.api.metrics import Metrics
from kopa.api.sources import polling_of
from kopa.errors import Finding, UsageError
from kopa.ingest.convert import Converter
from kopa.ingest.devices import Devices
from kopa.ingest.jetstream import Puller, Stream
from kopa.ingest.mqtt import Broker, Subscriber
from kopa.ingest.read_devices import read_devices
from kopa.ingest.sink import Sink, Write
from kopa.ingest.sources.read_sources import read_sources
from kopa.ingest.sources.source import Source

DEVICES, SOURCES = "devices.csv", "sources.toml"
"""Files of a city."""


class Service(Protocol):
    """Something that runs beside the server."""

    async def start(self) -> None:
        """Begin."""

    async def stop(self) -> None:
        """End."""


@dataclass(frozen=True)
class Intake:
    """What a city takes telemetry from.

    Parameters
    ----------
    devices
        What its devices measure; None where it has no `devices.csv`.
    sources
        What it asks by itself.
    findings
        What is worth knowing of these files.
    broker, stream
        Where messages come from, beside HTTP.
    """

    devices: Devices | None
    sources: Sequence[Source] = ()
    findings: Sequence[Finding] = ()
    broker: Broker | None = None
    stream: Stream | None = None

    @contextmanager
    def running(
        self, app: Starlette, write: Write, ids: Mapping[str, str], metrics: Metrics
    ) -> Iterator[list[Service]]:
        """What is to be started with a server; it has the routes of telemetry then.

        Parameters
        ----------
        app
            The server.
        write
            Writes observations.
        ids
            Entity of each asset, by ``domain:id``.
        metrics
            Where it is counted.
        """
        if self.devices is None and not self.sources:
            yield []
            return
        devices = self.devices or Devices((), {})
        sink = Sink(Converter(devices), write)
        metrics.tally = sink.tally
        with polling_of(self.sources, devices, sink, app.state.broker, ids) as polling:
            app.router.routes[:0] = telemetry.routes(sink, lambda: polling.states)
            services: list[Service] = [polling]
            if self.broker is not None:
                services.append(Subscriber(self.broker, sink))
            if self.stream is not None:
                services.append(Puller(self.stream, sink))
            yield services


def read_intake(city: Path, **streams: Any) -> Intake:
    """Read what a city takes telemetry from.

    Parameters
    ----------
    city
        The city's folder.
    streams
        `broker` and `stream` of `Intake`.

    Raises
    ------
    InputError
        With all findings of a file.
    UsageError
        If messages would come, and no file says what they mean.
    """
    file, asked = city / DEVICES, city / SOURCES
    devices = read_devices(file) if file.is_file() else None
    if devices is None and any(streams.values()):
        raise UsageError(f"{file} is missing: it says which device measures what")
    if not asked.is_file():
        return Intake(devices, **streams)
    sources, findings = read_sources(asked, devices or Devices((), {}))
    return Intake(devices, sources, findings, **streams)
