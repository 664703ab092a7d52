"""The papers behind the service: condition, order, consent, coverage, device, set-up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from caretally.audit.packet_source import Block, Source, facts, para, plural, section, sub, table
from caretally.clock import date_of
from caretally.codes import SCOPES
from caretally.enrollment.consents import consents
from caretally.enrollment.coverage import coverages_on
from caretally.enrollment.custody import Custody, custodies, setups
from caretally.enrollment.episodes import latest_episode
from caretally.enrollment.orders import orders
from caretally.journal.entries import (
    CaregiverAuthorized,
    Consented,
    DeviceAssigned,
    Ordered,
    PatientRegistered,
    SetupCompleted,
)
from caretally.journal.quantities import BY_LOINC
from caretally.journal.stretches import Stretch

PANELS = {"85354-9": "blood pressure"}
METHODS = {"verbal": "spoken", "written": "in writing", "electronic": "electronically"}
SCOPE_WORDS = {
    "rpm": "remote physiologic monitoring", "rtm": "remote therapeutic monitoring",
    "ccm": "chronic care management", "ai_voice": "calls by an AI voice",
    "recording": "recording of calls", "sms": "text messages", "data_sharing": "sharing of data",
}  # fmt: skip


def identity(source: Source) -> Block:
    """Return who the patient is, who provides, and who pays."""
    registered = source.record.all_of(PatientRegistered)
    body = registered[-1].body if registered else PatientRegistered()
    address = ", ".join(
        part for part in (body.street, body.city, body.state, body.postal_code) if part
    )
    last_on = source.decision.month.month.last_day
    covered = [
        f"{payer_words(source, each.body.payer)}, member {each.body.member_id or 'not on record'}, "
        f"from {each.body.from_on}{f' to {each.body.to_on}' if each.body.to_on else ''}"
        for each in coverages_on(source.record, last_on)
    ]
    return section(
        "Patient, provider and payer",
        facts(
            ("Patient", body.name or source.patient),
            ("Record", source.patient),
            ("Born", body.birth_date.isoformat() if body.birth_date else ""),
            ("Sex", body.sex or ""),
            ("Address", address),
            *((("Language", body.language),) if body.language else ()),
            ("Covered by", "; ".join(covered)),
            *provider(source),
        ),
    )


def payer_words(source: Source, payer: str) -> str:
    """Return what to call a payer."""
    known = source.decision.month.rulebook.payers.get(payer)
    return known.summary if known else payer.replace("_", " ")


def provider(source: Source) -> Iterator[tuple[str, str]]:
    """Yield the practice, and who bills and supervises."""
    register = source.record.register
    episode = latest_episode(source.record, source.program, source.last_instant)
    enrolled = episode.details_at(source.last_instant) if episode else None
    clinic = (enrolled.practice if enrolled else None) or source.proof.practice
    place = register.practices.get(clinic) or register.practices.get(source.proof.practice)
    if place is not None:
        numbers = [f"NPI {place.npi}" if place.npi else "", f"TIN {place.tin}" if place.tin else ""]
        yield "Practice", ", ".join(filter(None, (place.name, *numbers)))
    bills = enrolled.billing_provider if enrolled else None
    day = source.decision.month.month.last_day
    yield "Billing provider", source.credentialed(bills, day) if bills else ""


def condition(source: Source) -> Block:
    """Return what is monitored and since when."""
    episode = latest_episode(source.record, source.program, source.last_instant)
    if episode is None:
        return section("Condition", para("No enrollment is on record.", "warn"))
    enrolled = episode.details_at(source.last_instant)
    visit = episode.established_on(source.last_instant)
    ended = f"{source.at(episode.ends)}: {episode.ended_because}" if episode.ends else "goes on"
    return section(
        "Condition",
        facts(
            ("Diagnoses (ICD-10-CM)", ", ".join(enrolled.diagnoses)),
            ("Program", SCOPE_WORDS.get(source.program, source.program)),
            ("Enrolled", f"{source.at(episode.begins)}, episode {episode.number}"),
            ("Episode", ended),
            ("Established patient", f"seen on {visit}" if visit else ""),
        ),
    )


def necessity(source: Source) -> Block:
    """Return who ordered the monitoring, what for, and what readings are held against."""
    blocks: list[Block] = []
    ordered = [stretch for stretch in orders(source.record, source.program)
               if stretch.begins <= source.last_instant]  # fmt: skip
    if not ordered:
        blocks.append(para("No order is on record.", "warn"))
    blocks += [facts(*order_facts(source, stretch)) for stretch in ordered]
    episode = latest_episode(source.record, source.program, source.last_instant)
    diagnoses = episode.details_at(source.last_instant).diagnoses if episode else ()
    if diagnoses and ordered:
        words = f"Ordered for the conditions {', '.join(diagnoses)}."
        blocks.append(para(words))
    return section("Medical necessity and order", *blocks)


def order_facts(source: Source, stretch: Stretch) -> Iterator[tuple[str, str]]:
    """Yield the facts of an order."""
    entry = stretch.latest_at(source.last_instant)
    body = entry.body
    assert isinstance(body, Ordered)
    yield "Ordered by", source.credentialed(body.ordering_provider, source.day(entry.at))
    yield "Ordered on", f"{source.at(entry.at)} (entry {entry.id})"
    yield "To be measured", metrics(body.parameters)
    if stretch.ends:
        yield "Order ended", source.at(stretch.ends)


def metrics(codes: Iterable[str]) -> str:
    """Return LOINC codes with their names."""
    return ", ".join(f"{name} ({code})" if (name := metric_name(code)) else code for code in codes)


def metric_name(code: str) -> str:
    """Return what a LOINC code measures; empty where it is not known."""
    known = BY_LOINC.get(code)
    return known.words.lower() if known else PANELS.get(code, "")


def consent(source: Source) -> Block:
    """Return which consents were in force, who gave them and how."""
    rows = []
    for scope in SCOPES:
        for each in consents(source.record, scope):
            if each.stretch.begins > source.last_instant:
                continue
            entry = each.stretch.latest_at(source.last_instant)
            body = entry.body
            assert isinstance(body, Consented)
            rows.append((
                SCOPE_WORDS.get(scope, scope), source.at(entry.at),
                METHODS.get(body.method or "", "not on record"), giver(source, body.given_by),
                consent_details(body),
                f"until {source.at(each.stretch.ends)}" if each.stretch.ends else "in force",
            ))  # fmt: skip
    if not rows:
        return section("Consent", para("No consent is on record.", "warn"))
    heads = ("Scope*", "Given", "How", "By", "Details*", "State")
    return section("Consent", table("Consents on record", heads, rows))


def giver(source: Source, given_by: str | None) -> str:
    """Return who gave a consent."""
    kind, _, name = (given_by or "").partition(":")
    if kind != "caregiver":
        return kind or "not on record"
    known = [
        each.body for each in source.record.all_of(CaregiverAuthorized)
        if each.body.caregiver == name
    ]  # fmt: skip
    return f"caregiver {name}{f' ({known[-1].relationship})' if known else ''}"


def consent_details(body: Consented) -> str:
    """Return the text that was shown, and whether the patient's share was told."""
    shown = f"text {body.text_version}" if body.text_version else "text not on record"
    language = f" in {body.language}" if body.language else ""
    told = "cost share told" if body.cost_share_told else "cost share not on record"
    return f"{shown}{language}; {told}"


