"""New patients from a table: every line is looked through first, and all are stored or none."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from caretally.enrollment.state import ACTIVE
from caretally.errors import InputError
from caretally.practice.enrolling_state import enrolling
from caretally.practice.enrolling_upload import (
    MOST_LINES,
    Upload,
    patient_of,
    preview,
    rows_of,
    store_upload,
)
from caretally.store.models import Membership
from tests.integration.demonstrated import LAKESIDE, Demo, Enter

ADDRESS = f"/p/{LAKESIDE}/patients/upload/"
HEADER = (
    "name,birth_date,sex,language,payer,member_id,covered_from,consent,consent_text,"
    "cost_share_told,program,clinic,billing_provider,diagnoses,established_on,since,reason"
)
INA = (
    "Ina Sorensen,1951-06-02,female,en,medicare_ffs,TEST-1,2026-01-01,verbal,2026-01,yes,rpm,"
    f"{LAKESIDE},stf_lin,I10 I50.9,2025-10-14,,"
)
OTTO = '"Quist, Bertil",1948-11-30,male,es,,,,,,,,,,,,,'
EVERYTHING = ["patient_registered", "covered", "consented", "enrolled"]


def table(*lines: str, header: str = HEADER) -> str:
    return "\r\n".join((header, *lines)) + "\r\n"


def look(demo: Demo, text: str) -> list[tuple[str, str]]:
    """Return line and column of everything that is wrong with a table."""
    found = preview(demo.office("rosa"), Upload(upload_id="upl_one", text=text))
    return [(problem.where, problem.field) for problem in found.every_problem]


def count(demo: Demo) -> int:
    return int(demo.journal.db.rows("SELECT count(*) FROM store_patientcard")[0][0])


def send(client: Client, text: str) -> Any:
    file = SimpleUploadedFile("new.csv", text.encode(), content_type="text/csv")
    return client.post(ADDRESS, {"table": file})


def test_a_sound_table_is_shown_and_then_stored(demo: Demo, enter: Enter) -> None:
    before, rosa = count(demo), enter("rosa")
    page = send(rosa, table(INA, OTTO))
    assert page.status_code == 200
    words = page.content.decode()
    assert "Ready: 2 lines, nothing wrong" in words
    assert count(demo) == before
    upload_id = re.findall(r'name="upload_id" value="([^"]+)"', words)[0]
    filled = {"upload_id": upload_id, "text": table(INA, OTTO), "store": "yes"}
    for _ in range(2):
        assert rosa.post(ADDRESS, filled).status_code == 302
        assert count(demo) == before + 2
    office = demo.office("rosa")
    ina = enrolling(office, office.chart(office.card(patient_of(upload_id, 2))))
    assert ina.state.stage == ACTIVE
    assert {gap.name for gap in ina.state.gaps} == {
        "is_ordered", "has_device", "has_setup", "has_care_team",
    }  # fmt: skip
    assert office.card(patient_of(upload_id, 3)).name == "Quist, Bertil"


def test_what_a_line_would_store_is_what_it_stores(demo: Demo) -> None:
    office, upload = demo.office("rosa"), Upload(upload_id="upl_one", text=table(INA))
    (line,) = preview(office, upload).lines
    assert list(line.kinds) == EVERYTHING
    assert store_upload(office, upload) == 1
    stored = demo.journal.entries(LAKESIDE, patients=[line.patient])
    assert [e for e in stored if e.patient == line.patient] == list(line.entries)


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [
        ("Ina Sorensen", "", "name"),
        ("1951-06-02", "6/2/1951", "birth_date"),
        ("1951-06-02", "2051-06-02", "birth_date"),
        ("2026-01-01", "soon", "covered_from"),
        ("verbal", "shouted", "consent"),
        (",rpm,", ",xyz,", "program"),
        (LAKESIDE, "prac_nowhere", "clinic"),
        ("stf_lin", "stf_rosa", "billing_provider"),
        ("I10 I50.9", "pressure", "diagnoses"),
        ("2025-10-14", "2027-10-14", "established_on"),
        (",2025-10-14,,", ",2025-10-14,2026-03-08T02:30,", "since"),
        (",2025-10-14,,", ",2025-10-14,2026-03-01T10:30,", "reason"),
    ],
)
def test_what_is_wrong_is_told_at_line_and_column(
    demo: Demo, old: str, new: str, column: str
) -> None:
    assert old in INA
    wrong = look(demo, table(OTTO, INA.replace(old, new)))
    assert ("line 3", column) in wrong
    assert {where for where, _ in wrong} == {"line 3"}


def test_one_wrong_line_stores_none(demo: Demo, enter: Enter) -> None:
    before = count(demo)
    text = table(INA, OTTO.replace("1948", "1748x"))
    upload = Upload(upload_id="upl_one", text=text)
    with pytest.raises(InputError):
        store_upload(demo.office("rosa"), upload)
    refused = enter("rosa").post(ADDRESS, {"upload_id": "upl_one", "text": text, "store": "yes"})
    assert refused.status_code == 422
    assert "1 of 2 lines to mend" in refused.content.decode()
    assert count(demo) == before


def test_every_problem_of_every_line_is_told(demo: Demo) -> None:
    wrong = INA
    for old, new in (
        ("1951-06-02", "6/2/1951"), ("2026-01-01", "soon"), ("verbal", "shouted"),
        (",yes,", ",maybe,"), ("I10 I50.9", "pressure"), (",2025-10-14,,", ",2025-10-14,then,"),
    ):  # fmt: skip
        wrong = wrong.replace(old, new)
    found = look(demo, table(wrong, OTTO.replace("1948-11-30", "")))
    columns = {"birth_date", "covered_from", "consent", "cost_share_told", "diagnoses", "since"}
    assert {column for where, column in found if where == "line 2"} == columns
    assert {column for where, column in found if where == "line 3"} == {"birth_date"}


@pytest.mark.parametrize(
    ("filled", "column"),
    [
        ("covered_from", "payer"),
        ("consent_text", "program"),
        ("diagnoses", "program"),
        ("since", "since"),
    ],
)
def test_no_column_is_passed_over(demo: Demo, filled: str, column: str) -> None:
    values = {"covered_from": "2026-01-01", "consent_text": "2026-01", "diagnoses": "I10",
              "since": "2026-03-26T08:00"}  # fmt: skip
    text = f"name,birth_date,{filled}\nTyra Holm,1950-03-04,{values[filled]}\n"
    assert look(demo, text) == [("line 2", column)]


def test_a_person_stands_once_in_a_table(demo: Demo) -> None:
    again = INA.replace("Ina Sorensen", "SORENSEN ina").replace("TEST-1", "TEST-2")
    assert look(demo, table(INA, again)) == [("line 3", "name")]


def test_somebody_who_has_a_chart_needs_a_reason(demo: Demo) -> None:
    store_upload(demo.office("rosa"), Upload(upload_id="upl_one", text=table(INA)))
    second = Upload(upload_id="upl_two", text=table(INA))
    office = demo.office("rosa")
    assert [p.field for p in preview(office, second).every_problem] == ["name"]
    reasoned = Upload(upload_id="upl_two", text=table(f"{INA}a twin"))
    assert preview(office, reasoned).every_problem == ()


def test_since_says_when_consent_and_enrollment_began(demo: Demo) -> None:
    text = table(INA.replace(",2025-10-14,,", ",2025-10-14,2026-02-02T10:30,moved here"))
    (line,) = preview(demo.office("rosa"), Upload(upload_id="upl_one", text=text)).lines
    assert line.problems == ()
    begun = {entry.kind: entry.at.isoformat() for entry in line.entries}
    assert begun["consented"] == begun["enrolled"] == "2026-02-02T16:30:00+00:00"


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("", ("line 1", "name")),
        (table(INA, header=HEADER.replace("sex", "gender")), ("line 1", "gender")),
        (table(INA, header=HEADER.replace("sex", "name")), ("line 1", "name")),
        (table(header=HEADER), ("line 2", "")),
        (table(f"{INA},more"), ("line 2", "")),
        (table(*[OTTO] * (MOST_LINES + 1)), ("line 1", "")),
        ("x" * 600_000, ("line 1", "")),
        (table('"Ina'), ("line 2", "")),
    ],
)
def test_a_table_that_cannot_be_read_says_so(text: str, where: tuple[str, str]) -> None:
    problems = rows_of(text)[1]
    assert where in [(problem.where, problem.field) for problem in problems]


def test_no_file_and_no_text_are_told(enter: Enter) -> None:
    rosa = enter("rosa")
    assert rosa.post(ADDRESS, {}).status_code == 422
    bytes_only = SimpleUploadedFile("new.csv", b"\xff\xfe\x00", content_type="text/csv")
    refused = rosa.post(ADDRESS, {"table": bytes_only})
    assert refused.status_code == 422
    assert "UTF-8" in refused.content.decode()


def test_the_template_is_a_sound_table(demo: Demo, enter: Enter) -> None:
    answer = enter("rosa").get(f"{ADDRESS}template.csv")
    assert answer["Content-Type"].startswith("text/csv")
    assert look(demo, answer.content.decode()) == []


def test_who_may_not_open_charts_sends_no_table(demo: Demo, enter: Enter) -> None:
    assert enter("bea").get(ADDRESS).status_code == 403
    Membership.objects.filter(user__username="tom").update(clinic="prac_north")
    assert send(enter("tom"), table(INA)).status_code == 403
    assert send(enter("otto"), table(INA)).status_code == 403
