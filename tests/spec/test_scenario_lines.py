"""The shorthand of a scenario says exactly these entries of the contract."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from caretally.billability.scenario_text import Moments, length
from caretally.billability.scenarios import entries_of, scenarios_in
from caretally.journal.entries import (
    ContactAttempted,
    ContactHeld,
    Covered,
    DeviceAssigned,
    Enrolled,
    Entry,
    PracticeRegistered,
    ReadingRecorded,
    StaffRegistered,
    StayRecorded,
    TimeLogged,
)
from caretally.yaml_lines import Problems


def story(text: str) -> dict[str, Entry]:
    """Return the entries of a scenario of March 2026, by id."""
    problems = Problems()
    written = (
        f"scenarios:\n  - name: one\n    month: 2026-03\n    {text}\n    expect: {{lines: []}}\n"
    )
    scenarios = scenarios_in(written, "one.scenarios.yaml", problems)
    assert problems.found == []
    return {entry.id: entry for entry in entries_of(scenarios[0])}


def line(text: str) -> Entry:
    """Return the one entry of a line in New York, on nothing else."""
    (entry,) = story(f"given: nothing\n    entries: [{{{text}}}]").values()
    return entry


def body_of(entry: Entry) -> Any:
    """Return the body of an entry whose kind the test knows."""
    return entry.body


def at(text: str) -> datetime:
    """Return an instant of March 2026 in UTC."""
    return datetime.fromisoformat(f"2026-03-{text}").replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("15m", 900), ("4m 59s", 299), ("4m59s", 299), ("1h 5s", 3605), ("8h", 28800), ("899", 899),
     ("2h 3m 4s", 7384), ("0", 0)],
)  # fmt: skip
def test_length(text: str, seconds: int) -> None:
    """Hours, minutes and seconds add up."""
    assert length(text) == seconds


@pytest.mark.parametrize("text", ["", "5x", "5s 4m", "-5m", "1.5m", "m", "five"])
def test_length_refuses(text: str) -> None:
    """A text that is no length is refused."""
    with pytest.raises(ValueError, match=text or "^$"):
        length(text)


def test_moments() -> None:
    """The year comes from the month, the offset from the zone unless it is written."""
    moments = Moments(year=2026, zone_name="America/Los_Angeles")
    assert moments.day("03-04") == date(2026, 3, 4)
    assert moments.day("2025-12-31") == date(2025, 12, 31)
    assert moments.instant("03-04 10:00") == at("04T18:00")
    assert moments.instant("03-04 10:00:30") == at("04T18:00:30")
    assert moments.instant("2026-03-10 10:00") == at("10T17:00")
    assert moments.instant("2026-03-04T10:00+01:00") == at("04T09:00")
    assert moments.clock(date(2026, 3, 4), "23:59") == at("05T07:59")
    for text in ("03-04", "2026-03-04", "10:00", "13-01 10:00", ""):
        with pytest.raises(ValueError, match=r"."):
            moments.instant(text)


def test_contact() -> None:
    """A contact is a talk of a nurse with the patient about data, by telephone."""
    entry = line("at: 03-04 10:00, contact: 15m")
    assert entry.at == at("04T15:00")
    assert (entry.id, entry.patient, entry.actor) == ("e1", "pat", "system:scenario")
    assert entry.recorded_at == at("04T15:15")
    assert entry.body == ContactHeld(
        program="rpm",
        mode="telephone",
        start=at("04T15:00"),
        end=at("04T15:15"),
        performers=("nurse",),
        spoke_with="patient",
        two_way=True,
        topics=("device_data",),
    )


def test_contact_with_everything_said() -> None:
    """Each word of a contact goes where it belongs."""
    entry = line(
        "id: x, at: 03-04 10:00, contact: 15m, by: [np, nurse], mode: video, with: other, "
        "two_way: false, topics: [general, symptoms], part_of_visit: true, program: ccm, "
        "patient: b, actor: 'staff:np', recorded: 03-09 09:00, supersedes: y, reason: wrong, "
        "excluded: [{after: 1m, lasts: 2m}, {after: 5m, lasts: 30s, why: menu}]"
    )
    body = entry.body
    assert isinstance(body, ContactHeld)
    assert (entry.id, entry.patient, entry.actor) == ("x", "b", "staff:np")
    assert (entry.supersedes, entry.reason) == ("y", "wrong")
    assert entry.recorded_at == at("09T13:00")
    assert (body.program, body.mode, body.spoke_with) == ("ccm", "video", "other")
    assert (body.two_way, body.part_of_visit) == (False, True)
    assert (body.performers, body.topics) == (("np", "nurse"), ("general", "symptoms"))
    legs = [(leg.start, leg.end, leg.why) for leg in body.excluded]
    assert legs == [
        (at("04T15:01"), at("04T15:03"), "hold"),
        (at("04T15:05"), at("04T15:05:30"), "menu"),
    ]


def test_time() -> None:
    """Time is a nurse's review unless the line says otherwise."""
    entry = line("at: 03-04 10:00, time: 4m 59s")
    assert entry.body == TimeLogged(
        program="rpm",
        category="review",
        start=at("04T15:00"),
        end=at("04T15:04:59"),
        performer="nurse",
    )
    marked = line("at: 03-04 10:00, time: 1m, by: np, category: education, note: so, "
                  "intended_code: '99091', program: bhi").body  # fmt: skip
    assert marked == TimeLogged(
        program="bhi",
        category="education",
        start=at("04T15:00"),
        end=at("04T15:01"),
        performer="np",
        note="so",
        intended_code="99091",
    )


