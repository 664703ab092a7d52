"""The worklist: whom it ranks and why, what it leaves out, for whom, and at what cost."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from caretally import clock
from caretally.errors import ForbiddenError
from caretally.journal.entries import (
    Body,
    Component,
    ContactHeld,
    Died,
    Disenrolled,
    Entry,
    PatientRegistered,
    PolicyAdopted,
    ReadingRecorded,
)
from caretally.practice.device_alerts import alert_devices
from caretally.practice.worklist import PAGE, Found, Search, version, worklist
from caretally.store.rebuilding import rebuild
from caretally.store.work_items import NEVER, Item
from caretally.store.worklist import refresh_all, refresh_day, waiting
from tests.integration.demonstrated import HARBOR, LAKESIDE, Demo, Enter

PAGE_OF_LAKESIDE = f"/p/{LAKESIDE}/worklist/"
EDIE, BEN, GUS, ADA, HAL = "pat_edie", "pat_ben", "pat_gus", "pat_ada", "pat_hal"


def found(demo: Demo, search: Search | None = None, login: str = "rosa") -> Found:
    """Return the list as somebody sees it now."""
    practice = HARBOR if login == "nora" else LAKESIDE
    return worklist(demo.office(login, practice), search or Search())


def listed(demo: Demo) -> dict[str, str]:
    """Return the urgency of everybody on the list, in its order."""
    return {row.patient: row.urgency for row in found(demo).rows}


def save(demo: Demo, patient: str | None, body: Body, at: datetime | None = None) -> None:
    """Store an entry about a patient."""
    office = demo.office("rosa")
    moment = at or office.now
    entry = Entry(id=office.new_id("ent"), patient=patient, at=moment, recorded_at=moment,
                  actor="staff:stf_rosa", body=body)  # fmt: skip
    office.append([entry])


def pressure(at: datetime, high: int) -> ReadingRecorded:
    """Return a pressure of Ada's."""
    parts = tuple(
        Component(metric=metric, value=Decimal(value), unit="mm[Hg]")
        for metric, value in (("8480-6", high), ("8462-4", 80))
    )
    return ReadingRecorded(device="dev_ada_cuff", metric="85354-9", components=parts,
                           measured_at=at, origin="device")  # fmt: skip


def talk(start: datetime) -> ContactHeld:
    """Return ten minutes of conversation with a nurse."""
    return ContactHeld(
        program="rpm", mode="telephone", start=start, end=start + timedelta(minutes=10),
        performers=("stf_rosa",), spoke_with="patient", two_way=True, topics=("symptoms",),
    )  # fmt: skip


def items(demo: Demo) -> list[tuple[object, ...]]:
    """Return all that is kept, by stream."""
    columns = ", ".join(("stream_id", "as_of_on", *Item._fields))
    rows = demo.journal.db.rows(f"SELECT {columns} FROM store_workitem ORDER BY stream_id")
    return [tuple(row) for row in rows]


def test_the_cast_is_ranked_by_need(demo: Demo) -> None:
    assert listed(demo) == {EDIE: "out_of_range", BEN: "out_of_reach", GUS: "conversation"}
    assert found(demo).counts == {"out_of_range": 1, "out_of_reach": 1, "conversation": 1}


def test_nobody_is_listed_for_a_code_that_is_close(demo: Demo) -> None:
    rows = demo.journal.db.rows
    found(demo)
    kept = rows("SELECT content FROM store_workitem WHERE patient = %s", "pat_fay")[0][0]
    assert '"management_seconds":200' in kept, "Fay is 3:20 short of 99457"
    assert "pat_fay" not in listed(demo)


def test_what_can_still_be_reached_stands_beside_the_reason(demo: Demo) -> None:
    (edie,) = (row for row in found(demo).rows if row.patient == EDIE)
    codes = {each["code"]: each for each in edie.content["codes"]}
    assert codes["99457"]["missing"] == {"management_seconds": 131}
    assert edie.days_left == 5
    assert str(edie.by_on) == "2026-03-31"


def test_a_code_out_of_reach_disappears(demo: Demo) -> None:
    last_hour = datetime.fromisoformat("2026-03-31T23:50:00-05:00")
    clock.set_ahead(last_hour - datetime.now(last_hour.tzinfo))
    (gus,) = (row for row in found(demo).rows if row.patient == GUS)
    assert gus.days_left == 0
    clock.set_ahead(last_hour + timedelta(minutes=11) - datetime.now(last_hour.tzinfo))
    (gus,) = (row for row in found(demo).rows if row.patient == GUS)
    assert found(demo).day.isoformat() == "2026-04-01"
    assert all(each["by"] > "2026-04-01" for each in gus.content["codes"])


