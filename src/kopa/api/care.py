"""Looking after a running city: backups, the audit log, how much there is."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from kopa.access.accounts import PLATFORM
from kopa.access.errors import AccessError
from kopa.access.roles import EVERY, Caller, Wish
from kopa.api.guard import refusal
from kopa.api.problem import problem
from kopa.errors import KopaError
from kopa.store import AuditEntry, Batch, Store

_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")


def routes(store: Store, backups: Path) -> list[Route]:
    """The routes.

    Parameters
    ----------
    store
        The store.
    backups
        Folder below which backups are written.
    """

    def backup(caller: Caller, request: Request) -> Any:
        caller.check(Wish("manage", EVERY))
        name = request.path_params["name"]
        if not _NAME.match(name):
            return problem(400, "a backup is named by letters, digits, . _ -")
        if (backups / name).exists():
            return problem(409, f"there is a backup '{name}' already")
        backups.mkdir(parents=True, exist_ok=True)
        store.backup(backups / name)
        now = time.time_ns() // 1000
        done = AuditEntry(PLATFORM, now, caller.id, "backup.made", name)
        store.commit(Batch(audit=(done,)))
        return {"folder": str(backups / name)}

    def audit(caller: Caller, request: Request) -> Any:
        caller.check(Wish("audit", EVERY))
        after = request.query_params.get("after", "0")
        if not after.isdigit() or len(after) > 18:
            return problem(400, "'after' is the number of a row")
        verdict = store.verify()
        rows = store.audit(request.query_params.get("tenant", PLATFORM), int(after))
        return {
            "holds": not verdict.broken,
            "rows": [{"hash": row.hash, "record": row.record} for row in rows],
        }

    def statistics(caller: Caller, request: Request) -> Any:
        caller.check(Wish("manage", EVERY))
        found = store.statistics()
        return {name: getattr(found, name) for name in found.__dataclass_fields__}

    return [
        Route("/backups/{name}", _served(backup), methods=["PUT"]),
        Route("/audit", _served(audit), methods=["GET"]),
        Route("/statistics", _served(statistics), methods=["GET"]),
    ]


def _served(serve: Callable[[Caller, Request], Any]) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        try:
            answer = await run_in_threadpool(serve, request.state.caller, request)
        except AccessError as error:
            return refusal(error)
        except KopaError as error:
            return problem(503, str(error))
        return answer if isinstance(answer, Response) else JSONResponse(answer)

    return endpoint
