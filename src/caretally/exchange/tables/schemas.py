"""The columns of every table, in and out, with what each says; the reference prints them.

Words are positions in the tuples of `caretally.codes`, instants whole seconds since 1970-01-01
UTC, days days since 1970-01-01, sets bit masks. Stretches are half-open; an empty end is open.
"""

from __future__ import annotations

from typing import NamedTuple

from caretally.patient_months.columns import FACTS


class Field(NamedTuple):
    """One column: its name, Arrow's name of its type, what it says, and whether it may be empty."""

    name: str
    type: str
    says: str
    empty: bool = False


TINY, SMALL, WHOLE, LONG, MASK, TEXT = "int8", "int16", "int32", "int64", "uint64", "string"
LISTS = {"list<int32>": WHOLE, "list<int64>": LONG}
"""Lists without empty items, and what their items are."""
WHOLES, LONGS = LISTS

PATIENTS = (
    Field("patient", TEXT, "id; the row's position is the patient's number in all other tables"),
    Field("spans", WHOLE, "rows of the patient in spans"),
    Field("readings", WHOLE, "rows of the patient in readings"),
    Field("facts", WHOLE, "rows of the patient in facts"),
)
SPANS = (
    Field("id", TEXT, "id of the entry"),
    Field("patient", WHOLE, "number of the patient"),
    Field("start", LONG, "instant it started"),
    Field("end", LONG, "instant it ended"),
    Field("kind", TINY, "0 contact, 1 attempt, 2 time"),
    Field("program", TINY, "position in PROGRAMS"),
    Field("mode", TINY, "position in CONTACT_MODES; 0 for attempts and time"),
    Field("spoke_with", SMALL, "0 patient, 1 other, 2 + the number of the patient's caregiver"),
    Field("two_way", TINY, "1 if both sides could speak"),
    Field("topics", SMALL, "mask over TOPICS"),
    Field("category", TINY, "position in CATEGORIES; 0 for contacts and attempts"),
    Field("part_of_visit", TINY, "1 if it belongs to a billed visit"),
    Field("marked", TINY, "1 if logged for the review code"),
    Field("standing", TINY, "0 in force, 1 superseded, 2 voided"),
    Field("recorded", LONG, "instant it was written down"),
    Field("performers", WHOLES, "numbers of the staff, each once; none for attempts"),
    Field(
        "places",
        WHOLES,
        "for each performer, the place of this performance among all of the part when they are"
        " sorted by performer, start and id",
    ),
    Field("excluded", LONGS, "begin and end of each excluded leg in turn"),
)
READINGS = (
    Field("id", TEXT, "id of the entry"),
    Field("patient", WHOLE, "number of the patient"),
    Field("at", LONG, "instant it was measured"),
    Field("device", SMALL, "number among the patient's own devices, as in custody facts"),
    Field("origin", TINY, "position in ORIGINS"),
    Field("standing", TINY, "0 in force, 1 superseded, 2 voided, 3 duplicate, 4 without a value"),
)
STAFF = (
    Field("staff", WHOLE, "number of the person, as in performers; sorted"),
    Field("role", TINY, "position in ROLES"),
    Field("from", WHOLE, "first day of the registration", empty=True),
    Field("to", WHOLE, "last day of the registration", empty=True),
)
FACTS_ON_RECORD = (
    Field("patient", WHOLE, "number of the patient"),
    Field("kind", TINY, "what the row is about, see the kinds"),
    Field("code", WHOLE, "by kind"),
    Field("from", LONG, "first instant or day"),
    Field("to", LONG, "instant or day at which it ended", empty=True),
    Field("x", LONG, "by kind"),
    Field("y", WHOLE, "by kind"),
)
INPUTS = {
    "patients": PATIENTS,
    "spans": SPANS,
    "readings": READINGS,
    "staff": STAFF,
    "facts": FACTS_ON_RECORD,
}
"""The tables of a part, each a Parquet file of its name."""

