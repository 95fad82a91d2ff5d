"""Keys and certificates made for a test."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

BEGIN, END = datetime(2024, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)


def person(folder: Path, name: str, issuer: str = "") -> tuple[Path, Path]:
    """Files of a key and its certificate; an authority where nobody issues it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    by, by_key = subject, key
    if issuer:
        text = (folder / f"{issuer}.key").read_bytes()
        loaded = serialization.load_pem_private_key(text, None)
        assert isinstance(loaded, ec.EllipticCurvePrivateKey)
        by_key = loaded
        by = x509.load_pem_x509_certificate((folder / f"{issuer}.pem").read_bytes()).subject
    mail = x509.SubjectAlternativeName([x509.DNSName(f"{name}.city.lv")])
    own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    above = x509.AuthorityKeyIdentifier.from_issuer_public_key(by_key.public_key())
    usage = x509.KeyUsage(True, False, False, False, False, not issuer, not issuer, False, False)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(by)
    builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(BEGIN).not_valid_after(END)
    builder = builder.add_extension(x509.BasicConstraints(not issuer, None), critical=True)
    builder = builder.add_extension(mail, critical=False).add_extension(own, critical=False)
    builder = builder.add_extension(above, critical=False).add_extension(usage, critical=True)
    signed = builder.sign(by_key, hashes.SHA256())
    files = folder / f"{name}.key", folder / f"{name}.pem"
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    files[0].write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))
    files[1].write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    return files
