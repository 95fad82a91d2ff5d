"""Alerts of others: right verdicts, tampering caught, nothing hidden in a document."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cap_keys import person

from kopa.cap.alert import Alert, Area, Info
from kopa.cap.engine_signxml import read_signer, sign
from kopa.cap.read_cap import MOST_BYTES, read_cap
from kopa.cap.verify import verdict_of
from kopa.cap.write_cap import document_of, element_of, write_cap
from kopa.errors import InputError

SHARED = Path(__file__).parents[3].parent / "shared" / "data" / "people" / "cap"
AT = datetime(2024, 7, 15, tzinfo=UTC)
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
RING = ((56.9, 24.1), (56.9, 24.2), (57.0, 24.2), (56.9, 24.1))


def alert(**more: object) -> Alert:
    info = Info(
        "lv", ("Infra",), "Bez ūdens", "Immediate", "Severe", "Likely", ("Prepare",),
        NOW, NOW, NOW.replace(hour=20), "Pilsēta", "Nav ūdens", "Apraksts < & >", "Gaidiet",
        (Area("Centrs", (RING,), ((56.95, 24.1, 1.5),)),), (("people-water", "120"),),
    )  # fmt: skip
    made = Alert("kopa-1", "alerts@city.lv", NOW, "Draft", "Alert", (info,), note="piezīme")
    return replace(made, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("country", ["bf", "sc", "tg"])
@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("valid", "untrusted"),  # it holds, but nobody was said to be trusted
        ("no_signature", "unsigned"),
        ("invalid_schema", "invalid"),
        ("invalid_digest", "tampered"),
        ("invalid_signature", "tampered"),
        ("invalid_certificate", "tampered"),
    ],
)
def test_verdicts_are_those_of_the_validator_of_the_wmo(country: str, name: str, word: str) -> None:
    # wmo-im/capvalidator, tests/data: its verdict is the name of each file
    file = SHARED / country / f"{name}.xml"
    if not file.is_file():
        pytest.skip("alerts of the WMO's validator are not here")
    assert verdict_of(file.read_bytes(), str(file), None, AT).word == word


def test_one_changed_word_is_caught() -> None:
    file = SHARED / "sc" / "valid.xml"
    if not file.is_file():
        pytest.skip("alerts of the WMO's validator are not here")
    data = file.read_bytes().replace(b"<severity>Moderate", b"<severity>Extreme")
    verdict = verdict_of(data, str(file), None, AT)
    assert (verdict.word, verdict.signature.intact) == ("tampered", False)
    assert verdict.findings[0].severity == "error"


def test_what_is_written_is_read_again() -> None:
    made = alert(references=("a@b,c,2026-01-01T00:00:00+02:00",), kind="Update")
    assert read_cap(write_cap(made), "a.xml") == made


def test_a_signer_is_trusted_by_name_by_authority_and_in_time(tmp_path: Path) -> None:
    root, signer = person(tmp_path, "authority"), person(tmp_path, "duty", "authority")
    other = person(tmp_path, "other")
    data = document_of(sign(element_of(alert()), read_signer(*signer)))
    words = {
        "pinned": verdict_of(data, "a.xml", signer[1], NOW).word,
        "vouched": verdict_of(data, "a.xml", root[1], NOW).word,
        "other": verdict_of(data, "a.xml", other[1], NOW).word,
        "late": verdict_of(data, "a.xml", signer[1], NOW.replace(year=2031)).word,
    }
    assert words == {
        "pinned": "trusted", "vouched": "trusted", "other": "untrusted", "late": "untrusted",
    }  # fmt: skip


def test_a_signature_elsewhere_does_not_count(tmp_path: Path) -> None:
    signer = person(tmp_path, "duty")
    data = document_of(sign(element_of(alert()), read_signer(*signer)))
    begin, end = data.index(b"<ds:Signature"), data.index(b"</ds:Signature>") + 15
    moved = data[:begin] + data[end:]
    moved = moved.replace(b"</info>", data[begin:end] + b"</info>")
    assert verdict_of(moved, "a.xml", signer[1], NOW).word in ("invalid", "tampered")
    twice = data[:end] + data[begin:end] + data[end:]
    assert verdict_of(twice, "a.xml", signer[1], NOW).word == "tampered"


def test_a_key_goes_with_its_certificate_only(tmp_path: Path) -> None:
    one, two = person(tmp_path, "one"), person(tmp_path, "two")
    with pytest.raises(InputError, match="not the key"):
        read_signer(one[0], two[1])
    with pytest.raises(InputError, match="cannot be used"):
        read_signer(one[1], one[1])


DTD = b'<!DOCTYPE alert [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "cap.xml"),
        (b"<alert", "cap.xml"),
        (b"\x00\xff", "cap.xml"),
        (DTD + b"<alert>&x;</alert>", "cap.dtd"),
        (b" " * (MOST_BYTES + 1), "cap.size"),
        (b"<alert/>", "cap.no-alert"),
        (b'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.1"/>', "cap.no-alert"),
    ],
)
def test_documents_that_are_no_alerts(data: bytes, code: str) -> None:
    verdict = verdict_of(data, "a.xml", None, NOW)
    assert verdict.word == "invalid"
    assert verdict.findings[0].code == code


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("<sent>2026-11-23T10:00:00-00:00</sent>", "<sent>2026-11-23T10:00:00Z</sent>", "value"),
        ("2026-11-23T10:00:00-00:00</sent>", "2026-13-23T10:00:00-00:00</sent>", "value"),
        ("<status>Draft</status>", "<status>Maybe</status>", "value"),
        ("<status>Draft</status>", "", "missing"),
        ("<status>Draft</status>", "<status>Draft</status><status>Test</status>", "twice"),
        ("<identifier>kopa-1</identifier>", "<identifier>kopa 1</identifier>", "value"),
        ("<scope>Public</scope>", "<scope>Restricted</scope>", "scope"),
        ("<scope>Public</scope>", "<scope>Private</scope>", "scope"),
        ("<msgType>Alert</msgType>", "<msgType>Update</msgType>", "references"),
        ("<language>lv</language>", "<language>lv lv</language>", "value"),
        ("<event>Bez ūdens</event>", "", "missing"),
        ("<event>", "<colour>red</colour><event>", "unknown"),
        ("56.900000,24.200000 ", "96.900000,24.200000 ", "value"),
        ("56.900000,24.200000 57.000000,24.200000 ", "", "value"),
        ("57.000000,24.200000 56.900000,24.100000", "57.000000,24.200000", "value"),
        ("56.95,24.1 1.5", "56.95,24.1 -1", "value"),
        ("20:00:00-00:00</expires>", "09:00:00-00:00</expires>", "times"),
    ],
)
def test_rules_of_the_protocol(old: str, new: str, code: str) -> None:
    data = write_cap(alert()).decode("utf-8")
    assert old in data
    verdict = verdict_of(data.replace(old, new, 1).encode("utf-8"), "a.xml", None, NOW)
    assert verdict.word == "invalid"
    assert f"cap.{code}" in [finding.code for finding in verdict.findings]


def test_a_polygon_must_not_cross_itself() -> None:
    bow = ((0.0, 0.0), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0), (0.0, 0.0))
    info = alert().infos[0]
    crossed = replace(info, areas=(Area("bow", (bow,)),))
    verdict = verdict_of(write_cap(alert(infos=(crossed,))), "a.xml", None, NOW)
    assert "crosses itself" in verdict.findings[0].what


def test_all_that_is_wrong_is_told_with_its_line() -> None:
    data = write_cap(alert()).decode("utf-8").replace("<status>Draft", "<status>Maybe")
    data = data.replace("<urgency>Immediate", "<urgency>Soon").replace("><", ">\n<")
    found = verdict_of(data.encode("utf-8"), "a.xml", None, NOW).findings
    assert [one.code for one in found] == ["cap.value", "cap.value", "cap.signature"]
    lines = [data[: data.index(tag)].count("\n") + 1 for tag in ("<status", "<urgency")]
    assert [one.place for one in found[:2]] == [f"line {line}" for line in lines]
