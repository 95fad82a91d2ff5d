"""The sources of a running city: what is asked, and where its answers go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager

from kopa.api.ngsi_ld.broker import Broker
from kopa.api.transit import FeedWriter
from kopa.ingest.devices import Devices
from kopa.ingest.sink import Sink
from kopa.ingest.sources.kinds import KINDS
from kopa.ingest.sources.polling import Asked, Polling, Take
from kopa.ingest.sources.read_sources import paths_of
from kopa.ingest.sources.signals import Answers
from kopa.ingest.sources.source import Source


@contextmanager
def polling_of(
    sources: Sequence[Source],
    devices: Devices,
    sink: Sink,
    broker: Broker,
    ids: Mapping[str, str],
) -> Iterator[Polling]:
    """Ask sources, once it is started; feeds become entities, all else goes to the sink.

    Parameters
    ----------
    sources
        What is asked.
    devices
        Which value of them is what.
    sink
        Takes readings.
    broker
        Keeps entities.
    ids
        Entity of each asset, by ``domain:id``.
    """
    with ExitStack() as open_ones:
        asked = []
        for source in sources:
            kind, paths = KINDS[source.kind], paths_of(source, devices)
            take: Take
            if kind.path is None:
                writer = FeedWriter(broker, ids, sink.tally, source.device)
                take = open_ones.enter_context(writer)
            elif paths:
                take = Answers(source.device, devices.by_device[source.device], sink)
            else:
                continue  # `read_sources` has told that nothing is wanted of it
            asked.append(Asked(source, kind.make(source, paths), take))
        yield Polling(asked, sink.tally)
