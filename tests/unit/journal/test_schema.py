"""The published schema takes what the reader takes, and refuses what it refuses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.protocols import Validator

from caretally.journal.entries import KINDS
from caretally.journal.fields import fields_of, meanings, record_classes
from caretally.journal.ndjson import entry_to_json
from caretally.journal.reference import reference
from caretally.journal.schema import schema, write_reference
from tests.unit.journal.samples import (
    FULL,
    LATER,
    REQUIRED,
    accepted,
    changed,
    line,
    raw,
    refused,
    short,
)

PUBLISHED = Path(__file__).parents[3] / "docs" / "reference"


@pytest.fixture(scope="module")
def validator() -> Validator:
    Draft202012Validator.check_schema(schema())
    return Draft202012Validator(schema())


def as_sent(entry: object) -> Any:
    """Return an entry as a JSON reader of another program sees it."""
    return json.loads(line(entry))


def bad_samples() -> Iterator[dict[str, Any]]:
    """Yield entries with one fault each."""
    for kind in KINDS:
        yield raw(kind, {**FULL[kind], "colour": "red"})
        yield raw(kind, colour="red")
        yield {**raw(kind), "actor": "nobody"}
        yield {key: value for key, value in raw(kind).items() if key != "id"}
        yield {**raw(kind), "supersedes": "e0", "reason": None}
        yield {**raw(kind), "supersedes": "e0", "reason": " "}
        yield {**raw(kind), "at": "2026-03-04T10:00:00"}
        for key in REQUIRED[kind]:
            yield changed(kind, **{key: None})
            yield raw(kind, {**FULL[kind], key: None})
            yield raw(kind, {**FULL[kind], key: {"a": 1}})
    yield raw("enrolled", patient=None)
    yield {**raw("staff_registered"), "patient": "p1"}
    yield raw("died", at=None)
    yield raw("contact_attempted", short("contact_attempted")["body"], at=None)
    yield {**raw("entry_voided"), "reason": None}
    yield {**raw("died"), "kind": "teleported"}
    yield changed("contact_held", mode="smoke")
    yield changed("contact_held", spoke_with="caregiver:")
    yield changed("contact_held", topics=["weather"])
    yield changed("contact_held", excluded=[{"start": LATER, "end": LATER}])
    yield changed("contact_held", two_way="true")
    yield changed("covered", priority=4)
    yield changed("covered", priority="1")
    yield changed("visit_billed", code="9945x")
    yield changed("visit_billed", date="2026-3-4")
    yield changed("reading_recorded", value="NaN")
    yield changed("reading_recorded", value=True)
    yield changed("reading_recorded", components=[{"metric": "m", "value": None, "unit": "u"}])


@pytest.mark.parametrize("kind", KINDS)
def test_good_entries_are_valid(kind: str, validator: Validator) -> None:
    begins = KINDS[kind].begins
    entries = [raw(kind), short(kind), entry_to_json(accepted(raw(kind)))]
    entries += [raw(kind, at=None)] if begins else []
    for entry in entries:
        accepted(entry)
        assert [error.message for error in validator.iter_errors(as_sent(entry))] == []


def test_every_seeded_fault_is_found_by_schema_and_reader(validator: Validator) -> None:
    samples = list(bad_samples())
    assert len(samples) > 300
    for entry in samples:
        assert refused(entry)
        assert not validator.is_valid(as_sent(entry)), entry


def test_a_weaker_schema_would_be_noticed() -> None:
    weaker = schema()
    weaker["allOf"] = []
    taken = [
        entry for entry in bad_samples() if Draft202012Validator(weaker).is_valid(as_sent(entry))
    ]
    assert len(taken) > 100


def test_every_field_has_a_meaning() -> None:
    for record in record_classes(KINDS.values()):
        told = meanings(record)
        assert list(told) == [field.attribute for field in fields_of(record)]
        assert all(words.endswith(".") for words in told.values())


@pytest.mark.parametrize("name", ["entry.schema.json", "entries.md"])
def test_the_published_files_are_up_to_date(tmp_path: Path, name: str) -> None:
    write_reference(tmp_path)
    fresh = (tmp_path / name).read_text(encoding="utf-8")
    assert (PUBLISHED / name).read_text(encoding="utf-8") == fresh, (
        "run: python -m caretally.journal.schema docs/reference"
    )


def test_the_page_names_every_kind_and_field() -> None:
    page = reference()
    for kind, body in KINDS.items():
        section = page.split(f"## `{kind}`")[1].split("\n## ")[0]
        assert all(f"| `{field.key}` |" in section for field in fields_of(body))