def device(source: Source) -> Block:
    """Return the devices, whether they meet the FDA definition, and in whose hands they were."""
    rows, taught = [], []
    for custody in held(source):
        body = custody.device
        rows.append((
            body.device, " ".join(filter(None, (body.vendor, body.model))) or "not on record",
            body.serial or "–", "yes" if body.medical_device else "no",
            metrics(body.parameters) or "–", source.at(custody.begins),
            source.at(custody.ends) if custody.ends else "still held",
        ))  # fmt: skip
        taught += [setup_row(source, each.body, source.at(each.at))
                   for each in setups(source.record, custody)
                   if isinstance(each.body, SetupCompleted)]  # fmt: skip
    if not rows:
        return section("Device", para("No device is on record.", "warn"))
    heads = ("Device", "Maker and model*", "Serial", "FDA device", "Measures*", "From", "Until")
    blocks = [table("Devices in the patient's hands", heads, rows), sub("Set-up and education")]
    if taught:
        blocks.append(table("Set-ups", ("Device", "When", "By*", "How*"), taught))
    else:
        blocks.append(para("No set-up is on record.", "warn"))
    if source.proof.devices_elsewhere:
        count = len(source.proof.devices_elsewhere)
        words = (
            f"These devices moved {plural(count, 'time')} in other hands; each move is in "
            "proof.json without saying whose."
        )
        blocks.append(para(words, "quiet"))
    return section("Device, supply, set-up and education", *blocks)


