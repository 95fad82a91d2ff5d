"""Tenders: merged by hand, flags by hand, broken files told; the web is never asked."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path
from typing import Any

import pytest

from kopa.domains.ebusiness.engine_ocdsmerge import compiled, merge_rules
from kopa.domains.ebusiness.tenders.flags import flags, state
from kopa.domains.ebusiness.tenders.read_ocds import read_ocds
from kopa.errors import EngineError, InputError

from .jobs import runner

FIXTURES = os.environ.get("KOPA_OCDS_FIXTURES", "")


def release(day: int, ocid: str = "o-1", **more: Any) -> dict[str, Any]:
    return {"ocid": ocid, "id": f"{ocid}-{day}", "date": f"2026-03-{day:02}T00:00:00Z",
            "tag": ["tender"], **more}  # fmt: skip


CALL = {"title": "Pipes", "procurementMethod": "open", "status": "active",
        "tenderPeriod": {"startDate": "2026-03-01T00:00:00Z", "endDate": "2026-03-21T00:00:00Z"},
        "items": [{"id": "1", "quantity": 4}]}  # fmt: skip
RELEASES = [
    release(25, tender={"status": "complete", "numberOfTenderers": 1, "items": [{"id": "2"}]},
            awards=[{"id": "a", "date": "2026-08-01T00:00:00Z",
                     "value": {"amount": 100, "currency": "EUR"}}]),
    release(1, tender=CALL, buyer={"name": "Dome"}),
    release(28, contracts=[{"id": "c", "awardID": "a",
                            "value": {"amount": 151, "currency": "EUR"}}]),
]  # fmt: skip


@pytest.fixture(autouse=True)
def _no_web(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*given: Any) -> None:
        raise AssertionError("it went to the web")

    monkeypatch.setattr(socket.socket, "connect", refused)


def test_releases_become_one_record() -> None:
    """In order of date; items by id; what a later release leaves out stays."""
    found = compiled(RELEASES)
    tender = found["tender"]
    assert (tender["title"], tender["status"], tender["numberOfTenderers"]) == (
        "Pipes",
        "complete",
        1,
    )
    assert [one["id"] for one in tender["items"]] == ["1", "2"]
    assert (found["tag"], found["date"]) == (["compiled"], "2026-03-28T00:00:00Z")
    assert found["buyer"] == {"name": "Dome"}


def test_ids_that_stand_twice_are_no_guess() -> None:
    with pytest.raises(EngineError, match="cannot be merged"):
        compiled([release(1, awards=[{"id": "a", "t": 1}, {"id": "a", "t": 2}])])


def test_flags_by_hand() -> None:
    """20 days for tenders, one tenderer, award 133 days after, contract 51 % above its award."""
    record = compiled(RELEASES)
    found = {one.id: state(one, record) for one in flags()}
    assert found["R018"] == ("raised", 1)
    assert found["R003"] == ("raised", 20)
    assert found["SMS2"] is None
    assert found["SMS6"] == ("raised", 133)
    assert found["A72"] == ("raised", pytest.approx(51))
    direct = {"tender": {"procurementMethod": "direct"}}
    assert {one.id: state(one, direct) for one in flags()} == {
        "R018": None, "R003": None, "SMS2": ("raised", 0), "SMS6": None, "A72": ("unknown", None)
    }  # fmt: skip
    assert {state(one, {}) for one in flags()} == {("unknown", None)}
    assert all(one.source and one.lv for one in flags())


def test_the_job(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run = runner(capfd, "tenders")
    package, lines = tmp_path / "p.json", tmp_path / "l.jsonl"
    package.write_text(json.dumps({"releases": RELEASES[:2]}))
    lines.write_text("\n".join(map(json.dumps, [RELEASES[2], release(2, "o-2"), {"ocid": "x"}])))
    code, whole = run(package, lines, "--json", "--records")
    assert (code, whole["status"]) == (0, "ok")
    first, second = whole["tenders"]
    assert (first["releases"], first["buyer"], len(first["flags"])) == (3, "Dome", 4)
    assert first["record"]["tender"]["status"] == "complete"
    assert (second["flags"], len(second["unknown"])) == ([], 5)
    assert [one["code"] for one in whole["findings"]] == ["ebusiness.release"]
    code, text = run(package, "--lang", "lv")
    assert code == 0
    assert "tikai viens pretendents" in text


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '[{"ocid": "a"}]', '{"records": [1]}',
                                  '[{"ocid": "a", "date": "today"}]'])  # fmt: skip
def test_broken_files(tmp_path: Path, text: str) -> None:
    (tmp_path / "f.json").write_text(text)
    with pytest.raises(InputError):
        read_ocds([tmp_path / "f.json"])


@pytest.mark.skipif(not FIXTURES, reason="KOPA_OCDS_FIXTURES names no fixtures of ocds-merge")
def test_official_fixtures() -> None:
    """All of version 1.1."""
    tried = 0
    for file in sorted((Path(FIXTURES) / "1.1").glob("*-compiled.json")):
        releases = json.loads(file.with_name(file.name.replace("-compiled", "")).read_text())
        assert compiled(releases) == json.loads(file.read_text()), file
        tried += 1
    assert tried > 15
    assert len(merge_rules()) == 24
