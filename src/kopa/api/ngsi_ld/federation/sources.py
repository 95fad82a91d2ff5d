"""Asks context sources over HTTP: a few at once, for a limited time, answers of limited size."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx
import msgspec

from kopa.api.ngsi_ld.call import Call, decoded
from kopa.api.ngsi_ld.federation.registration import Registration
from kopa.api.ngsi_ld.names import JSON, LD_JSON
from kopa.api.ngsi_ld.problems import Problem
from kopa.api.ngsi_ld.reply import link

AT_ONCE = 32
"""So many requests are under way to all sources together; more wait, within their time."""
TIMEOUT_S = 5.0
LONGEST_S = 30.0
MAX_ANSWER = 16 * 1024 * 1024
"""Bytes of an answer; a longer one is refused."""
REQUEST = "urn:ngsi-ld:request"
"""Value of contextSourceInfo that stands for the header of the client's request."""
_OURS = frozenset(
    ("ngsild-tenant", "via", "host", "content-length", "content-type", "connection", "link")
    + ("transfer-encoding", "accept", "contenttype", "jsonldcontext", "upgrade", "te", "trailer")
)
"""What contextSourceInfo cannot say in a header (clauses 4.3.6.5 and 4.3.6.6)."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What a source is asked.

    Parameters
    ----------
    registration
        The source.
    method, path
        Of HTTP; the path below ``/ngsi-ld/v1``.
    parameters
        Of the URL.
    body
        JSON; None for none.
    """

    registration: Registration
    method: str
    path: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    body: Any = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a source said.

    Parameters
    ----------
    registration
        The source.
    status
        Of HTTP; 0: nothing came, or nothing of use.
    value
        JSON of the body, None if there is none.
    warning
        What the client is told of it (clause 6.3.17); empty for nothing.
    """

    registration: Registration
    status: int
    value: Any = None
    warning: str = ""

    @property
    def good(self) -> bool:
        """Whether the source did what it was asked."""
        return 200 <= self.status < 300 and self.status != 207


@dataclass
class Sources:
    """A client of all sources.

    Parameters
    ----------
    alias
        The name of this broker in ``Via``.
    """

    alias: str
    _cooling: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
        self._client = httpx.AsyncClient(
            timeout=None, follow_redirects=False, trust_env=False, limits=limits
        )
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def ask(self, asking: Asking, call: Call) -> Answer:
        """Ask one source; whatever goes wrong is told in the answer."""
        registration = asking.registration
        management = registration.document.get("management", {})
        key = f"{registration.tenant} {registration.id}"
        if self._cooling.get(key, 0.0) > time.monotonic():
            return self._failed(registration, 199, "it has failed just now, and is left alone")
        seconds = min(management.get("timeout", TIMEOUT_S * 1000) / 1000, LONGEST_S)
        try:
            async with asyncio.timeout(seconds), self._turn:
                status, content = await self._exchange(asking, call)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, TimeoutError, ValueError) as error:
            if "cooldown" in management:
                self._cooling[key] = time.monotonic() + management["cooldown"] / 1000
            return self._failed(registration, 199, f"no answer: {type(error).__name__}")
        if content is None:
            return self._failed(registration, 111, "its answer is too long")
        if not content.strip():
            return self._judged(registration, status, None)
        try:
            return self._judged(registration, status, decoded(content))
        except Problem:
            if status >= 300:
                return self._judged(registration, status, None)
            return self._failed(registration, 111, "its answer is not JSON")

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    def warning(self, code: int, registration: Registration, words: str) -> str:
        """An NGSILD-Warning (clause 6.3.17)."""
        return f'{code} {self.alias} "{registration.id}: {words}"'

    def _failed(self, registration: Registration, code: int, words: str) -> Answer:
        return Answer(registration, 0, None, self.warning(code, registration, words))

    def _judged(self, registration: Registration, status: int, value: Any) -> Answer:
        wrong = status >= 300 and status != 404
        words = self.warning(299, registration, f"it answered {status}") if wrong else ""
        return Answer(registration, status, value, words)

    async def _exchange(self, asking: Asking, call: Call) -> tuple[int, bytes | None]:
        headers = self._headers(asking, call)
        content = None
        if asking.body is not None:
            content = msgspec.json.encode(asking.body)
        url = f"{asking.registration.endpoint}/ngsi-ld/v1{asking.path}"
        if asking.parameters:
            url += "?" + urlencode(asking.parameters, safe=":/*,;")
        request = self._client.stream(asking.method, url, content=content, headers=headers)
        async with request as response:
            if int(response.headers.get("content-length") or 0) > MAX_ANSWER:
                return response.status_code, None
            found = bytearray()
            async for part in response.aiter_bytes():
                found += part
                if len(found) > MAX_ANSWER:
                    return response.status_code, None
            return response.status_code, bytes(found)

    def _headers(self, asking: Asking, call: Call) -> dict[str, str]:
        registration = asking.registration
        via = call.headers.get("via")
        info = info_of(registration)
        headers = {
            "Accept": info.get("accept", JSON),
            "Via": f"{via}, 1.1 {self.alias}" if via else f"1.1 {self.alias}",
        }
        if "tenant" in registration.document:
            headers["NGSILD-Tenant"] = registration.document["tenant"]
        inline = isinstance(asking.body, dict | list) and holds_context(asking.body)
        if asking.body is not None:
            headers["Content-Type"] = LD_JSON if inline else JSON
        context = context_for(registration, call)
        if isinstance(context, str) and not inline:
            headers["Link"] = link(context)
        for name, value in info.items():
            if name.lower() in _OURS:
                continue
            given = call.headers.get(name.lower()) if value == REQUEST else value
            if given is not None:
                headers[name] = given
        return headers


def info_of(registration: Registration) -> dict[str, str]:
    """What contextSourceInfo says (clause 4.3.6.5)."""
    pairs = registration.document.get("contextSourceInfo", ())
    return {pair["key"]: pair["value"] for pair in pairs}


def holds_context(body: Any) -> bool:
    """Whether a document, or the first of several, has an ``@context``."""
    first = body[0] if isinstance(body, list) and body else body
    return isinstance(first, dict) and "@context" in first


def context_for(registration: Registration, call: Call) -> Any:
    """The ``@context`` of what a source is asked: as registered, else the client's."""
    fixed = info_of(registration).get("jsonldContext")
    return fixed if fixed is not None else source_context(call)


def source_context(call: Call) -> Any:
    """The ``@context`` of a request: in its Link header, or in its body."""
    if call.link_context() is not None or not call.body:
        return call.link_context()
    try:
        body = decoded(call.body)
    except Problem:
        return None
    first = body[0] if isinstance(body, list) and body else body
    found = first.get("@context") if isinstance(first, dict) else None
    return found[0] if isinstance(found, list) and len(found) == 1 else found
