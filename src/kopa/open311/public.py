"""What everybody may read of a request: standard fields only, texts without what names a person."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from kopa.redact import redacted

from .model import ServiceRequest
from .write_open311 import request_row

_NUMBER = re.compile(r"\+?\(?\d(?:(?:[\s().‐-―/-]{0,3}|,)\d){6,}")
"""Seven digits and more, however they are set apart: telephones, codes, accounts, and coordinates
too."""
_HIDDEN_MAIL = re.compile(
    r"[\w.+%-]+\s*(?:@|[\[({]\s*(?:at|ät)\s*[\])}])\s*[\w-]+"
    r"(?:\s*(?:\.|[\[({]\s*dot\s*[\])}])\s*\w+)*",
    re.IGNORECASE,
)
_INTRODUCED = re.compile(
    r"(?i:\b(?:my name is|mani sauc|mans vārds ir|name|vārds(?:,? uzvārds)?|uzvārds|ar cieņu|"
    r"best regards|regards|sincerely)\b)\s*[:,!.-]?\s*"
    r"((?:[A-ZĀČĒĢĪĶĻŅŠŪŽ][\w'’-]+)(?:\s+[A-ZĀČĒĢĪĶĻŅŠŪŽ][\w'’-]+){0,2})"
)
"""A name where somebody introduces or signs; other names no rule finds."""


def public_text(text: str) -> str:
    """A text without personal codes, telephones, e-mail, long numbers, and names that introduce.

    Parameters
    ----------
    text
        As reported.
    """
    text = redacted(text)
    text = _HIDDEN_MAIL.sub("[e-mail]", text)
    text = _NUMBER.sub("[number]", text)
    return _INTRODUCED.sub(lambda found: found[0].replace(found[1], "[name]"), text)


def public_request(request: ServiceRequest) -> ServiceRequest:
    """A request as everybody may read it; a link that holds what names a person is left out.

    Parameters
    ----------
    request
        As it was reported.
    """
    return replace(
        request,
        description=public_text(request.description),
        agency=public_text(request.agency),
        service_name=public_text(request.service_name),
        address_id=public_text(request.address_id),
        zipcode=public_text(request.zipcode),
        address=public_text(request.address),
        notes=public_text(request.notes),
        notice=public_text(request.notice),
        media=tuple(one for one in request.media if _plain_link(one)),
        updates=tuple(replace(one, text=public_text(one.text)) for one in request.updates),
    )


def _plain_link(link: str) -> bool:
    """Whether a link is one of the web, without a query and without what names a person.

    A long number in it counts as one that does, but for one that letters lead, as in a hash: better
    a photo less than a telephone more.
    """
    web = link.startswith(("https://", "http://")) and not set("?#@ %") & set(link)
    apart = re.split(r"[a-z][0-9a-z]*", link, flags=re.IGNORECASE)
    return web and redacted(link) == link and not any(map(_NUMBER.search, apart))


def public_feed(requests: Iterable[ServiceRequest], **more: Any) -> list[dict[str, Any]]:
    """Requests as GeoReport's rows that everybody may read.

    Parameters
    ----------
    requests
        As they were reported.
    more
        Extensions by name: a value for each request's id, such as ``work_order={"7": "W-1"}``.
    """
    return [
        request_row(
            public_request(one), **{key: values.get(one.id) for key, values in more.items()}
        )
        for one in requests
    ]
