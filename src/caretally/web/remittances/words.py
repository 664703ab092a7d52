"""Words of the pages about answers, and where on other pages the evidence stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from caretally.claims.reasons import Reason
from caretally.practice.denials import DenialRow

ACTIONS: Mapping[str, str] = {
    "corrected_claim": "Send a corrected claim",
    "appealed": "Appeal with the packet",
    "sent_records": "Send the records asked for",
    "billed_other_payer": "Bill the payer that comes first",
    "billed_patient": "Bill the patient",
    "written_off": "Write it off",
    "no_action": "Nothing more to do",
}
DONE: Mapping[str, str] = {
    "corrected_claim": "corrected claim sent", "appealed": "appealed",
    "sent_records": "records sent", "billed_other_payer": "other payer billed",
    "billed_patient": "patient billed", "written_off": "written off",
    "no_action": "nothing more to do",
}  # fmt: skip
STATES: Mapping[str, tuple[str, str]] = {
    "open": ("Open", "unmet"), "worked": ("Worked", "info"), "cleared": ("Paid since", "met"),
}  # fmt: skip
"""Words and hue of each state."""
KIND_WORDS: Mapping[str, str] = {
    "999": "999: was the file taken", "277ca": "277CA: was each claim taken",
    "835": "835: what is paid",
}  # fmt: skip
MOVES: Mapping[str, str] = {
    "WO": "an overpayment taken back", "FB": "a balance brought forward",
    "L6": "interest", "72": "a refund that was counted", "CS": "an adjustment by the payer",
    "50": "a late fee", "J1": "something not to be repaid", "B2": "a rebate",
    "AP": "an advance being settled", "IR": "tax withheld", "LE": "a levy",
}  # fmt: skip
"""Reasons for money without a claim, in our own words."""
MOVE_UNKNOWN = "a reason not known here: the payer says what it means"

PAGES: Mapping[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "authorization": ("Prior authorization", (("enrollment", "patient"),)),
    "claim": ("The claim as it was sent", (("claim", "claim"), ("claim", "name"), ("claims", ""))),
    "consent": ("Consent", (("enrollment", "patient"),)),
    "contacts": ("Live contacts", (("close-decision", "patient month"), ("patient", "patient"))),
    "coverage": ("Coverage", (("enrollment", "patient"),)),
    "decision": ("The decision of the month", (("close-decision", "patient month"),
                                               ("patient", "patient"))),
    "device_days": ("Device and days with data", (("vitals", "patient"), ("patient", "patient"))),
    "diagnosis": ("Diagnoses", (("enrollment", "patient"),)),
    "notes": ("Notes and contacts", (("close-decision", "patient month"), ("patient", "patient"))),
    "order": ("Order", (("enrollment", "patient"),)),
    "other_services": ("Services billed elsewhere", (("enrollment", "patient"),)),
    "providers": ("Numbers of practice and practitioners", (("settings", ""),)),
    "time": ("Logged time", (("close-decision", "patient month"), ("patient", "patient"))),
    "units": ("Units and how they were reached", (("close-decision", "patient month"),
                                                  ("patient", "patient"))),
    "visit": ("Visits", (("enrollment", "patient"),)),
}  # fmt: skip
"""Words of each kind of evidence, and the pages where it stands: the first that exists is taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Something to look at; no address where no page shows it."""

    words: str
    href: str = ""


def looks(practice: str, row: DenialRow) -> tuple[Look, ...]:
    """Return what to look at for a denial, each once."""
    names = dict.fromkeys(name for reason in row.known for name in reason.evidence)
    return tuple(look(practice, row, name) for name in names)


def look(practice: str, row: DenialRow, name: str) -> Look:
    """Return one thing to look at."""
    words, pages = PAGES[name]
    values = {"patient": row.patient, "month": row.month, "claim": row.claim,
              "name": row.claim}  # fmt: skip
    for url, needed in pages:
        href = address(url, {"practice": practice} | {key: values[key] for key in needed.split()})
        if href:
            return Look(words=words, href=href)
    return Look(words=words)


def address(name: str, values: Mapping[str, str]) -> str:
    """Return the address of a page; empty where there is none of the name."""
    try:
        return str(reverse(name, kwargs=dict(values)))
    except NoReverseMatch:
        return ""


def confidence_words(reasons: tuple[Reason, ...]) -> str:
    """Return how far the reading is to be trusted: the weakest counts."""
    order = ("low", "medium", "high")
    return min((each.confidence for each in reasons), key=order.index, default="")
