"""From a draft to an alert that is sent out: two people, two keys.

Who drafts signs the draft; who publishes signs the alert. Both are on the trust list, and they are
not the same. A draft that was changed after it was signed is not published.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from kopa.cap.alert import Alert
from kopa.cap.engine_signxml import Signer, sign
from kopa.cap.verify import verdict_of
from kopa.cap.write_cap import document_of, element_of
from kopa.errors import Finding, InputError, UsageError

PUBLISHED = ("Actual", "Exercise", "System", "Test")


def signed(alert: Alert, signer: Signer) -> bytes:
    """An alert as a signed document."""
    return document_of(sign(element_of(alert), signer))


def publish(draft: Path, data: bytes, signer: Signer, trust: Path, now: datetime) -> bytes:
    """A draft as an actual alert, signed by a second person.

    Parameters
    ----------
    draft, data
        The file and its bytes.
    signer
        Who publishes.
    trust
        PEM file of those who may draft and publish.
    now
        When it is sent, with a time zone.

    Returns
    -------
    bytes
        The signed alert. It has a `sent` of its own, and keeps the draft's identifier.

    Raises
    ------
    InputError
        If the draft breaks the rules, is not signed by somebody who is trusted, or was changed.
    UsageError
        If it is no draft, both people are one, or the second is not trusted.
    """
    verdict = verdict_of(data, str(draft), trust, now)
    if verdict.alert is None or verdict.word != "trusted":
        found = [replace(one, severity="error") for one in verdict.findings]
        raise InputError(found)
    if verdict.alert.status != "Draft":
        raise UsageError(f"it is no draft: its status is {verdict.alert.status}")
    if signer.name == verdict.signature.signer or signer.public == verdict.signature.key:
        raise UsageError(f"{signer.name} drafted it: a second person must publish it")
    expired = [info.language for info in verdict.alert.infos if _over(info.expires, now)]
    if expired:
        what = f"the alert has expired ({', '.join(expired)})."
        raise InputError([Finding("cap.expired", what, "Draft it anew.", file=str(draft))])
    out = signed(replace(verdict.alert, status="Actual", sent=now), signer)
    again = verdict_of(out, "the alert", trust, now)
    if again.word != "trusted":
        raise UsageError(f"{signer.name} is not on the trust list: {again.signature.reason}")
    return out


def _over(expires: datetime | None, now: datetime) -> bool:
    return expires is not None and expires <= now
