"""Keys that sign letters: an organisation's own PKCS #12 file, else a test key made here that says that it is one.

Organisations' files lie in ``<home>/keys/<organisation>.p12`` (mode 0600), their passwords in the environment as
``DOTHI_SECRET_KEY_<ORGANISATION>``. Without a file letters are signed by a key under a test authority made on first
use; every letter says so, and nobody can mistake it for a signature under Decree 23/2025/NĐ-CP.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.sign.signers import SimpleSigner

from dothi.core.clock import now
from dothi.core.errors import Unavailable, both
from dothi.core.secrets import secret

TEST_AUTHORITY: Final = "dothi test authority (not a real signature)"
_YEARS: Final = 5
_loaded: dict[tuple[Path, int], SimpleSigner] = {}


@dataclass(frozen=True, slots=True)
class Signing:
    """A key ready to sign, and whether it is a test key."""

    signer: SimpleSigner
    test: bool


def signing_for(home: Path, organisation: str, name: str) -> Signing:
    """The key of an organisation (its key in the directory); a test key in its name where it has none."""
    safe = re.sub(r"[^A-Za-z0-9_.-]", "_", organisation) or "city"
    own = home / "keys" / f"{safe}.p12"
    if own.exists():
        return Signing(_load(own, _password(safe)), test=False)
    made = home / "keys" / "test" / f"{safe}.p12"
    password = secret(home, "test_signing").encode()
    if not made.exists():
        _make(home, made, name or organisation, password)
    return Signing(_load(made, password), test=True)


def problems(home: Path) -> list[tuple[str, str]]:
    """What keeps a key from signing: (file, sentence), for the administrator."""
    told = []
    for path in sorted((home / "keys").glob("*.p12")):
        if path.stat().st_mode & 0o077:
            told.append((path.name, f"can be read by others; mend it with: chmod 600 {path}"))
            continue
        try:
            signer = _load(path, _password(path.stem))
        except Unavailable as error:
            told.append((path.name, error.text("en")))
            continue
        certificate = signer.signing_cert
        if certificate is not None and certificate.not_valid_after < now():
            told.append((path.name, "its certificate has expired"))
    return told


def authority(home: Path) -> x509.Certificate:
    """The certificate of the test authority, for whoever wants to check test signatures."""
    return _authority(home)[1]


def roots(home: Path) -> list[x509.Certificate]:
    """Whom this installation trusts to say who signed: ``<home>/keys/trusted/*.pem``, and its own test authority."""
    trusted = sorted((home / "keys" / "trusted").glob("*.pem"))
    found = [one for path in trusted for one in x509.load_pem_x509_certificates(path.read_bytes())]
    return [*found, authority(home)]


def _password(safe: str) -> bytes | None:
    given = os.environ.get(f"DOTHI_SECRET_KEY_{re.sub(r'[^A-Z0-9]', '_', safe.upper())}")
    return given.encode() if given else None


def _load(path: Path, password: bytes | None) -> SimpleSigner:
    if path.stat().st_mode & 0o077:
        raise PermissionError(f"{path} can be read by others. Mend it with: chmod 600 {path}")
    stamp = (path, path.stat().st_mtime_ns)
    if stamp not in _loaded:
        signer = SimpleSigner.load_pkcs12(str(path), passphrase=password)  # type: ignore[no-untyped-call]
        if signer is None:
            raise Unavailable(
                both(
                    f"Không mở được khoá ký {path.name}: sai mật khẩu hoặc tệp hỏng.",
                    f"The signing key {path.name} cannot be opened: a wrong password or a broken file.",
                )
            )
        _loaded[stamp] = signer
    return _loaded[stamp]


def _name(common: str) -> x509.Name:
    return x509.Name(
        [x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"), x509.NameAttribute(NameOID.COMMON_NAME, common[:64])]
    )


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, years: int
) -> x509.CertificateBuilder:
    start = now() - timedelta(days=1)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=365 * years))
    )


def _authority(home: Path) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    path = home / "keys" / "test" / "authority.p12"
    password = secret(home, "test_signing").encode()
    if not path.exists():
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name(TEST_AUTHORITY)
        made = (
            _certificate(name, name, key.public_key(), 2 * _YEARS)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(_usage(sign_certificates=True), critical=True)
            .sign(key, hashes.SHA256())
        )
        _write(path, lambda: pkcs12.serialize_key_and_certificates(
            b"authority", key, made, None, BestAvailableEncryption(password)
        ))  # fmt: skip
    key_read, certificate, _ = pkcs12.load_key_and_certificates(path.read_bytes(), password)
    assert isinstance(key_read, ec.EllipticCurvePrivateKey)
    assert certificate is not None
    return key_read, certificate


def _make(home: Path, path: Path, name: str, password: bytes) -> None:
    over, issuer = _authority(home)
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        _certificate(_name(f"THỬ NGHIỆM/TEST: {name}"), issuer.subject, key.public_key(), _YEARS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(sign_certificates=False), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(over.public_key()), critical=False)
        .sign(over, hashes.SHA256())
    )
    _write(path, lambda: pkcs12.serialize_key_and_certificates(
        b"letter", key, certificate, [issuer], BestAvailableEncryption(password)
    ))  # fmt: skip


def _usage(*, sign_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not sign_certificates,
        content_commitment=not sign_certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=sign_certificates,
        crl_sign=sign_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _write(path: Path, content: Callable[[], bytes]) -> None:
    """A new file that only its owner reads; of several processes the first one's stays."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    waiting = path.with_name(f"{path.name}.{os.getpid()}")
    handle = os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content())
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(waiting, path)
    except FileExistsError:
        pass
    finally:
        waiting.unlink()
