"""Devices on the books, in patients' hands, and back: by the forms, for those who may."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from caretally.clock import ServiceMonth
from caretally.devices.catalogue import OnBooks, register_device
from caretally.errors import InputError
from caretally.journal.drafts import Filing
from caretally.journal.entries import DeviceAssigned, DeviceRegistered, Identifier
from caretally.practice.demo_clock import BEGINS_AT
from caretally.practice.device_lists import DeviceSearch, find_devices
from caretally.practice.devices import Handed, Told, assign, replace_device, take_in, tell, undo
from caretally.store.device_cards import device_card, devices_named
from caretally.store.models import Membership
from caretally.store.rebuilding import rebuild
from tests.integration.demonstrated import LAKESIDE, Demo, Enter

AT = f"/p/{LAKESIDE}/devices/"
IMEI = "352099001761481"
NEW = {
    "entry": "ent_form_1", "device": "cuff-77", "vendor": "tenovi", "model": "Tenovi BPM - L",
    "serial": "TB-77", "imei": IMEI, "mac": "A4:C1:38:0B:5E:11", "others": "tenovi:device 77aa",
    "medical_device": "yes", "parameters": "85354-9 8867-4",
}  # fmt: skip


def registered(demo: Demo, device: str, *names: tuple[str, str]) -> str:
    """Put a device on the books as Rosa; returns the id of the entry."""
    body = DeviceRegistered(
        device=device, vendor="tenovi", model="Tenovi BPM - L", medical_device=True,
        identifiers=tuple(Identifier(scheme=s, value=v) for s, v in names), parameters=("85354-9",),
    )  # fmt: skip
    return tell(demo.office("rosa"), Told(body=body))


def card(demo: Demo, device: str):
    """Return the card of a device at Lakeside."""
    return device_card(demo.office("rosa").book(), device)


# --- on the books ---------------------------------------------------------------------------------


def test_a_nurse_registers_a_device_and_undoes_it(demo: Demo, enter: Enter) -> None:
    rosa = enter("rosa")
    answer = rosa.post(f"{AT}new/", NEW)
    assert answer.status_code == 302, answer.content.decode()
    assert answer["Location"] == f"{AT}cuff-77/?saved=ent_form_1"
    assert rosa.post(f"{AT}new/", NEW).status_code == 302
    found = card(demo, "cuff-77")
    assert found.names.split("\n")[:2] == [f"imei {IMEI}", "mac a4c1380b5e11"]
    shown = rosa.get(answer["Location"]).content.decode()
    assert "Undo" in shown
    assert "a4c1380b5e11" in shown
    assert rosa.post(f"{AT}cuff-77/undo/ent_form_1/", {"void_id": "ent_v"}).status_code == 302
    assert card(demo, "cuff-77") is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"imei": "352099001761482"}, "imei"),
        ({"mac": "a4c1380b5e"}, "mac"),
        ({"device": ""}, "device"),
        ({"device": "cuff 77"}, "device"),
        ({"medical_device": ""}, "medical_device"),
        ({"others": "tenovi:device"}, "others"),
        ({"parameters": "1234-5"}, "parameters"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(
    demo: Demo, enter: Enter, change: dict[str, str], field: str
) -> None:
    answer = enter("rosa").post(f"{AT}new/", {**NEW, **change})
    assert answer.status_code == 422
    assert f'id="e-{field}"' in answer.content.decode()
    assert card(demo, "cuff-77") is None


def test_a_name_that_another_device_has_is_refused(demo: Demo, enter: Enter) -> None:
    registered(demo, "cuff-1", ("imei", IMEI))
    answer = enter("rosa").post(f"{AT}new/", NEW)
    assert answer.status_code == 422
    assert "the name of device cuff-1" in answer.content.decode()


def test_a_device_is_corrected_with_a_reason(demo: Demo, enter: Enter) -> None:
    registered(demo, "cuff-1", ("imei", IMEI))
    rosa = enter("rosa")
    form = {**NEW, "device": "cuff-1", "entry": "ent_c", "imei": ""}
    assert rosa.post(f"{AT}cuff-1/correct/", form).status_code == 422
    answer = rosa.post(f"{AT}cuff-1/correct/", {**form, "reason": "read off the wrong box"})
    assert answer.status_code == 302
    assert "imei" not in card(demo, "cuff-1").names
    assert card(demo, "cuff-1").serial == "TB-77"


def test_a_device_with_a_patient_is_not_retired_and_a_lost_one_not_given_away(
    demo: Demo, enter: Enter
) -> None:
    registered(demo, "cuff-1")
    office = demo.office("rosa")
    assign(office, "cuff-1", Handed(patient="pat_edie"))
    rosa = enter("rosa")
    assert rosa.post(f"{AT}cuff-1/status/", {"status": "retired"}).status_code == 422
    assert rosa.post(f"{AT}cuff-1/status/", {"status": ""}).status_code == 422
    take_in(demo.office("rosa"), "cuff-1", Handed(patient="pat_edie"))
    assert rosa.post(f"{AT}cuff-1/status/", {"status": "lost"}).status_code == 302
    with pytest.raises(InputError, match="lost"):
        assign(demo.office("rosa"), "cuff-1", Handed(patient="pat_edie"))


def test_the_same_check_holds_without_a_database() -> None:
    body = DeviceRegistered(device="x", medical_device=True, serial="S")
    books = OnBooks(owners={"serial S": ("y",)})
    filing = Filing(id="e", patient=None, now=BEGINS_AT, actor="staff:a")
    with pytest.raises(InputError, match="device y"):
        register_device(books, filing, body)


# --- hands ----------------------------------------------------------------------------------------


def test_a_device_is_given_and_comes_back_by_the_forms(demo: Demo, enter: Enter) -> None:
    registered(demo, "cuff-1")
    rosa = enter("rosa")
    assert "pat_edie" in rosa.get(f"{AT}cuff-1/assign/?q=edie").content.decode()
    assert rosa.post(f"{AT}cuff-1/assign/", {}).status_code == 422
    sent = {"patient": "pat_edie", "entry": "ent_a"}
    assert rosa.post(f"{AT}cuff-1/assign/", sent).status_code == 302
    assert rosa.post(f"{AT}cuff-1/assign/", sent).status_code == 302
    assert card(demo, "cuff-1").patient == "pat_edie"
    assert rosa.post(f"{AT}cuff-1/assign/", {**sent, "entry": "ent_b"}).status_code == 422
    assert rosa.post(f"{AT}cuff-1/return/", {"at": "tomorrow"}).status_code == 422
    assert rosa.post(f"{AT}cuff-1/return/", {"entry": "ent_r"}).status_code == 302
    assert card(demo, "cuff-1").patient == ""
    assert rosa.post(f"{AT}cuff-1/undo/ent_r/", {"void_id": "ent_w"}).status_code == 302
    assert card(demo, "cuff-1").patient == "pat_edie"
    assert enter("tom").post(f"{AT}cuff-1/undo/ent_a/", {"void_id": "v2"}).status_code == 422


def test_who_sees_no_patients_learns_no_holder(demo: Demo, enter: Enter) -> None:
    registered(demo, "cuff-1")
    assign(demo.office("rosa"), "cuff-1", Handed(patient="pat_edie"))
    amir = enter("amir")
    for address in (AT, f"{AT}cuff-1/"):
        shown = amir.get(address)
        assert shown.status_code == 200
        assert b"Edie" not in shown.content
        assert b"pat_edie" not in shown.content
    assert amir.post(f"{AT}cuff-1/assign/", {"patient": "pat_ada"}).status_code == 403
    assert amir.get(f"{AT}cuff-1/return/").status_code == 403
    Membership.objects.filter(user__username="tom").update(clinic="prac_elsewhere")
    tom = enter("tom")
    for address in (AT, f"{AT}cuff-1/"):
        assert b"Edie" not in tom.get(address).content
    assert tom.post(f"{AT}cuff-1/return/", {}).status_code == 404
    bea = enter("bea")
    assert bea.get(f"{AT}cuff-1/").status_code == 200
    assert bea.post(f"{AT}new/", NEW).status_code == 403


def test_looking_at_readings_is_told_in_the_access_chain(demo: Demo, enter: Enter) -> None:
    held = next(row for row in find_devices(demo.office("rosa"), DeviceSearch(hands="held")).rows)
    sql = "SELECT COALESCE(SUM(length), 0) FROM store_stream WHERE name = %s"
    before = demo.journal.db.rows(sql, f"access/{held.patient}")[0][0]
    assert enter("rosa").get(f"{AT}{held.card.device}/").status_code == 200
    assert demo.journal.db.rows(sql, f"access/{held.patient}")[0][0] == before + 1


# --- replacing ------------------------------------------------------------------------------------


def edies_device(demo: Demo) -> str:
    """Return the device that Edie has."""
    entries = demo.journal.entries(LAKESIDE, patients=["pat_edie"])
    return next(e.body.device for e in entries if isinstance(e.body, DeviceAssigned) and e.patient)


def test_a_replacement_is_one_step_and_undone_as_one(demo: Demo, enter: Enter) -> None:
    old = edies_device(demo)
    registered(demo, "cuff-9")
    rosa = enter("rosa")
    assert rosa.post(f"{AT}{old}/replace/", {}).status_code == 422
    answer = rosa.post(f"{AT}{old}/replace/", {"new": "cuff-9", "entry": "ent_rep"})
    assert answer["Location"] == f"{AT}cuff-9/?saved=ent_rep"
    assert (card(demo, "cuff-9").patient, card(demo, old).patient) == ("pat_edie", "")
    assert card(demo, old).status == "replaced"
    assert rosa.post(f"{AT}cuff-9/undo/ent_rep/", {"void_id": "ent_u"}).status_code == 302
    assert (card(demo, "cuff-9").patient, card(demo, old).patient) == ("", "pat_edie")
    assert card(demo, old).status != "replaced"


def test_after_a_replacement_no_second_set_up_is_billed_and_days_go_on(demo: Demo) -> None:
    """Case D9 and the replacement of issue 4: one device code, one set-up, days united."""
    lines = decided_lines(demo)
    old = edies_device(demo)
    registered(demo, "cuff-9")
    when = demo.office("rosa").now - timedelta(hours=1)
    replace_device(demo.office("rosa"), old, "cuff-9", Handed(patient="pat_edie", at=when))
    assert decided_lines(demo) == lines
    for month in ("2026-04", "2026-05"):
        assert not any(code == "99453" for code, _ in lines_of(demo, month))
    entries = demo.journal.entries(LAKESIDE, patients=["pat_edie"])
    assert old in {e.body.replaces for e in entries if isinstance(e.body, DeviceAssigned)}


def lines_of(demo: Demo, month: str) -> list[tuple[str, int]]:
    """Return the lines of Edie's month."""
    found = demo.journal.decision(LAKESIDE, "pat_edie", ServiceMonth.parse(month))
    return [(line.code, line.units) for line in found.lines]


