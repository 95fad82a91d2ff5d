"""Problem details (RFC 9457): how every route but NGSI-LD's tells what is wrong."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import JSONResponse, Response


def problem(
    status: int,
    title: str,
    detail: str = "",
    kind: str = "about:blank",
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The answer to a request that is not served.

    Parameters
    ----------
    status
        Of HTTP.
    title, detail
        What is wrong, in words.
    kind
        A URI for programs to tell problems apart.
    headers
        More headers.
    """
    content: dict[str, object] = {"type": kind, "title": title, "status": status}
    if detail:
        content["detail"] = detail
    return JSONResponse(content, status, headers, media_type="application/problem+json")
