"""Watches a running city: what was measured, what it leads to, and who must hear of it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

import msgspec

from kopa.api.hub import Hub
from kopa.api.newest import Newest
from kopa.api.past import Past
from kopa.api.rounds import Rounds
from kopa.city.decide import Measure
from kopa.city.documents import Document, window_document
from kopa.city.live.cycle import KIND, Kept, led, seen
from kopa.city.live.found import At, loss_document
from kopa.city.live.memory import Memory, Shown
from kopa.city.live.present import QUARTER, Measured, Now, window_at
from kopa.city.live.room import EngineRoom
from kopa.city.load import City
from kopa.decide.compare import Frequency
from kopa.domain.affected import Affected
from kopa.errors import KopaError
from kopa.model import Window
from kopa.model.window import DAY
from kopa.store import AuditEntry, Batch, Key, PutDocument, Store
from kopa.store.errors import ConflictError

EVERY_S = 15.0
"""Seconds from one look to the next."""
HOUR = 3600
FORGET_S = 30 * 86_400.0
"""A resolved finding is forgotten so long after it was seen last; the audit log stays."""
_LOG = logging.getLogger(__name__)


class Watch:
    """Looks at the city, keeps what it finds, and tells who listens.

    Parameters
    ----------
    city
        The city.
    store
        Where measured values come from and findings are kept.
    room
        The engines.
    hub
        Who is told.
    every_s
        Seconds from one look to the next.
    clock
        Time, s since 1970 UTC.
    tenant
        Whose.
    """

    def __init__(
        self,
        city: City,
        store: Store,
        room: EngineRoom,
        hub: Hub,
        every_s: float = EVERY_S,
        clock: Callable[[], float] = time.time,
        tenant: str = "",
    ) -> None:
        self.city, self.hub = city, hub
        self._store, self._room, self._tenant = store, room, tenant
        self._every, self._clock = every_s, clock
        self._newest = Newest(store, city, tenant)
        self._memory = Memory()
        self._told: dict[tuple[str, int, str], float] = {}
        self._lock, self._keeping = threading.Lock(), threading.Lock()
        self._now: Now | None = None
        self._looked = 0.0
        self._trouble = ""
        self._past = Past(store, tenant)

    @property
    def clock(self) -> Callable[[], float]:
        """Time, s since 1970 UTC."""
        return self._clock

    @property
    def latest(self) -> Now | None:
        """The last answer; None before the first."""
        with self._lock:
            return self._now

    def keys(self) -> dict[Key, str]:
        """Series that were ever observed, with the asset of each."""
        return self._newest.keys()

    def said(self) -> list[Key]:
        """Those whose newest value holds until another is said."""
        return self._newest.said()

    def rounds(self) -> Rounds:
        """Looks again and again, as long as it is entered."""
        return Rounds("kopa-watch", self._round, self._every)

    def look(self) -> None:
        """Look once: take what was measured, ask what it leads to, keep and tell what is found.

        Raises
        ------
        KopaError
            If the store or the engine does not answer.
        """
        now = self._clock()
        with self._lock:
            self._memory.take(self._newest.values(), now)
            measured, shown = self._measured(now), self._memory.shown(now)
        self._tell_values(shown)
        answer = self._room.now(self._window(now), measured, shown)
        self._keep(answer, now)
        with self._lock:
            self._now, self._looked, self._trouble = answer, now, ""
        self.hub.tell("now", self.summary())
        self._past.keep(answer, self.findings().values(), now)

    def summary(self) -> Document:
        """What is happening, in short: services, and how many findings are open."""
        with self._lock:
            answer, looked, trouble = self._now, self._looked, self._trouble
        people = max(
            (float(domain.assets().people.sum()) for domain in self.city.domains.values()),
            default=0.0,
        )
        document: Document = {
            "city": self.city.settings.name,
            "at": looked or None,
            "status": "unknown" if answer is None or trouble else answer.status,
            "trouble": trouble or ("not looked at yet" if answer is None else ""),
            "people": round(people, 1),
            "synthetic": self.city.settings.synthetic,
            **dict.fromkeys(("window", "changes", "services", "open", "seconds")),
        }
        if answer is not None:
            document |= {
                "window": window_document(answer.window),
                "changes": [str(change) for change in answer.changes],
                "services": [loss_document(loss) for loss in answer.losses],
                "open": sum(
                    one.state in ("new", "acknowledged") for one in self.findings().values()
                ),
                "seconds": round(answer.seconds, 3),
            }
        return document

    def state(self, domain: str = "", asset: str = "") -> list[Document]:
        """Every series with its value, age and what the model expects; of a domain, of an asset."""
        now = self._clock()
        with self._lock:
            shown = self._memory.shown(now)
            expected = self._now.expected if self._now is not None else {}
        rows: list[Document] = []
        for one in shown:
            name, row, quantity = one.series
            full = self.city.domains[name].assets().full(row)
            if (domain and name != domain) or (asset and full != asset):
                continue
            meter = expected.get(name, {}).get(quantity)
            known = meter is not None and row in meter.column
            rows.append(
                {
                    "asset": full,
                    "quantity": quantity,
                    "unit": meter.unit if meter is not None else "",
                    "value": one.value,
                    "at": one.at,
                    "age_s": round(one.age_s, 1),
                    "quality": "fresh" if one.fresh else "old",
                    "simulated": one.simulated,
                    "expected": (
                        round(float(meter.values[0, meter.column[row]]), 4)
                        if meter is not None and known
                        else None
                    ),
                }
            )
        return rows

    def forecast(self, asset: str, quantity: str) -> Document | None:
        """What a meter will show in the hours ahead; None where the model says nothing of it."""
        with self._lock:
            answer = self._now
        domain, _, native = asset.partition(":")
        if answer is None or domain not in self.city.domains:
            return None
        meter = answer.expected.get(domain, {}).get(quantity)
        row = self.city.domains[domain].assets().index.get(native)
        if meter is None or row is None or row not in meter.column:
            return None
        return {
            "asset": asset,
            "quantity": quantity,
            "unit": meter.unit,
            "window": window_document(answer.window),
            "values": meter.values[:, meter.column[row]].tolist(),
        }

    def series_of(self, asset: str) -> list[Document]:
        """Series of an asset: what was measured, and what only the model knows."""
        rows = self.state(asset=asset)
        told = {row["quantity"] for row in rows}
        answer = self.latest
        domain, _, native = asset.partition(":")
        number = self.city.domains[domain].assets().index[native]
        for quantity, meter in (answer.expected.get(domain, {}) if answer else {}).items():
            if quantity not in told and number in meter.column:
                blank = dict.fromkeys(("value", "at", "age_s", "quality"))
                expected = round(float(meter.values[0, meter.column[number]]), 4)
                rows.append(
                    {"asset": asset, "quantity": quantity, "unit": meter.unit, **blank}
                    | {"simulated": False, "expected": expected}
                )
        return rows

    def losses_in(self, step: int) -> list[Document]:
        """Services that people lose in a step of the forecast, with how many do."""
        answer = self.latest
        if answer is None:
            return []
        begin = answer.window.start + step * answer.window.step
        return [
            {**loss_document(loss), "people_now": round(loss.people, 1)}
            for loss in answer.losses
            if loss.start < begin + answer.window.step and loss.end > begin
        ]

    def lost_at(self, asset: str) -> Mapping[str, At]:
        """Services that are lost at an asset, now or in the hours ahead."""
        answer = self.latest
        return {} if answer is None else answer.lost.get(asset, {})

    def findings(self) -> dict[str, Kept]:
        """All findings by id."""
        return {id: kept for id, (kept, _) in self._kept().items()}

    def _kept(self) -> dict[str, tuple[Kept, int]]:
        """All findings, and the versions of their documents."""
        found: dict[str, tuple[Kept, int]] = {}
        after = ""
        while rows := self._store.documents(self._tenant, KIND, after):
            for row in rows:
                found[row.id] = msgspec.json.decode(row.content, type=Kept), row.version
            after = rows[-1].id
        return found

    def lead(self, id: str, state: str, by: str, note: str = "", until: float = 0.0) -> Kept | None:
        """Lead a finding to another state, for a person; None if there is no such finding.

        Raises
        ------
        UsageError
            If it cannot go there.
        """
        now = self._clock()
        with self._keeping:
            row = self._store.document(self._tenant, KIND, id)
            if row is None:
                return None
            old = msgspec.json.decode(row.content, type=Kept)
            new = led(old, state, by, now, note, until)
            detail = {"from": old.state, "to": new.state, "note": note}
            entry = AuditEntry(self._tenant, round(now * 1e6), by, "finding.led", id, detail)
            self._store.commit(Batch(documents=(self._put(new, now),), audit=(entry,)))
        self.hub.tell("finding", new)
        return new

    def what_if(self, texts: Sequence[str], hours: int, live: bool) -> Document:
        """What breaks if …, from the city as it is now, or from a usual day.

        Raises
        ------
        UsageError, RangeError
            If a change does not fit the city.
        EngineError
            If the engine crashed, or took too long.
        """
        window, measured = self._asked(texts, hours, live)
        return self._room.what_if(window, measured, texts)

    def story(
        self, texts: Sequence[str], hours: int, live: bool, at: float | None = None
    ) -> Document:
        """The same as people read it; of hours that begin at another time than now."""
        window, measured = self._asked(texts, hours, live, at)
        return {**self._room.story(window, measured, texts), "live": live}

    def affected(self, texts: Sequence[str], hours: int, at: float) -> Affected:
        """Who is cut off by changes on a usual day, in hours that begin then."""
        window, _ = self._asked(texts, hours, live=False, at=at)
        return self._room.affected(window, texts)

    def decide(
        self,
        events: Sequence[str],
        measures: Sequence[Measure],
        often: Frequency,
        hours: int,
        live: bool,
    ) -> Document:
        """What measures against an event are worth; see `kopa.city.decide`."""
        for measure in measures:
            for text in (*measure.changes, *(measure.events or ())):
                self.city.change(text)
            for text in measure.protect:
                self.city.links_named(text)
        window, measured = self._asked(events, hours, live)
        return {**self._room.decide(window, measured, events, measures, often), "live": live}

    def _asked(
        self, texts: Sequence[str], hours: int, live: bool, at: float | None = None
    ) -> tuple[Window, Measured]:
        """The window and the state that a question starts from; it is refused here, if it is."""
        now = self._clock()
        for text in texts:
            self.city.change(text)
        with self._lock:
            measured = self._measured(now) if live else {}
        # a usual day begins at midnight, whatever the hour is now; one that is named, at its hour
        to = QUARTER if live else DAY if at is None else HOUR
        zone = self.city.settings.timezone
        return window_at(now if at is None else at, zone, hours, to), measured

    def _window(self, now: float, hours: int = 24) -> Window:
        return window_at(now, self.city.settings.timezone, hours)

    def _measured(self, now: float) -> Measured:
        return {name: self._memory.readings(name, now) for name in self.city.domains}

    def _tell_values(self, shown: Sequence[Shown]) -> None:
        """Tell the values that came since the last look."""
        fresh = [one for one in shown if self._told.get(one.series) != one.at]
        self._told.update((one.series, one.at) for one in fresh)
        if fresh:
            assets = {name: domain.assets() for name, domain in self.city.domains.items()}
            rows = [
                (assets[name].full(row), quantity, one.value, one.at)
                for one in fresh
                for name, row, quantity in [one.series]
            ]
            self.hub.tell("values", rows)

    def _keep(self, answer: Now, now: float) -> None:
        """Keep what is new of the findings, forget those that were resolved long ago, tell."""
        with self._keeping:
            kept = self._kept()
            changed = seen(answer.found, {id: one for id, (one, _) in kept.items()}, now)
            puts = [
                self._put(one, now, kept[id][1] if id in kept else 0) for id, one in changed.items()
            ]
            puts += [
                PutDocument(self._tenant, KIND, id, None, round(now * 1e6), version)
                for id, (one, version) in kept.items()
                if id not in changed and one.state == "resolved" and one.last < now - FORGET_S
            ]
            if puts:
                try:
                    self._store.commit(Batch(documents=puts))
                except ConflictError:  # another worker was quicker; the next look takes its word
                    return
        for new in changed.values():
            self.hub.tell("finding", new)

    def _put(self, new: Kept, now: float, expected: int | None = None) -> PutDocument:
        content = msgspec.json.encode(new)
        return PutDocument(self._tenant, KIND, new.id, content, round(now * 1e6), expected)

    def _round(self) -> None:
        try:
            self.look()
            return
        except KopaError as error:  # it looks again; what was found stays
            _LOG.warning("watch: %s", error)
            trouble = str(error)
        except Exception as error:  # noqa: BLE001  a fault of ours is told, and ends no watch
            _LOG.exception("watch")
            trouble = f"Kopa failed: {type(error).__name__}: {error}"
        with self._lock:
            self._trouble = trouble
        with suppress(KopaError):  # the store may be what fails
            self.hub.tell("now", self.summary())
