"""PAdES signatures under a packet, with the practice's own key.

A signature is appended; what was there stays byte for byte, so that the packet verifies as before.
Nothing is asked of any authority: whom a certificate belongs to is for its reader to check.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from caretally.audit import extras
from caretally.errors import InputError, Problem

FIELD = "Caretally"
REASON = "Issued as an audit packet"


def signing(file: Path, password: str) -> Callable[[bytes, datetime], bytes]:
    """Return what signs a PDF with the key of a PKCS #12 file.

    Raises:
        InputError: the file cannot be opened with the password.
        MissingExtraError: the package for signatures is not installed.
    """
    signer = opened_key(file, password)

    def sign(body: bytes, at: datetime) -> bytes:
        writer = extras.pyhanko_writer.IncrementalPdfFileWriter(BytesIO(body))
        meta = extras.pyhanko_signers.PdfSignatureMetadata(
            field_name=FIELD, reason=REASON, subfilter=extras.pyhanko_fields.SigSeedSubFilter.PADES,
            md_algorithm="sha256",
        )  # fmt: skip
        made: BytesIO = extras.pyhanko_signers.sign_pdf(writer, meta, signer=signer)
        return made.getvalue()

    return sign


def opened_key(file: Path, password: str) -> Any:
    """Return the signer of a PKCS #12 file."""
    kind = extras.pyhanko_signers.SimpleSigner
    try:
        found = kind.load_pkcs12_data(
            file.read_bytes(), other_certs=[], passphrase=password.encode()
        )
    except (OSError, ValueError) as fault:
        raise refused(
            file, str(fault) if isinstance(fault, ValueError) else "no such file"
        ) from None
    if found is None:
        raise refused(file, "no key that the password opens")
    return found


def refused(file: Path, found: str) -> InputError:
    """Return the refusal of a file of a key."""
    return InputError([
        Problem(where=str(file), found=found, expected="a PKCS #12 file with key and certificate",
                hint="CARETALLY_SIGNING_PASSWORD holds its password; without it you are asked")
    ])  # fmt: skip
