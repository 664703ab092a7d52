"""The page on which a table of readings is brought in: which column means what, then all of it.

What the columns mean is proposed, what may mean two things is asked, and nothing is stored before
somebody has seen the first rows as they would be read.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Any

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from caretally.devices.refusals import Misread
from caretally.devices.vendors.csv.guessing import Question, answered, guess
from caretally.devices.vendors.csv.mapping import (
    CsvMapping,
    problems_of,
    read_mapping,
    write_mapping,
)
from caretally.devices.vendors.csv.preview import preview
from caretally.errors import InputError, Problem
from caretally.practice.csv_import import MOST_BYTES, import_readings, save_mapping
from caretally.practice.intake_pages import way_named
from caretally.practice.office import Office
from caretally.practice.quarantine_many import value_words
from caretally.practice.roles import MANAGE_PRACTICE
from caretally.web.frame.asking import page
from caretally.web.frame.fields import SELECT, Field, shown

UNPROCESSABLE = 422
ANSWER = "answer-"
"""Before the path of a question, in the form."""
MOST_HERE = 1_000_000
"""Bytes of a file that is carried through the page; larger ones go by the command line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a page sent: the file, the mapping as far as it stands, and answers."""

    body: bytes
    mapping: str
    answers: dict[str, str]


@page(permission=MANAGE_PRACTICE)
def table(request: HttpRequest, office: Office, connection: str) -> HttpResponse:
    """Take a file, ask what it means, show it as it would be read, and bring it in."""
    way = way_named(office, connection)
    context: dict[str, Any] = {"way": way, "connection": way.connection, "tab": "connections"}
    if request.method != "POST":
        return render(request, "intake/table.html", context)
    try:
        sent = sent_in(request)
        context |= steps(sent)
        if request.POST.get("do") == "import" and context.get("is_whole"):
            save_mapping(office, connection, read_mapping(context["mapping"]))
            done = import_readings(office, connection, sent.body, dry_run=False)
            again = " The same file came before." if done.is_known else ""
            messages.success(request, f"Brought in; it is read within a second or two.{again}")
            return redirect("delivery", practice=office.practice, number=done.number)
    except InputError as error:
        context["errors"] = [str(each) for each in error.problems]
    except Misread as misread:
        context["errors"] = [misread.fault.says]
    status = UNPROCESSABLE if context.get("errors") else 200
    return render(request, "intake/table.html", context, status=status)


def sent_in(request: HttpRequest) -> Sent:
    """Return what was sent.

    Raises:
        InputError: no file, or one that is too large.
    """
    file = request.FILES.get("table")
    answers = {name.removeprefix(ANSWER): str(value) for name, value in request.POST.items()
               if name.startswith(ANSWER) and value}  # fmt: skip
    if file is not None:
        if (file.size or 0) > MOST_HERE:
            most = f"at most {MOST_HERE:,} bytes here, {MOST_BYTES:,} by the command line"
            raise refusal("a file that is too large", most)
        return Sent(body=file.read(), mapping="", answers={})
    try:
        body = b64decode(request.POST.get("content", ""), validate=True)
    except ValueError:
        body = b""
    if not body:
        raise refusal("no file", "a table saved as CSV")
    return Sent(body=body, mapping=request.POST.get("mapping", ""), answers=answers)


def refusal(found: str, expected: str) -> InputError:
    """Return why a file is not taken."""
    return InputError([Problem(where="the file", field="table", found=found, expected=expected)])


def steps(sent: Sent) -> dict[str, Any]:
    """Return what is to be asked, or the first rows as they would be read.

    Raises:
        InputError: an answer does not fit.
        Misread: the file is no table.
    """
    found = guess(sent.body)
    mapping = unfinished(sent.mapping) if sent.mapping else found.mapping
    mapping = answered(mapping, sent.answers)
    problems = problems_of(mapping, found.columns)
    error = InputError(problems) if problems and sent.answers else None
    typed = {f"{ANSWER}{path}": text for path, text in sent.answers.items()}
    questions = shown([field_of(each) for each in found.questions], typed, error)
    context: dict[str, Any] = {
        "content": b64encode(sent.body).decode(), "mapping": write_mapping(mapping),
        "guessed": found, "fields": questions, "is_whole": not problems,
        "problems": [str(each) for each in problems] if sent.answers or not questions else [],
    }  # fmt: skip
    if not problems:
        context["preview"] = preview(sent.body, mapping)
        context["rows"] = [
            {"line": row.line, "faults": [each.says for each in row.faults],
             "words": [f"{value_words(each)}, {each.origin}" for each in row.readings]}
            for row in context["preview"].rows
        ]  # fmt: skip
    return context


def unfinished(text: str) -> CsvMapping:
    """Return a mapping as far as it stands; what is missing in it is still to be asked.

    Raises:
        InputError: it is none.
    """
    try:
        return msgspec.json.decode(text, type=CsvMapping)
    except msgspec.MsgspecError:
        raise refusal("a form that was changed on its way", "the file, chosen once more") from None


def field_of(question: Question) -> Field:
    """Return the field in which a question is answered."""
    choices = (("", "choose"), *question.choices) if question.choices else ()
    return Field(name=f"{ANSWER}{question.field}", label=question.asks, choices=choices,
                 kind=SELECT if choices else "text", also=(question.field,))  # fmt: skip
