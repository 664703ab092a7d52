"""Blocks come out of a stream however it is cut, and every message has its answer."""

from __future__ import annotations

from datetime import UTC, datetime

import hl7
import pytest
from hypothesis import given
from hypothesis import strategies as st

from caretally.exchange.mllp_answers import LATER, NO_MESSAGE, TAKEN, Outcome, Reply, answer, opened
from caretally.exchange.mllp_client import answer_in
from caretally.exchange.mllp_frames import Framer, Trouble, framed

AT = datetime(2026, 3, 4, 15, tzinfo=UTC)
HEADER = r"MSH|^~\&|Gateway|Home|Caretally|Practice|20260304150005+0000||ORU^R01^ORU_R01|m-1|P|2.6"
BODY = st.binary(min_size=1, max_size=60).filter(lambda each: not {0x0B, 0x1C} & set(each))


@given(st.lists(BODY, max_size=6), st.data())
def test_blocks_come_out_however_the_stream_is_cut(
    bodies: list[bytes], drawn: st.DataObject
) -> None:
    stream = b"".join(framed(body) for body in bodies)
    framer, found = Framer(100), []
    while stream:
        size = drawn.draw(st.integers(1, len(stream)))
        found += framer.feed(stream[:size])
        stream = stream[size:]
    assert found == bodies
    assert not framer.is_inside


@given(st.lists(st.binary(max_size=40), max_size=8))
def test_any_bytes_leave_no_more_than_a_block_behind(chunks: list[bytes]) -> None:
    framer = Framer(30)
    for chunk in chunks:
        if any(isinstance(each, Trouble) for each in framer.feed(chunk)):
            return
        assert len(framer._held) <= 30 + 1


@pytest.mark.parametrize(
    ("stream", "found"),
    [
        (b"\x0ba\x1c\r\x0bb\x1c\r", [b"a", b"b"]),
        (b"\r\n\x0ba\x1c\n\x0bb\x1c", [b"a", b"b"]),
        (b"\x0bgiven up\x0ba\x1c\r", [b"a"]),
        (b"\x0b\x1c\r", [b"\r"]),
        (b"\x0ba", []),
        (b"GET / HTTP/1.1\r\n", [Trouble("garbage")]),
        (b"\x0ba\x1c\rx", [b"a", Trouble("garbage")]),
        (b"\x0b" + b"x" * 101, [Trouble("too_large")]),
        (b"\x0b" + b"x" * 101 + b"\x1c\r", [Trouble("too_large")]),
        (b"\x0b" + b"x" * 100 + b"\x1c\r", [b"x" * 100]),
        (b"\x0b" + b"x" * 101 + b"\x0ba\x1c\r", [Trouble("too_large")]),
    ],
)
def test_streams(stream: bytes, found: list[bytes | Trouble]) -> None:
    assert Framer(100).feed(stream) == found


@pytest.mark.parametrize(
    ("asked", "reply", "code"),
    [
        ("||||", TAKEN, "AA"), ("||||", LATER, "AE"), ("||||", NO_MESSAGE, "AR"),
        ("|||AL|NE", TAKEN, "CA"), ("|||AL|NE", LATER, "CE"), ("|||ER|NE", NO_MESSAGE, "CR"),
        ("|||ER|NE", TAKEN, ""), ("|||NE|AL", TAKEN, "AA"), ("|||NE|NE", TAKEN, ""),
        ("|||SU|NE", LATER, ""), ("|||NE|SU", TAKEN, "AA"),
    ],
)  # fmt: skip
def test_the_answer_is_in_the_mode_that_is_asked_for(asked: str, reply: Reply, code: str) -> None:
    told = answer(f"{HEADER}{asked}\r".encode(), reply, AT)
    if not code:
        assert told == b""
        return
    found = answer_in(told)
    assert (found.code, found.control_id, found.says) == (code, "m-1", reply.says)
    assert found.is_accepted == (reply is TAKEN)


def test_an_answer_goes_back_the_way_the_message_came() -> None:
    told = hl7.parse(answer(f"{HEADER}\r".encode(), TAKEN, AT).decode())
    header = told.segment("MSH")
    assert [str(header[n]) for n in (4, 5, 6, 9, 11, 12)] == [
        "Practice", "Gateway", "Home", "ACK^R01^ACK", "P", "2.6",
    ]  # fmt: skip
    assert str(told.segment("MSA")[2]) == "m-1"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"hello", "MSH: a message begins"), (b"\r", "no message"), (b"", "no message"),
        (HEADER.replace("m-1", "").encode(), "MSH-10"),
        (HEADER.replace("ORU^R01^ORU_R01", "ADT^A01").encode(), "MSH-9"),
        (HEADER.encode() + b"||||||EBCDIC", "MSH-18"), (b"MSH|", "MSH"),
        (HEADER.encode() + b"\xff", "MSH-18"), (b"MSH|^~\\&" + b"|" * 5_000, "MSH-10"),
    ],
)  # fmt: skip
def test_what_is_no_message_of_results_is_refused_and_answered(body: bytes, says: str) -> None:
    reply = opened(body)
    assert isinstance(reply, Reply)
    assert reply.outcome is Outcome.REFUSED
    assert says in reply.says
    assert answer_in(answer(body, reply, AT)).code == "AR"


@given(st.binary(max_size=200))
def test_whatever_comes_is_answered(body: bytes) -> None:
    for content in (body, HEADER.encode() + body):
        found = opened(content)
        reply = found if isinstance(found, Reply) else TAKEN
        told = answer(content, reply, AT)
        assert told == b"" or answer_in(told).code[0] in "AC"


def test_no_content_is_answered_but_the_control_id() -> None:
    body = HEADER.replace("ORU^R01^ORU_R01", "ADT^A01") + "\rPID|||7||Example^Edie\r"
    assert b"Edie" not in answer(body.encode(), opened(body.encode()), AT)  # type: ignore[arg-type]
