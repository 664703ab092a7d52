"""From FHIR to readings: a single Observation, a Bundle of several, or one a line.

Each Observation is read on its own; one that is not understood is a fault with its place in the
document and keeps no other back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from caretally.devices.documents import MOST_ELEMENTS, Found, Item
from caretally.devices.refusals import Misread, refused_shape, usual
from caretally.devices.refusals import told as shown
from caretally.devices.unpacked import (
    DeviceSign,
    Fault,
    Passed,
    Posted,
    Removal,
    Unpacked,
    VendorReading,
)
from caretally.devices.vendors.fhir.measuring import measured_in, metric_of
from caretally.devices.vendors.fhir.naming import Known, known_by, names_of
from caretally.devices.vendors.fhir.origins import COINCIDENT_TIME, origin_of
from caretally.devices.vendors.fhir.shapes import (
    MDC,
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


_kind = msgspec.json.Decoder(Kind)
_observation = msgspec.json.Decoder(Observation)
_entry = msgspec.json.Decoder(BundleEntry)
_bundle = msgspec.json.Decoder(Bundle)
_single = re.compile(r"Observation(?:/|\?identifier=)(?P<id>[^&?/][^&?]*)").fullmatch
_is_lined = re.compile(rb"\}[ \t\r]*\n[ \t\r\n]*\{").search


def parse(posted: Posted) -> Unpacked:
    """Return all that a delivery holds."""
    found = Found()
    for path, content in documents(posted):
        found.add(read_document(content, path))
    return found.unpacked()


def documents(posted: Posted) -> Iterator[tuple[str, bytes]]:
    """Yield the documents of a body, with their places: all of it, or one a line."""
    is_lined = "ndjson" in posted.headers.get("content-type", "").lower()
    if not is_lined and not _is_lined(posted.body):
        yield "", posted.body
        return
    for number, line in enumerate(posted.body.split(b"\n"), 1):
        if line.strip():
            yield f"line {number}", line


def read_document(content: bytes, path: str) -> Iterator[Item]:
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


def read_bundle(bundle: Bundle, path: str) -> Iterator[Item]:
    """Yield what the entries of a Bundle tell; they may refer to one another."""
    if bundle.type not in BUNDLES:
        says = f"a Bundle that is none of {', '.join(BUNDLES)}"
        yield Fault(path=f"{path}/type", code="not_the_shape", says=says)
        return
    if not bundle.entry:
        yield Passed(path=path, says="a Bundle without entries")
    if len(bundle.entry) > MOST_ELEMENTS:
        says = f"more than {MOST_ELEMENTS} entries"
        yield Fault(path=f"{path}/entry", code="too_large", says=says)
        return
    opened = [(f"{path}/entry/{number}", opened_entry(raw, f"{path}/entry/{number}"))
              for number, raw in enumerate(bundle.entry)]  # fmt: skip
    entries = [entry for _, entry in opened if isinstance(entry, BundleEntry)]
    known = known_by((each.full_url, each.resource) for each in entries if bytes(each.resource))
    for place, entry in opened:
        if isinstance(entry, Fault):
            yield entry
        elif entry.request.method == "DELETE":
            yield deleted(entry, place)
        elif bytes(entry.resource):
            at = (f"{place}/resource", entry.request.method)
            yield from read_resource(bytes(entry.resource), known, at)
        else:
            yield Fault(path=f"{place}/resource", code="missing_field", says="no resource")


def opened_entry(raw: msgspec.Raw, path: str) -> BundleEntry | Fault:
    """Return an entry of a Bundle, or why it is none."""
    try:
        return _entry.decode(raw)
    except UNREADABLE as error:
        return refused_shape(path, error).fault


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


def read_resource(content: bytes, known: Known, at: tuple[str, str]) -> Iterator[Item]:
    """Yield what one resource tells.

    at: its path, and the method of the transaction it stands in.
    """
    path, _ = at
    try:
        kind = _kind.decode(content).resource_type
        if kind in BESIDE:
            yield Passed(path=path, says=f"a {kind} tells about readings and holds none")
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
        yield told


def told_by(observation: Observation, known: Known, at: tuple[str, str]) -> Item:
    """Return what an Observation tells.

    Raises:
        Misread: it is not understood.
    """
    path, method = at
    if COINCIDENT_TIME in observation.code.codes(MDC):
        return Passed(path=path, says="it compares the clocks of a device and its gateway")
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
        return Passed(path=path, says="it holds other Observations together")
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
