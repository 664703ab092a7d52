"""All checks of a claim before it leaves: which there are, and what they find.

Their names and sentences are what people read; a page of the docs lists them from here.
"""

from __future__ import annotations

from collections.abc import Mapping

from caretally.claims import edits_of_dates, edits_of_lines, edits_of_parties
from caretally.claims.findings import EDITS, Around, Edit, Finding, examined
from caretally.claims.records import Claim

ROOMS = (edits_of_parties, edits_of_lines, edits_of_dates)
"""The modules that hold edits; importing them fills the list."""


def all_edits() -> Mapping[str, Edit]:
    """Return all edits by name, in the order in which they are shown."""
    return EDITS


def examine(claim: Claim, around: Around) -> tuple[Finding, ...]:
    """Return what is wrong with a claim, what stops it first."""
    return examined(claim, around, all_edits())


def table() -> str:
    """Return all edits as a table for a page of the docs."""
    rows = ["| check | asks | severity | rests on |", "|---|---|---|---|"]
    rows += [
        f"| `{each.name}` | {each.says} | {each.severity} | {each.source} |"
        for each in all_edits().values()
    ]
    return "\n".join(rows) + "\n"
