"""Makes a connection for invented deliveries, and names the devices in patients' hands for them.

For trying things out: what arrives over it is stored, read, filed and judged as anything else, so
it belongs into a demonstration or a practice made for tests.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from caretally.devices.vendors.slices import Slice
from caretally.errors import InputError
from caretally.journal.entries import DeviceRegistered
from caretally.journal.entries.devices import Identifier
from caretally.practice.connections import (
    LIVE,
    Wanted,
    connect,
    connections,
    path_of,
    rotate,
    slice_of,
)
from caretally.practice.devices import Told, entries_of, registration_of, tell
from caretally.practice.office import Office
from caretally.store.device_cards import COLUMNS, DeviceOnCard, card_in
from caretally.store.models import Connection
from caretally.synthetic.device_programs import MIX, invented_name

TITLE = "Simulated devices"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where invented deliveries go, and of which devices.

    names: as the vendor knows the devices in patients' hands. metrics: by name, what each measures.
    """

    path: str
    secret: str
    names: tuple[str, ...]
    metrics: dict[str, str] = field(default_factory=dict)


def set_stage(office: Office, vendor: str, seed: int) -> Stage:
    """Make or reopen the connection of simulated devices, and name the devices for the vendor.

    The secret is a new one each time; the one before counts no more.

    Raises:
        ForbiddenError: the caller may not.
        InputError: no such vendor.
    """
    chosen = slice_of(vendor)
    made, secret = own_connection(office, chosen)
    named = dict(named_devices(office, chosen, seed))
    return Stage(path=path_of(made), secret=secret, names=tuple(named), metrics=named)


def own_connection(office: Office, chosen: Slice) -> tuple[Connection, str]:
    """Return the connection of simulated devices, with a secret that is new."""
    for held in connections(office):
        if (held.vendor, held.title, held.state) == (chosen.name, TITLE, LIVE):
            return rotate(office, held.name, overlap=timedelta(0))
    return connect(office, Wanted(vendor=chosen.name, title=TITLE))


def named_devices(office: Office, chosen: Slice, seed: int) -> list[tuple[str, str]]:
    """Return vendor's name and metric of every device in a patient's hands the vendor could have.

    A device without a name of the vendor gets an invented one on the books.
    """
    found = []
    for place, card in enumerate(cards_in_hands(office)):
        measured = set(chosen.metrics) & set(card.parameters.split())
        metric = next((each for each in dict.fromkeys(MIX) if each in measured), "")
        if metric:
            try:
                name = name_for(office, card, chosen.scheme, invented_name(seed, place))
            except InputError:
                # Its books are in dispute; that is for a person to settle, not for a trial.
                continue
            found.append((name, metric))
    return found


def cards_in_hands(office: Office) -> list[DeviceOnCard]:
    """Return the cards of the devices that patients hold."""
    rows = office.db.rows(
        f"SELECT {', '.join(COLUMNS)} FROM store_devicecard "  # noqa: S608 - fixed names
        "WHERE practice_id = %s AND patient <> '' ORDER BY device",
        office.book().number,
    )
    return [card_in(row) for row in rows]


def name_for(office: Office, card: DeviceOnCard, scheme: str, invented: str) -> str:
    """Return a device's name in a scheme; where it has none, an invented one goes on the books."""
    names = dict(each.split(" ", 1) for each in card.names.split("\n") if " " in each)
    if scheme in names:
        return names[scheme]
    book = office.book()
    registered = registration_of(entries_of(office, book, card.device))
    kept = [
        Identifier(scheme=each, value=value) for each, value in names.items()
        if each not in {"device", "serial"}
    ]  # fmt: skip
    body = DeviceRegistered(
        device=card.device, vendor=card.vendor or None, model=card.model or None,
        serial=card.serial or None, practice=card.clinic or None,
        identifiers=(*kept, Identifier(scheme=scheme, value=invented)),
        medical_device=card.medical_device, parameters=tuple(card.parameters.split()),
    )  # fmt: skip
    tell(office, Told(body=body, supersedes=registered, reason="name for simulated deliveries"))
    return invented
