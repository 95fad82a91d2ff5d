"""What is said of the routes of the page, one row each."""

from __future__ import annotations

from typing import Any

from kopa.api.openapi.operation import ANY_OBJECT, JSON, NO_JSON, NUMBER, WHOLE, Operation, texts
from kopa.api.page import ask, decisions, notices, reports, screens

_MOMENT = {"at": NUMBER}
_STEP = decisions.Step
_HTML = "text/html"
_ROWS, _FORMS = list[dict[str, Any]], (JSON, "text/xml")
_TILE: dict[str, Any] = {
    "answer": NO_JSON,
    "media": "application/vnd.mapbox-vector-tile",
    "query": texts("v"),
    "empty": "Nothing lies there.",
}

PAGE: dict[tuple[str, str], Operation] = {
    ("GET", "/"): Operation("The page.", NO_JSON, media=_HTML),
    ("GET", "/resident"): Operation("The page of residents.", NO_JSON, media=_HTML),
    ("GET", "/favicon.ico"): Operation("Nothing: the page names its icon.", None, 204),
    ("GET", "/static/{name}"): Operation(
        "A file of the page.", NO_JSON, media="application/octet-stream"
    ),
    ("GET", "/tiles/base/{z}/{x}/{y}.mvt"): Operation("A tile of the base map.", **_TILE),
    ("GET", "/tiles/city/{z}/{x}/{y}.mvt"): Operation("A tile of networks and places.", **_TILE),
    ("GET", "/public/city"): Operation("What everybody may know of the city.", ANY_OBJECT),
    ("GET", "/public/words/{language}"): Operation("Words, as Fluent text.", ANY_OBJECT),
    ("GET", "/public/addresses"): Operation(
        "Streets and houses by what is typed.", ANY_OBJECT, query=texts("q")
    ),
    ("GET", "/public/services"): Operation(
        "Services at a place, and what is announced there.",
        ANY_OBJECT,
        query={"lon": NUMBER, "lat": NUMBER},
    ),
    ("GET", "/public/notices"): Operation("Works and alerts.", ANY_OBJECT),
    ("POST", "/public/reports"): Operation(
        "Report a problem.", ANY_OBJECT, 201, body=reports.NewReport
    ),
    ("GET", "/public/reports/{code}"): Operation("What became of a report.", ANY_OBJECT),
    ("GET", "/page/domains"): Operation("How domains are drawn.", ANY_OBJECT),
    ("GET", "/page/assets"): Operation(
        "Assets by name.", ANY_OBJECT, query={**texts("q"), "limit": WHOLE}
    ),
    ("GET", "/page/asset"): Operation("All of one asset.", ANY_OBJECT, query=texts("id")),
    ("GET", "/page/moment"): Operation("The city at a moment.", ANY_OBJECT, query=_MOMENT),
    ("GET", "/page/series"): Operation(
        "A series over time, and what is foreseen.",
        ANY_OBJECT,
        query={**texts("asset", "quantity"), "from": NUMBER, "to": NUMBER, "points": WHOLE},
    ),
    ("POST", "/page/whatif"): Operation(
        "What breaks if, as a story.", ANY_OBJECT, body=ask.StoryQuestion
    ),
    ("POST", "/page/decide"): Operation(
        "What measures are worth.", ANY_OBJECT, body=ask.Choice
    ),
    ("GET", "/page/screens"): Operation("Screens.", ANY_OBJECT),
    ("POST", "/page/screens"): Operation(
        "Start a screen.", ANY_OBJECT, 202, body=screens.Wanted
    ),
    ("GET", "/page/screens/{id}"): Operation("A screen.", screens.Screen),
    ("DELETE", "/page/screens/{id}"): Operation("Stop or forget a screen.", None, 204),
    ("GET", "/page/decisions"): Operation("Decisions.", ANY_OBJECT),
    ("POST", "/page/decisions"): Operation(
        "Decide.", ANY_OBJECT, 201, body=decisions.NewDecision
    ),
    ("PATCH", "/page/decisions/{id}"): Operation("Lead it on.", ANY_OBJECT, body=_STEP),
    ("GET", "/page/notices"): Operation("Notices.", ANY_OBJECT),
    ("POST", "/page/notices"): Operation(
        "Write a notice.", ANY_OBJECT, 201, body=notices.NewNotice
    ),
    ("POST", "/page/notices/proposal"): Operation(
        "Words for an alert of a finding, or of changes.", ANY_OBJECT, body=notices.Proposal
    ),
    ("PATCH", "/page/notices/{id}"): Operation("Lead it on.", ANY_OBJECT, body=_STEP),
    ("GET", "/public/alerts"): Operation(
        "Alerts that hold, as an Atom feed.", NO_JSON, media="application/atom+xml"
    ),
    ("GET", "/public/alerts/{name}"): Operation(
        "A message that was sent (CAP 1.2).", NO_JSON, media="application/cap+xml"
    ),
    ("GET", "/page/alerts"): Operation("Alerts of others.", ANY_OBJECT),
    ("GET", "/open311/v2/services.{format}"): Operation(
        "Kinds of request (GeoReport v2).", _ROWS, query=texts("lang"), forms=_FORMS
    ),
    ("GET", "/open311/v2/requests.{format}"): Operation(
        "Requests of residents (GeoReport v2).", _ROWS,
        query=texts("service_request_id", "service_code", "status", "start_date", "end_date"),
        forms=_FORMS,
    ),
    ("GET", "/open311/v2/requests/{id}.{format}"): Operation("One request.", _ROWS, forms=_FORMS),
    ("POST", "/open311/v2/requests.{format}"): Operation(
        "A new request, as a form.", _ROWS, 201, forms=_FORMS
    ),
    ("GET", "/page/reports"): Operation("Reports of residents.", ANY_OBJECT),
    ("PATCH", "/page/reports/{id}"): Operation(
        "Lead it on, and answer.", ANY_OBJECT, body=reports.Answer
    ),
}  # fmt: skip
