"""What pages of both sides send: a message, or a sign that asks for news. One manner for both.

A message comes as a form, or from the page's script, which asks for JSON; both work without a live
connection.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse, JsonResponse

from caretally.errors import CaretallyError, ConflictError, InputError
from caretally.practice.messaging import MOST_CHARACTERS, Desk, post
from caretally.practice.messaging_news import got, news, sign
from caretally.practice.portal_wording import Wording
from caretally.store.conversations import Draft
from caretally.web.chat.telling import instant, news_json

UNPROCESSABLE, FORBIDDEN = 422, 403


def wants_json(request: HttpRequest) -> bool:
    """Tell whether the page's script asks."""
    return "application/json" in request.headers.get("Accept", "")


def whole(typed: Mapping[str, str], name: str) -> int:
    """Return a number that a page told; 0 where it is none."""
    text = typed.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def typed_draft(desk: Desk, typed: Mapping[str, str]) -> Draft:
    """Return the message of a form."""
    now = desk.office.now
    return Draft(
        message=typed.get("message", ""), text=typed.get("text", ""),
        client_at=instant(typed.get("client_at", ""), now),
    )  # fmt: skip


def refusal(error: CaretallyError, words: Wording) -> str:
    """Return in a sentence why a message was not taken."""
    if isinstance(error, InputError):
        found = error.problems[0].found
        if found == "nothing":
            return words.say("chat_empty")
        if found.endswith("characters"):
            return words.say("chat_too_long", most=MOST_CHARACTERS)
        if found.startswith("more"):
            return words.say("chat_too_many")
    return words.say("chat_refused")


def sent(request: HttpRequest, desk: Desk, words: Wording) -> str | JsonResponse:
    """Take a message; returns why it was refused, empty where it was not, or the JSON answer."""
    typed = {name: str(value) for name, value in request.POST.items()}
    said = ""
    try:
        post(desk, typed_draft(desk, typed))
    except (InputError, ConflictError) as error:
        said = refusal(error, words)
    if not wants_json(request):
        return said
    if said:
        answer = {"kind": "refused", "message": typed.get("message", ""), "says": said}
        return JsonResponse(answer, status=UNPROCESSABLE)
    return JsonResponse(news_json(news(desk, whole(typed, "after"))))


def beat(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Take a sign of a page, and tell what is new."""
    typed = {name: str(value) for name, value in request.POST.items()}
    if typed.get("seen") == "1":
        sign(desk, is_typing=typed.get("types") == "1")
    after = whole(typed, "after")
    if after:
        got(desk, after, is_read=typed.get("seen") == "1")
    return JsonResponse(news_json(news(desk, after)))
