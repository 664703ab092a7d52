"""How Smart Meter is asked: by when it took readings in, for many devices at once.

By recorded time a patient who was offline for hours would be lost.
"""

from __future__ import annotations

from datetime import timedelta

from caretally.devices.documents import Node, opened
from caretally.devices.pulls import CONTENT, DEVICES, Ask, Key, Pace, Page, PullPlan, Subject, Turn
from caretally.devices.refusals import Misread
from caretally.devices.vendors.smartmeter.readings import SCHEME

KINDS = ["blood_glucose", "blood_pressure", "weight", "pulse_ox"]
FORM = "%Y-%m-%dT%H:%M:%S"
REFUSED = {"401", "403"}


def first(subject: Subject) -> tuple[Ask, ...]:
    """Return the question about devices."""
    content: dict[str, str | list[str]] = {
        "device_ids": list(subject.values), "reading_type": KINDS,
        "ingest_date_start": subject.since.strftime(FORM),
        "ingest_date_end": subject.until.strftime(FORM),
    }  # fmt: skip
    return (Ask(name="ingested", method="POST", path="/readings/", content=content),)


def read(page: Page) -> Turn:
    """Return what an answer means; its own status counts, whatever the transport says."""
    try:
        document = opened(page.body)
        answer = Node(document if isinstance(document, dict) else {})
        status = answer.part("status").text("status_code")
        if status != "200":
            says = f"the vendor's status is {status or 'missing'}"
            return Turn(trouble=says, is_unauthorized=status in REFUSED)
        return Turn(holds=bool(answer.parts("readings")))
    except Misread as misread:
        return Turn(trouble=misread.fault.says)


PULL = PullPlan(
    address="https://api.iglucose.com",
    subjects=DEVICES,
    schemes=(SCHEME, "imei"),
    key=Key(place=CONTENT, name="api_key"),
    first=first,
    read=read,
    together=50,
    pace=Pace(most=2, within=timedelta(seconds=2), every=timedelta(minutes=5)),
)
