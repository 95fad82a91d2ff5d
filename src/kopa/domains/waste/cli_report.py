"""``kopa waste report``: quantities by code and operation, and the recycling rate."""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kopa import console
from kopa.domains.waste.processing.read_movements import read_movements
from kopa.domains.waste.processing.report import (
    Movement,
    Rate,
    Row,
    by_item,
    noted,
    operations,
    recycling,
    table,
)
from kopa.errors import Finding, InputError

from .cli_common import failed


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("report", help="quantities by waste code and operation, recycling rate")
    job.add_argument("movements", type=Path, metavar="MOVEMENTS.csv", help="one movement a line")
    job.add_argument("--year", type=int, metavar="Y", help="this year only")
    job.add_argument("-o", "--output", type=Path, metavar="TABLE.csv", help="write the table")
    job.add_argument("--lang", choices=("en", "lv"), default="en", help="of waste names (en)")
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    job.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """The report; gives the exit code."""
    try:
        movements, year = _of_year(read_movements(arguments.movements), arguments)
        rows, rate = table(movements), recycling(movements)
        if arguments.output is not None:
            _write(arguments, rows)
    except InputError as error:
        return failed(arguments, error.findings)
    findings = noted(movements, arguments.movements.name)
    if arguments.json:
        console.document(_document(arguments, movements, year, findings))
    else:
        _say(arguments, rows, rate, year)
        console.tell(findings)
    return 0


def _of_year(
    movements: Sequence[Movement], arguments: argparse.Namespace
) -> tuple[list[Movement], int]:
    """Movements of the year that is asked for, or of the only one there is."""
    years = sorted({one.on.year for one in movements})
    year = years[0] if arguments.year is None else arguments.year
    told = ", ".join(map(str, years))
    if arguments.year is None and len(years) > 1:
        what, do = f"It has movements of {told}.", "Say which year: --year."
    elif year not in years:
        what, do = f"It has no movements of {year}, only of {told}.", "Give another year."
    else:
        return [one for one in movements if one.on.year == year], year
    raise InputError([Finding("waste.report-year", what, do, file=arguments.movements.name)])


def _used(rows: Sequence[Row]) -> list[str]:
    """Operations that occur, in the order of the law."""
    return [code for code in operations() if any(code in row.tonnes for row in rows)]


def _write(arguments: argparse.Namespace, rows: Sequence[Row]) -> None:
    codes = _used(rows)
    try:
        with arguments.output.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["ewc", "name", "hazardous", *codes, "total_t"])
            for row in rows:
                amounts = [f"{row.tonnes.get(code, 0.0):.10g}" for code in codes]
                hazardous = "yes" if row.entry.hazardous else "no"
                name = row.entry.named(arguments.lang)
                total = f"{sum(row.tonnes.values()):.10g}"
                writer.writerow([row.entry.marked, name, hazardous, *amounts, total])
    except OSError as error:
        what = f"It cannot be written: {error.strerror}."
        raise InputError(
            [Finding("waste.report-output", what, "Check the path.", file=str(arguments.output))]
        ) from None


def _document(
    arguments: argparse.Namespace,
    movements: Sequence[Movement],
    year: int,
    findings: Sequence[Finding],
) -> dict[str, Any]:
    rate = recycling(movements)
    return {
        "status": "ok",
        "year": year,
        "movements": len(movements),
        "rows": [
            {
                "ewc": row.entry.marked,
                "name": row.entry.named(arguments.lang),
                "hazardous": row.entry.hazardous,
                "operations_t": dict(row.tonnes),
                "total_t": sum(row.tonnes.values()),
            }
            for row in table(movements)
        ],
        "items_t": by_item(movements),
        "municipal": {
            "generated_t": rate.generated,
            "recycled_t": rate.recycled,
            "recycling_rate": rate.share,
        },
        "findings": console.finding_rows(findings),
    }


def _say(arguments: argparse.Namespace, rows: Sequence[Row], rate: Rate, year: int) -> None:
    codes = _used(rows)
    cells = [
        (
            row.entry.marked,
            row.entry.named(arguments.lang)[:60],
            *(_tonnes(row.tonnes[code]) if code in row.tonnes else "" for code in codes),
            _tonnes(sum(row.tonnes.values())),
        )
        for row in rows
    ]
    heads = ("code", "waste", *codes, "all, t")
    console.table(heads, cells, f"Waste of {year}, t", len(codes) + 1)
    for code in codes:
        console.say(f"  {code:4}{operations()[code].name}")
    share = "unknown" if rate.generated == 0 else f"{100 * rate.share:.1f} %"
    console.say(
        f"Municipal waste: {_tonnes(rate.generated)} t generated, "
        f"{_tonnes(rate.recycled)} t recycled: {share}."
    )


def _tonnes(value: float) -> str:
    """Tonnes to the kilogram, without needless zeros."""
    return f"{value:,.3f}".rstrip("0").rstrip(".").replace(",", "\u202f")
