"""Runs the HTTP server alone, on an embedded store: ``python -m kopa.api.serve FOLDER``."""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

import uvicorn

from kopa.api.app import Settings, make_app
from kopa.api.ngsi_ld.contexts import HOSTS
from kopa.store.embedded.store import EmbeddedStore


def main(arguments: list[str] | None = None) -> int:
    """Serve until it is stopped."""
    parser = argparse.ArgumentParser(prog="python -m kopa.api.serve", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the store is kept")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument(
        "--context-host",
        action="append",
        default=[],
        metavar="HOST[:PORT]",
        help="@contexts may be fetched from this host as well; may be given again",
    )
    parser.add_argument(
        "--context-wait",
        type=float,
        default=0.0,
        metavar="SECONDS",
        help="how long a request waits for an @context that is being fetched",
    )
    parser.add_argument(
        "--context",
        action="append",
        default=[],
        metavar="URL",
        help="an @context that is fetched at the start; may be given again",
    )
    args = parser.parse_args(arguments)
    logging.basicConfig(level=logging.WARNING)
    settings = Settings(
        context_hosts=(*HOSTS, *args.context_host),
        context_wait_s=args.context_wait,
        contexts=tuple(args.context),
    )
    with EmbeddedStore(args.folder) as store:
        app = make_app(store, settings)
        uvicorn.run(app, host="127.0.0.1", port=args.port, log_level="warning")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
