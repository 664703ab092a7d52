"""The journal only grows, each entry once, and whoever changes it behind its back is found."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, connections

from caretally.clock import ServiceMonth
from caretally.errors import ConflictError, InputError
from caretally.journal.chain import (
    consistency_path,
    inclusion_path,
    is_consistent,
    is_included,
)
from caretally.journal.entries import Entry, EntryVoided, TimeLogged
from caretally.journal.ndjson import line_of
from caretally.store.access import Access, record_access
from caretally.store.models import APPEND_ONLY, PROJECTIONS
from caretally.store.models import Entry as EntryRow
from caretally.store.rebuilding import rebuild
from caretally.store.sealing import leaves, seal, write_root
from caretally.store.stored_journal import StoredJournal
from caretally.store.verification import verify
from caretally.synthetic.cast import cast_entries
from caretally.synthetic.program import synthesize

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
MARCH = ServiceMonth(2026, 3)
FEW = {"pat_cleo", "pat_edie", "pat_fay", None}


@pytest.fixture
def journal(site) -> StoredJournal:
    """Return a journal with a few of the cast."""
    made: StoredJournal = site.journal()
    entries = [entry for entry in cast_entries() if entry.patient in FEW]
    made.append("cast", entries, received_at=NOW)
    return made


def a_minute(journal: StoredJournal, name: str, patient: str = "pat_edie") -> Entry:
    """Return a minute of review that is not stored yet."""
    entries = journal.entries("cast", patients=[patient])
    logged = next(
        entry
        for entry in entries
        if isinstance(entry.body, TimeLogged) and entry.patient == patient
    )
    start = datetime(2026, 3, 28, 15, tzinfo=UTC)
    end = start + timedelta(seconds=61)
    return replace(
        logged, id=name, at=start, recorded_at=end, body=replace(logged.body, start=start, end=end)
    )


def content(journal: StoredJournal) -> list[object]:
    """Return every projection, without the numbers the database gave the rows."""
    found: list[object] = []
    for table in (*PROJECTIONS, "store_stream"):
        with journal.db.connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {table}")
            names = [column[0] for column in cursor.description]
            rows = [
                [bytes(value) if isinstance(value, memoryview) else value for value in row]
                for row in cursor.fetchall()
            ]
        kept = [place for place, name in enumerate(names) if name != "id" or "stream" in table]
        found.append((table, sorted(str([row[place] for place in kept]) for row in rows)))
    return found


# --- appending ------------------------------------------------------------------------------------


def test_the_same_again_is_known(journal: StoredJournal) -> None:
    before = content(journal)
    entries = list(journal.entries("cast"))
    told = journal.append("cast", entries, received_at=NOW)
    assert told.accepted == ()
    assert sorted(told.known) == sorted(entry.id for entry in entries)
    assert content(journal) == before


def test_other_content_is_a_conflict_and_nothing_is_kept(journal: StoredJournal) -> None:
    fresh = a_minute(journal, "fresh")
    stored = [entry for entry in journal.entries("cast") if entry.patient == "pat_edie"][:2]
    changed = [replace(entry, actor="system:other") for entry in stored]
    with pytest.raises(ConflictError) as refused:
        journal.append("cast", [fresh, *changed], received_at=NOW)
    assert len(refused.value.problems) == 2
    assert "fresh" not in {entry.id for entry in journal.entries("cast")}


def test_one_id_twice_in_a_batch(journal: StoredJournal) -> None:
    fresh = a_minute(journal, "fresh")
    told = journal.append("cast", [fresh, fresh], received_at=NOW)
    assert (told.accepted, told.known) == (("fresh",), ("fresh",))
    again = a_minute(journal, "other")
    with pytest.raises(ConflictError):
        journal.append("cast", [again, replace(again, actor="system:x")], received_at=NOW)


def test_practices_do_not_share_ids(journal: StoredJournal) -> None:
    fresh = a_minute(journal, "fresh")
    journal.append("cast", [fresh], received_at=NOW)
    assert journal.append("other", [fresh], received_at=NOW).accepted == ("fresh",)


@pytest.mark.parametrize(
    ("corrections", "field"),
    [
        ([("c1", "nowhere")], "supersedes"),
        ([("c1", "fresh"), ("c2", "fresh")], "supersedes"),
        ([("c1", "c1")], "supersedes"),
    ],
)
def test_corrections_are_held_against_what_is_stored(
    journal: StoredJournal, corrections: list[tuple[str, str]], field: str
) -> None:
    fresh = a_minute(journal, "fresh")
    journal.append("cast", [fresh], received_at=NOW)
    new = [replace(fresh, id=name, supersedes=target, reason="x") for name, target in corrections]
    with pytest.raises(InputError) as refused:
        journal.append("cast", new, received_at=NOW)
    assert {problem.field for problem in refused.value.problems} == {field}
    assert len(refused.value.problems) == len(corrections)


def test_a_stored_correction_refuses_a_second(journal: StoredJournal) -> None:
    fresh = a_minute(journal, "fresh")
    first = replace(fresh, id="c1", supersedes="fresh", reason="x")
    journal.append("cast", [fresh], received_at=NOW)
    journal.append("cast", [first], received_at=NOW)
    void = Entry(
        id="v", patient="pat_edie", at=fresh.at, recorded_at=NOW, actor="staff:a", reason="x",
        body=EntryVoided(entry="fresh"),
    )  # fmt: skip
    with pytest.raises(InputError):
        journal.append("cast", [replace(first, id="c2")], received_at=NOW)
    with pytest.raises(InputError):
        journal.append("cast", [void], received_at=NOW)
    journal.append("cast", [replace(void, body=EntryVoided(entry="c1"))], received_at=NOW)


def test_totals_follow_a_save_and_its_correction(journal: StoredJournal) -> None:
    sql = (
        "SELECT management_seconds, version FROM store_patientmonth "
        "WHERE patient = %s AND month = %s"
    )
    (before, version) = journal.db.rows(sql, "pat_edie", "2026-03")[0]
    fresh = a_minute(journal, "fresh")
    journal.append("cast", [fresh], received_at=NOW)
    assert tuple(journal.db.rows(sql, "pat_edie", "2026-03")[0]) == (before + 61, version + 1)
    void = replace(fresh, id="v", recorded_at=NOW, reason="x", body=EntryVoided(entry="fresh"))
    journal.append("cast", [void], received_at=NOW)
    assert tuple(journal.db.rows(sql, "pat_edie", "2026-03")[0]) == (before, version + 2)


def test_staff_in_two_places_changes_the_other_patient(journal: StoredJournal) -> None:
    sql = "SELECT management_seconds FROM store_patientmonth WHERE patient = %s AND month = %s"
    first = a_minute(journal, "b")
    journal.append("cast", [first], received_at=NOW)
    before = journal.db.rows(sql, "pat_edie", "2026-03")[0][0]
    other = replace(first, id="a", patient="pat_cleo")
    journal.append("cast", [other], received_at=NOW)
    assert journal.db.rows(sql, "pat_edie", "2026-03")[0][0] == before - 61
    void = replace(other, id="v", recorded_at=NOW, reason="x", body=EntryVoided(entry="a"))
    journal.append("cast", [void], received_at=NOW)
    assert journal.db.rows(sql, "pat_edie", "2026-03")[0][0] == before


def test_lines_come_back_byte_for_byte(journal: StoredJournal) -> None:
    entries = [entry for entry in cast_entries() if entry.patient in FEW]
    assert list(journal.lines(practice="cast")) == [line_of(entry) for entry in entries]
    of_edie = [line_of(entry) for entry in entries if entry.patient == "pat_edie"]
    assert list(journal.lines(patient="pat_edie")) == of_edie


# --- append-only ----------------------------------------------------------------------------------


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_nothing_can_be_changed_or_removed(journal: StoredJournal, table: str) -> None:
    seal(journal.db, NOW)
    column = {"store_entry": "line", "store_leaf": "length", "store_seal": "root"}[table]
    before = journal.db.rows(f"SELECT * FROM {table}")
    statements = [f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"]
    if journal.db.is_postgres:
        statements += [f"TRUNCATE {table} CASCADE"]
    else:
        statements += [f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"]
    for statement in statements:
        with pytest.raises(DatabaseError, match="append-only"), journal.db.atomic():
            journal.db.run(statement)
    assert journal.db.rows(f"SELECT * FROM {table}") == before


def test_nor_through_the_models(journal: StoredJournal) -> None:
    rows = EntryRow.objects.using(journal.db.alias)
    row = rows.first()
    assert row is not None
    for change in (
        lambda: rows.update(line="x"),
        lambda: rows.all().delete(),
        row.delete,
        row.save,
        lambda: rows.bulk_update([row], ["line"]),
    ):
        with pytest.raises(DatabaseError, match="append-only"), journal.db.atomic():
            change()


# --- verification ---------------------------------------------------------------------------------

Tamper = Callable[[StoredJournal], None]


def behind_its_back(journal: StoredJournal, *statements: str) -> None:
    """Run statements as somebody would who may switch the triggers off."""
    if journal.db.is_postgres:
        with journal.db.atomic():
            journal.db.run("SET LOCAL session_replication_role = replica")
            for statement in statements:
                journal.db.run(statement)
        return
    triggers = journal.db.rows("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    for name, _ in triggers:
        journal.db.run(f"DROP TRIGGER {name}")
    for statement in statements:
        journal.db.run(statement)
    for _, sql in triggers:
        journal.db.run(sql)


OF_EDIE = "stream_id = (SELECT id FROM store_stream WHERE name = 'patient/pat_edie' LIMIT 1)"
LAST = f"position = (SELECT MAX(position) FROM store_entry WHERE {OF_EDIE}) AND {OF_EDIE}"
CLEO = "(SELECT id FROM store_stream WHERE name = 'patient/pat_cleo')"


def put(column: str, value: str, position: int) -> str:
    """Return the statement that changes one of Edie's entries."""
    return f"UPDATE store_entry SET {column} = {value} WHERE position = {position} AND {OF_EDIE}"


