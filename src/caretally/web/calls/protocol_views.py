"""Protocols as a clinician reads them, and signing one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from caretally.contacts.wellness_calls.pack_words import (
    answer_words,
    flags_of,
    keypad_words,
    number,
    sections,
    unit_words,
    when_asked,
)
from caretally.contacts.wellness_calls.packs import LANGUAGES, Pack
from caretally.errors import InputError
from caretally.practice.office import Office
from caretally.practice.protocols import protocol_named, shelf_of, sign_protocol
from caretally.practice.roles import RUN_CALLS, SIGN_RULES
from caretally.practice.staff_names import person_names
from caretally.web.frame.asking import page


@page(permission=RUN_CALLS)
def protocols(request: HttpRequest, office: Office) -> HttpResponse:
    """Show which protocols there are, and who signed."""
    context = {
        "shelf": shelf_of(office), "names": person_names(office), "zone": office.home_zone(),
    }  # fmt: skip
    return render(request, "calls/protocols.html", context)


@page(permission=RUN_CALLS)
def protocol(request: HttpRequest, office: Office, name: str) -> HttpResponse:
    """Show what a protocol asks, and what calls for a person."""
    found = protocol_named(office, name)
    language = request.GET.get("language", "en")
    language = language if language in LANGUAGES else "en"
    context = {
        "found": found, "pack": found.pack, "language": language, "languages": LANGUAGES,
        "sections": [(each.name, questions_of(found.pack, each.questions, language))
                     for each in sections(found.pack)],
        "flags": list(flags_of(found.pack)), "parameters": parameters_of(found.pack),
        "sentences": [(each, said[language]) for each, said in sorted(found.pack.says.items())],
        "names": person_names(office), "zone": office.home_zone(), "entry": office.new_id("ent"),
        "may_sign": office.caller.may(SIGN_RULES) and bool(office.caller.staff),
    }  # fmt: skip
    return render(request, "calls/protocol.html", context)


def questions_of(pack: Pack, questions: tuple[object, ...], language: str) -> list[dict[str, str]]:
    """Return questions as rows of a table."""
    return [
        {
            "id": each.id, "about": each.about, "prompt": each.prompt[language],
            "reprompt": each.reprompt[language], "answer": answer_words(each),
            "keypad": keypad_words(each), "when": when_asked(pack, each),
        }
        for each in pack.questions if each in questions
    ]  # fmt: skip


def parameters_of(pack: Pack) -> list[tuple[str, str, tuple[str, ...]]]:
    """Return the limits of a protocol with their sources."""
    return [
        (name.replace("_", " "), f"{number(each.value)} {unit_words(each.unit)}", each.cites)
        for name, each in pack.parameters.items()
    ]


@page(permission=SIGN_RULES)
def protocol_sign(request: HttpRequest, office: Office, name: str) -> HttpResponse:
    """Sign a protocol, or take the signature back."""
    active = request.POST.get("do") == "sign"
    filing = office.filing(None, entry_id=request.POST.get("entry", ""))
    try:
        sign_protocol(office, filing, name, active=active)
    except InputError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request, "The protocol is signed." if active else "The signature is taken back: "
            "nobody is called along this protocol any more.",
        )  # fmt: skip
    return redirect("protocol", practice=office.practice, name=name)


protocol_sign = require_POST(protocol_sign)