def setup_row(source: Source, body: SetupCompleted, at: str) -> tuple[str, ...]:
    """Return the row of a set-up."""
    day = source.decision.month.month.last_day
    return body.device, at, source.credentialed(body.educated_by, day), body.method or "–"


def held(source: Source) -> list[Custody]:
    """Return what the patient held by the end, by time."""
    names = dict.fromkeys(each.body.device for each in source.record.all_of(DeviceAssigned))
    found = [
        each
        for name in names
        for each in custodies(source.record, name)
        if each.holder == source.patient and each.begins <= source.last_instant
    ]
    return sorted(found, key=lambda each: (each.begins, each.entry_id))


def data_days(source: Source) -> Block:
    """Return the device periods with their days, the calendar and the chart."""
    month = source.decision.month
    rows = []
    for slot in sorted(month.slots, key=lambda each: each.to_day):
        if slot.period and slot.program == month.decided.program:
            lines = [f"{line.code} × {line.units}" for line in source.decision.lines
                     if line.date_of_service == date_of(slot.to_day)
                     and is_of_period(source, line.code)]  # fmt: skip
            first, last = date_of(slot.from_day), date_of(slot.to_day)
            rows.append((str(first), str(last), str(slot.data_days), ", ".join(lines) or "none"))
    blocks: list[Block] = []
    if rows:
        heads = ("Period from", "To and date of service", "Days with data#", "Lines*")
        blocks.append(table("Device periods that end in the month", heads, rows))
    else:
        blocks.append(para("No device period ends in this month."))
    words, drawn = calendar(source), source.drawing[0]
    blocks += [words] if words else []
    if drawn:
        blocks.append({"kind": "chart", "says": source.drawing[1]})
    return section("Days with device data", *blocks)


def is_of_period(source: Source, code: str) -> bool:
    """Tell whether a code is judged by the period."""
    sheet = source.decision.month.rulebook.sheets.get(code)
    return sheet is not None and sheet.judged == "period"


def calendar(source: Source) -> Block | None:
    """Return the calendar of dates: data, a reading that does not count, or none."""
    if not source.days:
        return None
    lead = (source.days[0][0].weekday() + 1) % 7
    cells = [["", "out"]] * lead + [
        [f"{on:%b} {on.day}" if on.day == 1 or not n else str(on.day), state]
        for n, (on, state) in enumerate(source.days)
    ]
    with_data = [on.isoformat() for on, state in source.days if state == "data"]
    first, last = source.days[0][0], source.days[-1][0]
    says = f"{first} to {last}: {plural(len(with_data), 'day')} with data"
    return {"kind": "calendar", "cells": cells, "says": says, "dates": ", ".join(with_data)}
