"""Takes telemetry from a NATS JetStream; a message is acknowledged after it is durable.

Several Kopa share one consumer: each message goes to one of them, and to another where that one
does not acknowledge it. It is the same observation then: it has the time that it says, or the
time at which the stream took it.

References
----------
NATS, JetStream consumers: https://docs.nats.io/nats-concepts/jetstream/consumers
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kopa.errors import EngineError, Finding, KopaError
from kopa.ingest.sink import Sink
from kopa.store.errors import BusyError, StoreError

if TYPE_CHECKING:
    from nats.aio.msg import Msg

BATCH = 200
"""So many messages are in our hands at most."""
WAIT_S = 5.0
"""So long one request to the stream waits for messages."""
CONNECT_S = 10.0
RETRY_S = 1.0
LONGEST_S = 60.0
"""A message that could not be kept comes again after so long at most."""
ACK_S = 30.0
"""A message that is not acknowledged for so long goes to another Kopa."""
PENDING = 1000
"""So many messages may be in the hands of all Kopa together."""


@dataclass(frozen=True)
class Stream:
    """A stream, and our place in it.

    Parameters
    ----------
    address
        Of a server: ``nats://host:4222``, ``tls://host:4222``.
    name
        Of the stream; it is made where it is not there.
    subject
        What is taken of it; empty for all. The device stands at the end of a subject.
    consumer
        Name of the consumer that all Kopa of a city share.
    user, password, token
        Credentials; never shown.
    """

    address: str
    name: str = "kopa"
    subject: str = ""
    consumer: str = "kopa"
    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)


class Puller:
    """A connection to a stream that comes back by itself.

    Parameters
    ----------
    stream
        Where it is.
    sink
        Where messages go.
    """

    def __init__(self, stream: Stream, sink: Sink) -> None:
        # A library says on stderr what findings say as well.
        logging.getLogger("nats").addHandler(logging.NullHandler())
        self._stream, self._sink = stream, sink
        self._client: Any = None
        self._task: asyncio.Task[None] | None = None
        self._hands: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Connect; from then on messages come.

        Raises
        ------
        EngineError
            If no server answers, or it refuses us or our place in the stream.
        """
        from nats.errors import Error

        try:
            async with asyncio.timeout(CONNECT_S):
                subscription = await self._subscribed()
        except (Error, OSError, ValueError) as error:
            await self.stop()
            words = " ".join(str(error).split()) or "nobody answers"
            raise EngineError(f"the stream {self._name}: {words}", "nats") from None
        self._task = asyncio.create_task(self._forever(subscription))

    async def stop(self) -> None:
        """Disconnect; what is not acknowledged comes again, here or to another Kopa."""
        task, self._task = self._task, None
        if task is not None:
            ending = [task, *self._hands]
            for one in ending:
                one.cancel()
            await asyncio.gather(*ending, return_exceptions=True)
        if self._client is not None:
            await self._client.close()

    @property
    def _name(self) -> str:
        return f"{self._stream.name} at {self._stream.address}"

    async def _subscribed(self) -> Any:
        """Connect, and take our place in the stream; both are made where they are not there."""
        from nats.aio.client import Client
        from nats.js.api import AckPolicy, ConsumerConfig
        from nats.js.errors import NotFoundError

        stream = self._stream
        self._client = Client()
        given = {"user": stream.user, "password": stream.password, "token": stream.token}
        await self._client.connect(
            stream.address,
            name="kopa",
            max_reconnect_attempts=-1,
            reconnect_time_wait=RETRY_S,
            error_cb=_silent,
            **{name: value for name, value in given.items() if value},
        )
        context = self._client.jetstream()
        try:
            await context.stream_info(stream.name)
        except NotFoundError:
            await context.add_stream(
                name=stream.name, subjects=[stream.subject or f"{stream.name}.>"]
            )
        consumer = ConsumerConfig(
            durable_name=stream.consumer,
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=ACK_S,
            max_ack_pending=PENDING,
            filter_subject=stream.subject or None,
        )
        await context.add_consumer(stream.name, consumer)
        return await context.pull_subscribe_bind(stream.consumer, stream.name)

    async def _forever(self, subscription: Any) -> None:
        from nats.errors import Error, TimeoutError

        while True:
            while len(self._hands) > BATCH // 2:
                await asyncio.wait(self._hands, return_when=asyncio.FIRST_COMPLETED)
            try:
                messages = await subscription.fetch(BATCH - len(self._hands), WAIT_S)
            except TimeoutError:  # nothing came, or nobody is there
                if not self._client.is_connected:
                    self._tell("silent", "it does not answer", "Check that the server runs.")
                continue
            except Error as error:
                self._tell("silent", f"{error}", "Check the server, its stream and consumer.")
                await asyncio.sleep(RETRY_S)
                continue
            for message in messages:
                task = asyncio.create_task(self._take(message))
                self._hands.add(task)
                task.add_done_callback(self._hands.discard)

    async def _take(self, message: Msg) -> None:
        """Take a message, and tell the stream how that went."""
        from nats.errors import Error

        with suppress(Error):  # the connection is gone: the message comes again
            try:
                await self._kept(message)
            except Error:
                raise
            except Exception as error:  # noqa: BLE001  no fault of one message ends the others
                if isinstance(error, KopaError) and not isinstance(error, StoreError):
                    what = f"a message is refused: {error}"
                    self._tell("refused", what, "Mend who sent it; it does not come again.")
                    await message.term()
                    return
                what = f"a message is not kept: {type(error).__name__}: {error}"
                self._tell("lost", what[:300], "See to the store; it comes again by itself.")
                tries = message.metadata.num_delivered or 1
                await message.nak(delay=min(LONGEST_S, 2.0 ** min(tries, 10)))
            else:
                await message.ack()

    async def _kept(self, message: Msg) -> None:
        """Keep a message; while the store is busy, the stream hears that we are at it."""
        device = message.subject.rsplit(".", 1)[-1]
        at = round(message.metadata.timestamp.timestamp() * 1e6)
        while True:
            try:
                future = self._sink.take(message.data, device, at)
                break
            except BusyError:
                await message.in_progress()
                await asyncio.sleep(RETRY_S)
        if future is not None:
            await asyncio.wrap_future(future)

    def _tell(self, code: str, what: str, do: str) -> None:
        finding = Finding(
            f"ingest.{code}",
            f"the stream {self._name}: {what}.",
            do,
            "warning",
            asset=self._stream.name,
        )
        self._sink.tally.tell([finding])


async def _silent(error: Exception) -> None:
    """The library tells of each lost connection; so do findings."""
