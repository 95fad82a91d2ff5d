"""What can go wrong in NGSI-LD, told as RFC 7807 problem details (clause 5.5.2, table 6.3.2-1).

::

    Problem                  status, type and title of the standard
    ├── InvalidRequest       400  the request is malformed, or has a parameter that we lack
    ├── BadRequestData       400  the data say something wrong
    ├── TooManyResults       403
    ├── NotFound             404
    ├── NoSuchTenant         404
    ├── NoSuchMethod         405
    ├── NotAcceptable        406
    ├── AlreadyExists        409
    ├── Conflict             409
    ├── LengthRequired       411
    ├── TooLarge             413
    ├── UnsupportedMedia     415
    ├── NotSupported         422
    ├── ContextNotAvailable  504
    └── LoopDetected         508
"""

from __future__ import annotations

from typing import Any

from kopa.errors import KopaError

ERRORS = "https://uri.etsi.org/ngsi-ld/errors/"


class Problem(KopaError):  # noqa: N818  RFC 7807 calls it so
    """A request that cannot be served, and why."""

    code = "ngsi-ld"
    status = 500
    kind = "InternalError"
    title = "Internal error"

    def __init__(self, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.headers = headers or {}

    def document(self) -> dict[str, Any]:
        """The problem details, as they are sent."""
        return {
            "type": ERRORS + self.kind,
            "title": self.title,
            "detail": self.detail,
            "status": self.status,
        }


class InvalidRequest(Problem):
    """The request is malformed."""

    status, kind, title = 400, "InvalidRequest", "The request is not valid"


class BadRequestData(Problem):
    """The data of the request say something wrong."""

    status, kind, title = 400, "BadRequestData", "The data of the request are not valid"


class TooManyResults(Problem):
    """The query asks for more than may be asked for."""

    status, kind, title = 403, "TooManyResults", "The query has too many results"


class NotFound(Problem):
    """There is no such resource."""

    status, kind, title = 404, "ResourceNotFound", "There is no such resource"


class NoSuchTenant(Problem):
    """There is no such tenant."""

    status, kind, title = 404, "NonexistentTenant", "There is no such tenant"


class NoSuchMethod(Problem):
    """The resource has no such method."""

    status, kind, title = 405, "OperationNotSupported", "The resource has no such method"


class NotAcceptable(Problem):
    """None of the accepted media types can be given."""

    status, kind, title = 406, "NotAcceptableMediaType", "No accepted media type can be given"


class AlreadyExists(Problem):
    """The resource is there already."""

    status, kind, title = 409, "AlreadyExists", "The resource exists already"


class Conflict(Problem):
    """A context source, or this broker, holds the data alone."""

    status, kind, title = 409, "Conflict", "Somebody else holds these data"


class LoopDetected(Problem):
    """The request has been here before: the source sends it back."""

    status, kind, title = 508, "LoopDetected", "The request goes round in a loop"


class LengthRequired(Problem):
    """A body needs a stated length."""

    status, kind, title = 411, "InvalidRequest", "A body needs a Content-Length"


class TooLarge(Problem):
    """The body is larger than is taken."""

    status, kind, title = 413, "InvalidRequest", "The body is too large"


class UnsupportedMedia(Problem):
    """The body has a media type that is not taken."""

    status, kind, title = 415, "UnsupportedMediaType", "The media type is not taken"


class NotSupported(Problem):
    """The operation is of the standard, and not of Kopa."""

    status, kind, title = 422, "OperationNotSupported", "The operation is not supported"


class ContextNotAvailable(Problem):
    """A remote @context is not on board."""

    status, kind, title = 504, "LdContextNotAvailable", "A JSON-LD @context is not available"
