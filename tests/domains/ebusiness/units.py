"""Unit tests of EN 16931 and Peppol: documents, and which rules each breaks or does not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from kopa.domains.ebusiness.invoices.check import check
from kopa.domains.ebusiness.invoices.read_invoice import read_invoice
from kopa.domains.ebusiness.invoices.rules import RuleSet
from kopa.errors import EngineError, InputError


@dataclass(frozen=True)
class Unit:
    """What a test of a file says of a document."""

    file: str
    number: int
    document: bytes
    holds: tuple[str, ...]
    breaks: tuple[str, ...]


def units(folder: Path) -> list[Unit]:
    """All tests below a folder."""
    found = []
    for file in sorted(folder.rglob("*.xml")):
        root = etree.parse(file).getroot()
        if etree.QName(root).localname != "testSet":
            continue
        for number, test in enumerate(root.findall("{*}test"), 1):
            told = test.find("{*}assert")
            (document,) = (one for one in test if isinstance(one.tag, str) and one is not told)
            words = {
                name: tuple(
                    w for one in told.findall(f"{{*}}{name}") for w in (one.text or "").split()
                )
                for name in ("success", "error", "warning")
            }
            found.append(
                Unit(str(file.relative_to(folder)), number, etree.tostring(document),
                     words["success"], words["error"] + words["warning"])
            )  # fmt: skip
    return found


def wrong(unit: Unit, sets: tuple[RuleSet, ...], folder: Path) -> list[str]:
    """What of a test does not come out as it says."""
    try:
        found = check(read_invoice(unit.document, unit.file), sets, folder)
    except (InputError, EngineError) as error:
        return [f"{error}"]
    if not found.rules:
        return ["no rules are for it"]
    broken = {one.rule for one in found.failures}
    return [f"{rule} is broken" for rule in unit.holds if rule in broken] + [
        f"{rule} is not broken" for rule in unit.breaks if rule not in broken
    ]
