"""Takes telemetry from an MQTT broker; a message is acknowledged after it is durable."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from kopa.errors import EngineError
from kopa.ingest.sink import Sink
from kopa.store.errors import BusyError

RETRY_S = 1.0
DONE = 0


@dataclass(frozen=True)
class Broker:
    """Where the broker is.

    Parameters
    ----------
    host, port
        Its address.
    topics
        Topic filters to subscribe to.
    client
        Id of our session: the broker keeps what came while we were away.
    user, password
        Credentials; the password is never shown.
    """

    host: str
    port: int = 1883
    topics: tuple[str, ...] = ("#",)
    client: str = "kopa"
    user: str = ""
    password: str = field(default="", repr=False)


class Subscriber:
    """A connection to a broker that comes back by itself.

    Parameters
    ----------
    broker
        Where it is.
    sink
        Where messages go.
    """

    def __init__(self, broker: Broker, sink: Sink) -> None:
        self._broker, self._sink = broker, sink
        self._client: Any = None
        self.subscribed = asyncio.Event()
        """Set while the broker sends us messages."""

    async def start(self) -> None:
        """Connect; from then on messages come.

        Raises
        ------
        EngineError
            If the broker does not answer, or refuses us.
        """
        import gmqtt

        broker = self._broker
        client = gmqtt.Client(
            broker.client,
            clean_session=False,
            optimistic_acknowledgement=False,
            session_expiry_interval=7 * 86_400,
        )
        if broker.user:
            client.set_auth_credentials(broker.user, broker.password)
        client.set_config({"reconnect_retries": -1, "reconnect_delay": RETRY_S})
        client.on_message = self._message
        client.on_connect = self._connected
        client.on_subscribe = lambda *words: self.subscribed.set()
        client.on_disconnect = lambda *words: self.subscribed.clear()
        self._client = client
        try:
            await client.connect(broker.host, broker.port)
        except (OSError, gmqtt.mqtt.handler.MQTTConnectError) as error:
            raise EngineError(f"the broker {broker.host}:{broker.port}: {error}", "mqtt") from None

    async def stop(self) -> None:
        """Disconnect; what is not acknowledged comes again."""
        if self._client is not None:
            await self._client.disconnect()

    def _connected(self, client: Any, *words: object) -> None:
        import gmqtt

        subscriptions: Sequence[Any] = [gmqtt.Subscription(t, qos=1) for t in self._broker.topics]
        client.subscribe(list(subscriptions))

    async def _message(
        self, client: Any, topic: str, payload: bytes, qos: int, properties: Any
    ) -> int:
        """Take a message; the broker hears of it when it is durable."""
        device = topic.rsplit("/", 1)[-1]
        while True:
            try:
                future = self._sink.take(bytes(payload), device)
            except BusyError:
                await asyncio.sleep(RETRY_S)  # the broker holds the rest back meanwhile
                continue
            if future is not None:
                await asyncio.wrap_future(future)
            return DONE
