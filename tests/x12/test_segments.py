"""Files are cut by their own delimiters; whatever comes, it is read or refused with its place."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caretally.claims.x12.characters import Pen, folded
from caretally.claims.x12.envelope import Envelope, sealed, segment, transaction
from caretally.claims.x12.reading import read_file
from caretally.claims.x12.segments import segments_of
from caretally.claims.x12.transactions import Envelopes, Transaction
from caretally.claims.x12.values import Eyes
from caretally.errors import InputError, Problem
from caretally.synthetic.claims import MADE_AT, batch_of, claims
from caretally.synthetic.payers import answer
from tests.x12.test_golden_835 import GOLDEN, golden

VALUES = st.text(
    st.characters(codec="ascii", exclude_characters="*:^~", min_codepoint=32, max_codepoint=126)
)
SEGMENTS = st.lists(
    st.tuples(st.sampled_from(["NM1", "REF", "ZZ", "SVC"]), st.lists(VALUES, max_size=8)),
    max_size=12,
)
SAMPLES = [each.read_bytes() for each in sorted(GOLDEN.iterdir())]


def enveloped(segments: list[str]) -> bytes:
    """Return segments in a whole file."""
    envelope = Envelope(
        group="HP", version="005010X221A1", sender="A", receiver="B", control=7, made_at=MADE_AT
    )
    return sealed(envelope, [transaction("835", "0001", "", segments)])


def opened(body: bytes) -> list[Transaction]:
    """Return the transaction sets of a file."""
    return list(Envelopes(body).transactions())


def problems_of(body: bytes) -> tuple[Problem, ...] | None:
    """Return why a file is refused; None where it is read."""
    try:
        read_file(body)
    except InputError as error:
        return error.problems
    return None


@given(SEGMENTS)
def test_what_is_written_is_read(segments: list[tuple[str, list[str]]]) -> None:
    (read,) = opened(enveloped([segment(name, *values) for name, values in segments]))
    assert [each.name for each in read.inside] == [name for name, _ in segments]
    for each, (_, values) in zip(read.inside, segments, strict=True):
        assert [each.get(place) for place in range(1, len(values) + 1)] == values


@given(st.sampled_from("|!'\x1d"), st.sampled_from(["\n", "~\r\n", "\x1c", "'\n", "~"]))
def test_other_delimiters_say_the_same(element: str, terminator: str) -> None:
    text = golden("paid.835").decode().replace("\n", "")
    if element == terminator[0]:
        return
    other = text.replace("*", element).replace(":", ">").replace("~", terminator)
    assert read_file(other.encode()).remittances == read_file(text.encode()).remittances


@given(st.binary(max_size=400))
def test_anything_is_read_or_refused(content: bytes) -> None:
    with pytest.raises(InputError):
        read_file(content)


@given(st.sampled_from(SAMPLES), st.data())
def test_a_changed_file_is_read_or_refused(sample: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(sample) - 1))
    upto = data.draw(st.integers(at, min(at + 40, len(sample))))
    put = data.draw(st.binary(max_size=12))
    problems = problems_of(sample[:at] + put + sample[upto:])
    assert problems is None or problems
    assert all(problem.where for problem in problems or ())


@given(st.sampled_from(SAMPLES), st.data())
def test_a_lost_segment_is_always_noticed(sample: bytes, data: st.DataObject) -> None:
    pieces = sample.split(b"~")
    at = data.draw(st.integers(0, len(pieces) - 2))
    if len(pieces) > 3:
        with pytest.raises(InputError):
            read_file(b"~".join(pieces[:at] + pieces[at + 1 :]))


@given(st.decimals(min_value=0, max_value=Decimal("9999999999.99"), places=2))
def test_amounts_come_back_exactly(amount: Decimal) -> None:
    pen = Pen("a claim")
    written = pen.amount(amount, "charge")
    assert pen.problems == []
    assert re.fullmatch(r"(0|[1-9]\d*)?(\.\d?[1-9])?", written)
    (read,) = opened(enveloped([segment("AMT", "B6", written)]))
    assert Eyes().amount(read.inside[0], 2) == amount


@given(st.text(max_size=60))
def test_words_are_written_or_refused(value: str) -> None:
    pen = Pen("a claim")
    written = pen.words(value, "name", 60)
    assert bool(written) != bool(pen.problems)
    assert not set(written) & set("*:^~")
    assert written.isascii()
    assert written.isprintable()
    assert folded(written) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("Núñez", "NUNEZ"),
        ("O’Hanlon", "O'HANLON"),
        ("Løvås", "LOVAS"),
        ("Straße 4", "STRASSE 4"),
        ("A*B:C~D^E", "A B C D E"),
        ("  two  words ", "TWO WORDS"),
        ("ﬁne", "FINE"),
    ],
)
def test_words_lose_accents_and_delimiters(value: str, written: str) -> None:
    assert folded(value) == written


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("", "nothing"),
        ("A" * 21, "21 characters"),
        ("A\nB", "the character U+000A at position 2"),
        ("A*B", "the character U+002A at position 2"),
        ("Ж", "the character U+0416 at position 1"),
        (" A", "spaces around the value"),
    ],
)
def test_marks_are_written_as_they_are_or_refused(value: str, found: str) -> None:
    pen = Pen("a claim")
    assert pen.mark(value, "control_number", 20) == ""
    (problem,) = pen.problems
    assert (problem.where, problem.field, problem.found) == ("a claim", "control_number", found)


def swapped(found: str, put: str) -> bytes:
    """Return a golden file with one change."""
    text = golden("paid.835").decode()
    assert found in text
    return text.replace(found, put, 1).encode()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "segment 1: found nothing; expected an X12 interchange"),
        (b"claim,amount\n1,2\n", "segment 1: found something else; expected an X12 interchange"),
        (b"ISA*00*", "segment 1 (ISA): found 7 characters; expected 106"),
        (swapped("*00501*", "*00401*"), "segment 1 (ISA): ISA12: found 00401; expected 00501"),
        (swapped("SE*31*", "SE*30*"), "segment 33 (SE): SE01: found 30; expected 31"),
        (swapped("SE*31*0001", "SE*31*0002"), "segment 33 (SE): SE02: found another"),
        (swapped("GE*1*1", "GE*2*1"), "segment 34 (GE): GE01: found 2; expected 1"),
        (swapped("IEA*1*000000001", "IEA*1*000000002"), "segment 35 (IEA): IEA02"),
        (swapped("~\nIEA*1*000000001~", "~"), "segment 1 (ISA): found the end of the file"),
        (swapped("ST*835", "ST*837"), "ST01: found 837; expected 999, 277 or 835"),
        (swapped("005010X221A1", "004010X091A1"), "segment 3 (ST): ST03: found 004010X091A1"),
        (swapped("207.76", "2O7.76"), "segment 15 (CLP): CLP03: found 6 characters"),
        (swapped("*41.69*", "*41.695*"), "SVC03: found 41.695; expected an amount of two"),
        (swapped("*41.69*", "*4e1*"), "SVC03: found 3 characters; expected a number"),
        (swapped("DTM*472*20260331", "DTM*472*20260231"), "DTM02: found 20260231"),
        (swapped("CAS*CO*45*52.11", "CAS*XX*45*52.11"), "segment 23 (CAS): CAS01: found XX"),
        (swapped("CAS*CO*45*52.11", "CAS*CO*45"), "segment 23 (CAS): CAS03: found nothing"),
        (swapped("SVC*HC:99454", "SVC*HC"), "segment 20 (SVC): SVC01: found HC; expected"),
        (swapped("N1*PE*", "N1*PP*"), "segment 3 (ST): found none; expected N1*PE"),
        (swapped("~\nLX*1", "~\nCAS*CO*45*1"), "segment 14 (CAS): found none; expected a CLP"),
        (swapped("ABERNATHY", "ABER\x07NATHY"), "segment 16 (NM1): found U+0007"),
        (golden("paid.835") + golden("accepted.999"), "ST01: found 999; expected a file of one"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(body: bytes, said: str) -> None:
    with pytest.raises(InputError) as refused:
        read_file(body)
    assert said in str(refused.value)


def test_problems_repeat_no_name() -> None:
    body = golden("paid.835").decode().replace("CLP*CT0001*1*207.76", "CLP*CT0001*1*ABERNATHY")
    with pytest.raises(InputError) as refused:
        read_file(body.encode())
    assert "ABERNATHY" not in str(refused.value)


def test_all_problems_of_a_file_come_at_once() -> None:
    body = golden("paid.835").decode().replace("CAS*CO*45*", "CAS*CO*45*X")
    with pytest.raises(InputError) as refused:
        read_file(body.encode())
    assert len(refused.value.problems) == 2


def test_unknown_segments_are_counted_and_left_out() -> None:
    text = golden("paid.835").decode()
    odd = text.replace("LX*1~", "LX*1~ZZ1*A~ZZ1*B~").replace("SE*31*", "SE*33*")
    read = read_file(odd.encode())
    assert read.skipped == {"ZZ1": 2}
    assert read.remittances == read_file(text.encode()).remittances


def test_a_long_file_is_read_one_payment_at_a_time() -> None:
    batch = batch_of(claims(60, seed=2))
    body = answer(batch, seed=1).remittances[0]
    first = next(iter(Envelopes(body + b"no X12 behind").transactions()))
    assert first.kind == "835"
    assert next(segments_of(b"\xef\xbb\xbf\r\n" + body)).name == "ISA"
    assert read_file(body + b"\r\n\x1a") == read_file(body)
