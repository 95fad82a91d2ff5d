"""XML signatures by signxml: one enveloped signature over the whole alert.

References
----------
W3C (2013), XML Signature Syntax and Processing Version 1.1; OASIS (2010), CAP 1.2, section 3.3.4.1.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from kopa.cap.check import SIGNATURE
from kopa.errors import Finding, InputError


@dataclass(frozen=True)
class Signature:
    """What is known of a signature.

    Parameters
    ----------
    present
        True where the alert has one.
    intact
        True where nothing of the alert has changed since.
    trusted
        True where the signer is on the trust list, or is vouched for by somebody on it, at the
        time of verification; False too where there is no trust list.
    signer
        Subject of the certificate.
    key
        SHA-256 of the public key: one person's, whatever the certificate calls them.
    reason
        Why it is not intact, or not trusted.
    """

    present: bool
    intact: bool = False
    trusted: bool = False
    signer: str = ""
    key: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Signer:
    """Who signs.

    Parameters
    ----------
    key
        Private key, PEM.
    certificates
        The certificate and those between it and the root, PEM.
    name, public
        Subject of the certificate, and SHA-256 of the public key.
    """

    key: bytes
    certificates: str
    name: str
    public: str


def read_signer(key: Path, certificate: Path) -> Signer:
    """A key and its certificate.

    Raises
    ------
    InputError
        If either cannot be read, or they do not belong together.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization

    try:
        private = serialization.load_pem_private_key(key.read_bytes(), None)
        chain = certificate.read_bytes()
        first = x509.load_pem_x509_certificate(chain)
    except (OSError, ValueError, TypeError) as error:
        what = f"the key {key} or the certificate {certificate} cannot be used: {error}."
        do = "Give a PEM key without a password, and its PEM certificate."
        raise InputError([Finding("cap.signer", what, do, file=str(key))]) from error
    public = _print(first.public_key())
    if _print(private.public_key()) != public:
        what, do = f"it is not the key of {certificate}.", "Give the key of the certificate."
        raise InputError([Finding("cap.signer", what, do, file=str(key))])
    return Signer(key.read_bytes(), chain.decode("ascii"), first.subject.rfc4514_string(), public)


def sign(root: Any, signer: Signer) -> Any:
    """The root with a signature; an older one is taken away first.

    Parameters
    ----------
    root
        Element of lxml.
    signer
        Who signs.
    """
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from signxml.signer import XMLSigner

    for old in _signatures(root):
        root.remove(old)
    elliptic = isinstance(load_pem_private_key(signer.key, None), EllipticCurvePrivateKey)
    algorithm = "ecdsa-sha256" if elliptic else "rsa-sha256"
    return XMLSigner(signature_algorithm=algorithm).sign(
        root, key=signer.key, cert=signer.certificates
    )


def verify(data: bytes, root: Any, trust: Path | None, at: datetime) -> Signature:
    """What the signature of an alert is worth.

    Parameters
    ----------
    data, root
        The document, and its parsed root.
    trust
        PEM file of certificates: signers themselves, and authorities that vouch for signers.
    at
        Certificates are looked at as of then.
    """
    signatures = _signatures(root)
    everywhere = list(root.iter(f"{{{SIGNATURE}}}Signature"))
    if not everywhere:
        return Signature(False, reason="it is not signed")
    if len(everywhere) != 1 or len(signatures) != 1:
        return Signature(True, reason="one signature is expected, below 'alert'")
    try:
        chain = _chain(signatures[0])
    except ValueError as error:
        return Signature(True, reason=f"its certificate cannot be read: {error}")
    if not chain:
        return Signature(True, reason="it has no certificate")
    name = chain[0].subject.rfc4514_string()
    wrong = _broken(data, chain[0])
    if wrong:
        data = _without_indentation(data)
        if _broken(data, chain[0]):
            return Signature(True, signer=name, reason=wrong)
    doubt = _doubt(data, chain, trust, at)
    return Signature(True, True, not doubt, name, _print(chain[0].public_key()), doubt)


def _print(public: Any) -> str:
    """SHA-256 of a public key."""
    from hashlib import sha256

    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    form = Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    return sha256(public.public_bytes(*form)).hexdigest()


def _without_indentation(data: bytes) -> bytes:
    """The document without what only makes it nice to read.

    Some who issue alerts sign first and indent after; blanks between elements say nothing.
    """
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_blank_text=True)
    return bytes(etree.tostring(etree.fromstring(data, parser)))


def _signatures(root: Any) -> list[Any]:
    return list(root.findall(f"{{{SIGNATURE}}}Signature"))


def _chain(signature: Any) -> list[Any]:
    from cryptography import x509

    texts = ["".join((one.text or "").split()) for one in signature.iter(
        f"{{{SIGNATURE}}}X509Certificate"
    )]  # fmt: skip
    return [x509.load_der_x509_certificate(base64.b64decode(text, validate=True)) for text in texts]


def _broken(data: bytes, certificate: Any) -> str:
    """Why the document is not what was signed; empty if it is."""
    from lxml import etree
    from signxml.exceptions import InvalidInput, InvalidSignature
    from signxml.verifier import SignatureConfiguration, XMLVerifier

    # the key alone counts here: it is looked at within the certificate's own time
    config = SignatureConfiguration(
        location="./", verification_time=certificate.not_valid_before_utc
    )
    try:
        signed = XMLVerifier().verify(data, x509_cert=certificate, expect_config=config)
    except (InvalidInput, InvalidSignature, etree.LxmlError, ValueError) as error:
        return f"the signature does not hold: {_first(error)}"
    found = signed if isinstance(signed, list) else [signed]
    whole = found[0].signed_xml
    if whole is None or whole.tag != etree.fromstring(data).tag:
        return "the signature is not over the whole alert"
    return ""


def _doubt(data: bytes, chain: Sequence[Any], trust: Path | None, at: datetime) -> str:
    """Why the signer is not trusted; empty if he is."""
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256
    from signxml.exceptions import InvalidInput, InvalidSignature
    from signxml.verifier import SignatureConfiguration, XMLVerifier

    signer = chain[0]
    if not signer.not_valid_before_utc <= at <= signer.not_valid_after_utc:
        span = f"{signer.not_valid_before_utc:%Y-%m-%d} to {signer.not_valid_after_utc:%Y-%m-%d}"
        return f"its certificate holds from {span}, not at {at:%Y-%m-%d %H:%M}"
    if trust is None:
        return "no trust list was given"
    try:
        known = x509.load_pem_x509_certificates(trust.read_bytes())
    except (OSError, ValueError) as error:
        what = f"it is no list of PEM certificates: {error}."
        do = "Give the trust list as PEM."
        raise InputError([Finding("cap.trust", what, do, file=str(trust))]) from error
    prints = {one.fingerprint(SHA256()) for one in known}
    if signer.fingerprint(SHA256()) in prints:
        return ""
    config = SignatureConfiguration(location="./", verification_time=at)
    try:
        XMLVerifier().verify(data, ca_pem_file=str(trust), expect_config=config)
    except (InvalidInput, InvalidSignature, ValueError) as error:
        return f"nobody on the trust list vouches for it: {_first(error)}"
    return ""


def _first(error: Exception) -> str:
    """What an error says, in a line."""
    return (str(error).splitlines() or [""])[0][:160].rstrip(" :.") or "it is not what was signed"
