"""Lists of what is held back: readings, and what was not understood of deliveries."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from caretally.store.database import Row, Value
from caretally.store.intake_tables import HELD, OPEN
from caretally.store.streams import Book

IN_CLINICS = "COALESCE(NULLIF(card.clinic, ''), c.clinic) IN ({})"
"""The clinic of the patient, where one is known, else that of the connection."""


class HeldRow(NamedTuple):
    """A reading that is held back, as it is stored."""

    number: int
    connection: str
    vendor: str
    inbound: int
    element: int
    key: bytes
    name: str
    content: str
    rule: str
    says: str
    device: str
    patient: str
    received_us: int
    connection_number: int


class FaultRow(NamedTuple):
    """Something that was not understood, as it is stored."""

    number: int
    connection: str
    vendor: str
    inbound: int
    path: str
    code: str
    says: str
    found_at: object
    digest: bytes


HELD_SQL = (
    "SELECT r.id, c.name, c.vendor, r.inbound_id, r.element, r.key, r.name, r.content, r.rule, "  # noqa: S608
    "r.says, r.device, r.patient, r.received_us, r.connection_id FROM store_intakereading r "
    "JOIN store_connection c ON c.id = r.connection_id LEFT JOIN store_patientcard card "
    "ON card.practice_id = r.practice_id AND card.patient = r.patient AND r.patient <> '' "
    f"WHERE r.practice_id = %s AND r.state = {HELD}"
)
FAULT_SQL = (
    "SELECT f.id, c.name, c.vendor, f.inbound_id, f.path, f.code, f.says, f.found_at, i.digest "  # noqa: S608
    "FROM store_intakefault f JOIN store_connection c ON c.id = f.connection_id "
    "JOIN store_inbound i ON i.id = f.inbound_id "
    f"WHERE f.practice_id = %s AND f.state = {OPEN}"
)
COUNT = "SELECT COUNT(*)"
Clinics = Collection[str] | None
"""Ids of clinics; None for all."""


def narrowed(sql: str, clinics: Clinics, condition: str) -> tuple[str, list[Value]]:
    """Return a query held to clinics, with their ids."""
    if clinics is None:
        return sql, []
    places = ", ".join(["%s"] * len(clinics)) or "NULL"
    return f"{sql} AND {condition.replace('{}', places)}", list[Value](sorted(clinics))


def held_rows(book: Book, clinics: Clinics, before: int, limit: int) -> list[HeldRow]:
    """Return readings that are held back, the newest first, with numbers below one; 0 for all."""
    sql, values = narrowed(HELD_SQL, clinics, IN_CLINICS)
    rows = book.db.rows(
        f"{sql} AND (%s = 0 OR r.id < %s) ORDER BY r.id DESC LIMIT %s",
        book.number, *values, before, before, limit,
    )  # fmt: skip
    return [held_of(row) for row in rows]


def held_row(book: Book, clinics: Clinics, number: int) -> HeldRow | None:
    """Return a reading that is held back; None where there is none of this number."""
    sql, values = narrowed(HELD_SQL, clinics, IN_CLINICS)
    rows = book.db.rows(f"{sql} AND r.id = %s", book.number, *values, number)
    return held_of(rows[0]) if rows else None


def held_of(row: Row) -> HeldRow:
    """Return a held reading from its row."""
    found = HeldRow(*row)
    return found._replace(key=bytes(found.key))


def fault_rows(book: Book, clinics: Clinics, before: int, limit: int) -> list[FaultRow]:
    """Return what was not understood and is open, the newest first."""
    sql, values = narrowed(FAULT_SQL, clinics, "c.clinic IN ({})")
    rows = book.db.rows(
        f"{sql} AND (%s = 0 OR f.id < %s) ORDER BY f.id DESC LIMIT %s",
        book.number, *values, before, before, limit,
    )  # fmt: skip
    return [FaultRow(*row) for row in rows]


def fault_row(book: Book, clinics: Clinics, number: int) -> FaultRow | None:
    """Return an open fault; None where there is none of this number."""
    sql, values = narrowed(FAULT_SQL, clinics, "c.clinic IN ({})")
    rows = book.db.rows(f"{sql} AND f.id = %s", book.number, *values, number)
    return FaultRow(*rows[0]) if rows else None


def counts_of(book: Book, clinics: Clinics) -> tuple[int, int]:
    """Return how many readings are held back and how many faults are open."""
    found = []
    for sql, condition in ((HELD_SQL, IN_CLINICS), (FAULT_SQL, "c.clinic IN ({})")):
        narrow, values = narrowed(sql, clinics, condition)
        counting = COUNT + narrow[narrow.index(" FROM ") :]
        found.append(int(book.db.rows(counting, book.number, *values)[0][0]))
    return found[0], found[1]
