"""Bodies of requests: no longer than a route allows."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.requests import Request

from kopa.errors import RangeError


class TooLargeError(RangeError):
    """A body is longer than its route allows: 413."""

    code = "too-large"


async def body_of(request: Request, most: int) -> bytes:
    """The body of a request.

    Raises
    ------
    TooLargeError
        If it has more than so many bytes.
    """
    raw = b""
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > most:
            raise TooLargeError(f"a body has {most} bytes at most")
    return raw


async def json_of(request: Request, most: int, kind: Any = Any) -> Any:
    """The JSON of a request's body, as a type.

    Raises
    ------
    RangeError
        If it is too long, no JSON, or of another form.
    """
    raw = await body_of(request, most)
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise RangeError(f"the body is not as it should be: {error}") from None
