"""Operations on practices: where a token works and what it may do there."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router

from caretally.api.asking import asked, office_of
from caretally.api.responses import answers
from caretally.api.shapes import Clinic, PracticeItem, PracticeList
from caretally.practice.roles import PERMISSIONS

router = Router(tags=["practices"])


@router.get("/practices", response=answers(PracticeList), summary="The practice of the token")
@asked()
def practices(request: HttpRequest) -> PracticeList:
    """Return the practice the token is for, its clinics, and what the token may do there now."""
    office = office_of(request)
    registered = office.register().practices
    own = registered.get(office.practice)
    item = PracticeItem(
        id=office.practice,
        name=own.name if own else office.practice,
        time_zone=office.home_zone(),
        clinics=[
            Clinic(id=name, name=body.name, part_of=body.part_of, time_zone=body.time_zone)
            for name, body in registered.items()
        ],
        permissions=[name for name in PERMISSIONS if office.caller.may(name)],
    )
    return PracticeList(items=[item])
