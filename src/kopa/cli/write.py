"""``kopa write``: a dry run of a write to a device, then its plan; the value returns by itself.

It works on the data of a city that does not run, or that runs on PostgreSQL; else its server
writes: ``POST /writes``.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from getpass import getpass
from typing import TYPE_CHECKING, Any

from kopa import __version__
from kopa.city.data import store_of
from kopa.cli import options
from kopa.console import document, escape, finding_rows, number, say, table, tell
from kopa.errors import Finding, UsageError

if TYPE_CHECKING:
    from kopa.access.roles import Caller
    from kopa.ingest.sources.source import Source
    from kopa.ingest.writing.book import Book
    from kopa.ingest.writing.control import Control
    from kopa.store import Store

KEY, PASSWORD = "KOPA_KEY", "KOPA_PASSWORD"
"""Variables of the environment: who calls."""


def register(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    options.city(parser)
    parser.add_argument(
        "--set",
        nargs=3,
        metavar=("ASSET", "ATTRIBUTE", "VALUE"),
        help="a dry run of this: water:PU-1 speed 0.8, in the unit that is kept; "
        "without it: what may be written, and what stands",
    )
    parser.add_argument(
        "--apply", default="", metavar="PLAN", help="do what a dry run of --set said"
    )
    parser.add_argument(
        "--return", dest="back", action="store_true", help="return what stands, all of it, now"
    )
    parser.add_argument(
        "--account",
        default="",
        metavar="NAME",
        help=f"who writes; the password is asked for, or stands in {PASSWORD}; a device key "
        f"may stand in {KEY} instead",
    )
    parser.add_argument("--data", default="", metavar="ADDRESS", help="store, if not CITY/.kopa")
    parser.set_defaults(run=run, timeout=10**9)


def run(args: argparse.Namespace) -> int:
    """List, plan, apply or return; 1 if a value is not held, or does not return."""
    from kopa.api.intake import read_intake
    from kopa.ingest.devices import Devices
    from kopa.ingest.writing.book import Book
    from kopa.ingest.writing.control import Control
    from kopa.ingest.writing.point import points_of

    _check(args)
    intake = read_intake(args.city)
    points = points_of(intake.sources, intake.devices or Devices((), {}))
    with _opened(args) as store:
        book = Book(store)
        control = Control(book, points)
        session = _Session(args, book, control, intake.sources)
        if not args.set and not args.back:
            session.show_list(points)
            return 0
        caller = _caller(store, args.account)
        if args.back:
            return session.return_all(caller)
        if not args.apply:
            return session.plan(caller)
        return asyncio.run(session.apply(caller))


def _check(args: argparse.Namespace) -> None:
    """Refuse what does not go together; the asset, attribute and value stand in `args` then."""
    if args.apply and not args.set:
        raise UsageError("--apply goes with the --set of its dry run")
    if args.back and args.set:
        raise UsageError("--return returns all that stands: it goes without --set")
    if not args.set:
        return
    args.asset, args.attribute, text = args.set
    try:
        args.value = float(text)
    except ValueError:
        raise UsageError(f"--set: '{text}' is no number") from None


def _opened(args: argparse.Namespace) -> Store:
    """The store of the city; one that is held by its server is told so."""
    from kopa.store.errors import LockedError

    try:
        return store_of(args.city, args.data, must=True)
    except LockedError:
        raise UsageError(
            f"{args.city} runs, and its server has the data: ask it (POST /writes), or stop it"
        ) from None


def _caller(store: Store, account: str) -> Caller:
    """Who writes; no file and no option holds a secret."""
    from kopa.access.accounts import Accounts

    accounts = Accounts(store)
    if not account:
        if key := os.environ.get(KEY):
            return accounts.device(key)
        raise UsageError(f"say who writes: --account NAME, or a device key in {KEY}")
    return accounts.log_in(account, os.environ.get(PASSWORD) or getpass(f"{account}: "))


class _Session:
    """One call of the command."""

    def __init__(
        self, args: argparse.Namespace, book: Book, control: Control, sources: Sequence[Source]
    ) -> None:
        self._args, self._book, self._control, self._sources = args, book, control, sources
        self._findings: list[Finding] = []

    def show_list(self, points: Any) -> None:
        """What may be written, and what stands."""
        from kopa.ingest.writing.documents import listed

        found = listed(points, self._book)
        if self._args.json:
            self._print("list", "ok", **found)
            return
        if not found["writable"]:
            say("Nothing may be written: no table [[source.write]] in sources.toml says so.")
        else:
            names = ("asset", "attribute", "unit", "low", "high", "step", "returns_to")
            heads = [*names, "after", "role"]
            rows = [
                [*(_cell(one[name]) for name in names), f"{one['returns_after_s']} s", one["role"]]
                for one in found["writable"]
            ]
            table(heads, rows)
        if found["standing"]:
            names = ("asset", "attribute", "value", "state", "by", "returns_to", "returns_at")
            heads = [*names, "problem"]
            cells = [[_cell(one[name]) for name in heads] for one in found["standing"]]
            table(heads, cells, "Written, and not returned yet")

    def plan(self, caller: Caller) -> int:
        """A dry run."""
        from kopa.ingest.writing.documents import plan_document

        args = self._args
        made = asyncio.run(self._control.plan(caller, args.asset, args.attribute, args.value))
        found = plan_document(made)
        if args.json:
            self._print("plan", "ok", plan=found)
            return 0
        unit = escape(made.unit)
        what = f"{escape(made.asset)} {escape(made.attribute)}"
        say(f"[bold]{what}[/] is {made.before:g} {unit}; nothing was written.")
        back = _cell(found["returns_to"])
        say(
            f"It would become {made.value:g} {unit} (limits {made.rule.low:g} to "
            f"{made.rule.high:g}), and return to {back} after {made.returns_after_s} s."
        )
        say(f"Until {found['valid_until']}: the same again with --apply {made.id}")
        return 0

    async def apply(self, caller: Caller) -> int:
        """Write, and stay until the value has returned."""
        from kopa.ingest.writing.documents import done_document

        self._same(self._args.apply)
        soon = _asked_to_end()
        done = await self._control.apply(caller, self._args.apply)
        found = done_document(done)
        if not self._args.json:
            words = {
                "held": f"It is {number(done.said or 0.0, 6)}, read back.",
                "refused": f"[red]Refused:[/] {escape(done.problem)}. Nothing was written.",
                "unconfirmed": f"[red]Not confirmed:[/] {escape(done.problem)}.",
            }
            say(words[done.state])
        returned = done.state == "refused"
        if not returned:
            _progress(f"It returns at {found['returns_at']}; Ctrl-C returns it now.")
            await self._returned(soon, self._args.apply)
            returned = True
            if not self._args.json:
                say(f"It has returned to {_cell(found['returns_to'])}.")
        well = done.state == "held"
        if self._args.json:
            self._print("apply", "ok" if well else "unknown", done={**found, "returned": returned})
        else:
            tell(self._findings)
        return 0 if well else 1

    def return_all(self, caller: Caller) -> int:
        """Return all that stands."""
        for one, _ in self._book.all_standing():
            if one.state != "begun":  # it returns by itself in a minute
                self._control.return_now(caller, one.asset, one.attribute)
        asyncio.run(self._returned(asyncio.Event()))
        if self._args.json:
            self._print("return", "ok", standing=[])
        else:
            say("Nothing that was written stands any more.")
            tell(self._findings)
        return 0

    def _same(self, plan: str) -> None:
        """Refuse a plan of something else than what is named."""
        found = self._book.plan(plan)
        named = (self._args.asset, self._args.attribute, self._args.value)
        if found and (found[0].asset, found[0].attribute, found[0].value) != named:
            raise UsageError(f"the plan '{plan}' is of {found[0].asset} {found[0].attribute} "
                             f"{found[0].value:g}: write the same, or plan anew")  # fmt: skip

    async def _returned(self, soon: asyncio.Event, plan: str = "") -> None:
        """Wait until nothing (of a plan) stands; once asked to end, it does not wait its time."""
        from kopa.ingest.writing.control import now_us
        from kopa.ingest.writing.returns import Returns

        returns = Returns(self._book, self._sources, self._tell)
        await returns.start()
        hurried = False
        while standing := [
            (one, version)
            for one, version in await asyncio.to_thread(self._book.all_standing)
            if plan in ("", one.plan)
        ]:
            if soon.is_set() and not hurried:
                hurried = True
                for one, version in standing:
                    with suppress(UsageError):  # it returns just now
                        self._book.hurry(one, version, "ended", now_us(), one.by)
            with suppress(TimeoutError):
                await asyncio.wait_for(soon.wait(), 0.2)
            if hurried:
                await asyncio.sleep(0.2)
        await returns.stop()

    def _tell(self, findings: Sequence[Finding]) -> None:
        for one in findings:
            _progress(str(one))
        self._findings += [one for one in findings if one not in self._findings]

    def _print(self, job: str, status: str, **parts: Any) -> None:
        document(
            {
                "kopa": __version__,
                "status": status,
                "job": job,
                "findings": finding_rows(self._findings),
                **parts,
            }
        )


def _asked_to_end() -> asyncio.Event:
    """Set when somebody ends the command: then what it wrote returns first."""
    soon, loop = asyncio.Event(), asyncio.get_running_loop()
    for one in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(one, soon.set)
    return soon


def _cell(value: object) -> str:
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
