"""From one parsed JSON object to one checked entry: the rules that tie fields together.

What a single field may hold is decided in `scalars`; here stand the rules of the contract about
the envelope. An implausible span is read: the fold quarantines it, where people can see it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from caretally.journal.entries import KINDS, Body, Entry, EntryVoided
from caretally.journal.faults import (
    Fault,
    Misfit,
    below,
    misfit,
    missing_field,
    nearest,
    shown,
)
from caretally.journal.fields import fields_of, key_of
from caretally.journal.records import (
    Columns,
    decode_fields,
    faults_of,
    missing_fields,
    record_decoder,
)
from caretally.journal.scalars import Decoder

LATE_AFTER = timedelta(hours=72)
"""An entry recorded later than this after it took effect says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """What the envelope must know about a kind, looked up once."""

    body: type[Body]
    decode: Decoder
    begins: str | None
    ends: str | None
    is_empty: bool
    is_void: bool
    has_dates: bool
    has_patient: bool | None


def _kind(body: type[Body]) -> _Kind:
    attributes = {field.attribute for field in fields_of(body)}
    return _Kind(
        body=body,
        decode=record_decoder(body),
        begins=body.begins,
        ends=body.ends,
        is_empty=not attributes,
        is_void=body is EntryVoided,
        has_dates={"from_on", "to_on"} <= attributes,
        has_patient={"patient": True, "practice": False, "either": None}[body.about],
    )


_KINDS = {word: _kind(body) for word, body in KINDS.items()}
_OWN = frozenset({"kind", "body"})
_DERIVED = frozenset({"at", "recorded_at"})
_COLUMNS = Columns.of(
    replace(field, required=field.required and field.attribute not in _DERIVED)
    for field in fields_of(Entry)
    if field.attribute not in _OWN
)


def decode_entry(raw: object) -> Entry:
    """Return the entry of a parsed JSON object.

    Raises:
        Misfit: with all that is wrong with it.
    """
    if type(raw) is not dict:
        raise misfit(raw, "an object: one entry a line", private=True)
    values, faults = decode_fields(raw, _COLUMNS, _OWN)
    if "id" not in values or "actor" not in values:
        faults += missing_fields(raw, _COLUMNS, values, faults)
    word = raw.get("kind")
    kind = _KINDS.get(word) if type(word) is str else None
    if kind is None:
        raise Misfit(*faults, _other_kind(raw))
    if ("patient" in values) is not kind.has_patient:
        _check_patient(kind, raw, faults)
    body: Body | None
    try:
        body = kind.decode(raw.get("body"))  # type: ignore[assignment]
    except Misfit:
        body = _without_content(raw, kind, faults)
    at, is_stated = values.get("at"), "recorded_at" in values
    begins = getattr(body, kind.begins) if kind.begins and body is not None else at
    if at is None or begins is not at or not is_stated:
        _settle_instants(values, kind, body, raw, faults)
    is_late = is_stated and _is_late(values, kind, body)
    if is_late or kind.is_void or "supersedes" in values:
        _check_reason(values, raw, faults, is_late=is_late)
    if body is None:
        raise Misfit(*faults)
    if kind.has_dates:
        _check_dates(body, faults)
    if faults:
        raise Misfit(*faults)
    return Entry(body=body, **values)  # type: ignore[arg-type]


def _other_kind(raw: dict[str, object]) -> Fault:
    """Return the fault of a kind that is missing, wrong, or unknown and skipped if lenient."""
    word = raw.get("kind")
    if word is None:
        return missing_field("kind", raw)
    hint = nearest(word, list(_KINDS)) if isinstance(word, str) else ""
    return Fault(
        path=("kind",),
        found=shown(word),
        expected="a kind of entry that this version knows",
        hint=hint or "see the reference of entries, or read with --lenient to skip it",
        unknown=isinstance(word, str),
    )


def _without_content(raw: dict[str, object], kind: _Kind, faults: list[Fault]) -> Body | None:
    """Return the body of a kind that needs none, or add why a body was refused."""
    content = raw.get("body")
    if content is not None:
        faults += below("body", faults_of(kind.decode, content))
    elif kind.is_empty:
        return kind.body()
    else:
        faults.append(missing_field("body", raw))
    return None


def _settle_instants(
    values: dict[str, object],
    kind: _Kind,
    body: Body | None,
    raw: dict[str, object],
    faults: list[Fault],
) -> None:
    """Fill in `at` and `recorded_at` where the body tells them; refuse an `at` that differs."""
    begins = getattr(body, kind.begins) if body and kind.begins else None
    ends = getattr(body, kind.ends) if body and kind.ends else None
    if raw.get("at") is None:
        values["at"] = begins
        if begins is None and (body or not kind.begins):
            faults.append(missing_field("at", raw))
    elif begins is not None and values.get("at", begins) != begins:
        faults.append(_other_instant(raw["at"], key_of(kind.body, str(kind.begins))))
    if raw.get("recorded_at") is None:
        values["recorded_at"] = ends if ends is not None else values.get("at")


def _other_instant(found: object, key: str) -> Fault:
    return Fault(
        path=("at",),
        found=shown(found),
        expected=f"the same instant as body.{key}",
        hint="leave `at` out: the body tells it",
    )


def _check_patient(kind: _Kind, raw: dict[str, object], faults: list[Fault]) -> None:
    """Demand a patient of what is about one, and refuse one elsewhere."""
    found = raw.get("patient")
    if kind.has_patient and found is None:
        faults.append(missing_field("patient", raw))
    elif kind.has_patient is False and found is not None:
        faults.append(
            Fault(
                path=("patient",),
                found="a patient",
                expected=f"null: {kind.body.kind} is about a practice",
                hint="leave `patient` out",
            )
        )


def _check_dates(body: Body, faults: list[Fault]) -> None:
    first: date | None = getattr(body, "from_on")  # noqa: B009 - only bodies with dates come here
    last: date | None = getattr(body, "to_on")  # noqa: B009
    if first is not None and last is not None and last < first:
        faults.append(
            Fault(
                path=("body", "to"),
                found=last.isoformat(),
                expected=f"a date not before body.from, {first.isoformat()}",
                hint="correct one of the two; the last day is inclusive",
            )
        )


def _check_reason(
    values: dict[str, object], raw: dict[str, object], faults: list[Fault], *, is_late: bool
) -> None:
    """Demand a reason of corrections and of what was stated to be recorded late."""
    reason = values.get("reason")
    if (isinstance(reason, str) and reason.strip()) or (reason is None and raw.get("reason")):
        return
    if is_late:
        why = "of an entry recorded more than 72 hours after it took effect"
    else:
        why = "of an entry that supersedes another" if "supersedes" in values else "of a void"
    faults.append(
        Fault(
            path=("reason",),
            found="no such field" if reason is None else "an empty text",
            expected=f"the reason {why}",
            hint="say why, for example late_upload" if is_late else "say why",
        )
    )


def _is_late(values: dict[str, object], kind: _Kind, body: Body | None) -> bool:
    """Whether an entry was recorded late; at the end of its span it never is.

    That is the default, and an entry must stay valid when its defaults are written out.
    """
    at, recorded_at = values.get("at"), values["recorded_at"]
    if not isinstance(at, datetime) or not isinstance(recorded_at, datetime):
        return False
    if recorded_at - at <= LATE_AFTER:
        return False
    return kind.ends is None or (body is not None and getattr(body, kind.ends) != recorded_at)
