"""Tables over HTTP: ``/export``, streamed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from kopa.api.export import observations
from kopa.api.export.assets import AssetTable
from kopa.api.export.write import MEDIA, written
from kopa.api.ngsi_ld.broker import Broker
from kopa.api.ngsi_ld.problems import Problem
from kopa.api.problem import problem
from kopa.errors import KopaError, RangeError

OF_OBSERVATIONS = ("entity", "attribute", "domain", "from", "to")
OF_ASSETS = ("type",)


class NoTableError(KopaError):
    """There is nothing of this name to export."""

    code = "export-none"


def routes(broker: Broker) -> list[Route]:
    """``/export/observations.{csv,parquet}`` and ``/export/assets.{csv,parquet,geojson}``."""

    def of_observations(request: Request, tenant: str) -> Iterator[bytes]:
        given = _known(request, OF_OBSERVATIONS)
        begin, end = given.pop("from", ""), given.pop("to", "")
        wanted = observations.Wanted(tenant, begin=begin, end=end, **given)
        wanted.span()  # what is wrong is told before the answer begins
        rows = observations.parts(broker.storage.store, wanted, broker.contexts.use(None))
        return written(_form(request), observations.COLUMNS, rows)

    def of_assets(request: Request, tenant: str) -> Iterator[bytes]:
        name, context = _known(request, OF_ASSETS).get("type", ""), broker.contexts.use(None)
        kept = context.keep(name) if name else ""
        if kept and kept not in broker.storage.store.types(tenant):
            raise NoTableError(f"there is no asset of the type '{name[:80]}'")
        table = AssetTable(broker.storage, context, tenant, kept)
        if _form(request) == "geojson":
            return table.features()
        columns = table.columns()
        return written(_form(request), columns, table.parts(columns))

    def served(make: Callable[[Request, str], Iterator[bytes]]) -> Callable[[Request], object]:
        async def endpoint(request: Request) -> Response:
            try:
                tenant = request.headers.get("ngsild-tenant", "")
                await run_in_threadpool(broker.reads, tenant)
                pieces = await run_in_threadpool(_begun, make, request, tenant)
            except Problem as error:
                return problem(error.status, error.title, error.detail)
            except NoTableError as error:
                return problem(404, "there is no such table", str(error))
            except RangeError as error:
                return problem(400, "the request is not valid", str(error))
            except KopaError as error:
                return problem(503, "the store does not answer", str(error))
            name = request.url.path.rpartition("/")[2]
            headers = {"content-disposition": f'attachment; filename="{name}"'}
            media = MEDIA[_form(request)]
            return StreamingResponse(iterate_in_threadpool(pieces), 200, headers, media)

        return endpoint

    tables = {
        "observations": (of_observations, ("csv", "parquet")),
        "assets": (of_assets, ("csv", "parquet", "geojson")),
    }
    return [
        Route(f"/export/{name}.{form}", served(make), methods=["GET"])
        for name, (make, forms) in tables.items()
        for form in forms
    ]


def _begun(
    make: Callable[[Request, str], Iterator[bytes]], request: Request, tenant: str
) -> Iterator[bytes]:
    """The pieces, the first of them made: an error in it is still an answer of its own."""
    pieces = make(request, tenant)
    first = next(pieces, b"")
    return chain([first], pieces)


def _form(request: Request) -> str:
    return request.url.path.rpartition(".")[2]


def _known(request: Request, names: tuple[str, ...]) -> dict[str, str]:
    for name in request.query_params:
        if name not in names:
            raise RangeError(f"there is no parameter '{name[:40]}', only {', '.join(names)}")
    return dict(request.query_params)
