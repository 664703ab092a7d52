"""Consents by scope: who gave them, how, to which text, and until when they held."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from caretally.codes import SCOPES
from caretally.enrollment.record import PatientRecord
from caretally.journal.entries import Consented
from caretally.journal.register import consent_events
from caretally.journal.stretches import Stretch, stretches

SHARING = "data_sharing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """A stretch in which consent of a scope was in force.

    caregiver: of `data_sharing`, the caregiver who may see; None elsewhere.
    """

    scope: str
    caregiver: str | None
    stretch: Stretch

    def details_at(self, at: datetime) -> Consented:
        """Return what the latest consent up to an instant says."""
        body = self.stretch.latest_at(at).body
        assert isinstance(body, Consented)
        return body


def consents(record: PatientRecord, scope: str) -> tuple[Consent, ...]:
    """Return the stretches of a scope, by time."""
    known = record.register.consents.get(record.patient, ())
    found = [
        Consent(scope=scope, caregiver=caregiver, stretch=stretch)
        for caregiver, (opened, closed) in consent_events(known, scope).items()
        for stretch in stretches(opened, closed)
    ]
    return tuple(sorted(found, key=lambda consent: consent.stretch.begins))


def consent_at(
    record: PatientRecord, scope: str, at: datetime, *, caregiver: str | None = None
) -> Consent | None:
    """Return the consent of a scope in force at an instant; of sharing, with one caregiver."""
    return next(
        (
            consent
            for consent in consents(record, scope)
            if consent.stretch.holds_at(at) and caregiver in (None, consent.caregiver)
        ),
        None,
    )


def consents_at(record: PatientRecord, at: datetime) -> tuple[Consent, ...]:
    """Return all consents in force at an instant, by scope."""
    return tuple(
        consent
        for scope in SCOPES
        for consent in consents(record, scope)
        if consent.stretch.holds_at(at)
    )
