"""The command line: help without weight, one document, no traceback, no crash."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from schemas import valid
from small_city import write_city

from kopa.cli import main
from kopa.cli.guard import guarded
from kopa.errors import Finding, InputError, RangeError, UsageError


@pytest.fixture
def city(tmp_path: Path) -> str:
    return str(write_city(tmp_path))


def document(capfd: pytest.CaptureFixture[str], *words: str) -> dict[str, object]:
    code = main([*words, "--json"])
    printed = capfd.readouterr()
    found = valid(words[0], printed.out)
    assert code == (1 if found["status"] == "unknown" else 0)
    return found


def test_documents_keep_to_their_schemas(city: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert document(capfd, "check", city)["assets"] == {"water": 10, "energy": 9, "places": 3}
    change = ["--change", "energy:line:0 out 06:00-18:00"]
    found = document(capfd, "whatif", city, *change, "--hours", "20", "--step", "30min")
    assert found["effects"]
    assert found["window"] == {
        "start": "00:00",
        "end": "20:00",
        "step_s": 1800,
        "steps": 40,
        "date": None,
    }
    assert document(capfd, "screen", city, "--domain", "energy")["assets"]


def test_a_broken_city_is_a_document_too(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    found = document(capfd, "check", str(tmp_path))
    assert found["status"] == "unknown"
    assert found["findings"]


@pytest.mark.parametrize("lang", ["en", "lv"])
def test_people_read_it_in_their_language(
    city: str, lang: str, capfd: pytest.CaptureFixture[str]
) -> None:
    words = ["whatif", city, "--change", "energy:line:0 out 06:00-18:00", "--lang", lang]
    assert main(words) == 0
    printed = capfd.readouterr().out
    assert {"en": "person-hours", "lv": "personstundas"}[lang] in printed
    assert "water:P1" not in printed
    assert "T" in printed
    assert main(["screen", city, "--lang", lang]) == 0
    assert main(["check", city, "--lang", lang]) == 0


def test_an_unknown_answer_is_exit_1(city: str, capfd: pytest.CaptureFixture[str]) -> None:
    # 50 MW do not pass 200 km of a 20 kV line: the power flow has no solution
    grid = Path(city) / "grid.json"
    text = grid.read_text(encoding="utf-8")
    grid.write_text(text.replace("1.0, 0.2, 0.1", "200.0, 0.2, 0.1"), encoding="utf-8")
    changes = ("--change", "energy:load:0 ×100", "--change", "water:P2 closed")
    found = document(capfd, "whatif", city, *changes)
    assert found["status"] == "unknown"
    assert found["effects"] == []
    assert found["services"] == {}  # not even of the other domains


def test_help_is_light() -> None:
    heavy = "numpy scipy pandas rich fluent power_grid_model wntr kopa.domains.water kopa.city"
    code = (
        "import sys; from kopa.cli.main import parser; parser().format_help();"
        f"print([m for m in {heavy.split()!r} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_domain_without_jobs_says_so(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["places"]) == 2
    assert "places has no jobs of its own" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (InputError([Finding("a.b", "one is wrong.", "Mend it.")]), 1, "one is wrong. Mend it."),
        (UsageError("not so"), 2, "not so"),
        (RangeError("too large"), 1, "too large"),
        (MemoryError(), 1, "not enough memory"),
    ],
)
def test_errors_are_told(
    error: Exception, code: int, words: str, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail(args: argparse.Namespace) -> int:
        raise error

    assert guarded(fail, argparse.Namespace(json=False)) == code
    printed = capfd.readouterr()
    assert words in printed.out + printed.err


def test_a_crash_of_an_engine_is_a_finding(capfd: pytest.CaptureFixture[str]) -> None:
    def crash(args: argparse.Namespace) -> int:
        os.kill(os.getpid(), signal.SIGKILL)
        return 0

    assert guarded(crash, argparse.Namespace(json=True)) == 1
    found = json.loads(capfd.readouterr().out)
    assert found["status"] == "unknown"
    assert found["findings"][0]["code"] == "engine.crashed"


def test_a_hang_is_ended(capfd: pytest.CaptureFixture[str]) -> None:
    def hang(args: argparse.Namespace) -> int:
        time.sleep(60)
        return 0

    begin = time.monotonic()
    assert guarded(hang, argparse.Namespace(json=True, timeout=1)) == 1
    assert time.monotonic() - begin < 20
    assert json.loads(capfd.readouterr().out)["findings"][0]["code"] == "engine.timeout"
