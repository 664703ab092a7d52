"""Pages of patients and caregivers: the same conversation, in large type and their language."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from caretally.clock import now
from caretally.practice.messaging import hours_here, visitor_desk
from caretally.practice.messaging_news import got, news
from caretally.practice.portal import visitor_office
from caretally.store.database import scoped
from caretally.web.chat import answering
from caretally.web.chat.telling import box
from caretally.web.frame.asking import journal
from caretally.web.portal.asking import Call, portal_page, shown, visitor_of


@portal_page(purpose="messages")
def conversation(request: HttpRequest, call: Call) -> HttpResponse:
    """Show the conversation with the practice, or take a message."""
    desk = visitor_desk(call.office, call.visitor)
    said = ""
    if request.method == "POST":
        answer = answering.sent(request, desk, call.words)
        if isinstance(answer, JsonResponse):
            return answer
        if not answer:
            return redirect("portal-messages")
        said = answer
    found = news(desk)
    if found.messages:
        got(desk, found.messages[-1].number, is_read=True)
    hours = hours_here(call.office)
    days = "chat_days_all" if len(hours.weekdays) == 7 else "chat_days_work"
    context = {
        **box(request, desk, found, call.words), "call": call, "said": said,
        "text": request.POST.get("text", "") if said else "",
        "hours": call.words.say(
            "chat_hours", days=call.words.say(days), first=f"{hours.from_hour}:00",
            last=f"{hours.to_hour}:00",
        ),
    }  # fmt: skip
    return shown(request, "portal/messages.html", context, answering.UNPROCESSABLE if said else 200)


@require_POST
def beat(request: HttpRequest) -> HttpResponse:
    """Take a sign of an open page, and tell what is new; that the page was opened is told."""
    visitor = visitor_of(request)
    if visitor is None:
        return HttpResponse(status=answering.FORBIDDEN)
    with scoped(visitor.practice):
        desk = visitor_desk(visitor_office(journal(), visitor, now()), visitor)
        return answering.beat(request, desk)