def decided_lines(demo: Demo) -> list[list[tuple[str, int]]]:
    """Return the lines of Edie's months so far."""
    return [lines_of(demo, month) for month in ("2026-01", "2026-02", "2026-03")]


# --- tables ---------------------------------------------------------------------------------------

HEADER = "device,vendor,serial,imei,other_names,medical_device,parameters,patient"
TABLE = f"""{HEADER}
cuff-1,tenovi,S-1,{IMEI},tenovi:device aa; gateway g1,yes,85354-9,
cuff-2,tenovi,S-2,,,yes,85354-9,pat_edie
"""


def upload(client, text: str, **more: str):
    """Send a table."""
    if more:
        return client.post(f"{AT}upload/", {"text": text, **more})
    file = SimpleUploadedFile("devices.csv", text.encode(), content_type="text/csv")
    return client.post(f"{AT}upload/", {"table": file})


def test_a_table_is_looked_through_stored_whole_and_taken_back(demo: Demo, enter: Enter) -> None:
    rosa = enter("rosa")
    assert "Ready: 2 lines" in upload(rosa, TABLE).content.decode()
    assert card(demo, "cuff-1") is None
    answer = upload(rosa, TABLE, upload_id="upl_1", store="yes")
    assert answer.status_code == 302
    assert upload(rosa, TABLE, upload_id="upl_1", store="yes").status_code == 302
    assert card(demo, "cuff-2").patient == "pat_edie"
    book = demo.office("rosa").book()
    assert devices_named(book, ["gateway g1"]) == {"gateway g1": "cuff-1"}
    assert "Undo the whole table" in rosa.get(answer["Location"]).content.decode()
    assert enter("tom").post(f"{AT}upload/", {"undo": "upl_1"}).status_code == 422
    assert rosa.post(f"{AT}upload/", {"undo": "upl_1"}).status_code == 302
    assert card(demo, "cuff-1") is card(demo, "cuff-2") is None


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("cuff-1,tenovi,,,,yes,,", "each device once"),
        ("cuff-3,tenovi,S-1,,,yes,,", "the name of device cuff-1"),
        ("cuff-3,tenovi,,352099001761482,,yes,,", "check digit"),
        ("cuff-3,tenovi,,,,perhaps,,", "yes or no"),
        ("cuff-3,tenovi,,,,yes,,pat_nobody", "open to you"),
        ("cuff-3,tenovi,,,,yes,1-1,", "not known here"),
        ("cuff-3,tenovi,,,lonely,yes,,", "an empty name"),
    ],
)
def test_one_bad_line_keeps_the_whole_table_out(
    demo: Demo, enter: Enter, line: str, column: str
) -> None:
    rosa = enter("rosa")
    answer = upload(rosa, TABLE + line + "\n", upload_id="upl_1", store="yes")
    assert answer.status_code == 422
    assert column in answer.content.decode()
    assert card(demo, "cuff-1") is None


