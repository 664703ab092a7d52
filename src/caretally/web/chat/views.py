"""Pages of the staff: the list of conversations, one conversation, and what it came to."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from caretally.codes import TOPICS
from caretally.errors import InputError
from caretally.practice import messaging_measure
from caretally.practice.messaging import Desk, hours_here, is_staffed, staff_desk
from caretally.practice.messaging_lists import (
    REASON_WORDS,
    TOPIC_WORDS,
    measured_of,
    past,
    talks,
)
from caretally.practice.messaging_measure import Closing, so_far
from caretally.practice.messaging_news import got, news, sign
from caretally.practice.office import Office
from caretally.practice.portal_wording import wording
from caretally.practice.roles import CHAT, RECORD_CARE
from caretally.store import conversations
from caretally.web.chat import answering
from caretally.web.chat.telling import box
from caretally.web.frame.asking import page


@page(permission=CHAT)
def listing(request: HttpRequest, office: Office) -> HttpResponse:
    """Show the conversations of the practice, unread ones first."""
    is_all = request.GET.get("all") == "1"
    context = {
        "talks": talks(office, with_closed=is_all), "is_all": is_all,
        "is_staffed": is_staffed(hours_here(office), office.now),
    }  # fmt: skip
    return render(request, "chat/list.html", context)


@page(permission=CHAT)
def conversation(request: HttpRequest, office: Office, patient: str) -> HttpResponse:
    """Show the conversation with a patient, or take a message."""
    desk = staff_desk(office, patient)
    said = ""
    if request.method == "POST":
        answer = answering.sent(request, desk, wording("en"))
        if isinstance(answer, JsonResponse):
            return answer
        if not answer:
            return redirect("conversation", practice=office.practice, patient=patient)
        said = answer
    else:
        office.open_chart(patient, purpose="messages", permission=CHAT)
    return shown(request, desk, {"said": said, "text": request.POST.get("text", "")})


def shown(
    request: HttpRequest, desk: Desk, context: dict[str, object], error: InputError | None = None
) -> HttpResponse:
    """Return the page of a conversation."""
    found = news(desk)
    if found.messages:
        got(desk, found.messages[-1].number, is_read=True)
    latest = conversations.latest(desk.place)
    is_open = latest is not None and latest.state == conversations.OPEN
    may_close = desk.office.caller.may(RECORD_CARE)
    whole = {
        **box(request, desk, found, wording("en")),
        "chart": desk.chart, "latest": latest if is_open else None,
        "seconds": so_far(desk, latest) if latest is not None and is_open else 0,
        "topics": [(each, TOPIC_WORDS[each]) for each in TOPICS],
        "programs": desk.chart.card.programs.split(), "entry_id": desk.office.new_id("ent"),
        "past": past(desk), "may_close": may_close, "error": error, **context,
    }  # fmt: skip
    is_wrong = error is not None or bool(context.get("said"))
    return render(request, "chat/conversation.html", whole, status=422 if is_wrong else 200)


@require_POST
@page(permission=CHAT)
def beat(request: HttpRequest, office: Office, patient: str) -> HttpResponse:
    """Take a sign of an open page, and tell what is new."""
    return answering.beat(request, staff_desk(office, patient))


@require_POST
@page(permission=RECORD_CARE)
def close(request: HttpRequest, office: Office, patient: str) -> HttpResponse:
    """Close the open conversation and measure it."""
    desk = staff_desk(office, patient)
    sign(desk)
    wish = wish_of(request, request.POST.get("conversation", ""))
    try:
        messaging_measure.close(desk, wish)
    except InputError as error:
        return shown(request, desk, {"chosen": wish.topics}, error)
    messages.success(request, "The conversation is closed and measured.")
    return redirect(
        "conversation-measured", practice=office.practice, patient=patient,
        conversation=wish.conversation,
    )  # fmt: skip


def wish_of(request: HttpRequest, conversation: str) -> Closing:
    """Return what somebody says about a conversation to be measured."""
    chosen = request.POST.getlist("topics")
    return Closing(
        entry_id=request.POST.get("entry_id", ""), conversation=conversation,
        topics=tuple(each for each in TOPICS if each in chosen),
        program=request.POST.get("program", ""), reason=request.POST.get("reason", "").strip(),
    )  # fmt: skip


@page(permission=CHAT)
def measured(request: HttpRequest, office: Office, patient: str, conversation: str) -> HttpResponse:
    """Show what a closed conversation came to; or measure it again with other topics."""
    desk = staff_desk(office, patient)
    error, wish = None, None
    if request.method == "POST":
        office.caller.require(RECORD_CARE)
        wish = wish_of(request, conversation)
        try:
            messaging_measure.correct(desk, wish)
        except InputError as found:
            error = found
        else:
            messages.success(request, "It was measured again; what was recorded is superseded.")
            return redirect(request.path)
    office.open_chart(patient, purpose="messages", permission=CHAT)
    told = measured_of(desk, conversation)
    context = {
        "chart": desk.chart, "told": told, "reasons": REASON_WORDS, "error": error,
        "topics": [(each, TOPIC_WORDS[each]) for each in TOPICS],
        "chosen": wish.topics if wish else told.body.topics, "names": desk.names,
        "entry_id": office.new_id("ent"), "may_close": office.caller.may(RECORD_CARE),
    }  # fmt: skip
    return render(request, "chat/measured.html", context, status=422 if error else 200)
