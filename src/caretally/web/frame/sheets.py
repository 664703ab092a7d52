"""A form on a page of its own: shown, held to what its room says, saved, and left behind.

What is wrong stands at its field; what belongs to no field stands above them, so that nothing that
was refused looks like something that was saved.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from caretally.errors import InputError
from caretally.practice.office import Office
from caretally.web.frame.fields import Field, shown, typed_in

UNPROCESSABLE = 422
Typed = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A form.

    save: takes what was typed and stores it. back: name of the address to go on to. said: a word
    above the fields. done: what is said once it is saved.
    """

    title: str
    fields: tuple[Field, ...]
    save: Callable[[Typed], object]
    back: str
    said: str = ""
    button: str = "Save"
    done: str = "Saved."


def filled_in(
    request: HttpRequest, office: Office, sheet: Sheet, start: Typed, *, template: str
) -> HttpResponse:
    """Show a form, or save it and go on."""
    error: InputError | None = None
    typed = {"entry": office.new_id("ent"), **start}
    if request.method == "POST":
        typed = typed_in(request)
        try:
            sheet.save(typed)
        except InputError as found:
            error = found
        else:
            messages.success(request, sheet.done)
            return redirect(sheet.back, practice=office.practice)
    fields = shown(sheet.fields, typed, error)
    is_told = any(field.messages for field in fields)
    context: dict[str, Any] = {
        "sheet": sheet, "fields": fields, "error": error,
        "other_messages": [str(e) for e in error.problems] if error and not is_told else [],
    }  # fmt: skip
    return render(request, template, context, status=UNPROCESSABLE if error is not None else 200)
