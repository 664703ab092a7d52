"""Tables of billing: decisions, claims and denials as the journal has them, and files as they came.

Cards are projections of the journal. Files that left or came are kept as they were, to the byte.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

MADE, SIGNED, RETURNED, REPLACED = "made", "signed", "returned", "replaced"
"""States of a decision; a replaced one gave way to another."""
PREPARED, SUBMITTED, ACCEPTED, REJECTED = "prepared", "submitted", "accepted", "rejected"
PAID, PARTIAL, DENIED, REVERSED, VOIDED, OUTDATED = (
    "paid", "partial", "denied", "reversed", "voided", "outdated",
)  # fmt: skip
"""States of a claim; partial: paid with at least one line denied; voided: taken back by a claim of
frequency 8 that was submitted; outdated: one of frequency 7 stands in for it."""
OPEN, WORKED, CLEARED = "open", "worked", "cleared"
"""States of a denial; cleared: a later answer paid it."""


class DecisionCard(models.Model):
    """A decision on a patient's month as the journal has it now; a projection.

    digest: of the patient-month it was made from, to be held against `store_patientmonth`.
    provider: in whose name it is billed. lines: JSON as in the entry. proposes: what it asks of a
    claim, where it replaces another. signed_at: ISO instant. withheld: JSON.
    """

    practice = models.ForeignKey("store.Practice", models.PROTECT, db_index=False)
    stream = models.ForeignKey("store.Stream", models.PROTECT)
    patient = models.TextField()
    month = models.TextField()
    decision = models.TextField()
    entry_id = models.TextField()
    made_at = models.TextField()
    digest = models.BinaryField()
    payer = models.TextField(default="")
    provider = models.TextField(default="")
    lines = models.TextField(default="[]")
    holds = models.TextField(default="[]")
    flags = models.TextField(default="[]")
    state = models.TextField(default=MADE)
    replaces = models.TextField(default="")
    proposes = models.TextField(default="")
    signed_by = models.TextField(default="")
    signed_at = models.TextField(default="")
    own_time = models.BooleanField(default=False)
    withheld = models.TextField(default="[]")
    says = models.TextField(default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["practice", "decision"], name="store_decisioncard_decision"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["practice", "month", "state"], name="store_decisioncard_list"),
        ]


class ClaimCard(models.Model):
    """A claim as the journal has it now; a projection.

    Amounts are in cents. expected: what should be allowed, null where a line has no known price.
    allowed, paid, patient_share: of all answers together. submitted_on, answered_on: ISO dates,
    empty where there is none. number: the payer's. batch: it left in. lines: JSON, an object a
    service line: line, code, units, on (ISO date), charge, expected (null where not known),
    allowed, paid, share; cents of all answers together.
    """

    practice = models.ForeignKey("store.Practice", models.PROTECT, db_index=False)
    stream = models.ForeignKey("store.Stream", models.PROTECT)
    patient = models.TextField()
    month = models.TextField()
    claim = models.TextField()
    control_number = models.TextField()
    frequency = models.TextField()
    replaces = models.TextField(default="")
    payer = models.TextField()
    decisions = models.TextField(default="[]")
    codes = models.TextField(default="")
    lines = models.TextField(default="[]")
    state = models.TextField(default=PREPARED)
    total = models.BigIntegerField()
    expected = models.BigIntegerField(null=True)
    allowed = models.BigIntegerField(default=0)
    paid = models.BigIntegerField(default=0)
    patient_share = models.BigIntegerField(default=0)
    batch = models.TextField(default="")
    number = models.TextField(default="")
    prepared_on = models.TextField()
    submitted_on = models.TextField(default="")
    answered_on = models.TextField(default="")
    says = models.TextField(default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["practice", "claim"], name="store_claimcard_claim"),
            models.UniqueConstraint(
                fields=["practice", "control_number"], name="store_claimcard_control"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["practice", "month", "state"], name="store_claimcard_list"),
        ]


class Denial(models.Model):
    """A line, or a claim as a whole, that was not paid as expected; a projection.

    line: empty for the claim as a whole. amount: cents not paid. adjustments, remarks: JSON.
    answered_on: ISO date.
    """

    practice = models.ForeignKey("store.Practice", models.PROTECT, db_index=False)
    stream = models.ForeignKey("store.Stream", models.PROTECT)
    patient = models.TextField()
    month = models.TextField()
    claim = models.TextField()
    line = models.TextField(default="")
    code = models.TextField(default="")
    payer = models.TextField()
    amount = models.BigIntegerField()
    adjustments = models.TextField(default="[]")
    remarks = models.TextField(default="[]")
    answered_on = models.TextField()
    state = models.TextField(default=OPEN)
    action = models.TextField(default="")
    worked_by = models.TextField(default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["practice", "claim", "line"], name="store_denial_line")
        ]
        indexes: ClassVar = [
            models.Index(fields=["practice", "state", "answered_on"], name="store_denial_list"),
        ]


class ClosingRun(models.Model):
    """A close that is on its way, or was: what a page shows while it runs.

    state: running, closed or failed. known_until: ISO instant; the same when it is taken up again.
    """

    practice = models.ForeignKey("store.Practice", models.PROTECT, db_index=False)
    month = models.TextField()
    known_until = models.TextField()
    state = models.TextField(default="running")
    total = models.BigIntegerField(default=0)
    done = models.BigIntegerField(default=0)
    begun_by = models.TextField()
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    says = models.TextField(default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["practice", "month"], name="store_closingrun_month")
        ]


class ExchangedFile(models.Model):
    """A file of claims that left, or of answers that came, as it was.

    name: its id, such as bat_…. kind: 837p, fhir, csv, 999, 277ca or 835. control: interchange
    control number. claims: how many. says: what became of it, as JSON.
    """

    practice = models.ForeignKey("store.Practice", models.PROTECT, db_index=False)
    name = models.TextField()
    kind = models.TextField()
    control = models.TextField(default="")
    digest = models.BinaryField()
    body = models.BinaryField()
    claims = models.IntegerField(default=0)
    made_at = models.DateTimeField()
    made_by = models.TextField()
    says = models.TextField(default="{}")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["practice", "name"], name="store_exchangedfile_name"),
            models.UniqueConstraint(
                fields=["practice", "kind", "digest"], name="store_exchangedfile_digest"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["practice", "made_at"], name="store_exchangedfile_list"),
        ]
