"""People: invited, given roles, helped with signing in; and what nobody may do to them."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from caretally.errors import ForbiddenError, InputError, UnknownError
from caretally.practice import people
from caretally.practice.people import Invitation, RoleGiven
from caretally.store.access_pages import Wanted, access_lines
from caretally.store.models import Membership
from tests.integration.demonstrated import HARBOR, LAKESIDE, Demo
from tests.integration.web.test_security import PASSWORD, confirm, give_password, sign_in

TODAY = date(2026, 3, 26)
BASE = f"/p/{LAKESIDE}/settings/people/"


def number_of(login: str) -> int:
    """Return the number of an account."""
    return int(get_user_model().objects.get(username=login).pk)


def role(name: str = "biller", **changes: object) -> RoleGiven:
    """Return a role from today on."""
    made: dict[str, object] = {"role": name, "clinic": "", "staff": "", "from_on": TODAY}
    return RoleGiven(**{**made, **changes})  # type: ignore[arg-type]


def administrator() -> Client:
    """Return the administrator's browser, the password given again."""
    give_password("amir")
    client, _ = sign_in("amir")
    confirm(client)
    return client


def kinds(demo: Demo) -> list[str]:
    """Return what the access chains of the practice tell, latest first."""
    book = demo.office("amir").book()
    return [line.kind for line in access_lines(book, Wanted(), 50)]


def test_an_invited_person_sets_a_password_with_a_link_that_works_once(demo: Demo) -> None:
    client = administrator()
    answer = client.post(f"{BASE}new", {
        "login": "ida.k", "first_name": "Ida", "last_name": "Kern", "role": "biller",
        "clinic": "", "staff": "", "from_on": "2026-03-26", "to_on": "",
    })  # fmt: skip
    assert answer.status_code == 302
    number = number_of("ida.k")
    page = client.post(f"{BASE}{number}/help", {"what": "link"}).content.decode()
    link = re.search(r"http://testserver(/welcome/[^\s<]+/)", page)
    assert link
    newcomer = Client()
    weak = newcomer.post(link[1], {"new_password1": "short", "new_password2": "short"})
    assert weak.status_code == 422
    typed = {"new_password1": PASSWORD, "new_password2": PASSWORD}
    assert newcomer.post(link[1], typed).status_code == 302
    assert newcomer.get(link[1]).status_code == 410
    signed_in, status = sign_in("ida.k")
    assert status == 302
    assert signed_in.get(f"/p/{LAKESIDE}/patients/").status_code == 200
    assert {"account_made", "role_given", "link_made", "signed_in"} <= set(kinds(demo))


def test_a_form_that_cannot_be_keeps_what_was_typed_and_names_all_that_is_wrong(
    demo: Demo,
) -> None:
    answer = administrator().post(f"{BASE}new", {
        "login": "kim!", "first_name": "Kim", "role": "nurse", "clinic": "nowhere", "staff": "",
        "from_on": "2026-03-26", "to_on": "2026-03-01",
    })  # fmt: skip
    page = answer.content.decode()
    assert answer.status_code == 422
    for field in ("login", "clinic", "staff", "to_on"):
        assert f'id="e-{field}"' in page
    assert 'value="Kim"' in page
    assert not get_user_model().objects.filter(first_name="Kim").exists()


def test_pages_of_people_ask_for_the_password_again(demo: Demo) -> None:
    give_password("amir")
    client, _ = sign_in("amir")
    answer = client.get(f"{BASE}{number_of('rosa')}/")
    assert answer["Location"].startswith("/accounts/reauthenticate/")


@pytest.mark.parametrize("login", ["rosa", "lin", "bea", "cora", "otto"])
def test_who_does_not_keep_people_sees_no_page_of_them(demo: Demo, login: str) -> None:
    give_password(login)
    client, _ = sign_in(login)
    confirm(client)
    number = number_of("tom")
    for path in ("", "new", f"{number}/", f"{number}/role", f"{number}/roles/1/end"):
        assert client.get(BASE + path).status_code == 403
    assert client.post(f"{BASE}{number}/help", {"what": "link"}).status_code == 403


