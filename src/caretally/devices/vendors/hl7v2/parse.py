"""From ORU^R01 to readings: each order's results together, each OBX judged on its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from caretally.devices.documents import MOST_ELEMENTS, Found, Item
from caretally.devices.nomenclature import number_of
from caretally.devices.refusals import Misread, told, usual
from caretally.devices.unpacked import (
    DeviceSign,
    Passed,
    Posted,
    Removal,
    SchemedName,
    Unpacked,
    VendorReading,
)
from caretally.devices.vendors.hl7v2.er7 import Message, Segment, read_messages
from caretally.devices.vendors.hl7v2.groups import grouped
from caretally.devices.vendors.hl7v2.results import (
    BATTERY,
    CORRECTED,
    METHODS,
    MOST_NAMES,
    NOT_OBTAINED,
    READ,
    REMOVED,
    Result,
    device_names,
    flags_of,
    is_invalid,
    measured_of,
    metric_of,
)
from caretally.devices.vendors.hl7v2.times import Moment, moment_of, offset_told
from caretally.journal.quantities import PANELS

SUBJECT = "hl7v2:patient"
MESSAGE, TRIGGERS = "ORU", frozenset({"R01", "R30", "R31", "R32"})


def parse(posted: Posted) -> Unpacked:
    """Return all that a delivery holds."""
    found = Found()
    try:
        for number, message in enumerate(read_messages(posted.body), 1):
            if number > MOST_ELEMENTS or len(message.segments) > MOST_ELEMENTS:
                raise Misread("", "too_large", f"more than {MOST_ELEMENTS} segments or messages")
            found.add(read_message(message, "" if number == 1 else f"message {number} "))
    except Misread as misread:
        found.add([misread.fault])
    return found.unpacked()


def read_message(message: Message, path: str) -> Iterator[Item]:
    """Yield what a message tells."""
    header = message.header
    if header.text(9) != MESSAGE or header.text(9, 2) not in TRIGGERS:
        sort = told(f"{header.text(9)} {header.text(9, 2)}".strip() or "none")
        yield Misread(f"{path}MSH-9", "not_the_shape", f"{sort}, where ORU R01 is expected").fault
        return
    if header.text(11) not in {"", "P"}:
        says = "a message of training or testing, where P is expected"
        yield Misread(f"{path}MSH-11", "not_the_shape", says).fault
        return
    reader = Reader(header, path)
    for segment in message.segments:
        yield from reader.take(segment)
    yield from reader.end_order()


class Reader:
    """Walks through a message and keeps what later segments rest on."""

    def __init__(self, header: Segment, path: str) -> None:
        """Begin with a message."""
        self.offset = offset_told(header.text(7))
        self.control_id = header.text(10)
        self.path = path
        self.count = 0
        self.subjects: tuple[SchemedName, ...] = ()
        self.order: Segment | None = None
        self.device: tuple[SchemedName, ...] = ()
        self.results: list[Result] = []

    def take(self, segment: Segment) -> Iterator[Item]:
        """Take the next segment, and yield what is known by now."""
        if segment.name == "PID":
            yield from self.end_order()
            self.subjects, self.device = subjects_of(segment), ()
        elif segment.name == "OBR":
            yield from self.end_order()
            self.order = segment
        elif segment.name == "OBX":
            self.count += 1
            path = f"{self.path}OBX[{self.count}]"
            try:
                yield from self.take_result(segment, path)
            except Misread as misread:
                yield misread.fault

    def take_result(self, segment: Segment, path: str) -> Iterator[Item]:
        """Take an OBX; its names hold for those that follow.

        Raises:
            Misread: it is not understood.
        """
        names = tuple((scheme, usual(name, f"{path}-18"))
                      for scheme, name in device_names(segment, 18))  # fmt: skip
        self.device = names or self.device
        if segment.text(3) == BATTERY:
            yield self.battery(segment, path)
            return
        metric = metric_of(segment, path)
        if metric is None or (metric in PANELS and not segment.raw(5)):
            yield Passed(path=path, says="it describes the device, or what results belong together")
            return
        result = self.result(segment, metric, path)
        if isinstance(result, Result):
            self.results.append(result)
        else:
            yield result

    def result(self, segment: Segment, metric: str, path: str) -> Result | DeviceSign:
        """Return what an OBX of a metric says.

        Raises:
            Misread: it is not understood, or says nothing that a reading can be made of.
        """
        status = segment.text(11).upper()
        moment = self.moment(segment, path)
        if is_invalid(segment) or (status == NOT_OBTAINED and not segment.raw(5)):
            return DeviceSign(
                names=self.names(path), at=moment.measured_at, kind="fault", path=path
            )
        if status not in READ and status not in REMOVED:
            raise Misread(f"{path}-11", "not_the_shape", f"{told(status)} carries no result")
        is_removed = status in REMOVED
        return Result(
            metric=metric,
            measured=None if is_removed else measured_of(segment, metric, path),
            status=status,
            sub=usual(segment.text(4), f"{path}-4"),
            moment=moment,
            names=self.names(path),
            origin=self.origin(segment),
            flags=flags_of(segment, status),
            instance=usual(segment.text(21), f"{path}-21"),
            path=path,
        )

    def moment(self, segment: Segment, path: str) -> Moment:
        """Return when it was measured: OBX-14, else the time of its order."""
        own = segment.text(14)
        if own:
            return moment_of(own, self.offset, f"{path}-14")
        ordered = self.order.text(7) if self.order is not None else ""
        if not ordered:
            raise Misread(f"{path}-14", "missing_field", "no time, nor one of its OBR")
        return moment_of(ordered, self.offset, f"{path} of OBR-7")

    def names(self, path: str) -> tuple[SchemedName, ...]:
        """Return the names of the device, and of whose result it is."""
        found = (*self.device, *self.subjects)
        if not found:
            raise Misread(f"{path}-18", "no_device", "neither device nor patient named")
        return found

    def origin(self, segment: Segment) -> str:
        """Return who made a result: by OBX-17, else a device where one is named."""
        for repetition in segment.repetitions(17):
            word = segment.parts_of(repetition)[0].upper()
            if word in METHODS:
                return METHODS[word]
        return "device" if self.device else "unknown"

    def battery(self, segment: Segment, path: str) -> DeviceSign:
        """Return a sign of a device about its battery."""
        percent = number_of(segment.text(5))
        if percent is None or not 0 <= percent <= 100:
            raise Misread(f"{path}-5", "not_a_number", "no charge of a battery in percent")
        at = self.moment(segment, path).measured_at
        return DeviceSign(
            names=self.names(path), at=at, kind="battery", battery_percent=percent, path=path
        )

    def end_order(self) -> Iterator[Item]:
        """Yield the readings of the order that ends here."""
        for metric, results in grouped(self.results):
            yield self.reading(metric, results)
        self.results = []
        self.order = None

    def reading(self, metric: str, results: Sequence[Result]) -> VendorReading | Removal:
        """Return what results together say: a reading, or that one is none any more."""
        first = results[0]
        own_id = self.id_of(metric, first)
        moment = first.moment
        if any(each.status in REMOVED for each in results):
            at = None if own_id else moment.measured_at
            return Removal(
                names=first.names, vendor_reading_id=own_id, begins=at, ends=at,
                metrics=() if own_id else (metric,), path=first.path,
            )  # fmt: skip
        is_corrected = any(each.status == CORRECTED for each in results)
        return VendorReading(
            names=first.names,
            metric=metric,
            measured=tuple(each.measured for each in results if each.measured is not None),
            measured_at=moment.measured_at,
            wall=moment.wall,
            offset_seconds=moment.offset_seconds,
            offset_origin=moment.offset_origin,
            origin=first.origin,
            vendor_reading_id=own_id,
            version=self.control_id[:100] if is_corrected else "",
            flags=tuple(dict.fromkeys(flag for each in results for flag in each.flags)),
            path=first.path,
        )

    def id_of(self, metric: str, result: Result) -> str:
        """Return the id of a reading: that of its first result, else order, metric and place."""
        if result.instance:
            return result.instance
        filler = self.order.text(3) if self.order is not None else ""
        if not filler or len(filler) > 80:
            return ""
        place = result.sub.rpartition(".")[0] or result.sub if metric in PANELS else result.sub
        # Without OBX-4, results of several times in one order are told apart by their time.
        place = place[:60] or str(result.moment.measured_at or result.moment.wall)
        return f"{filler}/{metric}/{place}"


def subjects_of(segment: Segment) -> tuple[SchemedName, ...]:
    """Return the names of a patient in PID-3, with who gave them."""
    found = []
    for repetition in segment.repetitions(3):
        parts = [*segment.parts_of(repetition), "", "", ""]
        own, giver = parts[0], parts[3].split(segment.signs.part)[0]
        name = f"{giver}|{own}" if giver else own
        if own and len(name) <= 200 and name.isprintable():
            found.append((SUBJECT, name))
    return tuple(found[:MOST_NAMES])
