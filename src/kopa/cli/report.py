"""``kopa report``: a city, and what scenarios do to it, as one page to read or print."""

from __future__ import annotations

import argparse
import shlex
import sys
import time
from collections.abc import Callable
from pathlib import Path

from kopa.cli import options
from kopa.console import document, escape, say
from kopa.errors import EngineError, UsageError

FORMS = (".html", ".pdf")


def register(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    options.city(parser)
    options.window(parser)
    parser.add_argument(
        "--scenario",
        action="append",
        nargs="+",
        default=[],
        metavar="'DOMAIN:ASSET KIND [VALUE] [FROM-TO]'",
        help="what is done, several changes of one scenario one after the other; "
        "given again, a second scenario to compare",
    )
    parser.add_argument(
        "-o", "--output", type=Path, metavar="F", help="file to write: .html or .pdf"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the report; 1 if an answer in it is unknown."""
    _check_output(args)
    begin = time.perf_counter()
    window = options.window_from(args)
    city, words = options.city_from(args)
    from kopa.report.gather import gather

    def told(stage: str) -> None:
        if sys.stderr.isatty():
            text = words.say(f"report-doing-{stage}")
            print(f"\r\x1b[2K{text} …", end="", file=sys.stderr, flush=True)

    report = gather(city, window, args.scenario, words.language, command_line(args), told)
    size = 0
    if args.output is not None:
        from kopa.report.page import page
        from kopa.report.voice import Voice

        told("page")
        html = page(report, Voice(city, words))
        size = _write(args.output, html, told)
    if sys.stderr.isatty():
        print("\r\x1b[2K", end="", file=sys.stderr)
    seconds = round(time.perf_counter() - begin, 2)
    if args.json:
        file = None if args.output is None else str(args.output)
        document({**report.document(), "file": file, "bytes": size, "seconds": seconds})
    else:
        done = words.say("report-done", file=str(args.output), size=words.number(size / 1e6),
                         seconds=words.number(seconds))  # fmt: skip
        say(escape(done))
    return 1 if report.status == "unknown" else 0


def _check_output(args: argparse.Namespace) -> None:
    """Refuse before the work is done."""
    if args.output is None:
        if not args.json:
            raise UsageError("say where to: -o report.html or -o report.pdf (or --json without)")
        return
    if args.output.suffix.lower() not in FORMS:
        raise UsageError(f"'{args.output}' ends in none of {', '.join(FORMS)}")
    if args.output.is_dir():
        raise UsageError(f"'{args.output}' is a folder: name a file in it")
    if not args.output.parent.is_dir():
        raise UsageError(f"there is no folder '{args.output.parent}': make it first")


def _write(file: Path, html: str, told: Callable[[str], None]) -> int:
    """Write the page; it is whole, or as it was. Gives its size."""
    if file.suffix.lower() == ".pdf":
        from kopa.report.pdf_weasyprint import pdf

        told("print")
        raw = pdf(html)
    else:
        raw = html.encode()
    part = file.with_name(f".{file.name}.part")
    try:
        part.write_bytes(raw)
        part.replace(file)
    except OSError as error:
        raise EngineError(f"{file} cannot be written: {error.strerror}", "write") from None
    finally:
        part.unlink(missing_ok=True)
    return len(raw)


def command_line(args: argparse.Namespace) -> str:
    """The command that makes the report again."""
    words = ["kopa", "report", str(args.city)]
    for texts in args.scenario:
        words += ["--scenario", *texts]
    words += ["--at", args.at, "--hours", f"{args.hours:g}", "--step", args.step]
    if args.lang:
        words += ["--lang", args.lang]
    if args.output is not None:
        words += ["-o", str(args.output)]
    return shlex.join(words)
