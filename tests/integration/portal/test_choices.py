"""What a patient allows: written down at once with the text that was shown, and by nobody else."""

from __future__ import annotations

import re

from django.test import Client

from caretally.enrollment.consents import consent_at
from caretally.journal.entries import Consented, ConsentRevoked
from tests.integration.demonstrated import Demo
from tests.integration.portal.visiting import ADA, CLEO, DAUGHTER, outsider, shared

PAGE = "/portal/choices"


def entry_of(client: Client, choice: str) -> str:
    """Return the id of the entry that the form of a choice would write."""
    page = client.get(PAGE).content.decode()
    found = re.search(
        rf'name="choice" value="{choice}"><input type="hidden" name="entry" value="(\w+)"', page
    )
    assert found is not None
    return found[1]


def test_a_choice_counts_at_once_and_can_be_taken_back(demo: Demo) -> None:
    ada = outsider(demo, ADA, language="es").client
    form = {"choice": "ai_voice", "what": "give", "entry": entry_of(ada, "ai_voice")}
    assert ada.post(PAGE, form).status_code == 302
    assert ada.post(PAGE, form).status_code == 302
    office = demo.office("rosa")
    record = office.chart(office.card(ADA)).record
    given = [each.body for each in record.all_of(Consented) if each.body.scope == "ai_voice"]
    assert len(given) == 1
    assert (given[0].method, given[0].given_by, given[0].language) == (
        "electronic",
        "patient",
        "es",
    )
    assert (given[0].text_version or "").startswith("portal 20")
    assert consent_at(record, "ai_voice", office.now) is not None
    form = {"choice": "ai_voice", "what": "revoke", "entry": entry_of(ada, "ai_voice")}
    assert ada.post(PAGE, form).status_code == 302
    office = demo.office("rosa")
    record = office.chart(office.card(ADA)).record
    assert consent_at(record, "ai_voice", office.now) is None
    assert record.all_of(ConsentRevoked)[-1].body.method == "electronic"


def test_a_caregiver_sees_choices_and_changes_none(demo: Demo) -> None:
    shared(demo)
    mara = outsider(demo, CLEO, DAUGHTER).client
    assert b"Only the patient can change" in mara.get(PAGE).content
    form = {"choice": "data_sharing:cgv_mara", "what": "revoke", "entry": "ent_x"}
    assert mara.post(PAGE, form).status_code == 403
    office = demo.office("rosa")
    record = office.chart(office.card(CLEO)).record
    assert consent_at(record, "data_sharing", office.now, caregiver="cgv_mara") is not None


def test_sharing_ends_with_the_patients_click(demo: Demo) -> None:
    shared(demo)
    mara, cleo = outsider(demo, CLEO, DAUGHTER).client, outsider(demo, CLEO).client
    assert mara.get("/portal/").status_code == 200
    choice = "data_sharing:cgv_mara"
    form = {"choice": choice, "what": "revoke", "entry": entry_of(cleo, choice)}
    assert cleo.post(PAGE, form).status_code == 302
    assert mara.get("/portal/").status_code == 403


def test_what_is_not_offered_is_refused(demo: Demo) -> None:
    ada = outsider(demo, ADA).client
    for choice in ("rtm", "data_sharing:cgv_mara", "nonsense", ""):
        answer = ada.post(PAGE, {"choice": choice, "what": "give", "entry": "ent_y"})
        assert answer.status_code == 422, choice
