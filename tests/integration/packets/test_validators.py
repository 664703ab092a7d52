"""What programs that nobody here wrote say of packets; each is shown a fault it must find."""

from __future__ import annotations

import re
import subprocess
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import msgspec
import outloud
import pdfua
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils import generic as pdf_generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from caretally.audit.signing import signing
from caretally.audit.trusting import roots_in, stamp_check, with_trust
from caretally.audit.verifying import Checked, verify
from caretally.clock import ServiceMonth
from caretally.errors import InputError
from caretally.practice.packets import Asked, issue
from tests.integration.demonstrated import Demo
from tests.integration.packets.papers import (
    FEBRUARY,
    broken,
    closed,
    packet_of,
    press_of,
    said_by,
    tool,
)
from tests.integration.store.test_commands import AUTHORITY

PASSWORD = "a password for tests"  # noqa: S105


@pytest.fixture
def file(demo: Demo, tmp_path: Path) -> Path:
    """The packet of a closed month with most of everything."""
    closed(demo)
    made = packet_of(demo, "pat_hal")
    target = tmp_path / "packet.pdf"
    target.write_bytes(made.body)
    return target


def test_structure_and_attachments(file: Path) -> None:
    assert "No syntax or stream encoding errors" in said_by("qpdf", "--check", file)
    told = said_by("pdfinfo", file)
    assert "Tagged:          yes" in told
    assert "PDF version:     1.7" in told
    listed = said_by("pdfdetach", "-list", file)
    assert all(name in listed for name in ("entries.ndjson", "decision.json", "proof.json"))
    body = file.read_bytes()
    assert b"<pdfaid:part>3</pdfaid:part>" in body
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in body
    assert b"<pdfuaid:part>1</pdfuaid:part>" in body
    spoiled = file.with_name("spoiled.pdf")
    spoiled.write_bytes(
        body.replace(b"/Type/Pages", b"/Type/Pagez").replace(b"xref\n0 ", b"xref\n9 ")
    )
    assert said_by("qpdf", "--check", spoiled, fails=True)


def test_tags_are_those_of_pdf_ua(file: Path) -> None:
    errors = [each for each in outloud.check(str(file)).findings if each.severity == "error"]
    assert not errors
    assert not pdfua.validate(str(file)).findings
    untagged = file.with_name("untagged.pdf")
    body = file.read_bytes()
    place = re.search(rb"/StructTreeRoot \d+ 0 R", body)
    assert place is not None
    untagged.write_bytes(body.replace(place[0], b"/StructTreeRoom" + place[0][15:]))
    assert [each for each in outloud.check(str(untagged)).findings if each.severity == "error"]
    assert pdfua.validate(str(untagged)).findings


def usage() -> x509.KeyUsage:
    """Return what the key may be used for: signing and nothing else."""
    others = ("key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign",
              "crl_sign", "encipher_only", "decipher_only")  # fmt: skip
    no = dict.fromkeys(others, False)
    return x509.KeyUsage(digital_signature=True, content_commitment=True, **no)


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """A PKCS #12 file with a self-made certificate."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    certificate = certificate_of("Lakeside Family Medicine", private)
    locked = serialization.BestAvailableEncryption(PASSWORD.encode())
    target = tmp_path / "key.p12"
    target.write_bytes(
        pkcs12.serialize_key_and_certificates(b"test", private, certificate, None, locked)
    )
    return target


def certificate_of(who: str, private: rsa.RSAPrivateKey) -> x509.Certificate:
    """Return a certificate that somebody gave itself."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, who)])
    begins = datetime(2026, 1, 1, tzinfo=UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(7)
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=3650))
        .add_extension(usage(), critical=True)
        .sign(private, hashes.SHA256())
    )


def test_signatures_are_valid_and_notice_a_byte(demo: Demo, key: Path, tmp_path: Path) -> None:
    press = press_of(demo)
    press.sign = signing(key, PASSWORD)
    made = issue(press, Asked(patient="pat_ada", month=FEBRUARY, to="x", why="y"))
    found = verify(made.body)
    assert not broken(found)
    assert any(each.name == "signature" for each in found.checks)
    file = tmp_path / "signed.pdf"
    file.write_bytes(made.body)
    told = said_by("pdfsig", "-nocert", file)
    assert "Signature is Valid." in told
    assert "Total document signed" in told
    assert "ETSI.CAdES.detached" in told
    assert "No syntax" in said_by("qpdf", "--check", file)
    changed = bytearray(made.body)
    place = made.body.index(b"stream\n", made.body.index(b"/Type/EmbeddedFile")) + 90
    changed[place] ^= 1
    file.write_bytes(bytes(changed))
    assert "Signature is Valid." not in said_by("pdfsig", "-nocert", file)


