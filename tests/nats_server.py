"""A real NATS server with JetStream for tests, on loopback."""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

PROGRAM = shutil.which("nats-server", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
needed = pytest.mark.skipif(PROGRAM is None, reason="nats-server is not installed")


class NatsServer:
    """A server on loopback that keeps its streams over a restart."""

    def __init__(self, folder: Path, *more: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.address = f"nats://127.0.0.1:{self.port}"
        self._folder, self._more = folder / "jetstream", more
        self.start()

    def start(self) -> None:
        assert PROGRAM is not None
        words = ["-a", "127.0.0.1", "-p", str(self.port), "-js", "-sd", str(self._folder)]
        self._process = subprocess.Popen(
            [PROGRAM, *words, *self._more], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.2).close()
                return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("nats-server did not start")

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(20)

    async def publish(self, subject: str, *payloads: bytes) -> None:
        """Publish into a stream; each is in it when this is done."""
        async with _client(self.address) as client:
            context = client.jetstream()
            for payload in payloads:
                await context.publish(subject, payload)

    async def levels(self, subject: str, *levels: float) -> None:
        """Publish levels, one a second of the same night."""
        await self.publish(
            subject,
            *(
                json.dumps({"level": level, "time": 1_700_000_000 + at}).encode()
                for at, level in enumerate(levels)
            ),
        )

    async def consumer(self, stream: str = "kopa", name: str = "kopa") -> Any:
        """What the server knows of a consumer."""
        async with _client(self.address) as client:
            return await client.jetstream().consumer_info(stream, name)


class _client:  # noqa: N801  used as a function
    def __init__(self, address: str) -> None:
        self._address = address

    async def __aenter__(self) -> Any:
        import nats

        self._client = await nats.connect(self._address)
        return self._client

    async def __aexit__(self, *words: object) -> None:
        await self._client.close()
        await asyncio.sleep(0)
