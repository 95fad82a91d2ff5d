"""Runs the JavaScript codecs of LoRaWAN devices, in little memory and time.

A codec is what TTN and ChirpStack take: it defines ``decodeUplink(input)`` with
``input = {bytes, fPort}``, and gives ``{data: {...}}`` or ``{errors: [...]}``. It sees nothing
else: no files and no network.
"""

from __future__ import annotations

import json
from typing import Any

from kopa.errors import EngineError

MEMORY = 16 * 1024 * 1024
"""Bytes that a codec may use."""
TIME_S = 0.5
"""Seconds of CPU that a decoding may take."""
STACK = 512 * 1024
MOST = 256 * 1024
"""Characters that the answer of a codec may have."""
_CALL = "(function (text) { return JSON.stringify(decodeUplink(JSON.parse(text))) })"


class Codec:
    """One codec. It is used by one thread at a time.

    Parameters
    ----------
    source
        Its JavaScript.

    Raises
    ------
    EngineError
        If it is no codec.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._start()

    def _start(self) -> None:
        import quickjs

        self._context = quickjs.Context()
        self._context.set_memory_limit(MEMORY)
        self._context.set_max_stack_size(STACK)
        self._context.set_time_limit(TIME_S)
        try:
            self._context.eval(self._source)
            self._decode = self._context.eval(_CALL)
        except (quickjs.JSException, quickjs.StackOverflow) as error:
            raise EngineError(f"the codec cannot be read: {_short(error)}", "codec") from None

    def decode(self, payload: bytes, port: int) -> dict[str, Any]:
        """What a payload says.

        Raises
        ------
        EngineError
            If the codec fails, takes too long or too much, or gives no object.
        """
        import quickjs

        call = json.dumps({"bytes": list(payload), "fPort": port})
        try:
            text = self._decode(call)
        except (quickjs.JSException, quickjs.StackOverflow) as error:
            self._start()  # what it has left behind is not trusted
            raise EngineError(f"the codec failed: {_short(error)}", "codec") from None
        if not isinstance(text, str) or len(text) > MOST:
            raise EngineError("the codec gives no answer, or one that is too long", "codec")
        answer = json.loads(text)
        if not isinstance(answer, dict):
            raise EngineError("the codec gives no object", "codec")
        if answer.get("errors"):
            raise EngineError(f"the codec says: {_short(answer['errors'])}", "codec")
        data = answer.get("data")
        if not isinstance(data, dict):
            raise EngineError("the codec gives no data", "codec")
        return data


def _short(error: object) -> str:
    return " ".join(str(error).split())[:200]
