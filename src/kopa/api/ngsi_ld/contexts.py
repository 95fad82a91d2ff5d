"""The @contexts that a broker holds: hosted, cached and implicitly created (clause 5.13)."""

from __future__ import annotations

import contextlib
import threading
import uuid
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from urllib.parse import quote

import msgspec

from kopa.api.ngsi_ld.context import Context, compiled, core_context
from kopa.api.ngsi_ld.loader import Fetched, Loader
from kopa.api.ngsi_ld.names import now_text
from kopa.api.ngsi_ld.problems import AlreadyExists, BadRequestData, ContextNotAvailable, NotFound
from kopa.api.ngsi_ld.read_core import CORE_URL, core_definition, core_version
from kopa.api.ngsi_ld.storage import Storage

Kind = Literal["Hosted", "Cached", "ImplicitlyCreated"]
KINDS: tuple[Kind, ...] = ("Hosted", "Cached", "ImplicitlyCreated")
DOCUMENTS = "ngsi-ld.context"
PATH = "/ngsi-ld/v1/jsonldContexts/"
MAX_COMPILED = 512
MAX_IMPLICIT = 10_000
HOSTS = ("uri.etsi.org", "smart-data-models.github.io", "raw.githubusercontent.com")
"""Hosts that contexts are fetched from, if nothing else is set."""


@dataclass(frozen=True, slots=True)
class Held:
    """A context that is on board.

    Parameters
    ----------
    id
        Its name here: a number of its own, or the URL that it was fetched from.
    kind
        Who put it here.
    tenant
        Whose it is; cached ones are everybody's.
    context
        Its ``@context``.
    created
        When it came.
    error
        Why it is of no use, if it is not.
    """

    id: str
    kind: Kind
    tenant: str
    context: Any
    created: str
    error: str = ""


