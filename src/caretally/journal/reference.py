"""The reference page of entries, generated from the records themselves.

What a field means stands in the docstring of its record and nowhere else; this page repeats it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from caretally.journal.entries import KINDS, Body, Entry, EntryVoided
from caretally.journal.entries.shapes import OneOf, Shaped, Whole, ZoneName
from caretally.journal.fields import (
    Field,
    Shape,
    fields_of,
    key_of,
    meanings,
    record_classes,
    summary,
)
from caretally.journal.lines import LONGEST_LINE
from caretally.journal.scalars import MOST_DIGITS


def reference() -> str:
    """Return the page that lists all kinds and fields, in Markdown."""
    envelope = [field for field in fields_of(Entry) if field.attribute != "body"]
    kinds = [_kind_section(kind, body) for kind, body in KINDS.items()]
    parts = [record for record in record_classes(KINDS.values()) if not issubclass(record, Body)]
    return "\n".join([_PREAMBLE, _table(Entry, envelope), *kinds, *map(_part_section, parts)])


_PREAMBLE = f"""<!-- Made by `python -m caretally.journal.schema docs/reference`; do not edit. -->
# Entries

What may stand in an entry, kind by kind. `entry.schema.json` beside this page says the same for
programs. One JSON object a line (NDJSON, UTF-8; gzip where the name ends in `.gz`), a line at most
{LONGEST_LINE // 2**20} MiB long. The order of lines carries no meaning.

- **Instants** are ISO 8601 with an offset, `2026-03-04T10:00:00-06:00` or `2026-03-04T16:00:00Z`.
  They are kept in UTC to the microsecond; the fold cuts them to whole seconds. Years 1900 to 2199.
- **Dates** are local calendar dates, `2026-03-04`; `from` and `to` are both inclusive.
- **Numbers** keep the digits they were sent with: a JSON number, or such a number as text, of at
  most {MOST_DIGITS} digits.
- **Ids and labels** have 1 to 255 characters and no control characters. Free text is free, but for
  the character U+0000. Messages never repeat free text.
- **Absent and null** are the same for a field that is not required.
- **Unknown** kinds and fields, a key that stands twice in an object, `NaN` and bytes that are no
  UTF-8 are refused with file, line and field. `--lenient` reports and skips unknown kinds and
  fields, nothing else.
- **The same id** with the same content, compared after defaults and in UTC, is read once; with
  other content it is refused. `72.50` and `72.5` are the same content.
- **Written** entries have one form to the byte: instants in UTC with `Z`, fields at their default
  left out, the keys in the order of this page.

## The envelope
"""


def _kind_section(kind: str, body: type[Body]) -> str:
    about = {
        "patient": "`patient` is required.",
        "practice": "`patient` is null or absent.",
        "either": "`patient` may be null.",
    }[body.about]
    if body.begins:
        about += f" `at` may be left out: it is `body.{key_of(body, body.begins)}`."
    if body.ends:
        about += f" `recorded_at` is `body.{key_of(body, body.ends)}` by default."
    if body is EntryVoided:
        about += " `reason` is required."
    table = _table(body, fields_of(body)) if fields_of(body) else "The body is empty or absent.\n"
    return f"## `{kind}`\n\n{summary(body)} {about}\n\n{table}"


def _part_section(record: type) -> str:
    return f"## {record.__name__}\n\n{summary(record)}\n\n{_table(record, fields_of(record))}"


def _table(record: type, fields: Iterable[Field]) -> str:
    says = meanings(record)
    rows = [
        f"| `{field.key}` | {_type_words(field.shape)} | {_default_words(field)} "
        f"| {says[field.attribute]} |"
        for field in fields
    ]
    if record is Entry:
        rows.insert(1, "| `kind` | a heading of this page | required | what the body says |")
    head = ["| field | what | if absent | meaning |", "|---|---|---|---|"]
    return "\n".join([*head, *rows, ""])


def _type_words(shape: Shape) -> str:
    words = _scalar_words(shape)
    return f"list of: {words}" if shape.many else words


def _scalar_words(shape: Shape) -> str:
    if one_of := shape.mark(OneOf):
        return ", ".join(f"`{word}`" for word in one_of.words)
    if shaped := shape.mark(Shaped):
        return shaped.brief
    if shape.mark(ZoneName):
        return "IANA time zone"
    if whole := shape.mark(Whole):
        return f"{whole.least} to {whole.most}"
    known = {
        str: "free text",
        bool: "boolean",
        Decimal: "number",
        date: "date",
        datetime: "instant",
    }
    return known.get(shape.of, f"[{shape.of.__name__}](#{shape.of.__name__.lower()})")


def _default_words(field: Field) -> str:
    if field.attribute in _BY_KIND:
        return _BY_KIND[field.attribute]
    if field.required:
        return "required"
    absent = {"None": "–", "()": "none", "False": "false"}
    return absent.get(str(field.default), str(field.default))


_BY_KIND = {
    "patient": "as the kind says",
    "at": "as the kind says",
    "recorded_at": "the end of the span, else `at`",
}
