"""A wire between Kopa and a device that is cut when a write goes over it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from field_devices import HOST

IS_WRITE: dict[str, Callable[[bytes], bool]] = {
    "modbus": lambda data: len(data) > 7 and data[7] in (5, 6, 16),  # V1.1b3, 6.5, 6.6, 6.12
    "opcua": lambda data: b"\x01\x00\xa1\x02" in data,  # WriteRequest, i=673 (OPC 10000-6, A.3)
    # a confirmed request of service 15, WriteProperty (135, 20.1.2 and clause 21)
    "bacnet": lambda data: len(data) > 9 and data[6] >> 4 == 0 and data[9] == 15,
}


class Wire:
    """Hands bytes on between Kopa and a device, until it is cut at a write.

    Parameters
    ----------
    device
        Port of the device.
    is_write
        Whether bytes are a request to write.
    """

    def __init__(self, device: int, is_write: Callable[[bytes], bool]) -> None:
        self._device, self._is_write = device, is_write
        self.cut_at_write = ""
        self.dead = False
        self.writes = 0
        self._open: set[asyncio.StreamWriter] = set()
        self._datagrams: Any = None
        self._client: Any = None

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        if self.dead:
            writer.close()
            return
        there, onward = await asyncio.open_connection(HOST, self._device)
        self._open |= {writer, onward}
        back = asyncio.create_task(self._back(there, writer))
        try:
            while data := await reader.read(65536):
                if self._takes(data):
                    onward.write(data)
        except OSError:
            pass
        finally:
            onward.close()
            await back
            writer.close()
            self._open -= {writer, onward}

    async def _back(self, there: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await there.read(65536):
                if self.dead:  # the device has done it; nobody hears of it
                    break
                writer.write(data)
        except OSError:
            pass
        writer.close()

    def _takes(self, data: bytes) -> bool:
        if self._is_write(data):
            self.writes += 1
            if self.cut_at_write:
                self.dead = True
                if self.cut_at_write == "before":
                    self.cut()
                    return False
        return True

    def cut(self) -> None:
        """Cut it, until `mend`."""
        self.dead = True
        for one in self._open:
            one.close()

    def mend(self) -> None:
        """Make it whole."""
        self.dead, self.cut_at_write = False, ""

    # As `asyncio.DatagramProtocol`:

    def connection_made(self, transport: Any) -> None:
        self._datagrams = transport

    def connection_lost(self, error: Exception | None) -> None: ...

    def error_received(self, error: Exception) -> None: ...

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        if address[1] == self._device:
            if not self.dead:
                self._datagrams.sendto(data, self._client)
            return
        self._client = address
        if not self.dead and self._takes(data):
            self._datagrams.sendto(data, (HOST, self._device))