def test_the_last_administrator_stays(demo: Demo) -> None:
    office = demo.office("amir")
    own = Membership.objects.get(user__username="amir")
    with pytest.raises(InputError, match="another administrator"):
        people.end_role(office, own.pk, TODAY, "leaving")
    people.invite(office, Invitation(login="bo"), role("administrator"))
    people.end_role(office, own.pk, TODAY, "leaving")
    own.refresh_from_db()
    assert own.to_on == TODAY


def test_a_role_ends_and_is_kept(demo: Demo) -> None:
    office = demo.office("amir")
    member = Membership.objects.get(user__username="rosa")
    with pytest.raises(InputError, match="reason"):
        people.end_role(office, member.pk, TODAY, " ")
    people.end_role(office, member.pk, date(2026, 3, 25), "moved away")
    with pytest.raises(UnknownError):
        demo.office("rosa")
    assert Membership.objects.filter(pk=member.pk).exists()
    assert people.person_named(office, number_of("rosa")).memberships[0].to_on


def test_no_role_of_another_practice_can_be_ended_or_seen(demo: Demo) -> None:
    office = demo.office("amir")
    there = Membership.objects.get(user__username="nora")
    with pytest.raises(UnknownError):
        people.end_role(office, there.pk, TODAY, "why not")
    with pytest.raises(UnknownError):
        people.password_link(office, number_of("nora"))
    assert "nora" not in [each.user.get_username() for each in people.people(office)]


def test_help_that_would_open_another_practice_is_refused(demo: Demo) -> None:
    office, cora = demo.office("amir"), number_of("cora")
    with pytest.raises(ForbiddenError, match="keeps both"):
        people.password_link(office, cora)
    with pytest.raises(ForbiddenError, match="keeps both"):
        people.reset_second_factor(office, cora, "asked by telephone")
    people.end_sessions(office, cora)
    Membership.objects.create(
        user_id=number_of("amir"), practice=Membership.objects.get(user__username="nora").practice,
        role="administrator", from_on=TODAY, granted_by="system:test", granted_at=office.now,
    )  # fmt: skip
    assert people.password_link(demo.office("amir"), cora)


def test_a_role_given_to_oneself_is_told_as_such(demo: Demo) -> None:
    office = demo.office("amir")
    user = people.person_named(office, number_of("amir")).user
    people.give_role(office, user, role("nurse", staff="stf_rosa"))
    line = access_lines(office.book(), Wanted(kinds=("role_given",)), 1)[0]
    assert line.said["note"] == "given to oneself"


def test_the_same_role_is_not_given_twice(demo: Demo) -> None:
    office = demo.office("amir")
    user = people.person_named(office, number_of("bea")).user
    with pytest.raises(InputError, match="does not have"):
        people.give_role(office, user, role("biller"))


def test_an_account_elsewhere_is_taken_as_it_is(demo: Demo) -> None:
    office = demo.office("amir")
    found = people.invite(office, Invitation(login="NORA", first_name="X"), role("biller"))
    assert found.user.first_name == "Nora"
    assert demo.office("nora", HARBOR).caller.roles == ("nurse",)
    assert demo.office("nora").caller.roles == ("biller",)


def test_unlocking_and_ending_sessions_through_the_page(demo: Demo) -> None:
    give_password("rosa")
    rosa, _ = sign_in("rosa", address="10.1.1.1")
    for _ in range(5):
        sign_in("rosa", "wrong", address="10.2.2.2")
    client = administrator()
    page = client.get(f"{BASE}{number_of('rosa')}/").content.decode()
    assert "Unlock the account" in page
    client.post(f"{BASE}{number_of('rosa')}/help", {"what": "unlock"})
    assert sign_in("rosa", address="10.2.2.2")[1] == 302
    client.post(f"{BASE}{number_of('rosa')}/help", {"what": "sessions"})
    assert rosa.get(f"/p/{LAKESIDE}/patients/").status_code == 302
    assert "locked_out" in kinds(demo)