def test_attempt() -> None:
    """An attempt has an outcome and perhaps a length; a message went by text."""
    assert line("at: 03-04 10:00, attempt: voicemail, lasts: 6m").body == ContactAttempted(
        program="rpm",
        mode="telephone",
        outcome="voicemail",
        start=at("04T15:00"),
        end=at("04T15:06"),
        performers=("nurse",),
    )
    sent = line("at: 03-04 10:00, attempt: message_sent, by: np").body
    assert isinstance(sent, ContactAttempted)
    assert (sent.mode, sent.end, sent.performers) == ("sms", at("04T15:00"), ("np",))


def test_repeated_lines() -> None:
    """A line told several times has numbered ids and steps of a day unless it says otherwise."""
    told = story(
        "given: nothing\n    entries: [{at: 03-04 10:00, time: 1m, times: 3}, "
        "{id: q, at: 03-04 10:00, contact: 1m, times: 2, step: 10m}]"
    )
    starts = {id_: entry.at for id_, entry in told.items()}
    assert starts == {
        "e1-1": at("04T15:00"),
        "e1-2": at("05T15:00"),
        "e1-3": at("06T15:00"),
        "q-1": at("04T15:00"),
        "q-2": at("04T15:10"),
    }


def test_reading() -> None:
    """One reading: a pressure, a weight, or nothing measured."""
    pressure = line("at: 03-04 10:00, reading: 128/79, received: 03-04 11:00, origin: manual, "
                    "device: d, vendor_reading_id: v, context: resting")  # fmt: skip
    body = pressure.body
    assert isinstance(body, ReadingRecorded)
    assert pressure.at == body.measured_at == at("04T15:00")
    assert (body.metric, body.device, body.origin) == ("85354-9", "d", "manual")
    assert [(part.metric, part.value, part.unit) for part in body.components] == [
        ("8480-6", Decimal(128), "mm[Hg]"),
        ("8462-4", Decimal(79), "mm[Hg]"),
    ]
    assert body.received_at == at("04T16:00")
    assert (body.vendor_reading_id, body.context) == ("v", "resting")
    weight = line("at: 03-04 10:00, reading: 71.5 kg").body
    assert isinstance(weight, ReadingRecorded)
    assert (weight.metric, weight.value, weight.unit) == ("29463-7", Decimal("71.5"), "kg")
    assert (weight.device, weight.origin) == ("cuff", "device")
    nothing = line("at: 03-04 10:00, reading: none").body
    assert isinstance(nothing, ReadingRecorded)
    assert (nothing.value, nothing.components) == (None, ())


def test_readings() -> None:
    """Readings on so many days, every so many days, at so many hours."""
    told = story(
        "given: nothing\n    entries: [{on: 03-06, readings: 3 days, every: 2, "
        "clock: ['08:00', '20:30'], value: 120/70}]"
    )
    assert {id_: entry.at for id_, entry in told.items()} == {
        "e1-1": at("06T13:00"),
        "e1-2": at("07T01:30"),
        "e1-3": at("08T12:00"),
        "e1-4": at("09T00:30"),
        "e1-5": at("10T12:00"),
        "e1-6": at("11T00:30"),
    }


def test_void_and_other_kinds() -> None:
    """A void has a reason; any kind of the contract can be written out."""
    told = story(
        "given: nothing\n    entries:\n"
        "      - {at: 03-04 10:00, void: e7}\n"
        "      - {at: 03-04 10:00, void: e8, reason: typed twice}\n"
        "      - {at: 03-04 10:00, kind: covered, body: {payer: aetna, from: 03-04, priority: 2}}\n"
        "      - at: 03-04 10:00\n"
        "        kind: stay_recorded\n"
        "        body: {setting: snf, from: 03-04 10:00, to: 03-05 11:00}\n"
        "      - {at: 03-04 10:00, kind: staff_registered, body: {staff: s, role: ma, to: 03-31}}\n"
        "      - at: 03-04 10:00\n"
        "        kind: device_assigned\n"
        "        patient: none\n"
        "        body: {device: d, medical_device: false, parameters: [a, b]}"
    )
    assert (told["e1"].reason, told["e2"].reason) == ("entered in error", "typed twice")
    assert told["e3"].body == Covered(payer="aetna", from_on=date(2026, 3, 4), priority=2)
    assert told["e4"].body == StayRecorded(
        setting="snf", from_at=at("04T15:00"), to_at=at("05T16:00")
    )
    assert told["e5"].patient is None
    assert told["e5"].body == StaffRegistered(staff="s", role="ma", to_on=date(2026, 3, 31))
    assert told["e6"].patient is None
    assert told["e6"].body == DeviceAssigned(
        device="d", medical_device=False, parameters=("a", "b")
    )


