"""The devices of the demonstration: on the books, connected, and not all of them well.

The cast's devices are registered with the names a vendor sends, some deliveries come in as a vendor
posts them, and the way of each is the program's own: one is held back, one device fell silent, one
battery is low.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from caretally.devices.unpacked import Posted
from caretally.journal.entries import DeviceAssigned, DeviceRegistered, Entry, Identifier
from caretally.practice.caller import system_caller
from caretally.practice.connections import Wanted, connect, pause
from caretally.practice.custody_told import act_on_custody
from caretally.practice.filing import file_ready
from caretally.practice.office import Office
from caretally.practice.receiving import door, receive
from caretally.practice.unpacking import unpack_due
from caretally.store.stored_journal import StoredJournal

VENDOR, SCHEME = "tenovi", "tenovi:device"
SECRET = "demonstration-only"  # noqa: S105 - of invented deliveries
SPARE = "scale-310"
"""A scale that went to a patient two weeks ago and was heard of once."""
STOCK = (("cuff-201", "Tidewell Cuff 2"), ("cuff-202", "Tidewell Cuff 2"),
         ("oximeter-118", "Northpine Clip"))  # fmt: skip
GATEWAYS = {"dev_hal_scale": "0c8d3f5a7b10", "dev_hal_cuff": "0c8d3f5a7b10"}
A_DAY = timedelta(days=1)


def name_at_vendor(device: str) -> str:
    """Return the id that the vendor gives a device of the demonstration."""
    return str(uuid5(NAMESPACE_URL, f"demonstration/{device}"))


def device_entries(entries: Sequence[Entry], at: datetime) -> Iterator[Entry]:
    """Yield what puts the devices of some entries on the books, and the spare ones."""
    for each in entries:
        if isinstance(each.body, DeviceAssigned):
            yield registration(registered(each.body), each.at)
    for device, model in STOCK:
        body = DeviceRegistered(
            device=device, vendor=VENDOR, model=model, serial=f"TEST-{device}".upper(),
            medical_device=True, identifiers=names_of(device),
        )  # fmt: skip
        yield registration(body, at - 20 * A_DAY)


def registered(body: DeviceAssigned) -> DeviceRegistered:
    """Return the registration of a device that was assigned."""
    return DeviceRegistered(
        device=body.device, vendor=VENDOR, model=body.model, serial=body.serial,
        medical_device=body.medical_device, parameters=body.parameters,
        identifiers=names_of(body.device),
    )  # fmt: skip


def names_of(device: str) -> tuple[Identifier, ...]:
    """Return the names of a device: the vendor's id, and the gateway it sends through."""
    own = Identifier(scheme=SCHEME, value=name_at_vendor(device))
    gateway = GATEWAYS.get(device)
    return (own, Identifier(scheme="gateway", value=gateway)) if gateway else (own,)


def registration(body: DeviceRegistered, at: datetime) -> Entry:
    """Return the entry of a registration, written down when it happened."""
    return Entry(id=f"ent_on_books_{body.device}", patient=None, at=at, recorded_at=at,
                 actor="staff:stf_tom", body=body)  # fmt: skip


def spare_entries(patient: str, at: datetime) -> tuple[Entry, ...]:
    """Return the registration of the spare scale, and its way to a patient."""
    body = DeviceAssigned(device=SPARE, vendor=VENDOR, model="Tidewell Scale 1",
                          serial="TEST-SCALE-310", medical_device=True,
                          parameters=("29463-7",))  # fmt: skip
    since = at - 14 * A_DAY
    assigned = Entry(id="ent_spare_scale", patient=patient, at=since, recorded_at=since,
                     actor="staff:stf_tom", body=body)  # fmt: skip
    return (registration(registered(body), at - 16 * A_DAY), assigned)


def furnish(journal: StoredJournal, practice: str, at: datetime) -> None:
    """Connect vendors with the practice, and let some deliveries come in."""
    office = Office(journal=journal, caller=system_caller(practice, "demonstration"), now=at)
    made = connect(office, Wanted(vendor=VENDOR, title="Tenovi cuffs and scales", secret=SECRET))[0]
    connect(office, Wanted(vendor="smartmeter", title="Smart Meter glucose meters"))
    waiting = connect(office, Wanted(vendor="withings", title="Withings, not authorized yet"))[0]
    pause(office, waiting.name)
    way = door(journal.db, VENDOR, made.name)
    assert way is not None
    for received_at, body in deliveries(at):
        posted = Posted(body=json.dumps(body).encode(), received_at=received_at,
                        headers={"content-type": "application/json"})  # fmt: skip
        receive(journal.db, way, posted)
    for act in (unpack_due, act_on_custody, file_ready):
        while act(journal, at):
            pass


def deliveries(at: datetime) -> Iterator[tuple[datetime, object]]:
    """Yield what the vendor sends, with the instant of receipt."""
    shipped = {
        "hwi_device_id": name_at_vendor(SPARE), "device_name": "Tenovi Scale", "patient_id": None,
        "sensor_code": "12", "tracking_link": "https://carrier.example/1Z310",
    }  # fmt: skip
    yield at - 15 * A_DAY, {**shipped, "status": "Shipped"}
    yield at - 13 * A_DAY, {**shipped, "status": "Delivered"}
    yield at - 11 * A_DAY, measured(SPARE, "battery_percentage", "64", at - 11 * A_DAY)
    for device in ("dev_ada_cuff", "dev_hal_cuff", "dev_hal_scale", "dev_edie_oximeter"):
        yield at - timedelta(hours=5), measured(device, "battery_percentage", "87",
                                                at - timedelta(hours=5))  # fmt: skip
    known = datetime(2026, 3, 26, 12, 3, 49, tzinfo=UTC)
    yield (
        known + timedelta(minutes=1),
        [
            {**measured("dev_ada_cuff", "blood_pressure", "136", known), "value_2": "81"},
            measured("dev_ada_cuff", "pulse", "70", known),
        ],
    )
    early = at - timedelta(hours=2)
    yield early, measured("dev_cleo_cuff", "battery_percentage", "12", early)
    strange = at - timedelta(minutes=95)
    yield strange, {**measured("a cuff of nobody", "blood_pressure", "148", strange),
                    "value_2": "91"}  # fmt: skip
    swapped = at - timedelta(minutes=41)
    yield swapped, measured("dev_hal_scale", "weight", "86.4", swapped)
    odd = at - timedelta(minutes=12)
    yield odd, measured("dev_ada_cuff", "mood", "4", odd)


def measured(device: str, metric: str, value: str, at: datetime) -> dict[str, object]:
    """Return a measurement as the vendor sends it."""
    stamp = at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "metric": metric, "device_name": "Tenovi", "hwi_device_id": name_at_vendor(device),
        "patient_id": None, "hardware_uuid": GATEWAYS.get(device, "A1B2C3D4E5F6"),
        "sensor_code": "10", "value_1": value, "value_2": None, "created": stamp,
        "timestamp": stamp, "timezone_offset": -5, "estimated_timestamp": False,
        "filter_params": {"measurement_index": 1},
    }  # fmt: skip
