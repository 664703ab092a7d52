"""Asks another program, pyx12, what it thinks of a file of claims (extra `x12check`).

It reads the guide's own tables, which we do not have; what it finds is told by place and in our
words, because its own repeat the values found. That it finds nothing does not make a claim right:
check digits, codes, totals and dates are for the edits before.
"""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from caretally.claims.extras import gate

ELEMENT_NOTES = {
    "1": "is missing", "2": "is missing beside another", "3": "is one too many",
    "4": "is too short", "5": "is too long", "6": "holds a character it may not",
    "7": "is none of the codes that may stand here", "8": "is no day", "9": "is no time",
    "10": "may not stand beside another", "12": "is repeated too often",
    "I10": "may not be used here",
}  # fmt: skip
SEGMENT_NOTES = {
    "1": "is not expected here", "2": "is not expected here", "3": "comes too early",
    "4": "begins a loop too many", "5": "is repeated too often", "6": "is not of this kind of file",
    "7": "is out of order", "8": "holds an element that is wrong", "I4": "may not be used here",
}  # fmt: skip
MISSING = re.compile(r"\(([A-Z0-9]{2,7})\) missing")
OTHER = "is not as the guide has it"
QUIET = logging.CRITICAL + 1
Report = Mapping[str, Any]


def second_opinion(body: bytes) -> tuple[str, ...]:
    """Return what pyx12 finds wrong, each with segment and element; nothing where all is well.

    Raises:
        MissingExtraError: pyx12 is not installed.
    """
    # Its log repeats what stands in a file; people are in there.
    logging.getLogger("pyx12").setLevel(QUIET)
    document, params = gate("x12n_document"), gate("params")
    answer = io.StringIO()
    try:
        is_valid = document.x12n_document(
            params.params(),
            io.StringIO(body.decode("ascii", "replace")),
            None,
            None,
            fd_json=answer,
        )
    except gate("errors").EngineError:
        return ("file: pyx12 knows no guide of this name, or cannot follow its structure",)
    report = json.loads(answer.getvalue() or "{}", parse_float=Decimal)
    found = tuple(notes(report))
    return found or (() if is_valid else ("file: pyx12 refuses it without saying why",))


def notes(report: Report) -> Iterator[str]:
    """Yield what a report says, from the envelopes inward."""
    for interchange in report.get("interchanges", ()):
        yield from envelope_notes("interchange", interchange)
        for group in interchange.get("groups", ()):
            yield from envelope_notes("group", group)
            for transaction in group.get("transactions", ()):
                yield from envelope_notes("transaction set", transaction)
                for segment in transaction.get("segments", ()):
                    yield from segment_notes(segment)


def envelope_notes(name: str, report: Report) -> Iterator[str]:
    """Yield what is wrong with an envelope itself."""
    for error in report.get("errors", ()):
        code = error.get("err_cde") if isinstance(error, Mapping) else error
        yield f"{name}: its ends do not match (code {code})"


def segment_notes(report: Report) -> Iterator[str]:
    """Yield what is wrong with a segment and its elements."""
    where = f"segment {report.get('cur_line')} ({report.get('seg_id')})"
    for error in report.get("errors", ()):
        missing = MISSING.search(str(error.get("err_str")))
        code = str(error.get("err_cde"))
        said = f"{missing[1]} is missing before it" if missing else SEGMENT_NOTES.get(code, OTHER)
        yield f"{where}: {said}"
    for element in report.get("elements", ()):
        inner = f".{element['subele_pos']}" if element.get("subele_pos") else ""
        for error in element.get("errors", ()):
            said = ELEMENT_NOTES.get(str(error.get("err_cde")), OTHER)
            yield f"{where}: element {element.get('ele_pos')}{inner} {said}"
