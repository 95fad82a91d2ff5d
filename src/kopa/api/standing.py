"""How a running city stands, asked of its server."""

from __future__ import annotations

import datetime
import os
from typing import Any

from kopa.errors import EngineError, UsageError
from kopa.model import Window
from kopa.model.window import seconds

KEY = "KOPA_KEY"
"""Environment variable with the key of a device, or a token, that may read the city."""
TIMEOUT_S = 30.0


def standing(address: str) -> tuple[list[str], Window]:
    """Changes that hold now, and the hours ahead.

    Parameters
    ----------
    address
        Of the server: ``http://127.0.0.1:8080``.

    Raises
    ------
    UsageError
        If it does not let us in.
    EngineError
        If it does not answer, or does not know how the city stands.
    """
    import httpx

    headers = {"x-api-key": os.environ[KEY]} if KEY in os.environ else {}
    try:
        answer = httpx.get(f"{address.rstrip('/')}/now", headers=headers, timeout=TIMEOUT_S)
        told: Any = answer.json() if answer.status_code == httpx.codes.OK else None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        words = str(error) or type(error).__name__
        raise EngineError(f"{address} does not answer: {words}") from None
    if answer.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        raise UsageError(f"{address} lets nobody read without a key: put one into {KEY}")
    if told is None:
        raise EngineError(f"{address}/now answers {answer.status_code}: is it a running Kopa?")
    if told.get("status") == "unknown" or not told.get("window"):
        why = told.get("trouble") or "it does not say why"
        raise EngineError(f"how the city stands is unknown: {why}")
    window = told["window"]
    day = datetime.date.fromisoformat(window["date"]) if window["date"] else None
    begin = Window(seconds(window["start"]), window["step_s"], window["steps"], day)
    return list(told["changes"]), begin
