"""Runs a job of the health domain as the command line does."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

import pytest
from schemas import valid

Run = Callable[..., tuple[int, Any]]


def runner(capsys: pytest.CaptureFixture[str], module: Any, job: str) -> Run:
    """A function that runs a job with some words; gives the exit code and its document."""

    def run(*words: object) -> tuple[int, Any]:
        parser = argparse.ArgumentParser()
        module.register(parser.add_subparsers())
        arguments = parser.parse_args([job, *map(str, words)])
        code = arguments.run(arguments)
        out = capsys.readouterr().out
        return code, valid(f"health-{job}", out) if arguments.json else out

    return run
