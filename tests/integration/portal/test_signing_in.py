"""Coming in from outside: invitations and codes, each once, and nothing told to strangers."""

from __future__ import annotations

import logging
from datetime import date, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from caretally import clock
from caretally.errors import InputError
from caretally.practice import portal_mail
from caretally.practice.notices import Ways
from caretally.practice.people import Invitation as StaffInvitation
from caretally.practice.people import RoleGiven
from caretally.practice.people import invite as invite_staff
from caretally.practice.portal_accounts import Invitation, end, invite, portal_people
from caretally.practice.portal_codes import MOST_LETTER_TRIES, MOST_TRIES
from caretally.store.database import scoped
from caretally.store.models import PortalCode, PortalMail
from tests.integration.demonstrated import LAKESIDE, Demo, Enter
from tests.integration.portal.visiting import (
    ADA,
    BORN,
    CLEO,
    DAUGHTER,
    account_of,
    born,
    letter_to,
    outsider,
    typed,
)

ADDRESS = "ada@example.org"


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what a relay took, as a relay that takes everything."""
    taken: list[str] = []

    def send(_: object, mail: portal_mail.Mail) -> str:
        taken.append(f"{mail.to}\n{mail.text}")
        return "taken"

    def open_ways() -> Ways:
        return Ways(relay=object(), sender="x@y.example", gateway=None, public_url="")  # type: ignore[arg-type]

    monkeypatch.setattr(portal_mail, "send_mail", send)
    monkeypatch.setattr(portal_mail, "ways", open_ways)
    monkeypatch.setattr("caretally.practice.portal_accounts.ways", open_ways)
    return taken


def mailed(demo: Demo) -> None:
    """Invite Ada by mail, and let the worker send it."""
    asked = Invitation(who="patient", channel="email", language="en", address=ADDRESS,
                       portal="https://rpm.example.org/portal/")  # fmt: skip
    with scoped(LAKESIDE):
        invite(demo.office("rosa"), ADA, asked)
    worked(demo)


def worked(demo: Demo) -> None:
    """Let the worker send what waits."""
    with scoped("*"):
        portal_mail.send_due(demo.journal, clock.outside() + timedelta(seconds=1))


def link_in(text: str) -> str:
    """Return the path of the link in a mail."""
    return next(line for line in text.splitlines() if "/portal/i/" in line).partition(".org")[2]


def code_in(text: str) -> str:
    """Return the code in a mail."""
    return text.partition("Your code is ")[2][:6]


def test_a_letter_lets_its_reader_in(demo: Demo) -> None:
    ada = outsider(demo, ADA)
    answer = ada.client.get("/portal/")
    assert b"Hello, Ada Lindqvist" in answer.content
    for path in ("readings", "choices", "billed", "account"):
        assert ada.client.get(f"/portal/{path}").status_code == 200, path
    kinds = [
        entry.kind for entry in demo.office("rosa").chart(demo.office("rosa").card(ADA)).stored
    ]
    assert kinds[-2:] == ["portal_invited", "portal_joined"]


def test_a_link_works_once_and_its_code_too(demo: Demo, sent: list[str]) -> None:
    mailed(demo)
    assert sent[0].startswith(ADDRESS)
    assert "Ada" not in sent[0].partition("\n")[2]
    link, ada, thief = link_in(sent[0]), Client(), Client()
    assert thief.get(link).status_code == 302
    assert ada.get(link).headers["Location"] == "/portal/join"
    assert born(ada, BORN[ADA]) == 302
    assert ada.get("/portal/").status_code == 200
    assert born(thief, BORN[ADA]) == 302
    assert thief.get("/portal/").status_code == 302
    assert thief.get(link).status_code == 410
    again, other = Client(), Client()
    again.post("/portal/sign-in", {"identity": " Ada@Example.org"})
    worked(demo)
    code = code_in(sent[-1])
    other.post("/portal/sign-in", {"identity": "nobody@example.org"})
    assert other.post("/portal/code", {"code": code}).status_code == 422
    assert again.post("/portal/code", {"code": code}).headers["Location"] == "/portal/"
    assert again.get("/portal/").status_code == 200
    third = Client()
    third.post("/portal/sign-in", {"identity": ADDRESS})
    assert third.post("/portal/code", {"code": code}).status_code == 422
    assert not PortalMail.objects.filter(state="sent").exclude(sealed=b"").exists()


def test_a_stranger_learns_nothing(demo: Demo, sent: list[str]) -> None:
    mailed(demo)
    born_client = Client()
    born_client.get(link_in(sent[0]))
    born(born_client, BORN[ADA])
    known, unknown = Client(), Client()
    answers = [
        each.post("/portal/sign-in", {"identity": name})
        for each, name in ((known, ADDRESS), (unknown, "nobody@example.org"))
    ]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    pages = [each.get("/portal/code").content.split(b'name="code"')[0] for each in (known, unknown)]
    texts = [page.partition(b"<main")[2].split(b"csrfmiddlewaretoken")[0] for page in pages]
    assert texts[0] == texts[1]


def test_a_code_is_void_after_a_few_wrong_ones_and_after_a_while(
    demo: Demo, sent: list[str]
) -> None:
    mailed(demo)
    first = Client()
    first.get(link_in(sent[0]))
    born(first, BORN[ADA])
    guesser = Client()
    guesser.post("/portal/sign-in", {"identity": ADDRESS})
    worked(demo)
    right = code_in(sent[-1])
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(MOST_TRIES):
        assert guesser.post("/portal/code", {"code": wrong}).status_code == 422
    assert guesser.post("/portal/code", {"code": right}).status_code == 422
    late = Client()
    late.post("/portal/sign-in", {"identity": ADDRESS})
    worked(demo)
    clock.set_ahead(clock.ahead() + timedelta(minutes=11))
    assert late.post("/portal/code", {"code": code_in(sent[-1])}).status_code == 422


def test_codes_are_sent_no_more_often_than_a_person_needs(demo: Demo, sent: list[str]) -> None:
    mailed(demo)
    first = Client()
    first.get(link_in(sent[0]))
    born(first, BORN[ADA])
    for _ in range(9):
        assert Client().post("/portal/sign-in", {"identity": ADDRESS}).status_code == 302
    assert PortalCode.objects.filter(kind="sent").count() == 5


def test_a_letter_is_void_after_many_wrong_codes_and_by_the_next(demo: Demo) -> None:
    letter, client = letter_to(demo, ADA), Client()
    client.post("/portal/sign-in", {"identity": letter.number})
    for _ in range(MOST_LETTER_TRIES):
        assert client.post("/portal/code", {"code": "AAAAAAAA"}).status_code == 422
    assert client.post("/portal/code", {"code": letter.codes[0]}).status_code == 422
    newer = letter_to(demo, ADA)
    assert typed(Client(), newer, letter.codes[1]) == ""
    assert typed(Client(), newer, newer.codes[0]) == "/portal/join"
    assert typed(Client(), newer, newer.codes[0]) == ""


def test_a_wrong_date_of_birth_voids_the_invitation(demo: Demo) -> None:
    letter, client = letter_to(demo, ADA), Client()
    typed(client, letter, letter.codes[0])
    answers = [born(client, date(1950, 1, 1)) for _ in range(MOST_TRIES)]
    assert answers == [422] * (MOST_TRIES - 1) + [410]
    assert typed(client, letter, letter.codes[1]) == "/portal/join"
    assert born(client, BORN[ADA]) == 410


def test_an_invitation_expires_and_can_be_withdrawn(demo: Demo, sent: list[str]) -> None:
    mailed(demo)
    office = demo.office("rosa")
    with scoped(LAKESIDE):
        end(office, ADA, account_of(demo, ADA), ("wrong address", ""))
    assert Client().get(link_in(sent[0])).status_code == 410
    mailed(demo)
    clock.set_ahead(clock.ahead() + timedelta(days=15))
    assert Client().get(link_in(sent[-1])).status_code == 410


def test_ended_access_is_over_at_once(demo: Demo) -> None:
    ada = outsider(demo, ADA)
    assert ada.client.get("/portal/").status_code == 200
    with scoped(LAKESIDE):
        end(demo.office("rosa"), ADA, ada.account, ("asked for it", ""))
    assert ada.client.get("/portal/").headers["Location"] == "/portal/sign-in"
    assert "_auth_user_id" not in ada.client.session
    assert typed(Client(), ada.letter, ada.letter.codes[1]) == ""


def test_staff_invite_on_the_page_and_are_told_what_is_wrong(demo: Demo, enter: Enter) -> None:
    rosa = enter("rosa")
    page = f"/p/{LAKESIDE}/patients/{CLEO}/portal/"
    answer = rosa.get(page)
    assert b"Neither a mail relay nor a gateway" in answer.content
    assert b"no consent to sharing in force" in answer.content
    form = {"who": DAUGHTER, "language": "es", "channel": "email", "address": "x"}
    answer = rosa.post(page, form)
    assert answer.status_code == 422
    assert b"for which nothing is set up" in answer.content
    answer = rosa.post(page, {**form, "channel": "letter", "address": "", "entry": "ent_once1"})
    assert answer.status_code == 200
    assert "Cómo ver su cuidado" in answer.content.decode()
    assert answer.headers["Cache-Control"].count("no-store") == 1
    assert rosa.post(page, {**form, "channel": "letter", "entry": "ent_once1"}).status_code == 302
    for login in ("bea", "cora", "otto", "amir"):
        assert enter(login).get(page).status_code == 403
    asked = Invitation(who="caregiver:cgv_other", channel="letter", language="en")
    with scoped(LAKESIDE), pytest.raises(InputError):
        invite(demo.office("rosa"), CLEO, asked)


def test_an_outsider_is_never_made_staff(demo: Demo) -> None:
    outsider(demo, ADA)
    user = get_user_model().objects.get(username__startswith="portal:")
    assert not user.has_usable_password()
    role = RoleGiven(role="nurse", clinic="", staff="stf_rosa", from_on=date(2026, 3, 1))
    with scoped(LAKESIDE), pytest.raises(InputError):
        invite_staff(demo.office("amir"), StaffInvitation(login=user.username), role)


def test_nothing_secret_is_logged(
    demo: Demo, sent: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="caretally")
    mailed(demo)
    ada = Client()
    ada.get(link_in(sent[0]))
    born(ada, BORN[ADA])
    told = " ".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    assert link_in(sent[0]).rpartition("/")[2] not in told
    assert ADDRESS not in told
    assert "1954" not in told


def test_every_look_is_told(demo: Demo) -> None:
    ada = outsider(demo, ADA)
    ada.client.get("/portal/readings")
    rows = demo.journal.db.rows(
        "SELECT line FROM store_entry JOIN store_stream ON store_stream.id = stream_id "
        "WHERE name = 'access/pat_ada' ORDER BY store_entry.id DESC LIMIT 2"
    )
    assert '"portal: readings"' in rows[0][0]
    assert '"portal:patient"' in rows[0][0]
    assert '"signed_in"' in rows[1][0]


def test_people_are_listed_as_they_stand(demo: Demo) -> None:
    office = demo.office("rosa")
    outsider(demo, ADA)
    with scoped(LAKESIDE):
        ada = portal_people(office, office.chart(office.card(ADA)))
        cleo = portal_people(office, office.chart(office.card(CLEO)))
    assert [(each.who, each.state, each.standing) for each in ada] == [
        ("patient", "joined", "open")
    ]
    assert [(each.who, each.state, each.standing) for each in cleo] == [
        ("patient", "none", "open"), (DAUGHTER, "none", "no_sharing"),
    ]  # fmt: skip
