"""People from outside for tests: invited, joined and signed in as the pages would do it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.test import Client

from caretally.journal.drafts import Draft
from caretally.journal.entries import Body, CaregiverAuthorized, Consented, ConsentRevoked
from caretally.practice.portal_accounts import Invitation, Letter, invite, live_rows
from caretally.store.database import scoped
from tests.integration.demonstrated import LAKESIDE, Demo

ADA, CLEO, DAUGHTER = "pat_ada", "pat_cleo", "caregiver:cgv_mara"
BORN = {ADA: date(1954, 8, 17), CLEO: date(1944, 5, 30), "pat_ben": date(1959, 11, 2)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outsider:
    """Somebody from outside, signed in. account: number of the row that lets the person in."""

    client: Client
    letter: Letter
    account: int


def written(demo: Demo, patient: str, body: Body, *, ago: timedelta = timedelta(0)) -> None:
    """Append an entry of the practice to a chart."""
    office = demo.office("rosa")
    filing = office.filing(patient)
    entry = Draft.of(filing, body).filed()[0]
    with scoped(LAKESIDE):
        office.append([entry])


def shared(demo: Demo, caregiver: str = "cgv_mara", patient: str = CLEO) -> None:
    """Let a patient consent to sharing with a caregiver."""
    written(demo, patient, Consented(scope="data_sharing", caregiver=caregiver))


def unshared(demo: Demo, caregiver: str = "cgv_mara", patient: str = CLEO) -> None:
    """Let a patient take the consent to sharing back."""
    written(demo, patient, ConsentRevoked(scope="data_sharing", caregiver=caregiver))


def authorized(demo: Demo, caregiver: str, patient: str, to_on: date | None = None) -> None:
    """Let somebody speak for a patient."""
    body = CaregiverAuthorized(
        caregiver=caregiver, relationship="son", from_on=date(2026, 1, 1), to_on=to_on
    )
    written(demo, patient, body)


def letter_to(demo: Demo, patient: str, who: str = "patient", language: str = "en") -> Letter:
    """Invite somebody with a letter, and return the letter."""
    office = demo.office("rosa")
    asked = Invitation(who=who, channel="letter", language=language)
    with scoped(LAKESIDE):
        made = invite(office, patient, asked)
    assert made is not None
    return made


def account_of(demo: Demo, patient: str, who: str = "patient") -> int:
    """Return the number of somebody's live account."""
    with scoped(LAKESIDE):
        rows = live_rows(demo.office("rosa"), patient)
    return next(int(row.pk) for row in rows if row.who == who)


def typed(client: Client, letter: Letter, code: str) -> str:
    """Type the number of a letter and a code; returns where that leads."""
    client.post("/portal/sign-in", {"identity": letter.number})
    answer = client.post("/portal/code", {"code": code})
    return str(answer.headers.get("Location", ""))


def born(client: Client, day: date) -> int:
    """Type a date of birth; returns the status of the answer."""
    form = {"year": day.year, "month": day.month, "day": day.day}
    return int(client.post("/portal/join", form).status_code)


def outsider(demo: Demo, patient: str, who: str = "patient", language: str = "en") -> Outsider:
    """Invite somebody, and let the person join with the first code of the letter."""
    letter, client = letter_to(demo, patient, who, language), Client()
    assert typed(client, letter, letter.codes[0]) == "/portal/join"
    assert born(client, BORN[patient]) == 302
    return Outsider(client=client, letter=letter, account=account_of(demo, patient, who))
