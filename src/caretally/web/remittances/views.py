"""Pages of files that came from payers, and of amounts that fall short of what was expected."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from caretally.errors import InputError, Problem
from caretally.practice.office import Office
from caretally.practice.remittances import (
    FileShown,
    Placing,
    RemittanceShown,
    file_shown,
    files,
    place_answer,
)
from caretally.practice.remitting import MOST_BYTES, Taken, import_answers
from caretally.practice.roles import HANDLE_CLAIMS, SEE_MONEY
from caretally.practice.staff_names import name_of, staff_names
from caretally.practice.underpayments import Asked, underpaid
from caretally.web.frame.asking import page
from caretally.web.frame.fields import typed_in, worded
from caretally.web.remittances.words import KIND_WORDS, MOVE_UNKNOWN, MOVES

UNPROCESSABLE = 422
MOST_ANSWERS = 100
"""Answers of one payment that a page lists; those that need somebody come first."""
MOST_DIGITS = 7


def page_number(request: HttpRequest) -> int:
    """Return which page of a list is asked for."""
    number = request.GET.get("page", "1")
    is_number = number.isascii() and number.isdigit() and len(number) <= MOST_DIGITS
    return int(number) if is_number else 1


@page(permission=HANDLE_CLAIMS)
def remittances(request: HttpRequest, office: Office) -> HttpResponse:
    """List the files that came, and take another one in."""
    if request.method != "POST":
        return listed(request, office, None)
    sent = request.FILES.get("answers")
    try:
        if sent is None:
            raise InputError([Problem(where="form", field="answers", found="no file",
                                      expected="a 999, 277CA or 835")])  # fmt: skip
        if (sent.size or 0) > MOST_BYTES:
            raise InputError([Problem(where="form", field="answers", found="a file too large",
                                      expected=f"at most {MOST_BYTES:,} bytes")])  # fmt: skip
        taken = import_answers(office, sent.read())
    except InputError as error:
        return listed(request, office, error)
    tell(request, taken)
    return redirect("remittance", practice=office.practice, name=taken.name)


def tell(request: HttpRequest, taken: Taken) -> None:
    """Say what became of a file that was just taken in."""
    off = sum(bool(each.off) for each in taken.postings)
    if taken.is_known:
        messages.info(request, f"This file came before. Posted now: {taken.posted}.")
    elif off:
        messages.warning(request, "Kept. What does not add up was not posted.")
    else:
        messages.success(request, f"Taken in. Entries posted: {taken.posted}.")


def listed(request: HttpRequest, office: Office, error: InputError | None) -> HttpResponse:
    """Return the list of files with the form for another."""
    number = page_number(request)
    rows, pages = files(office, number)
    names = staff_names(office)
    context = {
        "rows": [(row, KIND_WORDS[row.kind], name_of(names, row.made_by)) for row in rows],
        "pages": pages, "number": min(number, pages), "zone": office.home_zone(),
        "faults": [each.where + ": " + worded(each) for each in error.problems] if error else [],
        "tab": "files",
    }  # fmt: skip
    return render(request, "remittances/list.html", context,
                  status=UNPROCESSABLE if error else 200)  # fmt: skip


@page(permission=HANDLE_CLAIMS)
def remittance(request: HttpRequest, office: Office, name: str) -> HttpResponse:
    """Show one file: what it says, what was posted, what belongs to nothing yet."""
    return render(request, "remittances/file.html", about(office, name))


def about(office: Office, name: str) -> dict[str, Any]:
    """Return what the page of a file shows."""
    found: FileShown = file_shown(office, name)
    heard = sorted(found.heard, key=lambda each: (each.told.is_accepted, bool(each.claims)))
    return {
        "found": found, "kind_words": KIND_WORDS[found.row.kind], "zone": office.home_zone(),
        "payments": [payment(each) for each in found.remittances], "heard": heard[:MOST_ANSWERS],
        "heard_count": len(heard), "tab": "files",
        "rejected": sum(not each.told.is_accepted for each in found.heard),
        "unknown": sum(not each.claims for each in found.heard),
    }  # fmt: skip


def payment(shown: RemittanceShown) -> dict[str, Any]:
    """Return what the page shows of one payment, what needs somebody first."""
    answers = sorted(shown.answers, key=lambda each: (each.is_posted, each.number))
    moves = [(each, MOVES.get(each.reason.partition(":")[0], MOVE_UNKNOWN))
             for each in shown.told.provider_adjustments]  # fmt: skip
    claims = sum((each.paid for each in shown.told.claims), Decimal("0.00"))
    return {
        "shown": shown, "answers": answers[:MOST_ANSWERS], "count": len(answers),
        "unplaced": len(shown.unplaced), "moves": moves, "claims_paid": claims,
    }  # fmt: skip


@require_POST
@page(permission=HANDLE_CLAIMS)
def remittance_place(request: HttpRequest, office: Office, name: str) -> HttpResponse:
    """Post an answer to the claim somebody chose."""
    typed = typed_in(request)
    numbers = [typed.get(each, "") for each in ("remittance", "answer")]
    wanted = [int(each) if each.isascii() and each.isdigit() and len(each) <= MOST_DIGITS else 0
              for each in numbers]  # fmt: skip
    placing = Placing(file=name, remittance=wanted[0], answer=wanted[1],
                      claim=typed.get("claim", ""))  # fmt: skip
    try:
        place_answer(office, placing)
    except InputError as error:
        context = {**about(office, name), "faults": [worded(each) for each in error.problems]}
        return render(request, "remittances/file.html", context, status=UNPROCESSABLE)
    messages.success(request, "Posted to the claim.")
    return redirect("remittance", practice=office.practice, name=name)


@page(permission=SEE_MONEY)
def underpayments(request: HttpRequest, office: Office) -> HttpResponse:
    """List lines that payers allowed less for than was expected."""
    asked, fault = asked_of(request)
    context = {"found": underpaid(office, asked), "asked": asked, "fault": fault, "tab": "short"}
    return render(request, "remittances/underpaid.html", context,
                  status=UNPROCESSABLE if fault else 200)  # fmt: skip


def asked_of(request: HttpRequest) -> tuple[Asked, str]:
    """Return which lines are asked for, and what is wrong with the tolerance."""
    text = request.GET.get("tolerance", "").strip() or "0.00"
    try:
        tolerance, fault = Decimal(text), ""
    except InvalidOperation:
        tolerance, fault = Decimal("0.00"), "an amount such as 0.50"
    if not tolerance.is_finite() or tolerance < 0:
        tolerance, fault = Decimal("0.00"), "an amount of zero or more"
    asked = Asked(month=request.GET.get("month", ""), payer=request.GET.get("payer", ""),
                  tolerance=tolerance)  # fmt: skip
    return asked, fault
