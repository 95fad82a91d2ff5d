"""Routes → an OpenAPI 3.1 document."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from starlette.routing import BaseRoute, Route

from kopa import __version__
from kopa.api.guard import OPEN, is_public
from kopa.api.ngsi_ld.names import JSON, LD_JSON, PROBLEM_JSON
from kopa.api.ngsi_ld.routes import OPERATIONS as NGSI_LD
from kopa.api.ngsi_ld.routes import ROOT as NGSI_LD_ROOT
from kopa.api.openapi.answers import ProblemDetails
from kopa.api.openapi.operation import TEXT, WHOLE, Operation
from kopa.api.openapi.operations import OPERATIONS, REFUSED

_COMPONENTS = "#/components/schemas/{name}"
_PART = re.compile(r"\{(\w+)(?::\w+)?\}")
_NGSI_QUERY: Mapping[str, dict[str, Any]] = {
    **dict.fromkeys(
        ("id", "type", "idPattern", "attrs", "q", "scopeQ", "georel", "geometry", "coordinates",
         "options", "timerel", "timeAt", "endTimeAt"), TEXT),
    "limit": WHOLE, "offset": WHOLE, "count": {"type": "boolean"},
}  # fmt: skip


def served(routes: Sequence[BaseRoute]) -> Iterator[tuple[str, str]]:
    """Method and path of all that routes serve; paths as OpenAPI writes them."""
    for route in routes:
        if not isinstance(route, Route):
            continue
        if route.path.startswith(f"{NGSI_LD_ROOT}/"):
            yield from (
                (method, NGSI_LD_ROOT + path) for path in NGSI_LD for method in NGSI_LD[path]
            )
            continue
        for method in sorted(route.methods or {"GET"}):
            if method not in ("HEAD", "OPTIONS"):
                yield method, _PART.sub(r"{\1}", route.path)


def undescribed(routes: Sequence[BaseRoute]) -> list[tuple[str, str]]:
    """What is served, and nothing is said of it."""
    return [
        one
        for one in served(routes)
        if one not in OPERATIONS and one not in REFUSED and not one[1].startswith(NGSI_LD_ROOT)
    ]


def describe(routes: Sequence[BaseRoute]) -> dict[str, Any]:
    """The document.

    Parameters
    ----------
    routes
        Of the application.
    """
    found = [one for one in served(routes) if one not in REFUSED]
    said = {one: _said(*one) for one in found}
    types = [type for operation in said.values() for type in (operation.answer, operation.body)
             if type not in (None, bytes)]  # fmt: skip
    schemas, components = msgspec.json.schema_components(
        [ProblemDetails, *types], ref_template=_COMPONENTS
    )
    by_type = dict(zip(map(repr, types), schemas[1:], strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for (method, path), operation in said.items():
        told = _operation(method, path, operation, by_type)
        paths.setdefault(path, {})[method.lower()] = told
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Kopa",
            "version": __version__,
            "summary": "One live model of a city.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "security": [{"session": []}, {"key": []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "session": {"type": "http", "scheme": "bearer"},
                "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
            },
        },
    }


def _said(method: str, path: str) -> Operation:
    """What is said of an operation; of NGSI-LD by its function."""
    if (method, path) in OPERATIONS:
        return OPERATIONS[method, path]
    if not path.startswith(NGSI_LD_ROOT):
        return Operation(f"{method} {path}.", Any)
    function = NGSI_LD[path.removeprefix(NGSI_LD_ROOT)][method]
    words = (inspect.getdoc(function) or "").partition("\n")[0]
    body = Any if method in ("POST", "PUT", "PATCH") else None
    return Operation(words, Any, 0, body=body, query=_NGSI_QUERY if method == "GET" else None)


def _operation(
    method: str, path: str, said: Operation, schemas: Mapping[str, Any]
) -> dict[str, Any]:
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {**TEXT, "minLength": 1}}
        for name in _PART.findall(path)
    ]
    parameters += [
        {"name": name, "in": "query", "schema": schema}
        for name, schema in (said.query or {}).items()
    ]
    made: dict[str, Any] = {
        "operationId": re.sub(r"\W+", "_", f"{method.lower()}{path}").strip("_"),
        "summary": said.summary,
        "tags": [_tag(path)],
        "parameters": parameters,
        "responses": _responses(path, said, schemas),
    }
    if said.body is not None:
        content = {JSON: {"schema": schemas[repr(said.body)]}}
        made["requestBody"] = {"required": True, "content": content}
    if path in OPEN or is_public(path):
        made["security"] = []
    return made


def _responses(path: str, said: Operation, schemas: Mapping[str, Any]) -> dict[str, Any]:
    problem: dict[str, Any] = {
        PROBLEM_JSON: {"schema": {"$ref": _COMPONENTS.format(name="ProblemDetails")}}
    }
    problem |= {one: {} for one in said.forms}
    wrong: dict[str, Any] = {"description": "The request is refused.", "content": problem}
    busy: dict[str, Any] = {"description": "It cannot be served now.", "content": problem}
    ready: dict[str, Any] = {}
    if said.answer is not None:
        schema = {} if said.answer is bytes else schemas[repr(said.answer)]
        ready["content"] = {said.media.partition(";")[0]: {"schema": schema}}
        ready["content"] = {one: {} for one in said.forms} | ready["content"]
        if path.startswith(NGSI_LD_ROOT):
            ready["content"][LD_JSON] = {"schema": schema}
    done = {"2XX" if said.status == 0 else str(said.status): {"description": "Done.", **ready}}
    if path in ("/health/ready",):  # it says so in its own words
        busy = {"description": "It is not ready.", **ready}
    if said.empty:
        done |= {"204": {"description": said.empty}}
    if "{rest}" in path:
        done |= {"501": {"description": "This part of the standard is not served.",
                         "content": problem}}  # fmt: skip
    return {**done, "4XX": wrong, "503": busy}


def _tag(path: str) -> str:
    return path.strip("/").split("/")[0].partition(".")[0]
