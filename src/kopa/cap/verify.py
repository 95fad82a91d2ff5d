"""What a received alert is worth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from kopa.cap.alert import Alert
from kopa.cap.check import check
from kopa.cap.engine_signxml import Signature, verify
from kopa.cap.read_cap import alert_of, parsed
from kopa.errors import Finding, InputError, Severity


@dataclass(frozen=True)
class Verdict:
    """What was found of a document.

    Parameters
    ----------
    alert
        The alert; None where the document breaks the rules.
    signature
        What is known of its signature.
    findings
        All that is wrong; of severity ``error`` where the alert must not be acted on.
    """

    alert: Alert | None
    signature: Signature
    findings: tuple[Finding, ...]

    @property
    def word(self) -> str:
        """``invalid``, ``unsigned``, ``tampered``, ``untrusted`` or ``trusted``."""
        if self.alert is None:
            return "invalid"
        if not self.signature.present:
            return "unsigned"
        if not self.signature.intact:
            return "tampered"
        return "trusted" if self.signature.trusted else "untrusted"


def verdict_of(data: bytes, file: str, trust: Path | None, at: datetime) -> Verdict:
    """Check a document and its signature.

    Parameters
    ----------
    data
        The document.
    file
        For the findings.
    trust
        PEM file of those who are trusted.
    at
        Time of verification, with a time zone.

    Raises
    ------
    InputError
        If the trust list cannot be read.
    """
    try:
        root = parsed(data, file)
    except InputError as error:
        return Verdict(None, Signature(False, reason="it is no alert"), error.findings)
    found = check(root, file)
    signature = verify(data, root, trust, at)
    if signature.reason:
        harmless = signature.intact or not signature.present
        what = signature.reason[0].upper() + signature.reason[1:] + "."
        do = "Act on it after asking the sender." if harmless else "Do not act on it."
        severity: Severity = "warning" if harmless else "error"
        found.append(Finding("cap.signature", what, do, severity, file))
    wrong = any(one.code != "cap.signature" for one in found)
    return Verdict(None if wrong else alert_of(root), signature, tuple(found))
