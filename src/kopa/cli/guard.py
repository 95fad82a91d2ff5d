"""Runs a command so that no traceback, and no crash of an engine, reaches a user."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType

from kopa.console import document, finding_rows, tell
from kopa.errors import Finding, InputError, KopaError, UsageError

Command = Callable[[argparse.Namespace], int]

_PDEATHSIG = 1  # linux/prctl.h

TIMEOUT_S = 3600
"""A command that takes longer is ended."""


def guarded(command: Command, args: argparse.Namespace) -> int:
    """Run a command in a child process: an engine in C can crash or hang.

    Parameters
    ----------
    command
        The command.
    args
        Its arguments; `json` decides how errors are told.

    Returns
    -------
    int
        Exit code: 0 done, 1 findings stop it or it is unknown, 2 wrong usage.
    """
    if not hasattr(os, "fork"):  # pragma: no cover  Windows runs unguarded
        return told(command, args)
    sys.stdout.flush()
    sys.stderr.flush()
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            _end_with(parent)
            code = told(command, args)
            sys.stdout.flush()
        except BrokenPipeError:
            code = 0  # the reader has seen enough
        except KeyboardInterrupt:
            code = 130
        finally:
            os._exit(code)
    return _wait(child, args)


def _end_with(parent: int) -> None:
    """Let this process end when its parent does, however that ends (Linux)."""
    import ctypes

    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before we asked
        os._exit(1)


def told(command: Command, args: argparse.Namespace) -> int:
    """Run a command and tell its errors."""
    try:
        return command(args)
    except InputError as error:
        return _tell(error.findings, args, error.exit_code)
    except UsageError as error:
        print(f"kopa: {error}", file=sys.stderr)
        return error.exit_code
    except KopaError as error:
        return _tell([Finding(error.code, f"{error}")], args, error.exit_code)
    except MemoryError:
        what = "there is not enough memory for this."
        return _tell([Finding("memory", what, "Take fewer steps, or a shorter window.")], args, 1)
    except Exception as error:  # noqa: BLE001  a fault of ours ends as a finding, not as nothing
        return _tell([_fault(error)], args, 1)


def _fault(error: Exception) -> Finding:
    """A fault of Kopa, with the place in its code."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "kopa" in Path(frame.filename).parts] or frames
    at = f"{Path(own[-1].filename).name}, line {own[-1].lineno}" if own else "unknown"
    return Finding(
        "kopa.fault",
        f"Kopa failed: {type(error).__name__}: {error} ({at}).",
        "This is a fault of Kopa: report it with the command and the files.",
    )


def _tell(
    findings: tuple[Finding, ...] | list[Finding], args: argparse.Namespace, code: int
) -> int:
    if getattr(args, "json", False):
        document({"status": "unknown", "findings": finding_rows(findings)})
    else:
        tell(findings)
    return code


def _wait(child: int, args: argparse.Namespace) -> int:
    late = told_to_end = False

    def on_end(number: int, frame: FrameType | None) -> None:
        nonlocal told_to_end
        told_to_end = True
        with suppress(ProcessLookupError):  # it was told, too, and has ended
            os.kill(child, signal.SIGTERM)

    def on_alarm(number: int, frame: FrameType | None) -> None:
        nonlocal late
        late = True
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)

    before = signal.signal(signal.SIGALRM, on_alarm)
    before_end = signal.signal(signal.SIGTERM, on_end)
    signal.alarm(getattr(args, "timeout", None) or TIMEOUT_S)
    while True:
        try:
            _, status = os.waitpid(child, 0)
            break
        except KeyboardInterrupt:
            continue  # the child has it too, and ends
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)
    signal.signal(signal.SIGTERM, before_end)
    if os.WIFEXITED(status):
        return os.WEXITSTATUS(status)
    if told_to_end:
        return 128 + signal.SIGTERM
    if late:
        finding = Finding(
            "engine.timeout", "the command took longer than its time.", "Raise --timeout."
        )
    else:
        name = signal.Signals(os.WTERMSIG(status)).name
        finding = Finding(
            "engine.crashed",
            f"an engine ended the program ({name}); there is no answer.",
            "Run `kopa check`; if it finds nothing, please report the files.",
        )
    return _tell([finding], args, 1)
