"""What a payer's reason says about our own rules: criterion, evidence, what to do about it.

The reading is data under `rulebook/denials`, each with a source and how far it is to be trusted.
Codes and our own words only; the texts of the code lists are not shipped. A code that is not in
the data is unknown, and is said to be.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from caretally.billability.criteria import CRITERIA
from caretally.billability.holds import NOT_LOADED
from caretally.billability.sheet_records import Source
from caretally.billability.sheets import CONFIDENCES, load_rulebook, read_source
from caretally.claims.checks import KINDS
from caretally.codes import ADJUSTMENT_GROUPS, DENIAL_ACTIONS, PAYERS
from caretally.errors import RulebookError
from caretally.yaml_lines import Problems, Row, read_table

SOURCES = "sources.yaml"
NAMES = frozenset({*CRITERIA, NOT_LOADED.name})
"""Criteria of the rulebook a denial may speak of."""
EDITS = (
    "bills_first_payer", "fits_modifiers", "fits_pairs", "has_base_code", "is_filed_in_time",
    "is_first_claim", "is_valid_code", "names_authorization", "names_diagnosis", "names_patient",
    "names_place", "names_providers", "stays_within_units", "waits_for_date",
)  # fmt: skip
"""What a claim must keep before it is sent, beyond the criteria of its decision."""
EVIDENCE = (
    "authorization", "claim", "consent", "contacts", "coverage", "decision", "device_days",
    "diagnosis", "notes", "order", "other_services", "providers", "time", "units", "visit",
)  # fmt: skip
"""What to look at; pages say where it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One reading of a reason.

    groups, remarks: only with one of these; empty for any. payer: of one payer; empty for all.
    check: kind of a stricter check that would have stopped it; empty for none.
    """

    carc: str
    groups: tuple[str, ...]
    remarks: tuple[str, ...]
    payer: str
    says: str
    criteria: tuple[str, ...]
    edits: tuple[str, ...]
    evidence: tuple[str, ...]
    action: str
    check: str
    confidence: str
    cites: tuple[str, ...]

    def fits(self, told: Told) -> bool:
        """Tell whether it is about what a payer told."""
        return (
            self.carc == told.carc
            and self.payer in {"", told.payer}
            and (not self.groups or told.group in self.groups)
            and (not self.remarks or bool(set(self.remarks) & set(told.remarks)))
        )

    @property
    def rank(self) -> tuple[bool, bool, bool]:
        """How special it is; the most special one is taken."""
        return bool(self.remarks), bool(self.payer), bool(self.groups)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a payer told about a line: group, adjustment reason, remark codes."""

    carc: str
    group: str
    remarks: tuple[str, ...] = ()
    payer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasons:
    """All readings, and the sources they cite; by_carc: readings by their code."""

    readings: tuple[Reason, ...]
    by_carc: Mapping[str, tuple[Reason, ...]]
    sources: Mapping[str, Source]

    def of(self, told: Told) -> Reason | None:
        """Return the most special reading of what a payer told; None where the code is unknown."""
        fitting = [each for each in self.by_carc.get(told.carc, ()) if each.fits(told)]
        return max(fitting, key=lambda each: each.rank, default=None)


def load_reasons(folder: Traversable | None = None) -> Reasons:
    """Return the readings of a folder, or the installed ones.

    Raises:
        RulebookError: anything in it cannot be used; all problems are listed by file and line.
    """
    return installed() if folder is None else read_reasons(folder)


@lru_cache(maxsize=1)
def installed() -> Reasons:
    """Return the readings that came with the program, read once."""
    return read_reasons(files("caretally") / "rulebook" / "denials")


def read_reasons(folder: Traversable) -> Reasons:
    """Return the readings of a folder.

    Raises:
        RulebookError: anything in it cannot be used.
    """
    problems = Problems()
    texts = {item.name: item.read_text(encoding="utf-8") for item in folder.iterdir()
             if item.name.endswith(".yaml")}  # fmt: skip
    rows = {name: Row(read_table(texts[name], f"denials/{name}", problems), problems)
            for name in sorted(texts)}  # fmt: skip
    own = rows.pop(SOURCES, None)
    sources = dict(load_rulebook().sources)
    if own is not None:
        sources |= {key: read_source(key, own.row(key)) for key in own.written()}
    problems.sources |= sources.keys()
    readings = tuple(each for row in rows.values() for each in read_file(row))
    refuse_doubles(readings, problems)
    if problems.found:
        raise RulebookError(problems.settled())
    cited = {key for each in readings for key in each.cites}
    return Reasons(
        readings=readings, by_carc=grouped(readings),
        sources={key: sources[key] for key in sorted(cited)},
    )  # fmt: skip


def grouped(readings: Iterable[Reason]) -> Mapping[str, tuple[Reason, ...]]:
    """Return readings by their code."""
    found: dict[str, tuple[Reason, ...]] = {}
    for each in readings:
        found[each.carc] = (*found.get(each.carc, ()), each)
    return found


def read_file(row: Row) -> list[Reason]:
    """Return the readings of one file."""
    row.dated("reviewed_on")
    payer = row.one_of("payer", ("", *PAYERS), "")
    found = [read_reason(each, payer) for each in row.rows("reasons")]
    row.finish()
    return found


def read_reason(row: Row, payer: str) -> Reason:
    """Return one reading."""
    reason = Reason(
        carc=row.text("carc"), payer=payer, says=row.text("says"),
        groups=words_among(row, "groups", ADJUSTMENT_GROUPS),
        remarks=row.words("remarks", required=False),
        criteria=words_among(row, "criteria", NAMES), edits=words_among(row, "edits", EDITS),
        evidence=words_among(row, "evidence", EVIDENCE),
        action=row.one_of("action", DENIAL_ACTIONS),
        check=row.one_of("check", ("", *KINDS), ""),
        confidence=row.one_of("confidence", CONFIDENCES), cites=row.cites(),
    )  # fmt: skip
    if not reason.evidence:
        row.refuse("evidence", "nothing", "at least one thing to look at")
    row.finish()
    return reason


def words_among(row: Row, key: str, allowed: Iterable[str]) -> tuple[str, ...]:
    """Return a list of words out of a closed set; an unknown one is a problem."""
    words, allowed = row.words(key, required=False), sorted(allowed)
    for word in words:
        if word not in allowed:
            row.refuse(key, f"the unknown word {word!r}", "one of " + ", ".join(allowed))
    return words


def refuse_doubles(readings: Iterable[Reason], problems: Problems) -> None:
    """Refuse two readings between which nothing decides."""
    seen: set[tuple[object, ...]] = set()
    for each in readings:
        for remark in each.remarks or ("",):
            for group in each.groups or ("",):
                key = (each.carc, each.payer, remark, group)
                if key in seen:
                    place = " ".join(filter(None, (each.carc, remark, group, each.payer)))
                    problems.add("denials/", place, "two readings of one reason", "one")
                seen.add(key)