def test_a_crisis_comes_first_and_a_conversation_settles_it(demo: Demo) -> None:
    at = demo.office("rosa").now - timedelta(minutes=30)
    assert ADA not in listed(demo)
    save(demo, ADA, pressure(at, 191), at)
    assert next(iter(listed(demo).items())) == (ADA, "crisis")
    start = demo.office("rosa").now - timedelta(minutes=12)
    save(demo, ADA, talk(start), start)
    assert ADA not in listed(demo)


def test_a_conversation_with_staff_takes_the_monthly_one_off_the_list(demo: Demo) -> None:
    start = demo.office("rosa").now - timedelta(minutes=12)
    save(demo, GUS, talk(start), start)
    assert GUS not in listed(demo)


@pytest.mark.parametrize("body", [Died(), Disenrolled(program="rpm", reason="moved")])
def test_the_dead_and_the_disenrolled_are_not_listed(demo: Demo, body: Body) -> None:
    assert GUS in listed(demo)
    save(demo, GUS, body)
    assert GUS not in listed(demo)


def test_everybody_active_is_due_when_a_month_begins_without_a_word(demo: Demo) -> None:
    first = datetime.fromisoformat("2026-05-05T09:00:00-05:00")
    clock.set_ahead(first - datetime.now(first.tzinfo))
    seen = listed(demo)
    rows = demo.journal.db.rows("SELECT count(*) FROM store_patientcard WHERE stage = 'open'")
    assert len(seen) == 8 <= rows[0][0]
    assert seen.pop(EDIE) == "out_of_range", "her alert waits until somebody closes it"
    assert set(seen.values()) == {"out_of_reach"}, "no reading for weeks, or on the ladder"


def test_a_save_marks_whom_it_touches_and_nobody_else(demo: Demo) -> None:
    found(demo)
    at = demo.office("rosa").now - timedelta(minutes=30)
    save(demo, ADA, pressure(at, 130), at)
    marked = demo.journal.db.rows("SELECT patient FROM store_workitem WHERE as_of_on = ''")
    assert [row[0] for row in marked if row[0] != "pat_fay_harbor"] == [ADA]


def test_a_ladder_that_the_practice_changes_holds_at_once(demo: Demo) -> None:
    assert "tell_practitioner" in str(found(demo).rows[1].content["reasons"])
    body = PolicyAdopted(policy="ladder_attempts", value="12", owner="lin",
                         from_on=found(demo).day)  # fmt: skip
    save(demo, None, body)
    (ben,) = (row for row in found(demo).rows if row.patient == BEN)
    assert [each["name"] for each in ben.content["reasons"]] == ["try_again"]


def test_a_new_name_is_the_name_on_the_list(demo: Demo) -> None:
    found(demo)
    save(demo, GUS, PatientRegistered(name="Gustav Petrov"))
    assert "Gustav Petrov" in [row.name for row in found(demo).rows]


def test_refreshing_again_changes_nothing_and_rebuilding_brings_the_same_bytes(demo: Demo) -> None:
    now = demo.office("rosa").now
    for practice in (LAKESIDE, HARBOR):
        assert refresh_day(demo.journal, practice, now) == 0
    before = items(demo)
    assert len(before) >= 9
    rebuild(demo.journal.db, demo.journal.desk)
    assert items(demo) == before
    demo.journal.db.run("UPDATE store_workitem SET as_of_on = ''")
    for practice in (LAKESIDE, HARBOR):
        refresh_day(demo.journal, practice, now)
    assert items(demo) == before


def test_a_rebuild_leaves_marks_as_they_were(demo: Demo) -> None:
    found(demo)
    demo.journal.db.run("UPDATE store_workitem SET as_of_on = '' WHERE patient = %s", ADA)
    rebuild(demo.journal.db, demo.journal.desk)
    rows = demo.journal.db.rows("SELECT as_of_on FROM store_workitem WHERE patient = %s", ADA)
    assert rows == [("",)]


