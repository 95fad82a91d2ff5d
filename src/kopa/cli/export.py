"""``kopa export``: assets or observations of a city as CSV, Parquet or GeoJSON."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from kopa.city.data import store_of
from kopa.cli import options
from kopa.console import document, progress, say
from kopa.errors import EngineError, UsageError
from kopa.store import Store

FORMS = {".csv": "csv", ".parquet": "parquet", ".geojson": "geojson"}


def register(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    options.city(parser)
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="F", help=".csv, .parquet or .geojson"
    )
    parser.add_argument("--assets", action="store_true", help="assets; else observations")
    parser.add_argument("--type", default="", help="assets of this type (Pump)")
    parser.add_argument("--entity", default="", help="observations of this asset or entity")
    parser.add_argument("--attribute", default="", help="observations of this attribute")
    parser.add_argument("--domain", default="", help="observations of this domain's assets")
    parser.add_argument(
        "--from", default="", dest="begin", metavar="T", help="2026-11-22[T10:00:00Z]"
    )
    parser.add_argument("--to", default="", dest="end", metavar="T", help="the same; not included")
    parser.add_argument("--tenant", default="", help="whose they are")
    parser.add_argument("--data", default="", metavar="ADDRESS", help="store, if not CITY/.kopa")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the file; it is whole, or not there."""
    form = FORMS.get(args.output.suffix.lower())
    if form is None:
        raise UsageError(f"'{args.output}' ends in none of {', '.join(FORMS)}")
    if form == "geojson" or args.type:
        args.assets = True
    part = args.output.with_name(f"{args.output.name}.part")
    rows, begin = 0, time.perf_counter()

    def told(more: int) -> None:
        nonlocal rows
        rows += more
        shown(more)

    try:
        with (
            store_of(args.city, args.data, must=True) as store,
            progress("rows", 0, args.json) as shown,
            part.open("wb") as file,
        ):
            for piece in _pieces(store, args, form, told):
                file.write(piece)
        part.replace(args.output)
    except OSError as error:
        raise EngineError(f"{args.output} cannot be written: {error.strerror}", "write") from None
    finally:
        part.unlink(missing_ok=True)
    size, seconds = args.output.stat().st_size, round(time.perf_counter() - begin, 2)
    what = "assets" if args.assets else "observations"
    if args.json:
        document({"file": str(args.output), what: rows, "bytes": size, "seconds": seconds})
    else:
        say(f"{rows} {what} are in {args.output}, in {seconds} s.")
    return 0


def _pieces(
    store: Store, args: argparse.Namespace, form: str, told: Callable[[int], None]
) -> Iterator[bytes]:
    from kopa.api.export import observations
    from kopa.api.export.assets import AssetTable
    from kopa.api.export.write import written
    from kopa.api.ngsi_ld.context import core_context
    from kopa.api.ngsi_ld.storage import Storage

    context = core_context()
    if not args.assets:
        wanted = observations.Wanted(
            args.tenant, args.entity, args.attribute, args.domain, args.begin, args.end
        )
        return written(form, observations.COLUMNS, observations.parts(store, wanted, context, told))
    kept = context.keep(args.type) if args.type else ""
    if kept and kept not in store.types(args.tenant):
        names = ", ".join(context.show(name) for name in store.types(args.tenant)) or "none"
        raise UsageError(f"there is no asset of the type '{args.type}', only {names}")
    table = AssetTable(Storage(store), context, args.tenant, kept)
    if form == "geojson":
        return table.features(told)
    columns = table.columns()
    return written(form, columns, table.parts(columns, told))
