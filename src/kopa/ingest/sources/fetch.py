"""Fetches a file that changes, from a URL or a folder; what has not changed is not fetched."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from kopa.errors import EngineError

MOST = 64 * 1024 * 1024
"""Bytes that a file may have."""
SCHEMES = ("http", "https", "file")


class Fetcher:
    """A file that is asked for again and again.

    Parameters
    ----------
    address
        Its URL, or its path.
    folder
        Where a path starts.
    headers, query
        What every request bears in its head or URL, such as the key of a user.
    timeout_s
        Seconds that a server may be silent.
    """

    def __init__(
        self,
        address: str,
        folder: Path,
        headers: Mapping[str, str],
        query: Mapping[str, str],
        timeout_s: float,
    ) -> None:
        self._address, self._folder, self._timeout_s = address, folder, timeout_s
        self._headers, self._query = dict(headers), dict(query)
        self._known: dict[str, str] = {}
        self._seen: tuple[int, int] | None = None
        self._client: Any = None

    async def fetch(self) -> bytes | None:
        """The content; None if it is as it was.

        Raises
        ------
        EngineError
            If it cannot be had, or is too large.
        """
        scheme = urlsplit(self._address).scheme
        if scheme in ("http", "https"):
            return await self._over_http()
        return await asyncio.to_thread(self._from_file)

    def forget(self) -> None:
        """Fetch all of it the next time, changed or not."""
        self._known, self._seen = {}, None

    async def close(self) -> None:
        """Close the connection."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _over_http(self) -> bytes | None:
        import httpx

        if self._client is None:
            self._client = httpx.AsyncClient(
                headers=self._headers,
                timeout=self._timeout_s,
                follow_redirects=not self._headers,  # a key is for nobody else
            )
        try:
            url = httpx.URL(self._address).copy_merge_params(self._query)
            async with self._client.stream("GET", url, headers=self._known) as answer:
                if answer.status_code == httpx.codes.NOT_MODIFIED:
                    return None
                if answer.status_code != httpx.codes.OK:
                    raise EngineError(f"it answers {answer.status_code} {_told(answer)}", "fetch")
                content = bytearray()
                async for part in answer.aiter_bytes():
                    content += part
                    if len(content) > MOST:
                        raise EngineError(f"it is larger than {MOST >> 20} MB", "fetch")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            words = str(error) or type(error).__name__
            raise EngineError(f"it cannot be fetched: {words}", "fetch") from None
        tags = (("if-none-match", "etag"), ("if-modified-since", "last-modified"))
        self._known = {ask: answer.headers[name] for ask, name in tags if name in answer.headers}
        return bytes(content)

    def _from_file(self) -> bytes | None:
        parts = urlsplit(self._address)
        file = Path(unquote(parts.path)) if parts.scheme == "file" else self._folder / self._address
        try:
            found = file.stat()
            seen = (found.st_mtime_ns, found.st_size)
            if seen == self._seen:
                return None
            if found.st_size > MOST:
                raise EngineError(f"it is larger than {MOST >> 20} MB", "fetch")
            content = file.read_bytes()
        except OSError as error:
            raise EngineError(f"{file} cannot be read: {error.strerror}", "fetch") from None
        self._seen = seen
        return content


def _told(answer: Any) -> str:
    """The reason of an answer, and where a redirection leads, without its query."""
    place = answer.headers.get("location", "")
    return f"{answer.reason_phrase} {place.partition('?')[0]}".strip()
