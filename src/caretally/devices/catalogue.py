"""A practice's devices on its books: registering, correcting, and saying where a device is.

Each command checks one entry against what is on record and returns it to append. One name means one
device: a name that another device on the books has is refused, for a reading could not tell whose
it is. Who holds a device is the business of enrollment.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from caretally.devices.names import DEVICE, IMEI, MAC, SERIAL, is_imei, is_mac, name_of
from caretally.journal.drafts import Draft, Filing
from caretally.journal.entries import DeviceRegistered, DeviceStatusRecorded, Entry
from caretally.journal.quantities import BY_LOINC, PANELS

LOST, RETIRED, REPLACED, RETURNED = "lost", "retired", "replaced", "returned"
GONE = (LOST, RETIRED, REPLACED)
"""States in which nobody is given the device."""
LOW_BATTERY_PERCENT = Decimal(20)
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,79}\Z")
_SCHEME = re.compile(r"[a-z][a-z0-9_:-]{0,39}\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class OnBooks:
    """What is on record that an entry about a device is held against.

    registered: id of the registration in force; empty without one. status: the last that was told.
    holder: the patient who has it. owners: of each name, the devices that claim it.
    """

    registered: str = ""
    status: str = ""
    holder: str = ""
    owners: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def owner_beside(self, name: str, device: str) -> str:
        """Return another device that has a name already; empty where none has."""
        return next((each for each in self.owners.get(name, ()) if each != device), "")


def register_device(books: OnBooks, filing: Filing, body: DeviceRegistered) -> tuple[Entry, ...]:
    """Put a device on the books, or correct what they say of it.

    Raises:
        InputError: something speaks against it; all is named.
    """
    draft = Draft.of(filing, body)
    check_registered_once(draft, books, body.device)
    if _ID.match(body.device) is None:
        draft.refuse("body.device", found="another text",
                     expected="letters, digits, dots, dashes and colons, at most 80 of them",
                     hint="such as cuff-0141")  # fmt: skip
    check_identifiers(draft, body)
    check_names_are_free(draft, books, body)
    check_parameters(draft, body)
    return draft.filed()


def check_registered_once(draft: Draft, books: OnBooks, device: str) -> None:
    """Refuse a second registration, and the correction of another than the one in force."""
    corrects = draft.entry.supersedes or ""
    if books.registered and not corrects:
        draft.refuse("body.device", found=f"{device!r}, which is on the books",
                     expected="an id of its own", hint="correct the device instead")  # fmt: skip
    elif corrects and corrects != books.registered:
        draft.refuse("supersedes", found="another entry",
                     expected="the registration of this device that is in force",
                     hint="somebody corrected it meanwhile; open the page anew")  # fmt: skip


def check_identifiers(draft: Draft, body: DeviceRegistered) -> None:
    """Refuse identifiers that cannot be right: a wrong check digit, a short address, no name."""
    seen: set[str] = set()
    for place, each in enumerate(body.identifiers):
        where = f"body.identifiers[{place}]"
        name = name_of(each.scheme, each.value)
        scheme, _, value = name.partition(" ")
        if _SCHEME.match(scheme) is None or scheme == DEVICE:
            draft.refuse(where, found="no scheme of identifiers",
                         expected="imei, mac, serial or one such as tenovi:device")  # fmt: skip
        if not value:
            draft.refuse(where, found="an empty name", expected=f"the {scheme} of the device")
        elif scheme == IMEI and not is_imei(value):
            draft.refuse(where, found="a number whose length or check digit is not that of an IMEI",
                         expected="15 digits", hint="one digit may be mistyped")  # fmt: skip
        elif scheme == MAC and not is_mac(value):
            draft.refuse(where, found="no MAC address", expected="12 hexadecimal digits",
                         hint="such as a4:c1:38:0b:5e:11")  # fmt: skip
        if name in seen:
            draft.refuse(where, found="a name that stands twice", expected="each name once")
        seen.add(name)


def check_names_are_free(draft: Draft, books: OnBooks, body: DeviceRegistered) -> None:
    """Refuse names that another device has: nobody could tell whose a reading is."""
    named = [(f"body.identifiers[{place}]", name_of(each.scheme, each.value))
             for place, each in enumerate(body.identifiers)]  # fmt: skip
    if body.serial:
        named.append(("body.serial", name_of(SERIAL, body.serial)))
    for where, name in named:
        other = books.owner_beside(name, body.device)
        if other:
            draft.refuse(where, found=f"the name of device {other}",
                         expected="a name that no other device has",
                         hint="correct or retire the other device first")  # fmt: skip


def check_parameters(draft: Draft, body: DeviceRegistered) -> None:
    """Refuse LOINC codes of nothing that readings are taken in for."""
    for place, code in enumerate(body.parameters):
        if code not in BY_LOINC and code not in PANELS:
            draft.refuse(f"body.parameters[{place}]", found=f"{code!r}, which is not known here",
                         expected="a LOINC code of what a device measures")  # fmt: skip


def record_status(books: OnBooks, filing: Filing, body: DeviceStatusRecorded) -> tuple[Entry, ...]:
    """Say where a device is, or in what state.

    Raises:
        InputError: something speaks against it; all is named.
    """
    draft = Draft.of(filing, body)
    if body.status == RETIRED and books.holder:
        draft.refuse("body.status", found="a device in a patient's hands",
                     expected="one that came back", hint="record its return first")  # fmt: skip
    if body.status == books.status and body.status in GONE:
        draft.refuse("body.status", found="what is on record already", expected="something new")
    return draft.filed()
