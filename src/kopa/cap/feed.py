"""Feeds of alerts: what a city tells everybody, and what it hears from others.

References
----------
IETF (2005), RFC 4287, The Atom Syndication Format; OASIS (2010), CAP 1.2, section 3.3.4 (feeds).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kopa.cap.alert import Alert
from kopa.cap.read_cap import parsed
from kopa.errors import Finding, InputError

ATOM = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True)
class Entry:
    """An entry of a feed.

    Parameters
    ----------
    id, title, updated
        As Atom has them.
    link
        Where the alert is.
    """

    id: str
    title: str
    updated: str
    link: str


def current(alerts: Iterable[Alert], now: datetime) -> list[Alert]:
    """Alerts that hold: actual, not expired, neither updated nor cancelled; the newest first.

    Parameters
    ----------
    alerts
        All that were published.
    now
        With a time zone.
    """
    actual = [alert for alert in alerts if alert.status == "Actual" and alert.scope == "Public"]
    over = {one for alert in actual for one in alert.references}
    held = [
        alert
        for alert in actual
        if alert.reference not in over
        and alert.kind in ("Alert", "Update")
        and any(info.expires is None or info.expires > now for info in alert.infos)
    ]
    return sorted(held, key=lambda alert: alert.sent, reverse=True)


def write_feed(alerts: Sequence[tuple[Alert, str]], title: str, own: str, now: datetime) -> bytes:
    """An Atom feed.

    Parameters
    ----------
    alerts
        Each with the address of its document.
    title
        Of the feed.
    own
        Its own address, which is its id too.
    now
        When it is written, with a time zone.
    """
    from lxml import etree

    root = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})

    def add(parent: object, tag: str, text: str = "", **more: str) -> None:
        node = etree.SubElement(parent, f"{{{ATOM}}}{tag}", more)
        node.text = text or None

    add(root, "id", own)
    add(root, "title", title)
    add(root, "updated", now.isoformat())
    add(root, "link", rel="self", href=own)
    for alert, address in alerts:
        entry = etree.SubElement(root, f"{{{ATOM}}}entry")
        add(entry, "id", alert.identifier)
        add(entry, "title", alert.infos[0].headline or alert.infos[0].event)
        add(entry, "updated", alert.sent.isoformat())
        author = etree.SubElement(entry, f"{{{ATOM}}}author")
        add(author, "name", alert.infos[0].sender_name or alert.sender)
        add(entry, "link", rel="alternate", href=address, type="application/cap+xml")
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def read_feed(data: bytes, file: str) -> tuple[Entry, ...]:
    """Entries of somebody's feed; what they lead to is to be verified one by one.

    Raises
    ------
    InputError
        If it is no Atom feed, or an entry lacks its id or its link.
    """
    root = parsed(data, file)
    if root.tag != f"{{{ATOM}}}feed":
        what, do = "it is no Atom feed.", "Give the address of a feed of alerts."
        raise InputError([Finding("cap.no-feed", what, do, file=file)])
    entries, findings = [], []
    for node in root.findall(f"{{{ATOM}}}entry"):
        link = next((one.get("href", "") for one in node.findall(f"{{{ATOM}}}link")), "")

        def text(tag: str, node: Any = node) -> str:
            return (node.findtext(f"{{{ATOM}}}{tag}") or "").strip()

        if not text("id") or not link:
            what, place = "an entry has no id or no link.", f"line {node.sourceline}"
            findings.append(Finding("cap.entry", what, "Tell its author.", file=file, place=place))
        entries.append(Entry(text("id"), text("title"), text("updated"), link))
    if findings:
        raise InputError(findings)
    return tuple(entries)