def test_a_refresh_keeps_to_its_limit_and_says_what_is_left(demo: Demo) -> None:
    office = demo.office("rosa")
    demo.journal.db.run("UPDATE store_workitem SET as_of_on = ''")
    assert refresh_day(demo.journal, LAKESIDE, office.now, 3) == 5
    assert waiting(office.book(), office.today()) == 5


def test_the_tick_finds_patients_without_an_item_in_all_practices(demo: Demo) -> None:
    demo.journal.db.run("DELETE FROM store_workitem")
    assert found(demo).total == 0
    assert refresh_all(demo.journal, demo.office("rosa").now) == 0
    assert found(demo).total == 3
    assert len(items(demo)) == 9


def test_a_tick_out_of_time_leaves_the_rest_to_the_next(demo: Demo) -> None:
    now = demo.office("rosa").now
    demo.journal.db.run("UPDATE store_workitem SET as_of_on = ''")
    assert refresh_all(demo.journal, now, seconds=0) == 9
    assert refresh_all(demo.journal, now) == 0


def test_the_list_is_narrowed_down(demo: Demo) -> None:
    by = {
        "urgency": found(demo, Search(urgency="out_of_reach")),
        "reason": found(demo, Search(reason="conversation_due")),
        "program": found(demo, Search(program="rtm")),
        "mine": found(demo, Search(is_mine=True)),
        "clinic": found(demo, Search(clinic="prac_elsewhere")),
        "odd": found(demo, Search(reason="%")),
    }
    assert {name: [row.patient for row in each.rows] for name, each in by.items()} == {
        "urgency": [BEN], "reason": [GUS], "program": [], "mine": [], "clinic": [], "odd": [],
    }  # fmt: skip
    assert by["urgency"].counts["conversation"] == 1, "counts are of all urgencies"


def test_a_practice_sees_its_own_patients_and_an_administrator_none(demo: Demo) -> None:
    assert not {row.patient for row in found(demo, login="nora").rows} & {EDIE, BEN, GUS}
    with pytest.raises(ForbiddenError):
        found(demo, login="amir")


def test_who_is_held_to_a_clinic_sees_no_other(demo: Demo) -> None:
    office = demo.office("rosa")
    grants = tuple(replace(each, clinic="prac_elsewhere") for each in office.caller.grants)
    held = replace(office, caller=replace(office.caller, grants=grants))
    assert worklist(held, Search()).total == 0


def crowd(demo: Demo, count: int) -> None:
    """Add rows to the list, as many patients would have them."""
    book = demo.office("rosa").book()
    db = demo.journal.db
    streams = [(book.number, f"patient/pat_x{n}", 0, b"", 0) for n in range(count)]
    db.insert("store_stream", ("practice_id", "name", "length", "head", "ties"), streams)
    rows = db.rows(
        "SELECT id, name FROM store_stream WHERE name LIKE %s ORDER BY id", "patient/pat_x%"
    )
    content = db.rows("SELECT content FROM store_workitem WHERE patient = %s", EDIE)[0][0]
    columns = ("practice_id", "stream_id", "patient", "as_of_on", "judged_on", *Item._fields)
    day = found(demo).day.isoformat()
    item = Item(name_key="x", clinic=LAKESIDE, month=day[:7], is_listed=True, urgency=3,
                by_on=NEVER, programs=" rpm ", reasons=" conversation_due ", team="",
                content=content)  # fmt: skip
    made = [(book.number, row[0], row[1].removeprefix("patient/"), day, "", *item) for row in rows]
    db.insert("store_workitem", columns, made)


def test_the_count_of_queries_does_not_grow_with_patients(demo: Demo, enter: Enter) -> None:
    client = enter("rosa")
    counts = []
    client.get(PAGE_OF_LAKESIDE)
    for extra in (10, 990):
        crowd_size = len(items(demo))
        if extra == 10 or crowd_size < 1_000:
            demo.journal.db.run("DELETE FROM store_workitem WHERE patient LIKE %s", "pat_x%")
            demo.journal.db.run("DELETE FROM store_stream WHERE name LIKE %s", "patient/pat_x%")
            crowd(demo, extra)
        with CaptureQueriesContext(connections["default"]) as ran:
            answer = client.get(PAGE_OF_LAKESIDE)
        counts.append(len(ran.captured_queries))
        assert answer.content.count(b'class="card work-item') == min(PAGE, extra + 3)
    assert counts[0] == counts[1] <= 40, counts
    assert b"Page 1 of 20" in answer.content
    second = client.get(f"{PAGE_OF_LAKESIDE}?page=2").content
    assert b"Page 2 of 20" in second
    assert f"patients/{EDIE}/contact".encode() not in second, "open alerts stand on every page"