KINDS = (
    ("enrolled", "program", "instants enrolled", "", ""),
    ("consented", "program", "instants consented", "", ""),
    ("died", "0", "instant of death, open", "", ""),
    ("detail", "program", "instant of an enrollment", "mask of its diagnoses", "diagnosis set"),
    ("place", "program", "instant of an enrollment", "zone", "position in SETTINGS"),
    ("visited", "program", "instant of an enrollment", "years begun since the visit", ""),
    ("ordered", "program", "instants ordered", "", ""),
    ("covered", "0", "days covered; the preferred coverage first", "payer", ""),
    ("caregiver", "caregiver", "days of authority", "", ""),
    ("custody", "device", "instants the patient held it", "1 medical device", "body system or -1"),
    ("setup", "0", "instant of a set-up, open", "", ""),
    ("covid", "0", "days of COVID-19", "", ""),
    ("stay", "0", "instants in a facility", "", ""),
    ("surgery", "0", "days of a related global period of the billing provider", "", ""),
    ("elsewhere", "code billed", "days billed for", "", ""),
    ("visit", "code billed", "the day and the day after", "", ""),
    ("authorized", "payer", "days authorized", "mask of RULE_CODES", ""),
    ("access", "0", "days aligned", "mask of the diagnoses aligned", ""),
)
"""Kinds of facts by number: what code, stretch, x and y are."""

DECISIONS = (
    Field("patient", TEXT, "id"),
    Field("program", TINY, "position of the decided program in PROGRAMS"),
    Field("zone", SMALL, "position of the time zone in the part's words"),
    Field("payer", SMALL, "position of the payer on the last day in the part's words, or -1"),
    Field("policy", TINY, "position of the payer's policy in POLICIES"),
    Field("management_seconds", WHOLE, "countable seconds"),
    Field("live_seconds", WHOLE, "those of live contacts"),
    Field("ai_seconds", WHOLE, "seconds of AI calls and agents"),
    Field("chat_seconds", WHOLE, "seconds of text chat"),
    Field("review_seconds", WHOLE, "seconds marked for the review code"),
    Field("qualifying_contacts", WHOLE, "live two-way clinical contacts"),
    Field("slots", WHOLE, "rows of the patient in slots"),
    Field("entries", WHOLE, "rows of the patient in entries"),
    Field("lines", WHOLE, "rows of the patient in lines"),
)
LINES = (
    Field("patient", WHOLE, "number of the patient: the row in decisions"),
    Field("slot", WHOLE, "row in slots"),
    Field("code", TINY, "position in the words' codes"),
    Field("units", TINY, "units that may be billed"),
    Field("date_of_service", WHOLE, "day"),
    Field("at_risk", TINY, "mask over READINGS under which it would fall or shrink"),
    Field("sister", TINY, "1 for an advisory line of a sister program"),
)
CODES = (
    Field("slot", WHOLE, "row in slots"),
    Field("code", TINY, "position in the words' codes"),
    Field("units", TINY, "units under the payer's policy"),
    Field("criteria", MASK, "a bit for each criterion met, in the sheet's order, the first lowest"),
    Field("restricted", TINY, "1 where a payer's restriction takes the line"),
)
ENTRIES = (
    Field("id", TEXT, "id of the entry"),
    Field("patient", WHOLE, "number of the patient: the row in decisions"),
    Field("counted_seconds", WHOLE, "seconds it won in the month"),
    Field("live_seconds", WHOLE, "those won as a live contact"),
    Field("reasons", WHOLE, "mask over REASONS, why it counts less than its span"),
)


def fact_type(name: str) -> str:
    """Return the type of a fact's column."""
    return LONG if name in {"began_on", "episode_from", "setup_after"} else WHOLE


SLOTS = tuple(Field(name, fact_type(name), f"see Facts.{name}") for name in FACTS)
OUTPUTS = {
    "decisions": DECISIONS,
    "lines": LINES,
    "codes": CODES,
    "slots": SLOTS,
    "entries": ENTRIES,
}
"""The tables of a decided part, each a Parquet file of its name."""
