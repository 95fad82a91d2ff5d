"""``kopa audit``: who did what; whether the log is as it was written."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from kopa.city.data import store_of
from kopa.cli import options
from kopa.console import document, escape, say, table


def register(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("job", choices=("verify", "show"), help="check the chain, or list it")
    options.city(parser)
    parser.add_argument("--data", default="", metavar="ADDRESS", help="store, if not CITY/.kopa")
    parser.add_argument("--tenant", default="platform", help="whose rows to show")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Verify or show the log; 1 if it does not hold."""
    with store_of(args.city, args.data, must=True) as store:
        if args.job == "verify":
            verdict = store.verify()
            answer = {
                "rows": verdict.rows,
                "head": verdict.head,
                "broken": verdict.broken,
                "reason": verdict.reason,
            }
            if args.json:
                document({"status": "unknown" if verdict.broken else "ok", **answer})
            elif verdict.broken:
                say(f"[red]Row {verdict.broken} does not hold: {escape(verdict.reason)}.[/]")
            else:
                say(f"{verdict.rows} rows hold. The last hash is {verdict.head}.")
            return 1 if verdict.broken else 0
        rows = [(row.sequence, row.entry) for row in store.audit(args.tenant)]
    if args.json:
        document(
            {
                "rows": [
                    {
                        "sequence": number,
                        "at": _moment(entry.at),
                        "actor": entry.actor,
                        "action": entry.action,
                        "subject": entry.subject,
                        "detail": dict(entry.detail),
                    }
                    for number, entry in rows
                ]
            }
        )
        return 0
    cells = [[str(n), _moment(e.at), e.actor, e.action, e.subject] for n, e in rows]
    table(["row", "when", "who", "what", "of"], cells)
    return 0


def _moment(at: int) -> str:
    return datetime.fromtimestamp(at / 1e6, UTC).isoformat(timespec="seconds")
