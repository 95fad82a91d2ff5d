"""What is said of each route: one row of a table each, held against the routes by a test."""

from __future__ import annotations

from typing import Any

from kopa.api import auth, now, writes
from kopa.api.export.routes import OF_ASSETS, OF_OBSERVATIONS
from kopa.api.export.write import MEDIA
from kopa.api.ngsi_ld.names import LD_JSON
from kopa.api.openapi import answers
from kopa.api.openapi.operation import ANY_OBJECT, NO_JSON, TEXT, WHOLE, Operation, texts
from kopa.api.openapi.page_operations import PAGE
from kopa.api.sensorthings.options import OPTIONS
from kopa.api.sensorthings.routes import ROOT as SENSORTHINGS
from kopa.store import Statistics

_PAGE = {"limit": {**WHOLE, "minimum": 1}, "offset": WHOLE}
OPERATIONS: dict[tuple[str, str], Operation] = {
    **PAGE,
    ("GET", "/health/live"): Operation("Whether the process lives.", answers.Health),
    ("GET", "/health/ready"): Operation("Whether it can serve.", answers.Health),
    ("GET", "/openapi.json"): Operation("This description.", ANY_OBJECT),
    ("GET", "/metrics"): Operation("Figures for Prometheus.", NO_JSON, media="text/plain"),
    ("POST", "/auth/login"): Operation("Log in.", answers.Token, body=auth.Login),
    ("POST", "/auth/session"): Operation(
        "Log in a page: the token comes as a cookie.", None, 204, body=auth.Login
    ),
    ("DELETE", "/auth/session"): Operation("Log a page out.", None, 204),
    ("GET", "/auth/me"): Operation("Who asks, and what they may.", answers.Me),
    ("POST", "/auth/password"): Operation(
        "Another password; all sessions end.", None, 204, body=auth.NewPassword
    ),
    ("POST", "/auth/accounts"): Operation("Add an account.", None, 204, body=auth.NewAccount),
    ("PATCH", "/auth/accounts/{name}"): Operation(
        "Let an account in, or no more: its sessions end.", None, 204, body=auth.Enabled
    ),
    ("DELETE", "/auth/accounts/{name}"): Operation("Remove an account.", None, 204),
    ("POST", "/auth/keys"): Operation("Make a device key.", answers.MadeKey, body=auth.NewKey),
    ("DELETE", "/auth/keys/{name}"): Operation("Remove a device key.", None, 204),
    ("PUT", "/backups/{name}"): Operation("Write a backup while it runs.", answers.Backup),
    ("GET", "/audit"): Operation(
        "Who did what.", answers.AuditLog, query={"after": WHOLE, "tenant": TEXT}
    ),
    ("GET", "/statistics"): Operation("How much there is.", Statistics),
    ("POST", "/ingest"): Operation("Telemetry: a message, or a list.", answers.Taken, body=Any),
    ("GET", "/ingest"): Operation("How much came, and what was wrong.", answers.TallyRow),
    ("GET", "/now"): Operation("What is happening.", ANY_OBJECT),
    ("GET", "/state"): Operation(
        "The newest values.", ANY_OBJECT, query=texts("domain", "asset")
    ),
    ("GET", "/forecast"): Operation(
        "What the model expects.", ANY_OBJECT, query=texts("asset", "quantity")
    ),
    ("GET", "/findings"): Operation("What is wrong or at risk.", ANY_OBJECT, query=texts("state")),
    ("PATCH", "/findings/{id}"): Operation("Lead a finding on.", ANY_OBJECT, body=now.Lead),
    ("POST", "/whatif"): Operation("What breaks if.", ANY_OBJECT, body=now.Question),
    ("GET", "/events"): Operation("What happens, as it happens.", NO_JSON,
                                  media="text/event-stream"),
    ("GET", "/writes"): Operation("What may be written to devices, and what stands.", ANY_OBJECT),
    ("POST", "/writes"): Operation(
        "A dry run of a write: its plan.", ANY_OBJECT, body=writes.WishedValue
    ),
    ("POST", "/writes/{plan}"): Operation("Apply a plan, once.", ANY_OBJECT),
    ("POST", "/writes/return"): Operation(
        "Let a written value return now.", None, 204, body=writes.Written
    ),
    ("GET", "/ogc/features"): Operation("OGC API Features.", answers.Landing),
    ("GET", "/ogc/features/conformance"): Operation("Its parts.", answers.Conformance),
    ("GET", "/ogc/features/collections"): Operation("Types of assets.", answers.Collections),
    ("GET", "/ogc/features/collections/{type}"): Operation("A type.", answers.Collection),
    ("GET", "/ogc/features/collections/{type}/items"): Operation(
        "Assets of a type.", answers.FeatureCollection, media=MEDIA["geojson"],
        query={**_PAGE, "bbox": TEXT},
    ),
    ("GET", "/ogc/features/collections/{type}/items/{id}"): Operation(
        "An asset.", answers.Feature, media=MEDIA["geojson"]
    ),
    ("GET", SENSORTHINGS): Operation("OGC SensorThings 1.1.", answers.SensorThingsRoot),
    ("GET", SENSORTHINGS + "/{rest}"): Operation(
        "Things, Datastreams, Observations.", ANY_OBJECT, query=texts(*OPTIONS),
        empty="The property has no value.",
    ),
    ("POST", SENSORTHINGS + "/{rest}"): Operation(
        "Create Observations.", Any, 201, body=Any, empty="The property has no value."
    ),
    ("GET", "/catalogue"): Operation("The catalogue, DCAT-AP 3.0.", ANY_OBJECT, media=LD_JSON),
    **{
        ("GET", f"/export/{name}.{form}"): Operation(
            f"{name.capitalize()} as a table.",
            NO_JSON, media=MEDIA[form], query=texts(*parameters),
        )
        for name, forms, parameters in (
            ("observations", ("csv", "parquet"), OF_OBSERVATIONS),
            ("assets", ("csv", "parquet", "geojson"), OF_ASSETS),
        )
        for form in forms
    },
}  # fmt: skip
"""Method and path → what is said of it. NGSI-LD has a table of its own, from which it is made."""
REFUSED = {
    ("PUT", SENSORTHINGS + "/{rest}"),
    ("PATCH", SENSORTHINGS + "/{rest}"),
    ("DELETE", SENSORTHINGS + "/{rest}"),
}
"""What only says that it is not served."""
