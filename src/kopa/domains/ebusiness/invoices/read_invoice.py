"""Reads invoices, which come from anybody: no document type, no entities, a limit of size."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kopa.errors import Finding, InputError

MOST_BYTES = 32 * 1024 * 1024
"""Attachments are part of an invoice."""
_ROOTS = {
    "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2": "UBL",
    "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2": "UBL",
    "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100": "CII",
}
_STEP = re.compile(
    r"/(?:\*:([\w.-]+)\[namespace-uri\(\)='([^']*)'\]|Q\{([^}]*)\}([\w.-]+)|([\w.:-]+))(?:\[(\d+)\])?"
)


@dataclass(frozen=True)
class Invoice:
    """An invoice.

    Parameters
    ----------
    file
        Where it stands.
    syntax
        ``UBL`` or ``CII``.
    customization
        What specification it says it follows.
    number
        Its number.
    text
        The document, read safely.
    root
        Its root element, of lxml.
    """

    file: str
    syntax: str
    customization: str
    number: str
    text: str
    root: Any

    def place(self, location: str) -> tuple[str, int]:
        """A short path of what an XPath of a report points at, and its line; 0 for none.

        Parameters
        ----------
        location
            ``/*:Invoice[namespace-uri()='…'][1]/…`` or ``/Q{…}Invoice[1]/…``.
        """
        names: Mapping[str, str] = {
            space: prefix for prefix, space in self.root.nsmap.items() if prefix
        }
        node, path = None, ""
        for number, found in enumerate(_STEP.finditer(location)):
            local = found[1] or found[4] or found[5] or ""
            space = found[2] or found[3] or ""
            row = int(found[6] or 1)
            prefix = names.get(space, "")
            step = f"{prefix}:{local}" if prefix else local
            path += f"/{step}" + (f"[{row}]" if row > 1 else "")
            if number == 0:
                node = self.root
            elif node is not None:
                same = node.findall(f"{{{space}}}{local}" if space else local)
                node = same[row - 1] if row <= len(same) else None
        tail = location.rpartition("/@")
        if tail[1]:
            path += f"/@{tail[2]}"
        return path or location, int(node.sourceline or 0) if node is not None else 0


def read_invoice(data: bytes, file: str) -> Invoice:
    """Read an invoice.

    Parameters
    ----------
    data
        The document.
    file
        For the findings.

    Raises
    ------
    InputError
        If it is too large, no XML, has a document type, or is no invoice of UBL or CII.
    """
    from lxml import etree

    def wrong(code: str, what: str, do: str) -> InputError:
        return InputError([Finding(f"ebusiness.{code}", what, do, file=file)])

    if len(data) > MOST_BYTES:
        what = f"it has more than {MOST_BYTES} bytes."
        raise wrong("size", what, "Send attachments apart.")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=len(data) > 9_000_000
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise wrong("xml", f"it is no XML: {error}.", "Ask for the file anew.") from error
    if root.getroottree().docinfo.internalDTD is not None:
        what = "it has a document type (DTD), which may hide anything."
        raise wrong("dtd", what, "Ask for it without.")
    name = etree.QName(root)
    syntax = _ROOTS.get(name.namespace or "", "")
    if not syntax:
        what = f"its root is {name.localname}: no invoice or credit note of UBL, no CII."
        raise wrong("no-invoice", what, "Ask for UBL 2.1 or CII D16B.")
    spec, number = (_first(root, one) for one in _PATHS[syntax])
    return Invoice(file, syntax, spec, number, etree.tostring(root, encoding="unicode"), root)


_PATHS = {
    "UBL": ("{*}CustomizationID", "{*}ID"),
    "CII": (
        "{*}ExchangedDocumentContext/{*}GuidelineSpecifiedDocumentContextParameter/{*}ID",
        "{*}ExchangedDocument/{*}ID",
    ),
}


def _first(root: Any, path: str) -> str:
    found = root.find(path)
    return (found.text or "").strip() if found is not None else ""


def read_file(path: Path) -> Invoice:
    """Read an invoice of a file.

    Raises
    ------
    InputError
        As `read_invoice`, or if it cannot be read.
    """
    try:
        with path.open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
    except OSError as error:
        what = f"it cannot be read: {error.strerror}."
        told = Finding("ebusiness.no-file", what, "Check the path.", file=str(path))
        raise InputError([told]) from error
    return read_invoice(data, str(path))
