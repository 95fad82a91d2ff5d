"""``kopa ebusiness``: by-products that others take, e-invoices, tenders, partners."""

from __future__ import annotations

from typing import Any

from . import cli_exchange, cli_invoice, cli_partners, cli_requests, cli_rules, cli_tenders

PARTS = (cli_exchange, cli_invoice, cli_rules, cli_tenders, cli_partners, cli_requests)


def register(jobs: Any) -> None:
    """Add the jobs to a parser.

    Parameters
    ----------
    jobs
        What ``ArgumentParser.add_subparsers`` gave.
    """
    for part in PARTS:
        part.register(jobs)
