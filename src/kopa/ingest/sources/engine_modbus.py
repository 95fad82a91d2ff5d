"""Asks devices by Modbus TCP, with pymodbus."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Awaitable, Sequence
from typing import Any

from kopa.errors import EngineError
from kopa.ingest.sources.registers import Block, Register, blocks, register_of
from kopa.ingest.sources.source import Reading, RefusedError, Send, Source
from kopa.ingest.sources.writable import differs

PORT = 502
_WORDS = {
    1: "it does not know this table (exception 1)",
    2: "it has no such register (exception 2)",
    3: "it does not take this request (exception 3)",
    4: "it failed (exception 4)",
}
"""What an exception says of the registers that were asked for."""
_WHOLE = {
    5: "it is still at work (exception 5)",
    6: "it is busy (exception 6)",
    10: "the gateway has no path to the unit (exception 10)",
    11: "the unit does not answer the gateway (exception 11)",
}
"""What an exception says of the device, whatever was asked for."""
_REFUSED = (1, 2, 3, 6, 10)
"""Exceptions after which nothing was written; after the others, who knows."""


class ModbusPoller:
    """A Modbus TCP device.

    Parameters
    ----------
    source
        Where it is.
    paths
        Its registers, as `registers.register_of` reads them.
    """

    def __init__(self, source: Source, paths: Sequence[str]) -> None:
        # A library says on stderr what findings say as well.
        logging.getLogger("pymodbus").addHandler(logging.NullHandler())
        self._source = source
        settings = source.settings
        self._blocks = list(blocks(map(register_of, paths), settings["gap"], settings["most"]))
        self._client: Any = None

    async def read(self) -> AsyncGenerator[Reading, None]:
        """Read all registers, in as few requests as the device allows."""
        client = await self._connected()
        waiting, kept = self._blocks[::-1], []
        while waiting:
            block = waiting.pop()
            words, problem = await self._asked(client, block)
            if problem and len(block.registers) > 1:
                waiting.extend(reversed(block.halves()))  # which of them is it?
                continue
            kept.append(block)
            for one in block.registers:
                yield _reading(one, words, one.address - block.start, problem)
        self._blocks = kept  # the next round does not ask again for what was refused together

    async def prepare(
        self, path: str, value: float | None, priority: int, returning: bool = False
    ) -> Send:
        """All but the sending of a value; see `source.Writer`."""
        if value is None:
            raise RefusedError("Modbus knows no release", "modbus")
        register = register_of(path)
        words = register.words(value)
        client = await self._connected()
        unit = self._source.settings["unit"]

        async def send() -> None:
            if register.table == "coil":
                sent = client.write_coil(register.address, bool(words[0]), device_id=unit)
            elif len(words) == 1:
                sent = client.write_register(register.address, words[0], device_id=unit)
            else:
                sent = client.write_registers(register.address, words, device_id=unit)
            _taken(await _answered(sent, unit))

        return send

    async def held(
        self, path: str, value: float | None, priority: int, returning: bool = False
    ) -> tuple[Reading, str]:
        """Read a value back; see `source.Writer`."""
        (reading,) = [one async for one in self.read() if one.path == path]
        return reading, reading.problem or differs(reading.value, value or 0.0)

    async def close(self) -> None:
        """Close the connection."""
        client, self._client = self._client, None
        if client is not None:
            client.close()

    async def _connected(self) -> Any:
        from pymodbus.client import AsyncModbusTcpClient

        if self._client is not None and self._client.connected:
            return self._client
        await self.close()
        host, port = self._source.host_and_port(PORT)
        self._client = AsyncModbusTcpClient(
            host, port=port, timeout=self._source.timeout_s, retries=0, reconnect_delay=0
        )
        if not await self._client.connect():
            raise EngineError(f"nobody answers at {host}:{port}", "modbus")
        return self._client

    async def _asked(self, client: Any, block: Block) -> tuple[Sequence[int], str]:
        """The words or bits of a block, and why there are none."""
        ask = {
            "coil": client.read_coils,
            "discrete": client.read_discrete_inputs,
            "input": client.read_input_registers,
            "holding": client.read_holding_registers,
        }[block.table]
        unit = self._source.settings["unit"]
        answer = await _answered(ask(block.start, count=block.count, device_id=unit), unit)
        if answer.isError():
            code = getattr(answer, "exception_code", 0)
            if code in _WHOLE:
                raise EngineError(_WHOLE[code], "modbus")
            return (), _WORDS.get(code, f"it refuses (exception {code})")
        words = answer.bits if block.table in ("coil", "discrete") else answer.registers
        if len(words) < block.count:
            return (), "its answer is too short"
        return words, ""


async def _answered(asked: Awaitable[Any], unit: int) -> Any:
    """The answer of a device.

    Raises
    ------
    EngineError
        If it gives none.
    """
    from pymodbus.exceptions import ModbusException

    try:
        return await asked
    except ModbusException as error:
        raise EngineError(f"unit {unit} does not answer: {error}", "modbus") from None


def _taken(answer: Any) -> None:
    """Raise if a device did not take what was written."""
    if not answer.isError():
        return
    code = getattr(answer, "exception_code", 0)
    words = {**_WORDS, **_WHOLE}.get(code, f"it refuses (exception {code})")
    raise (RefusedError if code in _REFUSED else EngineError)(words, "modbus")


def _reading(one: Register, words: Sequence[int], at: int, problem: str) -> Reading:
    if problem:
        return Reading(one.path, None, quality="bad", problem=problem)
    return Reading(one.path, one.value(words[at : at + one.count]))
