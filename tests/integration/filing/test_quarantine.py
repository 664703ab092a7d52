"""What is held back is settled by a person, with a reason, or once the device is known."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import msgspec
import pytest

from caretally.devices.rules import NOT_ASSIGNED, OUT_OF_BOUNDS, UNKNOWN_DEVICE, UNKNOWN_ORIGIN
from caretally.devices.unpacked import Removal
from caretally.errors import ForbiddenError, InputError, UnknownError
from caretally.journal.entries import EntryVoided, QuarantineSettled, ReadingRecorded
from caretally.practice.caller import Caller, Grant
from caretally.practice.office import Office
from caretally.practice.quarantine import (
    Release,
    counts,
    dismiss_fault,
    held_readings,
    open_faults,
    reject,
    release,
)
from caretally.practice.removing import act_on_removals
from caretally.store.intake_tables import (
    DISMISSED,
    DONE,
    FILED,
    READY,
    REFUSED_EVENT,
    REJECTED,
    REMOVED,
)
from caretally.store.models import IntakeEvent, IntakeFault
from tests.integration.filing.ward import BEGAN, NOW, PRACTICE, Ward, pressure, told, weight

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MORNING = datetime.fromisoformat("2026-03-24T13:04:58+00:00")


@pytest.fixture
def ward(site) -> Ward:
    """Return a ward with two patients, one of whom holds a device."""
    made = Ward(journal=site.journal())
    made.open("pat_a", "pat_b")
    made.register("dev_1", ("tenovi:device", "77aa"))
    made.assign("dev_1", "pat_a")
    return made


def office(ward: Ward, *roles: str, clinic: str = "") -> Office:
    """Return the office of somebody with roles, by default a nurse."""
    grants = tuple(Grant(role=role, clinic=clinic) for role in roles or ("nurse",))
    caller = Caller(user=1, login="nia", practice=PRACTICE, grants=grants, staff="nia")
    return Office(journal=ward.journal, caller=caller, now=NOW)


def held(ward: Ward, value: str = "1000", **more: object) -> int:
    """Return the number of a reading that is held back."""
    (number,) = ward.tell(told(MORNING, weight(value), **more))  # type: ignore[arg-type]
    ward.file()
    return number


def decisions(ward: Ward) -> list[object]:
    """Return what was decided about readings that were held back."""
    return [
        (each.patient, each.actor, each.reason, each.body.decision, each.body.rule)
        for each in ward.journal.entries(PRACTICE)
        if isinstance(each.body, QuarantineSettled)
    ]


def test_the_list_says_what_is_held_where_it_stands_and_why(ward: Ward) -> None:
    number = held(ward, path="/readings/0", received_at=MORNING)
    (found,) = held_readings(office(ward))
    assert (found.number, found.rule.name, found.patient) == (number, OUT_OF_BOUNDS, "pat_a")
    assert (found.vendor, found.path, found.element) == ("tenovi", "/readings/0", 0)
    assert "expected 2 to 450 kg" in found.says
    assert found.measured_at == MORNING
    assert counts(office(ward)).held == 1
    assert held_readings(office(ward), before=number) == []


def test_released_it_is_filed_once_and_the_decision_is_an_entry(ward: Ward) -> None:
    number = held(ward)
    told_by = office(ward)
    for _ in range(2):
        release(told_by, number, Release(reason="scale for trucks"), filed_as="ent_1")
    (entry,) = ward.readings("pat_a")
    assert (entry.id, entry.actor) == (ward.row(number).entry_id, "device:dev_1")
    assert decisions(ward) == [
        ("pat_a", "staff:nia", "scale for trucks", "released", OUT_OF_BOUNDS)
    ]  # fmt: skip
    row = ward.row(number)
    assert (row.state, row.settled_by, row.settled_why) == (FILED, "staff:nia", "scale for trucks")
    assert ward.days("pat_a", "2026-03") == 1
    with pytest.raises(UnknownError):
        release(told_by, number, Release(reason="again"))


def test_rejected_it_is_never_filed(ward: Ward) -> None:
    number = held(ward)
    reject(office(ward), number, "somebody leaned on it")
    assert ward.row(number).state == REJECTED
    assert ward.readings() == []
    assert decisions(ward) == [
        ("pat_a", "staff:nia", "somebody leaned on it", "rejected", OUT_OF_BOUNDS)
    ]  # fmt: skip
    assert counts(office(ward)).held == 0


def test_a_release_names_what_is_missing(ward: Ward) -> None:
    number = held(ward, origin="unknown", value="84.2")
    assert ward.row(number).rule == UNKNOWN_ORIGIN
    with pytest.raises(InputError) as refused:
        release(office(ward), number, Release(reason=" ", measured_at=NOW + DAY))
    assert [each.field for each in refused.value.problems] == ["reason", "origin", "measured_at"]
    release(office(ward), number, Release(reason="typed on the phone", origin="manual"))
    (entry,) = ward.readings()
    assert isinstance(entry.body, ReadingRecorded)
    assert entry.body.origin == "manual"
    assert ward.days("pat_a", "2026-03") == 0


def test_a_corrected_device_decides_whose_it_is(ward: Ward) -> None:
    ward.register("dev_2")
    number = held(ward, value="84.2", names=(("imei", "999"),))
    with pytest.raises(InputError) as refused:
        release(office(ward), number, Release(reason="label read", device="dev_2"))
    assert [each.field for each in refused.value.problems] == ["measured_at"]
    ward.assign("dev_2", "pat_b")
    release(office(ward), number, Release(reason="label read", device="dev_2"))
    assert [each.patient for each in ward.readings()] == ["pat_b"]


def test_only_who_may_settles(ward: Ward) -> None:
    number = held(ward)
    for role in ("biller", "auditor", "administrator", "compliance"):
        with pytest.raises(ForbiddenError):
            held_readings(office(ward, role))
        with pytest.raises(ForbiddenError):
            release(office(ward, role), number, Release(reason="so"))
    assert held_readings(office(ward, clinic="elsewhere")) == []
    with pytest.raises(UnknownError):
        reject(office(ward, clinic="elsewhere"), number, "so")


def test_registering_the_device_files_what_waited_for_it(ward: Ward) -> None:
    imei = ("imei", "352099001761481")
    known = held(ward, value="84.2", names=(imei,))
    (beside,) = ward.tell(told(MORNING + HOUR, weight("84.3"), names=(("gateway", "g"), imei)))
    ward.file()
    assert {ward.row(each).rule for each in (known, beside)} == {UNKNOWN_DEVICE}
    (other,) = ward.tell(told(MORNING, weight("90.1"), names=(("imei", "9"),)))
    ward.file()
    ward.register("dev_2", imei)
    assert {ward.row(each).state for each in (known, beside)} == {READY}
    ward.file()
    assert {ward.row(each).rule for each in (known, beside)} == {NOT_ASSIGNED}
    ward.give_back("dev_1", "pat_a", NOW)
    assert {ward.row(each).rule for each in (known, beside)} == {NOT_ASSIGNED}
    ward.assign("dev_2", "pat_b", BEGAN)
    assert {ward.row(each).state for each in (known, beside)} == {READY}
    ward.file()
    assert [each.patient for each in ward.readings()] == ["pat_b", "pat_b"]
    assert ward.row(other).rule == UNKNOWN_DEVICE


def test_what_waited_goes_on_where_a_surer_name_means_another_device(ward: Ward) -> None:
    ward.register("dev_2", ("gateway", "g"))
    label, gateway = ("imei", "352099001761481"), ("gateway", "g")
    number = held(ward, value="84.2", names=(label, gateway))
    assert (ward.row(number).rule, ward.row(number).device) == (NOT_ASSIGNED, "dev_2")
    ward.register("dev_3", label)
    ward.assign("dev_3", "pat_b", BEGAN)
    ward.file()
    assert [each.patient for each in ward.readings()] == ["pat_b"]


def test_a_reading_nobody_can_read_any_more_stays_where_it_is(ward: Ward) -> None:
    number = held(ward, value="84.2", names=(("imei", "999"),))
    ward.journal.db.run("UPDATE store_intakereading SET content = '{' WHERE id = %s", number)
    ward.register("dev_2", ("imei", "999"))
    assert ward.row(number).rule == UNKNOWN_DEVICE


def test_a_fault_is_let_go_with_a_reason(ward: Ward) -> None:
    ward.tell(told(MORNING, weight("84.2")))
    alias = ward.journal.db.alias
    inbound = ward.journal.db.rows("SELECT id FROM store_inbound")[0][0]
    fault = IntakeFault.objects.using(alias).create(
        practice_id=ward.number, connection_id=ward.connection(), inbound_id=inbound,
        path="/1/metric", code="unknown_metric", says="metric spirit", found_at=NOW,
    )  # fmt: skip
    assert [(each.path, each.code) for each in open_faults(office(ward))] == [
        ("/1/metric", "unknown_metric")
    ]  # fmt: skip
    with pytest.raises(InputError):
        dismiss_fault(office(ward), fault.pk, "")
    dismiss_fault(office(ward), fault.pk, "not measured here")
    fault.refresh_from_db(using=alias)
    assert (fault.state, fault.settled_why) == (DISMISSED, "not measured here")
    assert decisions(ward) == [
        (None, "staff:nia", "not measured here", "rejected", "unknown_metric")
    ]  # fmt: skip


# --- taken back by the vendor ---------------------------------------------------------------------


def take_back(ward: Ward, vendor: str = "tenovi", **told_so: object) -> IntakeEvent:
    """Let a vendor take back readings; returns the saying as it was settled."""
    names = told_so.pop("names", (("tenovi:device", "77aa"),))
    removal = Removal(names=names, **told_so)  # type: ignore[arg-type]
    connection = ward.connection(vendor)
    alias = ward.journal.db.alias
    inbound = ward.journal.db.rows("SELECT MAX(id) FROM store_inbound")[0][0]
    event: IntakeEvent = IntakeEvent.objects.using(alias).create(
        practice_id=ward.number, connection_id=connection, inbound_id=inbound,
        key=bytes([ward.count % 256]), kind="removal", content=encoded(removal), received_us=0,
    )  # fmt: skip
    ward.count += 1
    assert act_on_removals(ward.journal, NOW) == 1
    event.refresh_from_db(using=alias)
    return event


def encoded(removal: Removal) -> str:
    """Return a removal as unpacking stores it."""
    return msgspec.json.encode(removal).decode()


def test_what_the_vendor_takes_back_is_voided_and_counts_no_more(ward: Ward) -> None:
    first, second = ward.tell(
        told(MORNING, weight("84.2"), vendor_reading_id="v-1"),
        told(MORNING - DAY, weight("84.3"), vendor_reading_id="v-2"),
    )
    ward.file()
    assert ward.days("pat_a", "2026-03") == 2
    assert take_back(ward, vendor_reading_id="v-1").state == DONE
    (void,) = (e for e in ward.journal.entries(PRACTICE) if isinstance(e.body, EntryVoided))
    assert (void.patient, void.reason) == ("pat_a", "removed_by_vendor")
    assert (ward.row(first).state, ward.row(second).state) == (REMOVED, FILED)
    assert ward.days("pat_a", "2026-03") == 1
    assert take_back(ward, vendor_reading_id="v-1").state == REFUSED_EVENT


def test_a_stretch_is_taken_back_from_its_own_source_alone(ward: Ward) -> None:
    ward.tell(*(told(MORNING - day * DAY, weight(f"84.{day}")) for day in range(4)))
    ward.tell(told(MORNING - DAY + HOUR, weight("84.9")), vendor="validic")
    ward.file()
    take_back(ward, begins=MORNING - 2 * DAY, ends=MORNING - DAY + 2 * HOUR)
    voided = {
        e.body.entry for e in ward.journal.entries(PRACTICE) if isinstance(e.body, EntryVoided)
    }
    left = [each for each in ward.readings() if each.id not in voided]
    assert [str(each.body.value) for each in left] == ["84.3", "84.9", "84.0"]


@pytest.mark.parametrize(
    ("metrics", "left"),
    [
        (("29463-7",), ["85354-9", "85354-9"]), (("8480-6",), ["29463-7", "29463-7"]),
        (("85354-9", "8480-6", "8462-4"), ["29463-7", "29463-7"]),
        (("8310-5",), ["29463-7", "29463-7", "85354-9", "85354-9"]), ((), []),
    ],
)  # fmt: skip
def test_only_the_sort_that_is_named_is_taken_back(
    ward: Ward, metrics: tuple[str, ...], left: list[str]
) -> None:
    def measured(at: datetime) -> list[int]:
        return ward.tell(told(at, weight("84.2")), told(at, pressure(132, 84)))

    filed = measured(MORNING)
    ward.file()
    waiting = measured(MORNING + HOUR)
    take_back(ward, begins=MORNING - DAY, ends=MORNING + DAY, metrics=metrics)
    ward.file()
    voided = {
        e.body.entry for e in ward.journal.entries(PRACTICE) if isinstance(e.body, EntryVoided)
    }
    bodies = [each.body for each in ward.readings() if each.id not in voided]
    assert sorted(body.metric for body in bodies if isinstance(body, ReadingRecorded)) == left
    gone = [ward.row(each).state == REMOVED for each in (*filed, *waiting)]
    assert gone.count(True) == 4 - len(left)


def test_what_is_not_filed_yet_is_taken_out_of_the_way(ward: Ward) -> None:
    number = held(ward, vendor_reading_id="v-1")
    (waiting,) = ward.tell(told(MORNING + HOUR, weight("84.2"), vendor_reading_id="v-2"))
    take_back(ward, vendor_reading_id="v-1")
    take_back(ward, vendor_reading_id="v-2", names=())
    ward.file()
    assert [ward.row(each).state for each in (number, waiting)] == [REMOVED, REMOVED]
    assert ward.readings() == []


def test_a_vendors_id_alone_finds_the_reading(ward: Ward) -> None:
    ward.tell(
        told(MORNING, weight("84.2"), vendor_reading_id='v-"1'),
        told(MORNING + HOUR, weight("84.3"), vendor_reading_id="v-2"),
    )
    ward.file()
    assert take_back(ward, vendor_reading_id='v-"1', names=()).state == DONE
    (void,) = (e for e in ward.journal.entries(PRACTICE) if isinstance(e.body, EntryVoided))
    body = next(each.body for each in ward.readings() if each.id == void.body.entry)
    assert isinstance(body, ReadingRecorded)
    assert body.value == Decimal("84.2")