FAULTS: dict[str, tuple[list[str], str]] = {
    "changed": ([put("line", "REPLACE(line, 'e', 'f')", 5)], "digest"),
    "changed and readable": ([put("line", "REPLACE(line, 'Z', '.5Z')", 5)], "digest"),
    "received": ([put("received_at", "'2020'", 5)], "digest"),
    "removed": ([f"DELETE FROM store_entry WHERE position = 5 AND {OF_EDIE}"], "position"),
    "last removed": ([f"DELETE FROM store_entry WHERE {LAST}"], "length"),
    "reordered": (
        [put("position", "-5", 5), put("position", "5", 6), put("position", "6", -5)],
        "digest",
    ),
    "renamed": ([put("entry_id", "'x'", 5)], "entry_id"),
    "moved": (
        [f"UPDATE store_entry SET stream_id = {CLEO}, position = 9999 WHERE {LAST}"],
        "stream",
    ),
    "stream removed": (
        [
            f"UPDATE store_entry SET stream_id = 999999 WHERE {OF_EDIE}",
            "UPDATE store_stream SET length = 0 WHERE name = 'patient/pat_edie'",
        ],
        "stream",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_tampering_is_found(journal: StoredJournal, fault: str) -> None:
    statements, field = FAULTS[fault]
    record_access(
        journal.db,
        Access(practice="cast", patient="pat_edie", actor="staff:a", purpose="care"),
        NOW,
    )
    assert verify(journal.db).problems == ()
    if journal.db.connection.vendor == "sqlite":
        journal.db.run("PRAGMA foreign_keys = OFF")
    behind_its_back(journal, *statements)
    found = verify(journal.db).problems
    assert field in {problem.field for problem in found}


def test_a_rewritten_chain_is_found_by_its_root(journal: StoredJournal, tmp_path: Path) -> None:
    write_root(seal(journal.db, NOW), tmp_path)
    assert verify(journal.db, tmp_path).problems == ()
    last = journal.db.rows(
        f"SELECT digest FROM store_entry WHERE {LAST.replace('MAX(position)', 'MAX(position) - 1')}"
    )
    digest = bytes(last[0][0]).hex()
    literal = f"'\\x{digest}'::bytea" if journal.db.is_postgres else f"x'{digest}'"
    behind_its_back(
        journal,
        f"DELETE FROM store_entry WHERE {LAST}",
        f"UPDATE store_stream SET length = length - 1, head = {literal} "
        "WHERE name = 'patient/pat_edie'",
    )
    assert {problem.field for problem in verify(journal.db, tmp_path).problems} == {"head"}
    behind_its_back(journal, "DELETE FROM store_leaf", "DELETE FROM store_seal")
    assert verify(journal.db).problems == ()
    seal(journal.db, NOW)
    assert {problem.field for problem in verify(journal.db, tmp_path).problems} == {"root"}


def test_seals_are_consistent_and_prove_streams(journal: StoredJournal) -> None:
    first = seal(journal.db, NOW)
    journal.append("cast", [a_minute(journal, "fresh")], received_at=NOW)
    second = seal(journal.db, NOW)
    digests = leaves(journal.db)
    assert (first.size, second.size) == (len(digests) - 1, len(digests))
    path = consistency_path(first.size, digests)
    assert is_consistent((first.size, second.size), (first.root, second.root), path)
    assert is_included(digests[2], 2, second.size, inclusion_path(2, digests), second.root)


# --- rebuilding -----------------------------------------------------------------------------------


def test_projections_rebuild_to_the_same_bytes(journal: StoredJournal) -> None:
    entries = list(cast_entries())
    random.Random(3).shuffle(entries)
    entries.sort(
        key=lambda entry: entry.supersedes is not None or isinstance(entry.body, EntryVoided)
    )
    for first in range(0, len(entries), 50):
        journal.append("cast", entries[first : first + 50], received_at=NOW)
    first = a_minute(journal, "b")
    journal.append("cast", [first, replace(first, id="a", patient="pat_cleo")], received_at=NOW)
    generated = list(synthesize(30, 1, seed=2, first_month=MARCH))
    journal.append("north", generated, received_at=NOW)
    before = content(journal)
    assert rebuild(journal.db, journal.desk) > 30
    assert content(journal) == before
    rebuild(journal.db, StoredJournal(journal.db).desk)
    assert content(journal) == before


def test_a_planted_difference_does_not_survive_a_rebuild(journal: StoredJournal) -> None:
    before = content(journal)
    journal.db.run("UPDATE store_patientmonth SET management_seconds = management_seconds + 1")
    journal.db.run("DELETE FROM store_staffspan")
    assert content(journal) != before
    rebuild(journal.db, journal.desk)
    assert content(journal) == before


# --- many at once ---------------------------------------------------------------------------------


def test_thirty_two_threads_save_to_one_month(journal: StoredJournal) -> None:
    start = a_minute(journal, "x").at
    template = a_minute(journal, "x")
    failures: list[BaseException] = []

    def save(number: int) -> None:
        begin = start + timedelta(minutes=2 * number)
        body = replace(template.body, start=begin, end=begin + timedelta(seconds=61))
        entry = replace(template, id=f"t{number}", at=begin, recorded_at=begin, body=body)
        try:
            journal.append("cast", [entry], received_at=NOW)
        except BaseException as error:  # noqa: BLE001 - told by the test
            failures.append(error)
        finally:
            connections[journal.db.alias].close()

    sql = "SELECT management_seconds FROM store_patientmonth WHERE patient = %s AND month = %s"
    before = journal.db.rows(sql, "pat_edie", "2026-03")[0][0]
    threads = [threading.Thread(target=save, args=(number,)) for number in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert journal.db.rows(sql, "pat_edie", "2026-03")[0][0] == before + 32 * 61
    assert verify(journal.db).problems == ()
    after = content(journal)
    rebuild(journal.db, StoredJournal(journal.db).desk)
    assert content(journal) == after
