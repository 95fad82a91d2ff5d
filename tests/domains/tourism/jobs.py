"""Runs a job of the tourism domain as the command line does."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from typing import Any

import pytest
from schemas import valid

from kopa.cli.guard import told
from kopa.domains.tourism import cli

Run = Callable[..., tuple[int, Any]]


def runner(capfd: pytest.CaptureFixture[str], job: str, ask: Any = None) -> Run:
    """A function that runs a job with some words; gives the exit code and its document."""

    def run(*words: object) -> tuple[int, Any]:
        parser = argparse.ArgumentParser()
        cli.register(parser.add_subparsers())
        arguments = parser.parse_args([job, *map(str, words)])
        arguments.ask = ask
        capfd.readouterr()
        code = told(arguments.run, arguments)
        out = capfd.readouterr().out
        if not arguments.json:
            return code, out
        return code, valid(f"tourism-{job}", out) if code == 0 else json.loads(out or "null")

    return run


def codes(document: Any) -> set[str]:
    """Codes of a document's findings, without the domain."""
    return {one["code"].removeprefix("tourism.") for one in document["findings"]}
