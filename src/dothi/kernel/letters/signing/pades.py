"""PAdES signatures on letters (ETSI EN 319 142, baseline B-B; B-T where a time-stamp service is set)."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import x509 as certificates
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers, timestamps
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from dothi.core.errors import BadInput, both
from dothi.kernel.letters.signing.keys import TEST_AUTHORITY, Signing

FIELD = "Signature"


@dataclass(frozen=True, slots=True)
class Checked:
    """What a signature says: who, when, whether the file is as it was signed, and whether the signer is trusted."""

    signer: str
    issuer: str
    at: datetime | None
    intact: bool
    whole: bool  # nothing was added after the signature
    trusted: bool
    test: bool


def sign(pdf: bytes, signing: Signing, *, reason: str, place: str = "", tsa_url: str = "") -> bytes:
    """The letter with a signature over the whole of it, added at its end."""
    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD,
        reason=reason,
        location=place or None,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
    )
    stamper = timestamps.HTTPTimeStamper(tsa_url, timeout=10) if tsa_url else None
    made = io.BytesIO()
    signers.PdfSigner(metadata, signer=signing.signer, timestamper=stamper).sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(pdf)), output=made
    )
    return made.getvalue()


def check(pdf: bytes, *, roots: Sequence[x509.Certificate] = ()) -> list[Checked]:
    """Every signature of a PDF, trusted when its certificate comes from one of ``roots``.

    Raises :class:`BadInput` when the file cannot be read as a PDF.
    """
    known = [certificates.Certificate.load(each.public_bytes(Encoding.DER)) for each in roots]
    # Nothing is fetched: neither certificates nor revocation lists of an address named in a stranger's file.
    context = ValidationContext(trust_roots=known, allow_fetching=False)
    try:
        signatures = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
        return [_checked(each, context) for each in signatures]
    except Exception as error:
        raise BadInput(
            both("Không đọc được tệp này như một tệp PDF.", "This file cannot be read as a PDF.")
        ) from error


def _checked(signature: object, context: ValidationContext) -> Checked:
    status = validate_pdf_signature(signature, signer_validation_context=context)  # type: ignore[arg-type]
    certificate = status.signing_cert
    issuer = str(certificate.issuer.native.get("common_name", certificate.issuer.human_friendly))
    return Checked(
        signer=str(certificate.subject.native.get("common_name", certificate.subject.human_friendly)),
        issuer=issuer,
        at=status.signer_reported_dt,
        intact=bool(status.intact and status.valid),
        whole=status.coverage is not None and status.coverage.name == "ENTIRE_FILE",
        trusted=bool(status.trusted),
        test=issuer == TEST_AUTHORITY,
    )
