"""Writing to devices over HTTP: a dry run, its plan applied, what stands, an early return."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.routing import Route

from kopa.access.roles import Caller, Wish
from kopa.api.answer import get, post
from kopa.api.intake import Intake
from kopa.api.metrics import Metrics
from kopa.ingest.devices import Devices
from kopa.ingest.sink import Tally
from kopa.ingest.writing.book import Book
from kopa.ingest.writing.control import Control
from kopa.ingest.writing.documents import Document, done_document, listed, plan_document
from kopa.ingest.writing.point import points_of
from kopa.ingest.writing.returns import Returns
from kopa.store import Store


class WishedValue(msgspec.Struct, forbid_unknown_fields=True):
    """What somebody wants to write, in the unit that is kept."""

    asset: str
    attribute: str
    value: float


class Written(msgspec.Struct, forbid_unknown_fields=True):
    """Something that was written."""

    asset: str
    attribute: str


def writing(intake: Intake, store: Store, metrics: Metrics) -> tuple[Returns, list[Route]]:
    """What returns values by itself as long as it runs, and the routes.

    Parameters
    ----------
    intake
        The sources of the city, and what may be written to them.
    store
        Where it is kept what stands, also of rules that are gone.
    metrics
        Has the tally in which it is told that a value does not return.
    """
    book = Book(store)
    tally = Tally() if metrics.tally is None else metrics.tally
    points = points_of(intake.sources, intake.devices or Devices((), {}))
    control = Control(book, points)

    def may_read(request: Request, body: None) -> Any:
        caller: Caller = request.state.caller
        return {name: [row for row in rows if sees(caller, row)]
                for name, rows in listed(points, book).items()}  # fmt: skip

    def sees(caller: Caller, row: Document) -> bool:
        domain = row["asset"].partition(":")[0]
        return caller.may(Wish("read", book.tenant, domain))

    # Devices are asked in a loop of their own, in a thread: the server's loop waits for nobody.
    def plan(request: Request, wish: WishedValue) -> Any:
        caller = request.state.caller
        made = asyncio.run(control.plan(caller, wish.asset, wish.attribute, wish.value))
        return plan_document(made)

    def apply(request: Request, body: None) -> Any:
        return done_document(
            asyncio.run(control.apply(request.state.caller, request.path_params["plan"]))
        )

    def return_now(request: Request, written: Written) -> None:
        control.return_now(request.state.caller, written.asset, written.attribute)

    routes = [
        get("/writes", may_read),
        post("/writes", plan, WishedValue),
        post("/writes/return", return_now, Written),
        post("/writes/{plan}", apply, None),
    ]
    return Returns(book, intake.sources, tally.tell), routes
