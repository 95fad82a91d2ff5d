"""Fetches remote @contexts in the background: allowed hosts only, limited in size and time.

A request never fetches. It finds a context on board, or it is told that the context is not
available, and the loader gets it for the next one.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec

from kopa.api.ngsi_ld.context import remote_urls

MAX_BYTES = 1_000_000
TIMEOUT_S = 5.0
RETRY_S = 30.0
"""A URL that could not be fetched is not tried again sooner."""
MAX_QUEUE = 256


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came of a URL: its ``@context``, or why there is none.

    Parameters
    ----------
    url
        The URL.
    context
        The ``@context`` member of the document.
    error
        Why it is of no use; empty if it is.
    valid
        False if there was an answer, and it was no context.
    """

    url: str
    context: Any = None
    error: str = ""
    valid: bool = True


@dataclass
class Loader:
    """A thread that fetches contexts.

    Parameters
    ----------
    hosts
        Host names that it may ask, ``example.org`` or ``example.org:8080``.
    done
        Called with each result, on the thread of the loader.
    """

    hosts: frozenset[str]
    done: Callable[[Fetched], None]
    _queue: queue.Queue[str | None] = field(default_factory=lambda: queue.Queue(MAX_QUEUE))
    _waiting: dict[str, threading.Event] = field(default_factory=dict)
    _failed: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _thread: threading.Thread | None = None

    def allowed(self, url: str) -> bool:
        """Whether a URL may be fetched."""
        try:
            parts = urlsplit(url)
            host = parts.hostname or ""
            named = {host, f"{host}:{parts.port}" if parts.port else host}
        except ValueError:
            return False
        return parts.scheme in ("http", "https") and not named.isdisjoint(self.hosts)

    def request(self, url: str, again: bool = False) -> threading.Event | None:
        """Have a URL fetched, unless that is under way or has just failed.

        Parameters
        ----------
        url
            The URL.
        again
            Whether it is fetched although it has just failed.

        Returns
        -------
        Event
            Set when it is done; None if it is not fetched.
        """
        if not self.allowed(url):
            return None
        with self._lock:
            if url in self._waiting:
                return self._waiting[url]
            if not again and self._failed.get(url, 0.0) > time.monotonic():
                return None
            event = threading.Event()
            try:
                self._queue.put_nowait(url)
            except queue.Full:
                return None
            self._waiting[url] = event
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._work, name="kopa-contexts", daemon=True
                )
                self._thread.start()
            return event

    def close(self) -> None:
        """End the thread."""
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            self._queue.put(None)
            thread.join(TIMEOUT_S + 1)

    def _work(self) -> None:
        timeout = httpx.Timeout(TIMEOUT_S)
        with httpx.Client(timeout=timeout, follow_redirects=False, trust_env=False) as client:
            while (url := self._queue.get()) is not None:
                result = fetch(client, url)
                with self._lock:
                    if len(self._failed) > MAX_QUEUE:
                        self._failed.clear()
                    if result.error and result.valid:
                        self._failed[url] = time.monotonic() + RETRY_S
                    else:
                        self._failed.pop(url, None)
                self.done(result)
                if not result.error:
                    for inner in remote_urls(result.context):
                        self.request(inner)
                with self._lock:
                    self._waiting.pop(url).set()


def fetch(client: httpx.Client, url: str) -> Fetched:
    """Fetch a context.

    Parameters
    ----------
    client
        The client.
    url
        Where it is.

    Returns
    -------
    Fetched
        The context, or why there is none. Nothing is raised.
    """
    headers = {"Accept": "application/ld+json, application/json;q=0.9"}
    stop = time.monotonic() + TIMEOUT_S
    try:
        with client.stream("GET", url, headers=headers) as response:
            if response.status_code != 200:
                return Fetched(url, error=f"the server answered {response.status_code}")
            body = bytearray()
            for part in response.iter_bytes(65536):
                body += part
                if len(body) > MAX_BYTES:
                    return Fetched(url, error="the document is too large", valid=False)
                if time.monotonic() > stop:
                    return Fetched(url, error="the server is too slow")
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        return Fetched(url, error=f"the server did not answer ({type(error).__name__})")
    try:
        document = msgspec.json.decode(bytes(body))
    except (msgspec.MsgspecError, UnicodeError, ValueError, RecursionError):
        return Fetched(url, error="the document is not JSON", valid=False)
    if not isinstance(document, dict) or "@context" not in document:
        return Fetched(url, error="the document has no @context", valid=False)
    return Fetched(url, document["@context"])
