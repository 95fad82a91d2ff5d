"""Listens to the alerts of others: their feeds are asked again and again, each alert is verified.

A feed leads to documents of its own server only: nobody has Kopa fetch from elsewhere.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from kopa.api.hub import Hub
from kopa.api.rounds import Rounds
from kopa.cap.feed import Entry, current, read_feed
from kopa.cap.read_cap import MOST_BYTES
from kopa.cap.verify import Verdict, verdict_of
from kopa.city.documents import Document
from kopa.city.read_sections import Heard
from kopa.city.read_toml import Settings
from kopa.console import finding_rows
from kopa.errors import EngineError, Finding, KopaError
from kopa.ingest.sources.fetch import Fetcher

EVERY_S, TIMEOUT_S = 60.0, 10.0
"""Seconds between rounds, and that a server may be silent."""
KINDS = "application/atom+xml, application/cap+xml, application/xml"
MOST = 200
"""So many entries of a feed are read, the first ones."""
_LOG = logging.getLogger(__name__)


@dataclass
class _Feed:
    """A feed, and what it said last.

    Parameters
    ----------
    heard
        Whose.
    documents
        What its entries lead to, by entry.
    at
        When it last answered, s since 1970 UTC; 0 if never.
    findings
        What is wrong with it.
    """

    heard: Heard
    documents: dict[Entry, bytes] = field(default_factory=dict)
    at: float = 0.0
    findings: tuple[Finding, ...] = ()


class Hearing:
    """Listens to the feeds that a city names.

    Parameters
    ----------
    settings
        Of the city.
    hub
        Who is told when something is new.
    clock
        Time, s since 1970 UTC.
    """

    def __init__(
        self, settings: Settings, hub: Hub, clock: Callable[[], float] = time.time
    ) -> None:
        self._folder, self._hub, self._clock = settings.folder, hub, clock
        self._feeds = [_Feed(one) for one in settings.alerting.heard]
        self._lock = threading.Lock()

    def rounds(self) -> Rounds:
        """Asks again and again, as long as it is entered."""
        return Rounds("kopa-heard", self.look, EVERY_S)

    def look(self) -> None:
        """Ask all feeds once; one that does not answer keeps what it said, and is told."""
        for feed in self._feeds:
            before = set(feed.documents)
            try:
                documents, findings = asyncio.run(self._asked(feed))
            except KopaError as error:
                what = f"{feed.heard.name}: {error}."
                do = "Check its address under [[alerts.heard]]; it is asked again by itself."
                with self._lock:
                    feed.findings = (Finding("alerts.silent", what, do, "warning"),)
                _LOG.warning("alerts of %s", what)
                continue
            with self._lock:
                feed.documents, feed.findings = documents, findings
                feed.at = self._clock()
            if set(documents) != before:
                self._hub.tell("heard", {"name": feed.heard.name, "alerts": len(documents)})

    def document(self) -> Document:
        """What others say that holds now, and how each feed does."""
        now = datetime.fromtimestamp(self._clock(), UTC)
        with self._lock:
            feeds = [(one.heard, dict(one.documents), one.at, one.findings) for one in self._feeds]
        told = [self._told(*feed, now) for feed in feeds]
        return {
            "alerts": [row for _, rows in told for row in rows],
            "feeds": [feed for feed, _ in told],
        }

    def _told(
        self,
        heard: Heard,
        documents: Mapping[Entry, bytes],
        at: float,
        findings: tuple[Finding, ...],
        now: datetime,
    ) -> tuple[Document, list[Document]]:
        trust = self._folder / heard.trust if heard.trust else None
        verdicts = self._verdicts(documents, trust, now)
        good = {one.alert.reference: one for one in verdicts if one.alert is not None}
        more = [finding for one in verdicts if one.alert is None for finding in one.findings]
        held = current([one.alert for one in good.values() if one.alert is not None], now)
        rows: list[Document] = [
            {
                "from": heard.name,
                "verdict": good[alert.reference].word,
                "signer": good[alert.reference].signature.signer,
                "identifier": alert.identifier,
                "sent": alert.sent.timestamp(),
                "title": {info.language[:2]: info.headline or info.event for info in alert.infos},
                "text": {info.language[:2]: info.description for info in alert.infos},
                "severity": alert.infos[0].severity,
                "urgency": alert.infos[0].urgency,
                "to": alert.infos[0].expires.timestamp() if alert.infos[0].expires else None,
                "polygons": [
                    [[lon, lat] for lat, lon in ring]
                    for area in alert.infos[0].areas
                    for ring in area.polygons
                ],
            }
            for alert in held
        ]
        told = {"name": heard.name, "address": heard.address, "at": at or None,
                "findings": finding_rows((*findings, *more))}  # fmt: skip
        return told, rows

    @staticmethod
    def _verdicts(
        documents: Mapping[Entry, bytes], trust: Path | None, now: datetime
    ) -> list[Verdict]:
        return [verdict_of(data, entry.link, trust, now) for entry, data in documents.items()]

    async def _asked(self, feed: _Feed) -> tuple[dict[Entry, bytes], tuple[Finding, ...]]:
        address = feed.heard.address
        data = await self._fetched(address)
        findings: list[Finding] = []
        documents: dict[Entry, bytes] = {}
        entries = read_feed(data, address)
        if len(entries) > MOST:
            what = f"the feed has {len(entries)} entries: only the first {MOST} are read."
            findings.append(Finding("alerts.many", what, "Tell its author.", "warning", address))
        for entry in entries[:MOST]:
            link = urljoin(address, entry.link)
            if entry in feed.documents:
                documents[entry] = feed.documents[entry]
                continue
            if urlsplit(link)[:2] != urlsplit(address)[:2]:
                what = f"an entry leads elsewhere, to {link[:200]}: it is not read."
                do = "Name a feed that has its alerts on its own server."
                findings.append(Finding("alerts.elsewhere", what, do, "warning", address))
                continue
            try:
                documents[entry] = await self._fetched(link)
            except KopaError as error:
                what = f"{link[:200]}: {error}."
                do = "It is asked for again by itself."
                findings.append(Finding("alerts.silent", what, do, "warning", address))
        return documents, tuple(findings)

    async def _fetched(self, address: str) -> bytes:
        # with a header of its own it follows no redirection, which may lead elsewhere
        fetcher = Fetcher(address, self._folder, {"accept": KINDS}, {}, TIMEOUT_S)
        try:
            data = await fetcher.fetch() or b""
        finally:
            await fetcher.close()
        if len(data) > MOST_BYTES:
            raise EngineError(f"it is larger than {MOST_BYTES >> 10} KiB")
        return data
