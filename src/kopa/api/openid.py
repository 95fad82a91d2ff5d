"""OpenID Connect: the keys of a city's provider, fetched with limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec

from kopa.access.tokens import Provider, Providers
from kopa.city.read_sections import OpenId

WAIT_S = 5.0
"""Until a provider's answer is there."""
MOST = 256 * 1024
"""Bytes of an answer."""


def providers(openid: OpenId | None) -> Providers:
    """The provider of a city, if it has one; asked when the first token of it comes."""
    if openid is None:
        return Providers(())
    keys = KeySource(openid.issuer)
    return Providers(
        [Provider(openid.issuer, openid.audience, keys, openid.claim, openid.grants or {})]
    )


class KeySource:
    """Gives the key set of a provider, found by OpenID Connect Discovery 1.0.

    Parameters
    ----------
    issuer
        Its ``iss``.
    """

    def __init__(self, issuer: str) -> None:
        self._issuer = issuer

    def __call__(self) -> Mapping[str, Any]:
        """Fetch it.

        Raises
        ------
        OSError
            If it does not answer in time, or with too much.
        ValueError
            If the answer is none of a provider.
        """
        with httpx.Client(timeout=WAIT_S, follow_redirects=False, trust_env=False) as client:
            place = f"{self._issuer.rstrip('/')}/.well-known/openid-configuration"
            found = _fetched(client, place)
            if found.get("issuer") != self._issuer:
                raise ValueError(f"{place} is the configuration of '{found.get('issuer')}'")
            url = str(found.get("jwks_uri", ""))
            if urlsplit(url).scheme not in ("https", urlsplit(self._issuer).scheme):
                raise ValueError(f"the keys at '{url}' would come in the open")
            return _fetched(client, url)


def _fetched(client: httpx.Client, url: str) -> Mapping[str, Any]:
    """A JSON object from the net."""
    raw = bytearray()
    try:
        with client.stream("GET", url, headers={"accept": "application/json"}) as answer:
            if answer.status_code != 200:
                raise OSError(f"{url} answers {answer.status_code}")
            for part in answer.iter_bytes():
                raw += part
                if len(raw) > MOST:
                    raise OSError(f"{url} answers more than {MOST} bytes")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise OSError(f"{url}: {error}") from error
    try:
        return msgspec.json.decode(bytes(raw), type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"{url} is no JSON object: {error}") from None