def states(found: Checked) -> dict[str, str]:
    """Return how a packet's time stamp and signature stand."""
    return {e.name: e.state for e in found.checks if e.name in ("signature", "time stamp")}


def test_whom_a_signature_is_of_is_held_against_who_is_trusted(
    demo: Demo, key: Path, tmp_path: Path
) -> None:
    press = press_of(demo)
    press.sign = signing(key, PASSWORD)
    body = issue(press, Asked(patient="pat_ada", month=FEBRUARY, to="x", why="y")).body
    _, own, _ = pkcs12.load_key_and_certificates(key.read_bytes(), PASSWORD.encode())
    assert own is not None
    pem = own.public_bytes(serialization.Encoding.PEM)
    stranger = certificate_of("Somebody Else", rsa.generate_private_key(65537, 2048))
    other = stranger.public_bytes(serialization.Encoding.PEM)
    assert states(with_trust(verify(body), body, pem)) == {"signature": "holds",
                                                           "time stamp": "open"}  # fmt: skip
    assert states(with_trust(verify(body), body, other))["signature"] == "broken"
    plain = packet_of(demo).body
    assert states(with_trust(verify(plain), plain, pem))["signature"] == "open"
    writer = IncrementalPdfFileWriter(BytesIO(body))
    writer.root["/Lang"] = pdf_generic.pdf_string("de")
    writer.update_root()
    changed = BytesIO()
    writer.write(changed)
    later = changed.getvalue()
    assert not broken(verify(later))
    assert states(with_trust(verify(later), later, pem))["signature"] == "broken"
    with pytest.raises(InputError, match="no certificate"):
        with_trust(verify(body), body, b"hello")


def test_a_stamp_is_held_against_who_is_trusted(demo: Demo, tmp_path: Path) -> None:
    authority = authority_in(tmp_path)

    def stamped(content: bytes) -> bytes:
        (tmp_path / "content").write_bytes(content)
        ask = ["openssl", "ts", "-query", "-data", "content", "-sha256", "-cert", "-out", "asked"]
        reply = [
            "openssl",
            "ts",
            "-reply",
            "-config",
            "conf",
            "-queryfile",
            "asked",
            "-out",
            "told",
        ]
        for command in (ask, reply):
            subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
        return (tmp_path / "told").read_bytes()

    press = press_of(demo)
    press.stamp = stamped
    body = issue(press, Asked(patient="pat_ada", month=FEBRUARY, to="x", why="y")).body
    assert states(with_trust(verify(body), body, authority))["time stamp"] == "holds"
    stranger = certificate_of("Somebody Else", rsa.generate_private_key(65537, 2048))
    other = stranger.public_bytes(serialization.Encoding.PEM)
    assert states(with_trust(verify(body), body, other))["time stamp"] == "broken"
    found = verify(body)
    assert found.proof is not None
    assert found.proof.seal is not None
    seal = msgspec.structs.replace(found.proof.seal, root="00" * 32)
    lying = msgspec.structs.replace(found.proof, seal=seal)
    assert stamp_check(lying, roots_in(authority)).state == "broken"


def authority_in(folder: Path) -> bytes:
    """Make a time-stamp authority in a folder; returns the certificate to trust."""
    tool("openssl")
    (folder / "conf").write_text(AUTHORITY.format(folder=folder))
    (folder / "serial").write_text("01\n")
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30",
            "-config", "conf"]  # fmt: skip
    for extra in (
        ["-subj", "/CN=Test CA", "-extensions", "ca", "-keyout", "ca.key", "-out", "ca.pem"],
        ["-subj", "/CN=Test TSA", "-extensions", "stamp", "-keyout", "tsa.key", "-out", "tsa.pem",
         "-CA", "ca.pem", "-CAkey", "ca.key"],
    ):  # fmt: skip
        subprocess.run([*make, *extra], cwd=folder, check=True, capture_output=True)
    return (folder / "ca.pem").read_bytes()


def test_a_key_that_does_not_open_is_refused(key: Path) -> None:
    with pytest.raises(InputError, match="PKCS #12"):
        signing(key, "another password")
    with pytest.raises(InputError, match="no such file"):
        signing(key.with_name("none.p12"), PASSWORD)


def test_a_month_of_nothing_is_a_packet_too(demo: Demo, tmp_path: Path) -> None:
    made = packet_of(demo, "pat_gus", ServiceMonth(2025, 3))
    assert not broken(verify(made.body))
    target = tmp_path / "nothing.pdf"
    target.write_bytes(made.body)
    assert "No syntax" in said_by("qpdf", "--check", target)
