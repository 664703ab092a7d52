"""One form as it stands on a page: what it holds, what is wrong with it, and what it comes to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict

from caretally.clock import zone
from caretally.errors import InputError, Problem
from caretally.journal.entries import Entry
from caretally.practice.enrolling import WORKS, Written, said
from caretally.practice.enrolling_times import instant_problem, read_instant, typed_instant
from caretally.web.enrollment.fields import (
    INSTANT,
    Field,
    Shown,
    Values,
    body_json,
    posted,
    typed,
)
from caretally.web.enrollment.forms import Form
from caretally.web.enrollment.options import Desk, first_values, options_of

AT = Field(
    name="at", label="Since when", kind=INSTANT, help="Leave empty for now; it cannot be later."
)
WHY = Field(
    name="why", label="Why", help="Needed for a correction, and for more than 72 hours ago."
)
LEFT_OUT, ANYTHING = "no such field", "a value"
"""What the reader of entries finds, and expects, where a form left a field out."""
UTC_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(\+00:00|Z)")
ENVELOPE = {"at": "at", "reason": "why"}
"""The field of the form, by that of the entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A form on a page.

    supersedes: the id of the entry it corrects; `corrects` is that entry while it is in force.
    values: by field, `at` and `why` among them. error: what was refused.
    """

    form: Form
    desk: Desk
    entry_id: str
    values: Values
    supersedes: str = ""
    corrects: Entry | None = None
    error: InputError | None = None

    @property
    def zone(self) -> str:
        """The zone in which local times are typed."""
        return self.desk.enrolling.state.time_zone

    @property
    def fields(self) -> tuple[Shown, ...]:
        """The fields of the body."""
        return tuple(self._shown(field) for field in self.form.fields)

    @property
    def at(self) -> Shown | None:
        """The field of when it took effect, where the form asks."""
        return self._shown(AT) if self.form.has_instant else None

    @property
    def why(self) -> Shown:
        """The field of the reason."""
        return self._shown(WHY)

    @property
    def is_backdated(self) -> bool:
        """Whether time and reason stand open: something is there, or wrong there."""
        shown = [each for each in (self.at, self.why) if each is not None]
        return any(each.value or each.errors for each in shown)

    @property
    def summary(self) -> tuple[tuple[str, str, str], ...]:
        """All that is wrong: the id of the field, its label and the words; no id where none."""
        every = [*self.fields, *([self.at] if self.at else []), self.why]
        told = [(each.id, each.field.label, words) for each in every for words in each.errors]
        names = {each.field.name for each in every}
        problems = self.error.problems if self.error else ()
        rest = [("", "", sentence(p, self.zone)) for p in problems if field_of(p) not in names]
        return (*told, *rest)

    def _shown(self, field: Field) -> Shown:
        problems = self.error.problems if self.error else ()
        return Shown(
            field=field,
            prefix=self.form.work,
            value=self.values.get(field.name, ""),
            options=options_of(self.desk, field.options) if field.options else (),
            errors=tuple(sentence(p, self.zone) for p in problems if field_of(p) == field.name),
        )


def field_of(problem: Problem) -> str:
    """Return the field of a form that a problem is about."""
    if problem.field.startswith("body."):
        return problem.field.removeprefix("body.").partition("[")[0].partition(".")[0]
    return ENVELOPE.get(problem.field, "")


def sentence(problem: Problem, zone_name: str) -> str:
    """Return a problem in words for the person who filled in the form, its instants local."""
    if problem.found == LEFT_OUT and problem.expected == ANYTHING:
        return "Nothing is filled in; this is needed."
    found = "nothing" if problem.found == LEFT_OUT else problem.found
    parts = (
        f"found {found}" if found else "",
        f"expected {problem.expected}" if problem.expected else "",
        problem.hint,
    )
    words = "; ".join(part for part in parts if part).replace("body.", "")
    here = zone(zone_name)
    told = UTC_INSTANT.sub(
        lambda found: f"{datetime.fromisoformat(found[0]).astimezone(here):%Y-%m-%d %H:%M %Z}",
        words,
    )
    return told[:1].upper() + told[1:]


def fresh_paper(form: Form, desk: Desk, corrects: Entry | None) -> Paper:
    """Return a form that nobody filled in yet, or one that says what the entry to correct says."""
    zone_name = desk.enrolling.state.time_zone
    body = said(corrects) if corrects else first_values(desk, form.work)
    values = typed(form.fields, body, zone_name)
    if corrects and form.has_instant:
        values["at"] = typed_instant(corrects.at, zone_name)
    return Paper(
        form=form,
        desk=desk,
        entry_id=desk.office.new_id("ent"),
        values=values,
        supersedes=corrects.id if corrects else "",
        corrects=corrects,
    )


def filled_paper(form: Form, desk: Desk, corrects: Entry | None, post: QueryDict) -> Paper:
    """Return a form as somebody filled it in."""
    fields: Sequence[Field] = (*form.fields, AT, WHY)
    return Paper(
        form=form,
        desk=desk,
        entry_id=post.get("entry_id", ""),
        values=posted(fields, post),
        supersedes=post.get("supersedes", ""),
        corrects=corrects,
    )


def written(paper: Paper) -> Written:
    """Return what a form comes to.

    Raises:
        InputError: a local time is none, or is not clear; all such are named.
    """
    problems: list[Problem] = []
    body: Mapping[str, object] = {}
    try:
        body = body_json(paper.form.fields, paper.values, paper.zone)
    except InputError as error:
        problems += error.problems
    at = effective_at(paper)
    if isinstance(at, str):
        problems.append(instant_problem("at", at))
    if problems or isinstance(at, str):
        raise InputError(problems)
    return Written(
        work=paper.form.work, body=body, at=at, reason=str(paper.values.get("why", "")),
        supersedes=paper.supersedes, entry_id=paper.entry_id,
    )  # fmt: skip


def effective_at(paper: Paper) -> datetime | str | None:
    """Return when it took effect; None for now, words where the local time is none.

    A correction keeps the instant of what it corrects, to the fraction, unless another is typed.
    """
    if WORKS[paper.form.work].kind.begins is not None:
        return None
    known = paper.corrects.at if paper.corrects else None
    text: Any = paper.values.get("at", "")
    if not paper.form.has_instant or not text:
        return known
    if known is not None and text == typed_instant(known, paper.zone):
        return known
    return read_instant(text, paper.zone)
