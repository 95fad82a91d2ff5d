"""Requests: a log that cannot be changed unseen."""

from __future__ import annotations

from pathlib import Path

import pytest

from .jobs import runner


def test_from_contact_to_contract(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run, log = runner(capfd, "requests"), tmp_path / "log.jsonl"
    first = ("--request", "r1", "--by", "desk", "--json")
    assert run(log, *first, "--state", "offer")[0] == 2
    code, whole = run(log, *first, "--state", "contact", "--partner", "dig", "--need", "L1",
                      "--text", "tālr. 29228750")  # fmt: skip
    assert (code, whole["requests"][0]["state"]) == (0, "contact")
    assert "29228750" not in log.read_text()
    assert run(log, *first, "--state", "contract")[0] == 0
    assert run(log, *first, "--state", "offer")[0] == 2
    assert run(log, *first, "--state", "contract", "--partner", "other")[0] == 2
    code, whole = run(log, *first, "--state", "done")
    (row,) = whole["requests"]
    assert (row["partner"], row["need"], row["open"], whole["steps"]) == ("dig", "L1", False, 3)
    assert run(log, *first, "--state", "contract")[0] == 2
    assert "pabeigts" in run(log, "--lang", "lv")[1]
    assert run(tmp_path / "none", "--json")[0] == 2
    assert run(log, "--request", "r1", "--json")[0] == 2


def test_a_changed_line_is_found(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run, log = runner(capfd, "requests"), tmp_path / "log.jsonl"
    for name in ("a", "b"):
        run(log, "--request", name, "--state", "contact", "--partner", "dig", "--by", "desk")
    assert run(log, "--json")[0] == 0
    log.write_text(log.read_text().replace('"dig"', '"far"', 1))
    code, whole = run(log, "--json")
    assert code == 1
    assert "line 2" in str(whole)
    log.write_text("{}\n")
    assert run(log, "--json")[0] == 1