def test_everything_is_given() -> None:
    """Unless a scenario says otherwise, the month of an ordinary patient begins on its first."""
    told = story("entries: []")
    readings = [entry for entry in told.values() if isinstance(entry.body, ReadingRecorded)]
    others = {id_: entry for id_, entry in told.items() if entry not in readings}
    assert [entry.at for entry in readings[:2]] == [at("01T14:00"), at("02T14:00")]
    assert len(readings) == 20
    assert {body_of(entry).device for entry in readings} == {"cuff"}
    assert sorted(others) == [
        "clinic", "np", "nurse", "pat-assigned", "pat-covered", "pat-rpm-consented",
        "pat-rpm-enrolled", "pat-rpm-ordered", "pat-set-up",
    ]  # fmt: skip
    assert others["clinic"].body == PracticeRegistered(
        practice="clinic", name="Clinic", setting="office"
    )
    assert others["nurse"].body == StaffRegistered(staff="nurse", role="rn")
    assert others["np"].body == StaffRegistered(staff="np", role="np")
    assert others["pat-rpm-enrolled"].at == at("01T13:00")
    assert others["pat-rpm-enrolled"].body == Enrolled(
        program="rpm",
        practice="clinic",
        billing_provider="np",
        diagnoses=("I10",),
        established_on=date(2025, 9, 2),
    )
    assert others["pat-covered"].body == Covered(payer="medicare_ffs", from_on=date(2018, 1, 1))
    assert others["pat-assigned"].body == DeviceAssigned(
        device="cuff", medical_device=True, parameters=("85354-9",)
    )
    assert others["pat-set-up"].at == at("01T13:30")


def test_other_circumstances() -> None:
    """What a scenario says of its circumstances is what is given."""
    told = story(
        "patients: [pat, b]\n    program: rtm\n    also: [ccm, pcm]\n    payer: aetna\n"
        "    start: 2026-02-03\n    setting: rhc\n    diagnoses: [J45, I10]\n"
        "    zone: America/Denver\n    body_system: respiratory\n    without: [established]\n"
        "    readings: {readings: 2 days, origin: manual}"
    )
    enrolled = told["b-rtm-enrolled"].body
    assert enrolled == Enrolled(
        program="rtm",
        practice="clinic",
        billing_provider="np",
        diagnoses=("J45", "I10"),
        time_zone="America/Denver",
    )
    assert {"pat-ccm-enrolled", "pat-pcm-enrolled", "pat-ccm-consented"} <= set(told)
    assert "pat-pcm-consented" not in told
    assert body_of(told["clinic"]).setting == "rhc"
    assert body_of(told["b-covered"]).payer == "aetna"
    assert told["b-rtm-enrolled"].at == datetime(2026, 2, 3, 15, tzinfo=UTC)
    assert body_of(told["pat-assigned"]).body_system == "respiratory"
    readings = {id_: body_of(entry) for id_, entry in told.items() if "-r-" in id_}
    assert sorted(readings) == ["b-r-1", "b-r-2", "pat-r-1", "pat-r-2"]
    assert (readings["pat-r-1"].device, readings["b-r-1"].device) == ("cuff", "cuff-b")
    assert readings["b-r-2"].origin == "manual"
    assert readings["b-r-2"].measured_at == datetime(2026, 2, 4, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("piece", "gone"),
    [
        ("practice", "clinic"), ("nurse", "nurse"), ("np", "np"), ("enrolled", "pat-rpm-enrolled"),
        ("consented", "pat-rpm-consented"), ("ordered", "pat-rpm-ordered"),
        ("covered", "pat-covered"), ("assigned", "pat-assigned"), ("set_up", "pat-set-up"),
        ("readings", "pat-r-1"),
    ],
)  # fmt: skip
def test_without(piece: str, gone: str) -> None:
    """A piece that a scenario goes without is missing, and nothing else."""
    everything, rest = story("entries: []"), story(f"without: [{piece}]")
    missing = set(everything) - set(rest)
    assert gone in missing
    assert len(missing) == (20 if piece == "readings" else 1)


def test_nothing_given() -> None:
    """`given: nothing` leaves nothing at all."""
    assert list(story("given: nothing\n    entries: [{at: 03-04 10:00, time: 1m}]")) == ["e1"]
