"""Reads a payer's sheet: its counting policy, its own values, and the limits it announced.

Only what a source says stands in these sheets; a payer about which nothing is known still has
one, so that "known, nothing special" and "unknown" stay different answers.
"""

from __future__ import annotations

from collections.abc import Mapping

from caretally.billability.dated_values import read_dated
from caretally.billability.sheet_reader import read_notes
from caretally.billability.sheet_records import Dated, PayerSheet, Restriction
from caretally.codes import PAYERS
from caretally.yaml_lines import Row

STATUSES = ("in_force", "announced", "postponed", "withdrawn")


def read_payer(row: Row, units_of: Mapping[str, str], file: str) -> PayerSheet:
    """Return a payer's sheet; `units_of` maps the names of all known parameters to units."""
    policy = row.row("default_policy")
    overrides = row.row("overrides")
    sheet = PayerSheet(
        payer=row.one_of("payer", PAYERS),
        summary=row.text("summary"),
        reviewed_on=row.dated("reviewed_on"),
        decides=row.flag("decides", default=True),
        default_policy=read_dated(policy, "policy"),
        overrides={name: read_override(name, overrides, units_of) for name in overrides.written()},
        restrictions=tuple(read_restriction(item) for item in row.rows("restrictions")),
        notes=read_notes(row),
        file=file,
    )
    if not sheet.default_policy:
        row.refuse("default_policy", "no dated value", "a counting policy from a first date on")
    policy.finish()
    row.finish()
    if not file.endswith(f"/{sheet.payer}.yaml"):
        row.refuse("payer", sheet.payer, f"the payer the file is named after ({file})")
    return sheet


def read_override(name: str, overrides: Row, units_of: Mapping[str, str]) -> tuple[Dated, ...]:
    """Return a payer's own values of one parameter."""
    if name not in units_of:
        overrides.refuse(name, f"the unknown parameter {name!r}", "a parameter of some sheet")
    inner = overrides.row(name)
    values = read_dated(inner, units_of.get(name, "units"))
    inner.finish()
    return values


def read_restriction(row: Row) -> Restriction:
    """Return one limit on coverage, whatever its status."""
    restriction = Restriction(
        id=row.text("id"),
        status=row.one_of("status", STATUSES),
        from_on=row.dated("from"),
        to_on=row.day("to"),
        allowed_diagnoses=row.words("allowed_diagnoses"),
        flag=row.text("flag", "") or None,
        says=row.text("says"),
        cites=row.cites(),
    )
    row.finish()
    return restriction
