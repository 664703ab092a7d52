"""Mu-law by table against the figures of G.711."""

from __future__ import annotations

import struct

import pytest

from caretally.exchange.telephony import mulaw


def pcm(*samples: int) -> bytes:
    return struct.pack(f"<{len(samples)}h", *samples)


@pytest.mark.parametrize(
    ("byte", "sample"),
    [(0x00, -32_124), (0x80, 32_124), (0x7F, 0), (0xFF, 0), (0xFE, 8), (0x7E, -8),
     (0xEF, 132), (0xF0, 120), (0x8F, 16_764)],
)  # fmt: skip
def test_a_byte_stands_for_the_sample_of_the_law(byte: int, sample: int) -> None:
    assert mulaw.decode(bytes([byte])) == pcm(sample)


def test_what_was_decoded_is_encoded_to_the_same_byte() -> None:
    every = bytes(byte for byte in range(256) if byte != 0x7F)  # minus nothing is nothing
    assert mulaw.encode(mulaw.decode(every)) == every


def test_every_sample_is_heard_within_half_a_step_of_its_segment() -> None:
    for sample in range(-32_124, 32_125, 7):
        (heard,) = struct.unpack("<h", mulaw.decode(mulaw.encode(pcm(sample))))
        assert abs(heard - sample) <= (abs(heard) + mulaw.BIAS) / 32, sample


def test_loud_samples_are_clipped_and_keep_their_sign() -> None:
    assert mulaw.encode(pcm(32_767, -32_768)) == bytes([0x80, 0x00])


def test_half_a_sample_is_refused() -> None:
    with pytest.raises(ValueError, match="multiple of item size"):
        mulaw.encode(b"\x00\x01\x02")