@pytest.mark.parametrize(
    "text", ["", "device\n", "device,medical_device,shoe\nx,yes,1\n", f"{HEADER}\n", 'a,"b\n']
)
def test_what_is_no_table_is_told(demo: Demo, enter: Enter, text: str) -> None:
    assert upload(enter("rosa"), text).status_code == 422


def test_the_template_is_a_table_that_can_be_stored(demo: Demo, enter: Enter) -> None:
    rosa = enter("rosa")
    template = rosa.get(f"{AT}upload/template.csv")
    assert "attachment" in template["Content-Disposition"]
    assert "Ready: 1 line," in upload(rosa, template.content.decode()).content.decode()


# --- lists ----------------------------------------------------------------------------------------


def test_a_list_is_narrowed_and_counts(demo: Demo, enter: Enter) -> None:
    registered(demo, "cuff-1", ("imei", IMEI))
    office = demo.office("rosa")
    assert [r.card.device for r in find_devices(office, DeviceSearch(words=IMEI)).rows] == [
        "cuff-1"
    ]
    everything = find_devices(office, DeviceSearch())
    assert everything.counts["all"] == everything.count
    free = find_devices(office, DeviceSearch(hands="free"))
    assert "cuff-1" in {row.card.device for row in free.rows}
    assert all(not row.card.patient for row in free.rows)
    shown = enter("rosa").get(f"{AT}?q=nothing-like-this").content.decode()
    assert "No device fits" in shown


def test_cards_on_postgres_are_as_after_a_rebuild(demo_postgres: Demo) -> None:
    registered(demo_postgres, "cuff-1", ("imei", IMEI))
    assign(demo_postgres.office("rosa"), "cuff-1", Handed(patient="pat_edie"))
    before = card(demo_postgres, "cuff-1")
    rebuild(demo_postgres.journal.db, demo_postgres.journal.desk)
    assert card(demo_postgres, "cuff-1") == before
    assert find_devices(demo_postgres.office("rosa"), DeviceSearch()).count >= 8
    with pytest.raises(InputError):
        undo(demo_postgres.office("rosa"), "cuff-1", "ent_none", "ent_v")
