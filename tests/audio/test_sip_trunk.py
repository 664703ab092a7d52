"""A trunk with a password, encrypted signaling, encrypted sound: what each needs, and its lack."""

from __future__ import annotations

import asyncio
import socket
import time
import wave
from array import array
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest

from caretally.errors import ExchangeError
from caretally.exchange.telephony.links import Frame
from caretally.exchange.telephony.sip import SipCarrier
from caretally.exchange.telephony.sip_account import account_of, place_of
from tests.audio.peers import HOST, baresip, free_port, needs
from tests.audio.trunk import Trunk

pytestmark = [needs("baresip"), needs("cryptography")]
NUMBER = "+15550100001"


def carrier(account: str) -> SipCarrier:
    """Return a carrier of an account on this machine."""
    return SipCarrier(account=account_of(account), place=place_of(HOST, ""))


def at_trunk(query: str, *, word: str = "right") -> tuple[str, list[tuple[str, bool]]]:
    """Dial a number at a trunk; return the outcome, and what the trunk saw."""

    async def dial() -> tuple[str, list[tuple[str, bool]]]:
        port = free_port()
        line, trunk = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: Trunk("u17", "right"), (HOST, port)
        )
        try:
            account = f"sip://clinic:{word}@{HOST}:{port}?auth_user=u17{query}"
            async with carrier(account) as ours:
                leg = await ours.dial(NUMBER, ring_seconds=5)
            return leg.outcome, list(dict.fromkeys(trunk.seen))
        finally:
            line.close()

    return asyncio.run(asyncio.wait_for(dial(), 30))


def test_a_trunk_that_asks_gets_the_password_as_a_digest() -> None:
    outcome, seen = at_trunk("")
    assert outcome == "busy"  # which only who is let in hears
    assert seen == [("INVITE", False), ("INVITE", True)]


def test_a_wrong_password_gets_no_call() -> None:
    outcome, seen = at_trunk("", word="wrong")
    assert outcome == "failed"
    assert ("INVITE", True) not in seen


def test_who_shall_register_does_so_first() -> None:
    outcome, seen = at_trunk("&register=60")
    assert outcome == "busy"
    assert seen[:2] == [("REGISTER", False), ("REGISTER", True)]


def test_a_registration_that_is_refused_says_so_and_shows_no_password() -> None:
    with pytest.raises(ExchangeError, match="refused to register us: 403") as refused:
        at_trunk("&register=60", word="wrong")
    assert "wrong" not in str(refused.value)
    # The stack was put away again: another carrier can be opened in this process.
    assert at_trunk("")[0] == "busy"


def tone(folder: Path) -> Path:
    """Return a file with a minute of sound."""
    with wave.open(str(folder / "tone.wav"), "wb") as made:
        made.setnchannels(1)
        made.setsampwidth(2)
        made.setframerate(8000)
        made.writeframes(array("h", [8000, -8000] * 4000 * 60).tobytes())
    return folder / "tone.wav"


def heard(account: str, address: str) -> tuple[str, int]:
    """Dial; return the outcome and the loudest sample of a second."""

    async def dial() -> tuple[str, int]:
        async with carrier(account) as ours:
            leg = await ours.dial(address, ring_seconds=5)
            loudest = 0
            for _ in range(50 if leg.is_answered else 0):
                came = await leg.link.recv()
                if isinstance(came, Frame):
                    loudest = max(loudest, *array("h", came.pcm))
            await ours.hangup(leg)
            return leg.outcome, loudest

    return asyncio.run(asyncio.wait_for(dial(), 30))


def test_sound_is_encrypted_where_it_is_required(tmp_path: Path) -> None:
    both = {"account": ";mediaenc=srtp-mand", "more": "module srtp.so\n"}
    with baresip(tone(tmp_path), tmp_path / "phone", **both) as phone:
        outcome, loudest = heard(f"sip://clinic@{HOST}?srtp=required", phone.address)
        log = (tmp_path / "phone" / "baresip.log").read_text(errors="replace")
    assert outcome == "answered"
    assert loudest > 5_000
    assert "SRTP" in log or "srtp" in log


def test_who_cannot_encrypt_is_not_talked_to_where_it_is_required(tmp_path: Path) -> None:
    with baresip(tone(tmp_path), tmp_path / "phone") as phone:
        outcome, _ = heard(f"sip://clinic@{HOST}?srtp=required", phone.address)
    assert outcome == "failed"


def certificate(folder: Path) -> Path:
    """Return a file with a key and a certificate of this machine that nobody else vouches for."""
    from cryptography import x509  # noqa: PLC0415 - of the extra `server`
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    itself = x509.IPAddress(ip_address(HOST))
    start = datetime(2020, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=36_500))
        .add_extension(x509.SubjectAlternativeName([itself]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = serialization.Encoding.PEM
    text = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ) + made.public_bytes(pem)
    (folder / "phone.pem").write_bytes(text)
    (folder / "ca.pem").write_bytes(made.public_bytes(pem))
    return folder / "phone.pem"


def wait_for_tls(port: int) -> None:
    """Return when somebody takes connections on a port."""
    for _ in range(200):
        with socket.socket() as knocking:
            if knocking.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"nobody listens on {port}")


@pytest.mark.parametrize(("trusts", "outcome"), [(True, "answered"), (False, "failed")])
def test_signaling_over_tls_trusts_whom_it_is_told_to(
    trusts: bool, outcome: str, tmp_path: Path
) -> None:
    pem = certificate(tmp_path)
    both = {
        "account": ";mediaenc=srtp-mand",
        "more": f"module srtp.so\nsip_certificate {pem}\nsip_transports udp,tcp,tls\n",
    }
    ca = f"&ca_file={tmp_path / 'ca.pem'}" if trusts else ""
    with baresip(tone(tmp_path), tmp_path / "phone", **both) as phone:
        port = int(phone.address.rpartition(":")[2]) + 1  # TLS stands one above
        wait_for_tls(port)
        found, _ = heard(
            f"sip://clinic@{HOST}:{port}?transport=tls&srtp=required{ca}",
            f"sip:nurse@{HOST}:{port}",
        )
    assert found == outcome
