"""Logging in, and managing accounts and device keys: ``/auth``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from kopa.access.accounts import ACCOUNT, KEY
from kopa.access.errors import AccessError
from kopa.access.roles import ACTIONS, EVERY, Caller, Wish, grant_rows, grants_from
from kopa.api.body import TooLargeError, json_of
from kopa.api.guard import COOKIE, Gatekeeper, refusal
from kopa.api.problem import problem
from kopa.errors import KopaError, RangeError, UsageError
from kopa.store.errors import ConflictError

MOST = 64 * 1024
"""Bytes of a body."""


class Login(msgspec.Struct, forbid_unknown_fields=True):
    """Who logs in."""

    name: str
    password: str


class NewAccount(msgspec.Struct, forbid_unknown_fields=True):
    """An account to add."""

    name: str
    password: str
    grants: list[dict[str, Any]]


class Enabled(msgspec.Struct, forbid_unknown_fields=True):
    """Whether an account is let in."""

    enabled: bool


class NewPassword(msgspec.Struct, forbid_unknown_fields=True):
    """Another password for the caller."""

    old: str
    new: str


class NewKey(msgspec.Struct, forbid_unknown_fields=True):
    """A device key to make."""

    label: str
    grants: list[dict[str, Any]]


def routes(gate: Gatekeeper, secure: bool = False) -> list[Route]:
    """Routes of logging in and of accounts.

    Parameters
    ----------
    gate
        Who knows callers.
    secure
        True where pages come over TLS: then their cookie goes over nothing else.
    """
    accounts = gate.accounts

    def token_of(body: Any) -> str:
        wish = msgspec.convert(body, Login)
        accounts.log_in(wish.name, wish.password)
        return gate.sessions.give(wish.name, accounts.generation(wish.name))

    def log_in(caller: Caller, body: Any) -> Any:
        return {"token": token_of(body), "token_type": "Bearer"}

    def open_page(caller: Caller, body: Any) -> Any:
        answer = Response(status_code=204)
        answer.set_cookie(COOKIE, token_of(body), httponly=True, samesite="strict", secure=secure)
        return answer

    def close_page(caller: Caller, body: Any) -> Any:
        answer = Response(status_code=204)
        answer.delete_cookie(COOKIE, httponly=True, samesite="strict", secure=secure)
        return answer

    def me(caller: Caller, body: Any) -> Any:
        may = [action for action in ACTIONS if caller.may(Wish(action))]
        told = {"id": caller.id, "name": caller.name, "may": may}
        return {**told, "grants": grant_rows(caller.grants)}

    def password(caller: Caller, body: Any) -> Any:
        wish = msgspec.convert(body, NewPassword)
        name = caller.id.removeprefix("account:")
        accounts.log_in(name, wish.old)
        accounts.set_password(name, wish.new, caller.id)
        return None

    def add_account(caller: Caller, body: Any) -> Any:
        caller.check(Wish("manage", EVERY))
        wish = msgspec.convert(body, NewAccount)
        accounts.add(wish.name, wish.password, grants_from(wish.grants), caller.id)
        return None

    def enable(caller: Caller, body: Any) -> Any:
        caller.check(Wish("manage", EVERY))
        name, wish = body
        accounts.enable(name, msgspec.convert(wish, Enabled).enabled, caller.id)

    def add_key(caller: Caller, body: Any) -> Any:
        caller.check(Wish("manage", EVERY))
        wish = msgspec.convert(body, NewKey)
        key = accounts.add_key(wish.label, grants_from(wish.grants), caller.id)
        return {"id": key.id, "key": key.text, "shown": "once"}

    def remove(kind: str) -> Callable[[Caller, Any], Any]:
        def removing(caller: Caller, body: Any) -> Any:
            caller.check(Wish("manage", EVERY))
            accounts.remove(kind, body, caller.id)

        return removing

    return [
        Route("/auth/login", _served(log_in), methods=["POST"]),
        Route("/auth/session", _served(open_page), methods=["POST"]),
        Route("/auth/session", _served(close_page), methods=["DELETE"]),
        Route("/auth/me", _served(me), methods=["GET"]),
        Route("/auth/password", _served(password), methods=["POST"]),
        Route("/auth/accounts", _served(add_account), methods=["POST"]),
        Route("/auth/accounts/{name}", _served(remove(ACCOUNT)), methods=["DELETE"]),
        Route("/auth/accounts/{name}", _served(enable), methods=["PATCH"]),
        Route("/auth/keys", _served(add_key), methods=["POST"]),
        Route("/auth/keys/{name}", _served(remove(KEY)), methods=["DELETE"]),
    ]


def _served(serve: Callable[[Caller, Any], Any]) -> Callable[[Request], Any]:
    """A route: reads the body or the name, calls, and tells what is wrong."""

    async def endpoint(request: Request) -> Response:
        try:
            body: Any = request.path_params.get("name")
            if request.method == "POST":
                body = await json_of(request, MOST)
            elif request.method == "PATCH":
                body = (body, await json_of(request, MOST))
            answer = await run_in_threadpool(serve, request.state.caller, body)
        except AccessError as error:
            return refusal(error)
        except TooLargeError as error:
            return problem(413, str(error))
        except (msgspec.MsgspecError, RangeError) as error:
            return problem(400, "the request is not valid", str(error))
        except UsageError as error:
            return problem(404, "there is no such thing", str(error))
        except ConflictError as error:
            return problem(409, "it is there already", str(error))
        except KopaError as error:
            return problem(503, "the store does not answer", str(error))
        if isinstance(answer, Response):
            return answer
        return Response(status_code=204) if answer is None else JSONResponse(answer)

    return endpoint
