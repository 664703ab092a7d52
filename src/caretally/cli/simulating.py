"""Sends what invented devices measure to a running program, at a pace, and tells the answers."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import msgspec

from caretally.cli import screen
from caretally.cli.connection_commands import address, office_at
from caretally.cli.extras import loaded
from caretally.cli.reading import instant_of, new_file, refusal
from caretally.clock import now, outside
from caretally.devices.vendors.registry import SLICES
from caretally.errors import ExchangeError
from caretally.synthetic.device_programs import (
    BROKEN,
    Delivery,
    DevicePlan,
    deliveries,
    is_pushed,
    signed_at,
)

LONGEST_PAUSE = 60
NOBODYS_SECRET = b"a secret of nobody"
"""In files, where no program checks it."""
USUAL = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What was asked for; duplicates, late and broken in percent.

    devices: None for the usual number. end: an instant in words; empty for now.
    """

    vendor: str
    devices: int | None
    days: int
    seed: int
    duplicates: int
    late: int
    broken: int
    end: str = ""

    def plan(self) -> DevicePlan:
        """Return the program to invent.

        Raises:
            InputError: the end is no instant.
        """
        end = instant_of(self.end or None, "--end") or now()
        return DevicePlan(
            vendor=self.vendor, devices=self.devices or USUAL, days=self.days,
            end=end.astimezone(UTC).replace(microsecond=0), seed=self.seed,
            duplicates=self.duplicates * 10, late=self.late * 10, broken=self.broken * 10,
        )  # fmt: skip


