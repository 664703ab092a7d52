"""Whom a packet's time stamp and signature are of, held against certificates that somebody trusts.

Asked for by name alone: a packet proves itself without it. Nothing is fetched; whether a
certificate was revoked since is told only as far as the file itself says so.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any

from caretally.audit import extras
from caretally.audit.proof import Proof
from caretally.audit.verifying import BROKEN, HOLDS, OPEN, Check, Checked
from caretally.errors import InputError, Problem

SIGNATURE, STAMP = "signature", "time stamp"


def with_trust(found: Checked, body: bytes, pem: bytes) -> Checked:
    """Return what was checked of a packet, with its time stamp and signature checked too.

    pem: certificates of authorities, one after another.

    Raises:
        InputError: there is no certificate in it.
        MissingExtraError: the packages for signatures are not installed.
    """
    roots = roots_in(pem)
    kept = [each for each in found.checks if each.name != SIGNATURE]
    stamp = [stamp_check(found.proof, roots)] if found.proof is not None else []
    return replace(found, checks=(*kept, *stamp, *signature_checks(body, pem)))


def roots_in(pem: bytes) -> list[Any]:
    """Return the certificates of a file.

    Raises:
        InputError: there is none in it.
    """
    try:
        found: list[Any] = extras.x509.load_pem_x509_certificates(pem)
    except ValueError:
        raise InputError([
            Problem(where="--trust", found="no certificate", expected="certificates in PEM")
        ]) from None  # fmt: skip
    return found


def stamp_check(proof: Proof, roots: list[Any]) -> Check:
    """Return whether an authority that is trusted stamped the sealed root."""
    seal = proof.seal
    if seal is None or seal.token is None:
        return Check(name=STAMP, state=OPEN, says="the seal bears no time stamp of an authority")
    client = extras.rfc3161
    asked = client.VerifierBuilder()
    for each in roots:
        asked = asked.add_root_certificate(each)
    try:
        told = client.decode_timestamp_response(b64decode(seal.token, validate=True))
        asked.build().verify_message(told, bytes.fromhex(seal.root))
    except (ValueError, client.VerificationError) as fault:
        says = f"not of the root by an authority that is trusted: {plainly(fault)}"
        return Check(name=STAMP, state=BROKEN, says=says)
    at = told.tst_info.gen_time.isoformat()
    says = f"an authority that is trusted says that the root existed on {at}"
    return Check(name=STAMP, state=HOLDS, says=says)


def signature_checks(body: bytes, pem: bytes) -> Iterator[Check]:
    """Yield whether each signature is valid, of somebody trusted, and over all that is shown."""
    roots = list(extras.pyhanko_keys.load_certs_from_pemder_data(pem))
    context = extras.certvalidator.ValidationContext(trust_roots=roots)
    try:
        found = extras.pyhanko_reader.PdfFileReader(BytesIO(body)).embedded_signatures
        said = [
            (each, extras.pyhanko_validation.validate_pdf_signature(each, context))
            for each in found
        ]
    except (ValueError, KeyError, extras.pyhanko_misc.PdfError) as fault:
        says = f"cannot be read: {plainly(fault)}"
        yield Check(name=SIGNATURE, state=BROKEN, says=says)
        return
    if not said:
        yield Check(name=SIGNATURE, state=OPEN, says="nobody signed the file")
    for _, status in said:
        who = status.signing_cert.subject.human_friendly
        if status.bottom_line:
            says = f"valid, of {who}, whose certificate is trusted; nothing was changed since"
            yield Check(name=SIGNATURE, state=HOLDS, says=says)
        else:
            says = f"not to be relied on, of {who}: {status.summary().lower().replace('_', ' ')}"
            yield Check(name=SIGNATURE, state=BROKEN, says=says)


def plainly(fault: Exception) -> str:
    """Return what is wrong, in a line."""
    return " ".join(str(fault).split())[:200] or type(fault).__name__
