"""Decisions of closed months as rows: a projection of the journal, and what is kept beside it.

Each entry changes its own decision's row and no other, whatever order the entries come in; so a
close of thousands of patients reads no chart again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from caretally.billability.close import plain
from caretally.journal.entries import (
    DecidedLine,
    DecisionMade,
    DecisionReturned,
    DecisionSigned,
    DecisionSuperseded,
    Entry,
    WithheldLine,
)
from caretally.store.alerts import in_force_of, words_of
from caretally.store.database import Value
from caretally.store.shelf import Shelf
from caretally.store.streams import Book, Stream
from caretally.store.ties import Filed

Line = DecidedLine
OF_DECISIONS = (DecisionMade, DecisionSigned, DecisionReturned, DecisionSuperseded)
encode = msgspec.json.Encoder().encode
decode_lines = msgspec.json.Decoder(list[DecidedLine]).decode
decode_withheld = msgspec.json.Decoder(list[WithheldLine]).decode
decode_words = msgspec.json.Decoder(list[str]).decode

INTO = (
    "INSERT INTO store_decisioncard (practice_id, stream_id, patient, month, decision, entry_id, "
    "made_at, digest, payer, provider, lines, holds, flags, state, replaces, proposes, signed_by, "
    "signed_at, own_time, withheld, says) VALUES "
)
EMPTY = (
    f"{INTO} (%s, %s, %s, %s, %s, '', '', %s, '', '', '[]', '[]', '[]', 'made', '', '', '', '', "
    "%s, '[]', '') ON CONFLICT (practice_id, decision) DO NOTHING"
)
MADE = (
    f"{INTO} (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'made', %s, '', '', '', %s, "
    "'[]', '') ON CONFLICT (practice_id, decision) DO UPDATE SET entry_id = excluded.entry_id, "
    "made_at = excluded.made_at, digest = excluded.digest, payer = excluded.payer, "
    "provider = excluded.provider, lines = excluded.lines, holds = excluded.holds, "
    "flags = excluded.flags, replaces = excluded.replaces"
)
JUDGED = (
    "UPDATE store_decisioncard SET "
    "state = CASE WHEN state = 'replaced' THEN state ELSE %s END, signed_by = %s, signed_at = %s, "
    "own_time = %s, withheld = %s, says = %s WHERE practice_id = %s AND decision = %s "
    "AND signed_at <= %s"
)
GONE = "UPDATE store_decisioncard SET state = 'replaced' WHERE practice_id = %s AND decision = %s"
ASKED = "UPDATE store_decisioncard SET proposes = %s WHERE practice_id = %s AND decision = %s"


def told_of_decisions(filed: Iterable[Filed]) -> list[Filed]:
    """Return what is said of decisions."""
    return [each for each in filed if isinstance(each.entry.body, OF_DECISIONS)]


def write_decisions(book: Book, filed: Sequence[Filed]) -> None:
    """Write what new entries say of decisions; the practice is locked."""
    made = [each for each in filed if isinstance(each.entry.body, DecisionMade)]
    if made:
        with book.db.connection.cursor() as cursor:
            cursor.executemany(MADE, [made_row(book, each) for each in made])
    for each in filed:
        if not isinstance(each.entry.body, DecisionMade):
            write_word(book, each)


def made_row(book: Book, filed: Filed) -> tuple[Value, ...]:
    """Return the values of a row of a decision that was made."""
    entry, body = filed.entry, filed.entry.body
    assert isinstance(body, DecisionMade)
    return (
        book.number, filed.stream, entry.patient, body.month, body.decision, entry.id,
        words_of(entry.at), plain(body.facts), body.payer or "", body.billing_provider or "",
        encode(body.lines).decode(), encode(body.holds).decode(), encode(body.flags).decode(),
        body.replaces or "", False,
    )  # fmt: skip


def write_word(book: Book, filed: Filed) -> None:
    """Write what was said of a decision: signed, returned or superseded."""
    entry, body = filed.entry, filed.entry.body
    assert isinstance(body, DecisionSigned | DecisionReturned | DecisionSuperseded)
    of = (book.number, filed.stream, entry.patient, body.month)
    blank: tuple[Value, ...] = (b"", False)
    book.db.run(EMPTY, *of, body.decision, *blank)
    at = words_of(entry.at)
    if isinstance(body, DecisionSigned):
        withheld = encode(body.withheld).decode()
        said: tuple[Value, ...] = (
            "signed", body.signed_by, at, body.logged_own_time, withheld, entry.reason or "",
        )  # fmt: skip
        book.db.run(JUDGED, *said, book.number, body.decision, at)
    elif isinstance(body, DecisionReturned):
        said = ("returned", body.returned_by, at, False, "[]", body.why)
        book.db.run(JUDGED, *said, book.number, body.decision, at)
    else:
        book.db.run(EMPTY, *of, body.by, *blank)
        book.db.run(GONE, book.number, body.decision)
        book.db.run(ASKED, body.proposes, book.number, body.by)


def rewrite_decisions(book: Book, shelf: Shelf, stream: Stream) -> None:
    """Write the decisions on a patient's months as the journal has them; the practice is locked."""
    if stream.patient is None:
        return
    book.db.run("DELETE FROM store_decisioncard WHERE stream_id = %s", stream.id)
    entries: tuple[Entry, ...] = in_force_of(book, shelf, stream)
    write_decisions(book, told_of_decisions(Filed(each, stream.id) for each in entries))