def test_the_page_says_who_why_and_what_to_do(enter: Enter) -> None:
    page = enter("rosa").get(PAGE_OF_LAKESIDE).content.decode()
    for words in ("Edie Thornbury", "Oxygen saturation 91 %", "below 92", "Starting point",
                  "Tell the practitioner", "overdue since Mar 21", "by Mar 31 (5 days)",
                  "2:11 of management time", "No conversation yet in March"):  # fmt: skip
        assert words in page, words
    assert page.index("Edie") < page.index("Ben Okafor") < page.index("Gus Petrov")
    assert re.search(r'<polyline points="[0-9., ]+"', page)


def test_only_who_records_care_is_offered_to(enter: Enter) -> None:
    offered = f'href="/p/{LAKESIDE}/patients/{EDIE}/contact/"'
    assert offered in enter("rosa").get(PAGE_OF_LAKESIDE).content.decode()
    page = enter("bea").get(PAGE_OF_LAKESIDE).content.decode()
    assert offered not in page
    assert "Edie Thornbury" in page


def test_an_empty_list_says_what_to_do(demo: Demo, enter: Enter) -> None:
    page = enter("rosa").get(f"{PAGE_OF_LAKESIDE}?program=rtm").content.decode()
    assert "Nobody fits" in page
    found(demo)
    demo.journal.db.run("UPDATE store_workitem SET is_listed = (1 = 0)")
    assert "Nobody is waiting" in enter("rosa").get(PAGE_OF_LAKESIDE).content.decode()


def test_nonsense_in_the_address_does_no_harm(enter: Enter) -> None:
    client = enter("rosa")
    for query in ("page=-1", "page=99999999999", "urgency=x", "mine=yes", "reason=%27--", "page=x"):
        assert client.get(f"{PAGE_OF_LAKESIDE}?{query}").status_code == 200


def test_an_open_page_hears_of_a_save_and_of_nothing_else(demo: Demo, enter: Enter) -> None:
    client = enter("rosa")
    client.get(PAGE_OF_LAKESIDE)
    stamp = version(demo.office("rosa"))
    address = f"{PAGE_OF_LAKESIDE}version"
    assert client.get(address, headers={"If-None-Match": f'"{stamp}"'}).status_code == 304
    at = demo.office("rosa").now - timedelta(minutes=30)
    save(demo, ADA, pressure(at, 191), at)
    answer = client.get(address, headers={"If-None-Match": f'"{stamp}"'})
    assert answer.status_code == 200
    assert "Crisis range" in answer.content.decode()
    assert "<html" not in answer.content.decode()
    assert client.get(address, headers={"If-None-Match": answer["ETag"]}).status_code == 304


def test_a_look_at_the_list_is_told_in_the_access_chain(demo: Demo, enter: Enter) -> None:
    enter("rosa").get(PAGE_OF_LAKESIDE)
    sql = ("SELECT count(*) FROM store_entry AS e JOIN store_stream AS s ON s.id = e.stream_id "
           "WHERE s.name = 'access/practice' AND e.line LIKE %s")  # fmt: skip
    assert demo.journal.db.rows(sql, "%worklist, 3 patients%") == [(1,)]


def test_the_list_on_postgresql_is_the_same(demo_postgres: Demo) -> None:
    assert listed(demo_postgres) == {
        EDIE: "out_of_range", BEN: "out_of_reach", GUS: "conversation",
    }  # fmt: skip
    at = demo_postgres.office("rosa").now - timedelta(minutes=30)
    save(demo_postgres, ADA, pressure(at, 191), at)
    assert next(iter(listed(demo_postgres))) == ADA
    before = items(demo_postgres)
    rebuild(demo_postgres.journal.db, demo_postgres.journal.desk)
    assert items(demo_postgres) == before


def test_only_what_readings_are_held_against_can_be_a_starting_point(demo: Demo) -> None:
    alert_devices(demo.journal, demo.office("rosa").now)
    told = {
        (row.patient, reason["name"]): reason["is_starting_point"]
        for row in found(demo).rows
        for reason in row.content["reasons"]
    }
    of_devices = [marked for (_, name), marked in told.items() if name == "device_needs_care"]
    assert of_devices
    assert not any(of_devices)
    assert told[EDIE, "value_outside"]
