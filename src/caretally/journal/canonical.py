"""The canonical JSON of an entry: one form, to the byte, whoever wrote the entry.

Instants are in UTC with Z, fields at their default are left out, numbers keep every digit they
were sent with. Digests may rest on it; so it refuses to depend on locale, order or version.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from typing import TypeAlias

import msgspec

from caretally.journal.entries import Entry
from caretally.journal.fields import SCALARS, Shape, fields_of

Render: TypeAlias = Callable[[object], object]

_REQUIRED = object()


def entry_to_json(entry: Entry) -> dict[str, object]:
    """Return the canonical JSON object of an entry.

    Instants and dates are texts, numbers stay Decimal so that no digit is lost; `line_of` writes
    them as JSON numbers. Fields at their default are left out, but `patient` is always there.
    """
    made: dict[str, object] = {
        "id": entry.id,
        "kind": entry.kind,
        "patient": entry.patient,
        "at": _instant_text(entry.at),
        "recorded_at": _instant_text(entry.recorded_at),
        "actor": entry.actor,
    }
    if entry.supersedes is not None:
        made["supersedes"] = entry.supersedes
    if entry.reason is not None:
        made["reason"] = entry.reason
    made["body"] = _record_to_json(entry.body)
    return made


def line_of(entry: Entry) -> bytes:
    """Return the canonical line of an entry, UTF-8 with its line feed."""
    return _encode(entry_to_json(entry)) + b"\n"


_encode = msgspec.json.Encoder(decimal_format="number").encode


def _record_to_json(record: object) -> dict[str, object]:
    made: dict[str, object] = {}
    of: type = type(record)
    for key, attribute, default, render in _columns(of):
        value = getattr(record, attribute)
        if value is not None and value != default:
            made[key] = value if render is None else render(value)
    return made


@cache
def _columns(record: type) -> tuple[tuple[str, str, object, Render | None], ...]:
    """Return key, attribute, default and rendering of each field; none for what JSON has."""
    return tuple(
        (
            field.key,
            field.attribute,
            _REQUIRED if field.required else field.default,
            _render_of(field.shape),
        )
        for field in fields_of(record)
    )


def _render_of(shape: Shape) -> Render | None:
    render = _RENDERS.get(shape.of) if shape.of in SCALARS else _record_to_json
    if not shape.many:
        return render
    return _list_render(render) if render else _list


def _list_render(render: Render) -> Render:
    def rendered(values: object) -> object:
        """Render each of a field's values."""
        assert isinstance(values, tuple)
        return [render(value) for value in values]

    return rendered


def _list(values: object) -> object:
    assert isinstance(values, tuple)
    return list(values)


def _instant_text(instant: object) -> str:
    """Return an instant that is in UTC as text with Z, and fractions only where there are any."""
    assert isinstance(instant, datetime)
    return f"{instant.isoformat()[:-6]}Z"


def _date_text(day: object) -> str:
    assert isinstance(day, date)
    return day.isoformat()


_RENDERS: dict[type, Render] = {datetime: _instant_text, date: _date_text}
