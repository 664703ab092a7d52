"""Settings: what is typed becomes an entry, what cannot be is named at its field."""

from __future__ import annotations

import pytest

from caretally.journal.entries import PolicyAdopted, PracticeRegistered, StaffRegistered
from caretally.practice.keeping import is_npi, kept
from caretally.practice.policies import policies_on
from tests.integration.demonstrated import LAKESIDE, Demo, Enter

BASE = f"/p/{LAKESIDE}/settings/"
PAGES = (
    "", "practice/", "practice/new", "staff/", "staff/new", "licenses/new", "payers/", "policies/",
    "policies/require_mfa",
)  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_only_who_keeps_the_practice_sees_its_settings(enter: Enter, path: str) -> None:
    assert enter("amir").get(BASE + path).status_code == 200
    for login in ("rosa", "lin", "bea", "cora", "otto"):
        assert enter(login).get(BASE + path).status_code == 403
    assert enter("nora").get(BASE + path).status_code == 404


def test_a_clinic_stands_below_its_practice(demo: Demo, enter: Enter) -> None:
    client = enter("amir")
    typed = {"practice": "prac_north", "name": "North", "part_of": LAKESIDE,
             "time_zone": "America/Chicago", "entry": "ent_form_1"}  # fmt: skip
    assert client.post(f"{BASE}practice/new", typed).status_code == 302
    assert client.post(f"{BASE}practice/new", typed).status_code in {302, 422}
    assert demo.office("amir").register().practices["prac_north"].part_of == LAKESIDE
    page = client.get(f"{BASE}practice/").content.decode()
    assert page.index("Lakeside Family") < page.index("North")
    assert page.count(">North<") == 1


def test_a_clinic_is_not_above_itself(enter: Enter, demo: Demo) -> None:
    client = enter("amir")
    for name, above in (("prac_a", LAKESIDE), ("prac_b", "prac_a")):
        client.post(f"{BASE}practice/new", {"practice": name, "name": name, "part_of": above})
    found = kept(demo.office("amir"), PracticeRegistered)
    entry = next(each for each in found if getattr(each.body, "practice", "") == "prac_a")
    answer = client.post(f"{BASE}practice/{entry.id}/correct", {
        "practice": "prac_a", "name": "A", "part_of": "prac_b", "reason": "moved"})  # fmt: skip
    assert answer.status_code == 422
    assert 'id="e-part_of"' in answer.content.decode()


@pytest.mark.parametrize(
    ("npi", "fits"),
    [("1234567893", True), ("1234567890", False), ("123456789", False), ("12345678931", False),
     ("１２３４５６７８９３", False), ("abcdefghij", False)],
)  # fmt: skip
def test_the_check_digit_of_an_npi(npi: str, fits: bool) -> None:
    assert is_npi(npi) is fits


def test_a_wrong_npi_is_named_at_its_field_and_nothing_is_saved(demo: Demo, enter: Enter) -> None:
    typed = {"staff": "stf_new", "role": "rn", "npi": "1234567890", "from_on": "2026-03-01",
             "to_on": "2026-02-01"}  # fmt: skip
    answer = enter("amir").post(f"{BASE}staff/new", typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="e-npi"' in page
    assert 'id="e-to_on"' in page
    assert 'value="stf_new"' in page
    assert not demo.office("amir").register().is_registered("stf_new")


def test_a_correction_takes_the_place_of_the_entry_and_says_why(demo: Demo, enter: Enter) -> None:
    office = demo.office("amir")
    entry = next(each for each in kept(office, StaffRegistered)
                 if getattr(each.body, "staff", "") == "stf_rosa")  # fmt: skip
    client, address = enter("amir"), f"{BASE}staff/{entry.id}/correct"
    assert "stf_rosa" in client.get(address).content.decode()
    typed = {"staff": "stf_rosa", "role": "lpn", "reason": ""}
    assert client.post(address, typed).status_code == 422
    assert client.post(address, {**typed, "reason": "mistyped"}).status_code == 302
    found = [each for each in kept(demo.office("amir"), StaffRegistered)
             if getattr(each.body, "staff", "") == "stf_rosa"]  # fmt: skip
    assert [getattr(each.body, "role", "") for each in found] == ["lpn"]
    assert found[0].supersedes == entry.id
    assert found[0].at == entry.at


def test_a_license_stands_beside_its_person(enter: Enter) -> None:
    client = enter("amir")
    typed = {"staff": "stf_rosa", "state": "IL", "from_on": "2024-01-01", "to_on": "2025-12-31"}
    assert client.post(f"{BASE}licenses/new", typed).status_code == 302
    assert "expired" in client.get(f"{BASE}staff/").content.decode()


@pytest.mark.parametrize(("value", "status"), [("20", 302), ("1", 422), ("", 422), ("x", 422)])
def test_a_policy_has_limits_an_owner_and_a_date(
    demo: Demo, enter: Enter, value: str, status: int
) -> None:
    typed = {"value": value, "owner": "Amir Haddad", "from_on": "2026-03-26"}
    answer = enter("amir").post(f"{BASE}policies/log_off_minutes", typed)
    assert answer.status_code == status
    office = demo.office("amir")
    assert policies_on(office).whole("log_off_minutes") == (20 if status == 302 else 15)
    assert len(kept(office, PolicyAdopted)) == (status == 302)


def test_payers_are_shown_with_their_sources(enter: Enter) -> None:
    page = enter("amir").get(f"{BASE}payers/").content.decode()
    assert "unitedhealthcare" in page
    assert "postponed" in page
    assert "PREVUHC" in page
