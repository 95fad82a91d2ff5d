"""Invoices against rules: ours, and where a folder of it is named EN 16931's own unit tests."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import pytest
from schemas import valid

from kopa.domains.ebusiness.invoices.check import check, terms
from kopa.domains.ebusiness.invoices.read_invoice import read_invoice
from kopa.domains.ebusiness.invoices.rules import RuleSet, folder_of, install, installed
from kopa.errors import EngineError, InputError

from .invoices import CII, NUMBER, PEPPOL, sheet, ubl, write_rules
from .jobs import runner
from .units import units, wrong

OFFICIAL = os.environ.get("KOPA_EN16931", "")
COMPILER = os.environ.get("KOPA_SCHXSLT", "")


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rules")
    install(write_rules(folder), folder / "own")
    return folder / "own"


def codes(text: str) -> set[str]:
    with pytest.raises(InputError) as error:
        read_invoice(text.encode(), "f.xml")
    return {one.code for one in error.value.findings}


def test_what_is_installed_is_named(rules: Path) -> None:
    own, peppol = installed(rules)
    assert (own.name, own.syntax, own.only, own.assertions) == ("OWN-UBL", "UBL", "", 2)
    assert (peppol.name, peppol.assertions) == ("PEPPOL-UBL", 1)
    assert peppol.only in PEPPOL
    assert len(own.sha256) == 64


def test_what_breaks_which_rule(rules: Path) -> None:
    sets = installed(rules)
    good = check(read_invoice(ubl().encode(), "f"), sets, rules)
    assert (good.rules, good.failures, good.good) == (("OWN-UBL",), (), True)
    bad = check(read_invoice(ubl("", "12.105").encode(), "f"), sets, rules)
    number, decimals = bad.failures
    assert (number.rule, number.severity, number.kind) == ("BR-02", "error", "give")
    assert (number.place, number.line, number.fields) == ("/Invoice", 2, ("BT-1",))
    assert (decimals.rule, decimals.severity, decimals.kind) == ("BR-DEC-18", "warning", "decimals")
    assert (decimals.place, decimals.line) == ("/Invoice/cbc:PayableAmount[2]", 6)
    assert not bad.good
    only_warned = check(read_invoice(ubl("1", "12.105").encode(), "f"), sets, rules)
    assert only_warned.good


def test_rules_of_a_network_hold_for_its_invoices_only(rules: Path) -> None:
    found = check(
        read_invoice(ubl("", customization=PEPPOL).encode(), "f"), installed(rules), rules
    )
    assert {one.rule for one in found.failures} == {"BR-02", "PEPPOL-R1"}
    assert found.rules == ("OWN-UBL", "PEPPOL-UBL")


def test_any_thread_may_ask(rules: Path) -> None:
    invoice, found = read_invoice(ubl("").encode(), "f"), []

    def ask() -> None:
        found.append(check(invoice, installed(rules), rules))

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert [len(one.failures) for one in found] == [1, 1, 1]


def test_what_would_harm_is_refused_before_saxon_sees_it(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("told")
    entity = f'<!DOCTYPE Invoice [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    assert codes(ubl("&x;", head=entity)) == {"ebusiness.dtd"}
    laughs = '<!DOCTYPE I [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    assert codes(ubl("&b;", head=laughs)) == {"ebusiness.dtd"}
    assert codes("<Invoice") == {"ebusiness.xml"}
    assert codes("<Order/>") == {"ebusiness.no-invoice"}
    assert codes(ubl().replace("</Invoice>", " " * 34_000_000)) == {"ebusiness.size"}


def test_rules_that_look_at_nothing_are_no_answer(tmp_path: Path) -> None:
    """A stylesheet that fires nowhere would call every invoice good."""
    file = tmp_path / "r.xslt"
    file.write_text(sheet(NUMBER).replace('match="d:*"', 'match="d:Nothing"'))
    install(file, tmp_path)
    with pytest.raises(EngineError, match="not one rule"):
        check(read_invoice(ubl().encode(), "f"), installed(tmp_path), tmp_path)


@pytest.mark.parametrize("text", ["", "<a/>", sheet(""), sheet(NUMBER, "urn:x").replace("BR", "B")
                                  .replace("Invoice-2", "x"), sheet(NUMBER)[:-9]])  # fmt: skip
def test_what_is_no_rule_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "r.xslt").write_text(text)
    with pytest.raises(InputError):
        install(tmp_path / "r.xslt", tmp_path / "own")
    assert installed(tmp_path / "own") == ()


def test_other_files_that_are_no_rules(tmp_path: Path) -> None:
    (tmp_path / "r.sch").write_text('<schema xmlns="http://purl.oclc.org/dsdl/schematron"/>')
    with pytest.raises(InputError) as error:
        install(tmp_path / "r.sch", tmp_path / "own")
    assert any("--compiler" in one.what for one in error.value.findings)
    with pytest.raises(InputError):
        install(tmp_path / "none", tmp_path / "own")
    (tmp_path / "own" / "rules.json").write_text("[{}]")
    with pytest.raises(InputError):
        installed(tmp_path / "own")


def test_where_rules_lie(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert folder_of(None) == tmp_path / "kopa" / "invoice_rules"
    assert folder_of(tmp_path) == tmp_path


def test_every_term_has_both_names() -> None:
    assert len(terms()) > 80
    assert all(row["en"] and row["lv"] for row in terms().values())


def test_the_jobs(rules: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    rule_job, job = runner(capfd, "rules"), runner(capfd, "invoice")
    own = tmp_path / "own"
    code, whole = rule_job("install", write_rules(tmp_path), "--rules", own, "--json")
    assert (code, len(whole["rules"])) == (0, 2)
    assert [one["code"] for one in whole["findings"]] == ["ebusiness.rules"]
    assert rule_job("list", "--rules", own, "--lang", "lv")[0] == 0
    assert rule_job("install", "--rules", own, "--json")[0] == 2
    good, bad, none = (tmp_path / f"{name}.xml" for name in ("good", "bad", "none"))
    good.write_text(ubl())
    bad.write_text(ubl("", "1.005"))
    none.write_text(f'<x:CrossIndustryInvoice xmlns:x="{CII}"/>')
    code, whole = job(good, "--rules", own, "--json")
    assert (code, whole["invoices"][0]["status"], whole["invoices"][0]["number"]) == (0, "ok", "7")
    code, text = job(good, bad, none, "--rules", own, "--lang", "lv")
    assert code == 1
    assert "Rēķina numurs (BT-1)" in text
    assert "nav pārbaudīts" in text
    code, whole = job(good, bad, none, tmp_path / "gone", "--rules", own, "--json")
    assert code == 1
    assert held(whole) == [("ok", []), ("broken", ["BR-02", "BR-DEC-18"]), ("unknown", []),
                           ("unknown", [])]  # fmt: skip
    assert {one["code"] for one in whole["findings"]} == {"ebusiness.no-rules", "ebusiness.no-file"}
    assert whole["invoices"][1]["failures"][0]["mend"] == "Fill in: Invoice number (BT-1)."
    assert job(good, "--rules", tmp_path / "nowhere", "--json")[0] == 1


def held(whole: dict[str, Any]) -> list[tuple[str, list[str]]]:
    import json

    valid("ebusiness-invoice", json.dumps(whole))
    return [(one["status"], one["broken"]) for one in whole["invoices"]]


@pytest.mark.skipif(not OFFICIAL, reason="KOPA_EN16931 names no copy of eInvoicing-EN16931")
def test_unit_tests_of_the_standard(tmp_path: Path) -> None:
    """All of them: 1,142 assertions of 1,140 documents in release 1.3.16."""
    sets, _ = install(Path(OFFICIAL), tmp_path)
    found = units(Path(OFFICIAL) / "test")
    assert len(found) > 1000
    assert [
        (one.file, one.number, why) for one in found if (why := wrong(one, sets, tmp_path))
    ] == []


@pytest.mark.skipif(not COMPILER, reason="KOPA_SCHXSLT names no copy of SchXslt 1.x")
def test_schematron_is_compiled(tmp_path: Path) -> None:
    (tmp_path / "r.sch").write_text(SCHEMA)
    sets: tuple[RuleSet, ...]
    sets, _ = install(tmp_path / "r.sch", tmp_path / "own", Path(COMPILER))
    found = check(read_invoice(ubl("").encode(), "f"), sets, tmp_path / "own")
    assert [(one.rule, one.severity, one.place) for one in found.failures] == [
        ("OWN-1", "error", "/Invoice")
    ]
    assert check(read_invoice(ubl().encode(), "f"), sets, tmp_path / "own").failures == ()


SCHEMA = """<schema xmlns="http://purl.oclc.org/dsdl/schematron" queryBinding="xslt2">
<ns prefix="d" uri="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>
<ns prefix="cbc" uri="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"/>
<pattern><rule context="/d:Invoice"><assert id="OWN-1" flag="fatal" test="cbc:ID != ''">A number
(BT-1) must be given.</assert></rule></pattern></schema>"""
