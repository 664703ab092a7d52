"""Claims as a table: a row a line, to the byte, and nothing a spreadsheet would compute."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

from caretally.claims.csv_writer import COLUMNS, write_csv
from caretally.synthetic.claims import batch_of, claims
from tests.unit.claims.samples import CLAIM, PERSON


def test_every_line_is_a_row_with_its_claims_total() -> None:
    batch = batch_of(claims(20, seed=3))
    rows = list(csv.DictReader(io.StringIO(write_csv(batch).decode())))
    assert [row["line"] for row in rows] == [e.line for c in batch.claims for e in c.lines]
    assert {row["claim_total"] for row in rows} == {f"{c.total:.2f}" for c in batch.claims}
    assert tuple(rows[0]) == COLUMNS
    assert write_csv(batch) == write_csv(batch)


def test_a_name_that_is_a_formula_is_text() -> None:
    bad = replace(CLAIM, patient=replace(PERSON, last='=HYPERLINK("x")'))
    body = write_csv(replace(batch_of(claims(1, seed=3)), claims=(bad,))).decode()
    row = next(csv.DictReader(io.StringIO(body)))
    assert row["patient_last"] == '\'=HYPERLINK("x")'
