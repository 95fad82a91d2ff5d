"""The built page, out of the memory: names with a digest are kept by browsers for ever."""

from __future__ import annotations

import gzip
import mimetypes
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kopa.api.problem import problem

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; worker-src 'self'; font-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Content-Security-Policy of the page: nothing comes from another host, nothing is inline."""
INDEX = "index.html"
PACKED = (".js", ".css", ".html", ".svg", ".json", ".ftl")
"""What is worth packing; fonts and pictures are packed already."""
FOR_EVER = "public, max-age=31536000, immutable"
_MISSING = (
    "The page is not built. Run `python hatch_build.py` in the folder of Kopa's source, or install "
    "Kopa from a wheel."
)


@cache
def built() -> dict[str, tuple[bytes, bytes]]:
    """Name → bytes of each file of the built page, plain and packed; empty where none is built."""
    folder = files("kopa.web").joinpath("dist")
    return dict(_below(folder, "")) if folder.is_dir() else {}


def _below(folder: Traversable, path: str) -> list[tuple[str, tuple[bytes, bytes]]]:
    found: list[tuple[str, tuple[bytes, bytes]]] = []
    for one in folder.iterdir():
        name = f"{path}{one.name}"
        if one.is_dir():
            found += _below(one, f"{name}/")
        elif not one.name.startswith("."):
            raw = one.read_bytes()
            packed = gzip.compress(raw, 9, mtime=0) if name.endswith(PACKED) else b""
            found.append((name, (raw, packed)))
    return found


def routes() -> list[Route]:
    """The page of the staff, that of residents, and the files of both."""

    async def page(request: Request) -> Response:
        if INDEX not in built():
            return Response(_MISSING, 503, media_type="text/plain")
        return _file(request, INDEX, "no-cache")

    async def file(request: Request) -> Response:
        name = "static/" + request.path_params["name"]
        if name not in built():
            return problem(404, "there is no such file: load the page again")
        return _file(request, name, FOR_EVER)

    async def icon(request: Request) -> Response:
        return Response(status_code=204)

    return [
        Route("/", page),
        Route("/resident", page),
        Route("/favicon.ico", icon),
        Route("/static/{name:path}", file),
    ]


def _file(request: Request, name: str, kept: str) -> Response:
    raw, packed = built()[name]
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if name.endswith(".js"):
        kind = "text/javascript"
    # a worker has the policy of its own script, not that of the page
    headers = {"content-security-policy": POLICY, "cache-control": kept, "vary": "accept-encoding"}
    if packed and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(packed, media_type=kind, headers={**headers, "content-encoding": "gzip"})
    return Response(raw, media_type=kind, headers=headers)
