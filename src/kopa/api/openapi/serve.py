"""``GET /openapi.json``."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from kopa.api.openapi.describe import describe

PATH = "/openapi.json"


def routes() -> list[Route]:
    """The route; it describes the application that it is a part of, as it is when asked."""

    async def serve(request: Request) -> Response:
        return JSONResponse(describe(request.app.routes))

    return [Route(PATH, serve, methods=["GET"])]