@dataclass
class Contexts:
    """All contexts of a broker.

    Parameters
    ----------
    storage
        Keeps them.
    hosts
        Hosts that remote ones are fetched from.
    wait_s
        How long a request waits for the loader, s. 0: it does not.
    """

    storage: Storage
    hosts: tuple[str, ...] = HOSTS
    wait_s: float = 0.0
    _held: dict[str, Held] = field(default_factory=dict)
    _used: dict[str, tuple[int, str]] = field(default_factory=dict)
    _compiled: dict[bytes, Context] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.loader = Loader(frozenset(self.hosts), self._arrived)
        for row in self.storage.documents("", DOCUMENTS):
            held = msgspec.convert(msgspec.json.decode(row), Held)
            self._held[held.id] = held

    def use(self, source: Any, base: str = "") -> Context:
        """The compiled context of an ``@context``.

        Parameters
        ----------
        source
            The ``@context``; None is the core context.
        base
            Address of this server, whose own contexts are on board.

        Raises
        ------
        ContextNotAvailable
            If a context that it names is not on board.
        BadRequestData
            If it is not valid.
        """
        if source is None or source == [] or source == {}:
            return core_context()
        key = msgspec.json.encode(source)
        context = self._compiled.get(key)
        if context is None:
            context = compiled(source, lambda url: self._look_up(url, base))
            with self._lock:
                if len(self._compiled) >= MAX_COMPILED:
                    self._compiled.clear()
                self._compiled[key] = context
        for url in source if isinstance(source, list) else [source]:
            if isinstance(url, str):
                self._count(_local(url, base))
        return context

    def add(self, tenant: str, context: Any, kind: Kind = "Hosted") -> Held:
        """Put a context on board.

        Raises
        ------
        BadRequestData
            If it is not valid.
        """
        if not isinstance(context, dict | list | str) or not context:
            raise BadRequestData("An @context is an object, a URL, or a list of them.")
        _check_parts(context)
        with contextlib.suppress(ContextNotAvailable):  # it is being fetched, for whoever uses it
            compiled(context, lambda url: self._look_up(url, ""))
        held = Held(f"urn:ngsi-ld:Context:{uuid.uuid4().hex}", kind, tenant, context, now_text())
        if kind == "ImplicitlyCreated":
            same = (h for h in self._held.values() if h.kind == kind and h.tenant == tenant)
            found = next((h for h in same if h.context == context), None)
            if found is not None:
                return found
            if len(self._held) > MAX_IMPLICIT:
                raise AlreadyExists("There are too many implicitly created contexts.")
        self._keep(held)
        return held

    def listed(self, tenant: str, kind: str | None) -> list[Held]:
        """Contexts that a tenant sees, of a kind or of all."""
        if kind is not None and kind.lower() not in {one.lower() for one in KINDS}:
            raise BadRequestData(f"'{kind[:50]}' is not a kind of @context: {', '.join(KINDS)}.")
        return [
            held
            for held in self._held.values()
            if (kind is None or held.kind.lower() == kind.lower())
            and (held.kind == "Cached" or held.tenant == tenant)
            and not held.error
        ]

    def find(self, tenant: str, id: str) -> Held:
        """A context that a tenant sees."""
        if core_version(id) is not None:
            definition = core_definition(core_version(id) or 0)
            return Held(id, "Cached", "", definition, "2024-03-01T00:00:00Z")
        held = self._held.get(id)
        if held is None or (held.kind != "Cached" and held.tenant != tenant) or held.error:
            raise NotFound("There is no such @context here.")
        return held

    def remove(self, tenant: str, id: str) -> None:
        """Take a context off board."""
        held = self.find(tenant, id)
        if core_version(id) is not None:
            raise BadRequestData("The core @context cannot be removed.")
        self.storage.put_document("", DOCUMENTS, held.id, None)
        with self._lock:
            self._held.pop(held.id, None)
            self._compiled.clear()

    def reload(self, tenant: str, id: str) -> None:
        """Fetch a cached context again, and keep the old one if that fails.

        Raises
        ------
        ContextNotAvailable
            If it is not there within the time of a request.
        BadRequestData
            If it is not a cached one.
        """
        try:
            held = self.find(tenant, id)
        except NotFound:
            raise BadRequestData("There is no such @context to load again.") from None
        if held.kind != "Cached":
            raise BadRequestData(f"The @context is {held.kind}: there is nothing to load again.")
        if core_version(id) is not None:
            return
        event = self.loader.request(held.id, again=True)
        if event is None or not event.wait(self.wait_s):
            raise ContextNotAvailable("The @context is not yet loaded again.")
        if self._held.get(held.id, held) is held:
            raise ContextNotAvailable("The @context could not be loaded again.")

    def url(self, held: Held, base: str) -> str:
        """Where a context is found."""
        if held.kind == "Cached":
            return held.id
        return f"{base}{PATH}{quote(held.id, safe=':')}"

    def details(self, held: Held, base: str) -> dict[str, Any]:
        """What is known of a context."""
        hits, last = self._used.get(held.id, (0, held.created))
        return {
            "URL": self.url(held, base),
            "localId": held.id,
            "kind": held.kind,
            "createdAt": held.created,
            "lastUsage": last,
            "numberOfHits": hits,
            "extraInfo": {},
        }

    def close(self) -> None:
        """End the loader."""
        self.loader.close()

    def _look_up(self, url: str, base: str) -> Any:
        id = _local(url, base)
        held = self._held.get(id)
        if held is None:
            event = self.loader.request(id)
            if event is not None and self.wait_s > 0:
                event.wait(self.wait_s)
                held = self._held.get(id)
        if held is None:
            raise ContextNotAvailable(f"The @context '{url[:300]}' is not on board.")
        if held.error:
            raise BadRequestData(f"The @context '{url[:300]}' is of no use: {held.error}.")
        return held.context

    def _count(self, id: str) -> None:
        if id in self._held:
            hits, _ = self._used.get(id, (0, ""))
            self._used[id] = (hits + 1, now_text())

    def _arrived(self, result: Fetched) -> None:
        if result.error and result.valid:
            return
        held = Held(result.url, "Cached", "", result.context, now_text(), result.error)
        known = self._held.get(result.url)
        if result.error and known is not None and not known.error:
            return
        self._keep(held, lasting=not result.error)

    def _keep(self, held: Held, lasting: bool = True) -> None:
        if lasting:
            self.storage.put_document("", DOCUMENTS, held.id, msgspec.json.encode(held))
        with self._lock:
            self._held[held.id] = replace(held)
            self._compiled.clear()


def _check_parts(context: Any) -> None:
    """Refuse what cannot be a context before anything of it is looked up."""
    for part in context if isinstance(context, list) else [context]:
        if isinstance(part, list):
            _check_parts(part)
        elif not isinstance(part, dict | str):
            raise BadRequestData("An @context is an object, a URL, or a list of them.")


def _local(url: str, base: str) -> str:
    """The id of one of our own contexts, by its URL; any other URL as it is."""
    if PATH in url:
        start, _, id = url.partition(PATH)
        if not base or start == base or start == "":
            return id
    return url


def core_url() -> str:
    """The core @context that answers name."""
    return CORE_URL