@dataclass(kw_only=True)
class Tally:
    """What was sent, and what was answered."""

    kinds: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    was_stopped: bool = False

    @property
    def refused(self) -> int:
        """How many deliveries were not taken."""
        return sum(count for answer, count in self.answers.items() if not answer.startswith("2"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where deliveries go."""

    url: str
    secret: bytes

    @classmethod
    def at(cls, url: str, vendor: str, connection: str, secret_file: str) -> Target:
        """Return the address of a connection of a running program.

        Raises:
            InputError: there is no secret in the file.
        """
        whole = f"{url.rstrip('/')}/api/v1/webhooks/{vendor}/{connection}"
        return cls(url=whole, secret=secret_in(secret_file))


def check_target(vendor: str, *, practice: str, url: str, out: str) -> None:
    """Refuse a vendor that does not push, and none or several places to send to.

    Raises:
        InputError: one or the other.
    """
    if vendor not in SLICES or not is_pushed(SLICES[vendor]):
        able = ", ".join(sorted(name for name, each in SLICES.items() if is_pushed(each)))
        raise refusal("--vendor", repr(vendor[:40]), f"one that delivers readings: {able}")
    if [bool(practice), bool(url), bool(out)].count(True) != 1:
        raise refusal("--practice, --url, --out", "none or several of them", "one of them")


def factor_of(speed: str) -> Decimal | None:
    """Return how much faster than life; None for as fast as it goes.

    Raises:
        InputError: it is no factor.
    """
    if speed == "max":
        return None
    try:
        factor = Decimal(speed.removesuffix("x"))
    except InvalidOperation:
        factor = Decimal(0)
    if not (factor.is_finite() and 0 < factor <= 1_000_000):
        raise refusal("--speed", repr(speed[:20]), "a factor such as 1x, 100x or max")
    return factor


def secret_in(file: str) -> bytes:
    """Return the secret that a file holds; on a command line everybody on the machine sees it.

    Raises:
        InputError: there is no such file, or nothing in it.
    """
    path = Path(file) if file else None
    if path is None or not path.is_file():
        raise refusal("--secret-file", repr(file), "a file that holds the connection's secret")
    secret = path.read_bytes().strip()
    if not secret:
        raise refusal("--secret-file", "an empty file", "the connection's secret")
    return secret


def staged(wanted: Wanted, practice: str) -> tuple[Target, DevicePlan]:
    """Return a connection of the practice's own, and a plan with the devices in its hands.

    Raises:
        InputError: there is no such practice.
    """
    # Opening the database sets the clock of a demonstration, by which the plan ends now.
    office = office_at(practice)
    plan = wanted.plan()
    room: Any = loaded("caretally.practice.simulating")
    stage = room.set_stage(office, wanted.vendor, wanted.seed)
    count = len(stage.names)
    screen.tell(f"{count} devices in patients' hands are known to {wanted.vendor}.")
    devices = wanted.devices or max(count, 1)
    if devices > count:
        screen.tell(f"{devices - count} are nobody's: their readings will wait in quarantine.")
    target = Target(url=f"{address()}{stage.path}", secret=stage.secret.encode())
    return target, replace(plan, devices=devices, names=stage.names, metrics=stage.metrics)


def send(plan: DevicePlan, target: Target, pace: Decimal | None) -> Tally:
    """Send all, or until somebody stops it; a server that does not answer ends it, too."""
    tally = Tally()
    vendor = SLICES[plan.vendor]
    delivering = loaded("caretally.exchange.delivering")
    with screen.progress("days", plan.days) as bars, delivering.line_to(target.url) as line:
        try:
            for delivery in paced(deliveries(plan, target.secret), plan, pace):
                signed = signed_at(vendor, delivery.posted, target.secret, now())
                headers = {n: v for n, v in signed.headers.items() if not n.startswith(":")}
                query = signed.headers.get(":query", "")
                answer = line.post(signed.body, headers, query)
                tally.kinds[delivery.kind] += 1
                tally.answers[str(answer)] += 1
                done = delivery.posted.received_at - (plan.end - timedelta(days=plan.days))
                screen.step(bars, done.days)
        except KeyboardInterrupt:
            tally.was_stopped = True
        except ExchangeError as error:
            tally.answers[str(error)] += 1
    return tally


def paced(stream: Iterator[Delivery], plan: DevicePlan, pace: Decimal | None) -> Iterator[Delivery]:
    """Yield deliveries when they are due, so much faster than life."""
    began, first = outside(), plan.end - timedelta(days=plan.days)
    for delivery in stream:
        if pace is not None:
            wait_until(began, delivery.posted.received_at - first, pace)
        yield delivery


def wait_until(began: datetime, after: timedelta, pace: Decimal) -> None:
    """Sleep until a moment of the stream has come."""
    due = began + after * 1000 / int(pace * 1000)
    while (left := due - outside()) > timedelta(0):
        time.sleep(min(left.total_seconds(), LONGEST_PAUSE))


def write_out(wanted: Wanted, out: str) -> None:
    """Write deliveries to a new file, each with what it is.

    Raises:
        InputError: there is such a file.
    """
    plan, target = wanted.plan(), new_file(out, "--out")
    count: Counter[str] = Counter()
    with target.open("xb") as file:
        for each in deliveries(plan, NOBODYS_SECRET):
            count[each.kind] += 1
            file.write(line_of(each))
    told = ", ".join(f"{count[kind]:,} {kind}" for kind in count)
    screen.tell(f"{sum(count.values()):,} deliveries ({told}) in {target}")


def line_of(delivery: Delivery) -> bytes:
    """Return a delivery as a line of JSON."""
    told = {
        "number": delivery.number, "kind": delivery.kind, "first": delivery.first,
        "at": delivery.posted.received_at, "device": delivery.sample.device,
        "measured_at": delivery.sample.measured_at, "headers": dict(delivery.posted.headers),
        "body": delivery.posted.body.decode("utf-8", "replace"),
    }  # fmt: skip
    return msgspec.json.encode(told) + b"\n"


def tell_tally(tally: Tally) -> None:
    """Print what was sent and what was answered."""
    table = screen.grid("sent", "#")
    for kind, count in sorted(tally.kinds.items()):
        table.add_row(kind, f"{count:,}")
    answers = screen.grid("answered", "#")
    for answer, count in sorted(tally.answers.items()):
        answers.add_row(answer, f"{count:,}")
    screen.show(table, answers)
    if tally.was_stopped:
        screen.tell("Stopped; what was sent until then counts.")
    if tally.kinds[BROKEN]:
        screen.tell("Broken deliveries are taken, too: they wait in quarantine.")
