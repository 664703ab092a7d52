"""Which published cases there are, and which of them belong to other parts of Caretally.

The rulebook's section 2 numbers its cases; the worked cases carry a letter and a number. Every one
of them is shown by a scenario or stands here with the reason why no decision can show it.
"""

from __future__ import annotations

RULEBOOK_CASES = tuple(f"R2.{number}" for number in range(1, 75))

WORKED_CASES = tuple(
    f"{letter}{number}"
    for letter, numbers in {
        "A": (1, 4, 6, 7, 8, 10, 13, 14),
        "B": (1, 2, 3, 5, 9, 10, 11, 15),
        "C": (1, 3, 5, 7, 9, 10, 11, 15, 16),
        "D": (1, 3, 5, 6, 9, 11, 12),
        "E": (1, 3, 4, 6, 8),
        "F": (2, 3, 4, 8, 10, 12, 16, 17, 18, 19),
        "G": (1, 2, 4, 6, 9, 10, 13),
        "H": (1, 3, 4, 6, 7, 8, 11),
        "I": (1, 2, 4, 6, 7, 10, 14),
        "J": (1, 2, 6, 9, 10, 11, 15, 16),
    }.items()
    for number in numbers
)

FEES = "amounts, not verdicts: tests of the fee schedule"
LOADER = "a rulebook that must not load: tests of the loader"
CLAIMS = "snapshots, claims and sign-off: the claims part"
INTAKE = "a vendor's message before it is an entry: the device intake"

LEFT_TO_OTHERS = {
    "R2.68": FEES,
    "R2.69": FEES,
    "R2.70": FEES,
    "R2.71": FEES,
    "A13": LOADER,
    "A14": LOADER,
    "F2": "running timers of a screen: the timekeeping part",
    "I1": CLAIMS,
    "I2": CLAIMS,
    "I4": CLAIMS,
    "I6": FEES,
    "I10": CLAIMS,
    "I14": CLAIMS,
    "J1": INTAKE,
    "J2": INTAKE,
    "J6": INTAKE,
    "J9": INTAKE,
    "J11": INTAKE,
    "J16": INTAKE,
}
"""Cases that no decision on entries can show, and where they belong."""

SHOWN_IN_PART = {
    "R2.25": "the flag on missing management is a measure of the self-audit",
    "R2.47": "a treatment plan is no evidence of contract version 1",
    "R2.74": "cloned notes are a measure of the self-audit; the decision does not change",
    "B11": "asking to renew the authority is a matter of the worklist",
    "C11": "reopening a closed month belongs to the close",
    "E6": "that a claim was denied is no entry of contract version 1",
    "F4": "cutting an idle timer belongs to timekeeping; the quarantine is shown",
    "F12": "refusing to write in another's name belongs to the commands; the proxy entry is shown",
    "F19": "the pattern over patients is a measure of the self-audit; the decision does not change",
    "J10": "how trust is shown belongs to the device pages; that the day counts is shown",
}
"""Cases whose verdict a scenario shows while a further part of the answer lies elsewhere."""
