"""From FHIR to readings: a single Observation, a Bundle of several, or one a line.

Each Observation is read on its own; one that is not understood is a fault with its place in the
document and keeps no other back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from caretally.devices.documents import MOST_ELEMENTS, Misread
from caretally.devices.documents import told as shown
from caretally.devices.refusals import refused_shape, usual
from caretally.devices.unpacked import (
    DeviceSign,
    Fault,
    Posted,
    Removal,
    Unpacked,
    VendorReading,
)
from caretally.devices.vendors.fhir.measuring import measured_in, metric_of
from caretally.devices.vendors.fhir.naming import Known, known_by, names_of
from caretally.devices.vendors.fhir.origins import origin_of
from caretally.devices.vendors.fhir.shapes import (
    Bundle,
    BundleEntry,
    Identifier,
    Kind,
    Observation,
)
from caretally.devices.vendors.fhir.times import measured_when, received_when

BUNDLES = ("batch", "transaction", "collection", "searchset")
READ = frozenset({"final", "amended", "corrected", "preliminary"})
REMOVED = frozenset({"entered-in-error", "cancelled"})
CORRECTED = frozenset({"amended", "corrected"})
BESIDE = frozenset({
    "Patient", "Device", "DeviceMetric", "Practitioner", "PractitionerRole", "Organization",
    "RelatedPerson", "Provenance", "Encounter", "Location", "OperationOutcome",
})  # fmt: skip
"""Resources that tell about readings and hold none."""
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

Told = VendorReading | DeviceSign | Removal

_kind = msgspec.json.Decoder(Kind)
_observation = msgspec.json.Decoder(Observation)
_bundle = msgspec.json.Decoder(Bundle)
_single = re.compile(r"Observation(?:/|\?identifier=)(?P<id>[^&?/][^&?]*)").fullmatch
_is_lined = re.compile(rb"\}[ \t\r]*\n[ \t\r\n]*\{").search


def parse(posted: Posted) -> Unpacked:
    """Return all that a delivery holds."""
    told: list[Told] = []
    faults: list[Fault] = []
    for path, content in documents(posted):
        for each in read_document(content, path):
            (faults if isinstance(each, Fault) else told).append(each)  # type: ignore[arg-type]
    return Unpacked(
        readings=tuple(each for each in told if isinstance(each, VendorReading)),
        signs=tuple(each for each in told if isinstance(each, DeviceSign)),
        removals=tuple(each for each in told if isinstance(each, Removal)),
        faults=tuple(faults),
    )


def documents(posted: Posted) -> Iterator[tuple[str, bytes]]:
    """Yield the documents of a body, with their places: all of it, or one a line."""
    is_lined = "ndjson" in posted.headers.get("content-type", "").lower()
    if not is_lined and not _is_lined(posted.body):
        yield "", posted.body
        return
    for number, line in enumerate(posted.body.split(b"\n"), 1):
        if line.strip():
            yield f"line {number}", line


def read_document(content: bytes, path: str) -> Iterator[Told | Fault]:
    """Yield what a document tells, and what of it is not understood."""
    try:
        kind = _kind.decode(content).resource_type
        if kind == "Bundle":
            yield from read_bundle(_bundle.decode(content), path)
            return
    except UNREADABLE as error:
        yield refused_shape(path, error).fault
        return
    yield from read_resource(content, {}, (path, ""))


def read_bundle(bundle: Bundle, path: str) -> Iterator[Told | Fault]:
    """Yield what the entries of a Bundle tell; they may refer to one another."""
    if bundle.type not in BUNDLES:
        says = f"a Bundle that is none of {', '.join(BUNDLES)}"
        yield Fault(path=f"{path}/type", code="not_the_shape", says=says)
        return
    if len(bundle.entry) > MOST_ELEMENTS:
        says = f"more than {MOST_ELEMENTS} entries"
        yield Fault(path=f"{path}/entry", code="too_large", says=says)
        return
    known = known_by(
        (each.full_url, each.resource) for each in bundle.entry if bytes(each.resource)
    )
    for number, entry in enumerate(bundle.entry):
        place = f"{path}/entry/{number}"
        if entry.request.method == "DELETE":
            yield deleted(entry, place)
        elif bytes(entry.resource):
            yield from read_resource(
                bytes(entry.resource), known, (f"{place}/resource", entry.request.method)
            )
        else:
            yield Fault(path=f"{place}/resource", code="missing_field", says="no resource")


def deleted(entry: BundleEntry, path: str) -> Removal | Fault:
    """Return what a transaction takes back: by id, or by identifier."""
    place = f"{path}/request/url"
    found = _single(entry.request.url)
    if found is None:
        says = "a DELETE that names no single Observation"
        return Fault(path=place, code="not_the_shape", says=says)
    try:
        return Removal(names=(), vendor_reading_id=usual(found["id"], place), path=path)
    except Misread as misread:
        return misread.fault


def read_resource(content: bytes, known: Known, at: tuple[str, str]) -> Iterator[Told | Fault]:
    """Yield what one resource tells.

    at: its path, and the method of the transaction it stands in.
    """
    path, _ = at
    try:
        kind = _kind.decode(content).resource_type
        if kind in BESIDE:
            return
        if kind != "Observation":
            says = f"a resource {shown(kind)}, where an Observation is expected"
            raise Misread(f"{path}/resourceType", "not_the_shape", says)
        told = told_by(_observation.decode(content), known, at)
    except Misread as refused:
        yield refused.fault
    except UNREADABLE as error:
        yield refused_shape(path, error).fault
    else:
        if told is not None:
            yield told


def told_by(observation: Observation, known: Known, at: tuple[str, str]) -> Told | None:
    """Return what an Observation tells; None where it only holds others together.

    Raises:
        Misread: it is not understood.
    """
    path, method = at
    own_id = usual(id_of(observation, is_new=method == "POST"), f"{path}/id")
    if observation.status in REMOVED:
        if not own_id:
            says = f"{observation.status}, and no id or identifier tells of which reading"
            raise Misread(f"{path}/id", "missing_field", says)
        names = names_of(observation, known, path) if has_names(observation) else ()
        return Removal(names=names, vendor_reading_id=own_id, path=path)
    if observation.status not in READ:
        says = "a status that carries no result"
        raise Misread(f"{path}/status", "not_the_shape", says)
    if observation.has_member and observation.value_quantity is None and not observation.component:
        return None
    if is_absent(observation):
        moment = measured_when(observation, path)
        names = names_of(observation, known, path)
        return DeviceSign(names=names, at=moment.measured_at, kind="fault", path=path)
    return reading_of(observation, known, (path, own_id))


def reading_of(observation: Observation, known: Known, at: tuple[str, str]) -> VendorReading:
    """Return the reading that an Observation is.

    at: its path and its id.
    """
    path, own_id = at
    metric = metric_of(observation.code, path)
    measured = measured_in(observation, metric, path)
    moment = measured_when(observation, path)
    return VendorReading(
        names=names_of(observation, known, path),
        metric=metric,
        measured=measured,
        measured_at=moment.measured_at,
        wall=moment.wall,
        offset_seconds=moment.offset_seconds,
        offset_origin=moment.offset_origin,
        received_at=received_when(observation.issued),
        origin=origin_of(observation, known),
        vendor_reading_id=own_id,
        version=usual(version_of(observation), f"{path}/meta"),
        flags=("preliminary",) if observation.status == "preliminary" else (),
        path=path,
    )


def has_names(observation: Observation) -> bool:
    """Tell whether an Observation names a device or a subject."""
    return observation.device is not None or observation.subject is not None


def is_absent(observation: Observation) -> bool:
    """Tell whether an Observation says that nothing could be measured."""
    return (
        observation.data_absent_reason is not None
        and observation.value_quantity is None
        and all(each.value_quantity is None for each in observation.component)
    )


def id_of(observation: Observation, *, is_new: bool) -> str:
    """Return the id of a reading: that of the resource, else its first identifier.

    is_new: it stands in a Bundle as something to create, where servers ignore the id.
    """
    if observation.id and not is_new:
        return observation.id
    return next((identified(each) for each in observation.identifier if each.value), "")


def identified(identifier: Identifier) -> str:
    """Return an identifier as a search would have it."""
    return f"{identifier.system}|{identifier.value}" if identifier.system else identifier.value


def version_of(observation: Observation) -> str:
    """Return what changes when a reading is corrected; empty where nothing tells."""
    told = observation.meta.version_id or observation.meta.last_updated
    return told or (observation.status if observation.status in CORRECTED else "")
