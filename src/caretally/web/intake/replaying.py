"""Pages on which deliveries are read again: first what would change, then the change."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from caretally.practice.intake_pages import delivery_page, may_see_bodies, way_named
from caretally.practice.office import Office
from caretally.practice.replaying_deliveries import Difference, preview, replay
from caretally.practice.roles import MANAGE_PRACTICE
from caretally.store.replayed import Which
from caretally.web.frame.asking import page

KINDS = (
    ("new", "New readings"), ("changed", "Readings read in another way"),
    ("gone", "Readings no longer read: they stay, and are put before a person"),
    ("mended", "Faults that are gone"), ("found", "New faults"),
)  # fmt: skip


@page(permission=MANAGE_PRACTICE)
def delivery_replay(request: HttpRequest, office: Office, number: int) -> HttpResponse:
    """Read one delivery again."""
    found = delivery_page(office, number)
    title = f"Read delivery {number} again"
    return replayed(request, office, Which(delivery=number), (title, found.delivery.clinic))


@page(permission=MANAGE_PRACTICE)
def connection_replay(request: HttpRequest, office: Office, connection: str) -> HttpResponse:
    """Read the deliveries of a connection again in which something was not understood."""
    way = way_named(office, connection)
    which = Which(connection=connection, has_faults=True)
    title = f"Read again what was not understood of {way.title}"
    return replayed(request, office, which, (title, str(way.connection.clinic)))


def replayed(
    request: HttpRequest, office: Office, which: Which, about: tuple[str, str]
) -> HttpResponse:
    """Show what reading again would change, or change it.

    about: the title, and the clinic of the connection; values are shown only to those who may see
    the patients they may be of.
    """
    title, clinic = about
    if request.method == "POST":
        done = replay(office, which)
        messages.success(request, told(done))
        if which.delivery:
            return redirect("delivery", practice=office.practice, number=which.delivery)
        return redirect("connection", practice=office.practice, connection=which.connection)
    found = preview(office, which)
    context = {
        "title": title, "found": found, "which": which, "tab": "deliveries",
        "kinds": [
            (words, found.counts[kind], getattr(found, kind))
            for kind, words in KINDS if found.counts[kind]
        ],
        "may_see": may_see_bodies(office, clinic), "zone": office.home_zone(),
    }  # fmt: skip
    return render(request, "intake/replay.html", context)


def told(done: Difference) -> str:
    """Return in a sentence what reading again changed."""
    if done.is_empty:
        return "Read again; nothing changed."
    changed = ", ".join(f"{count} {kind}" for kind, count in done.counts.items() if count)
    return f"Read again: {changed}."
