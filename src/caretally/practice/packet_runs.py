"""Many packets at once, for a request list: one after another, an index, and what failed and why.

A packet that cannot be made stops no other. All journals are sealed once, before the first.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import StringIO

from caretally.audit.typesetting import typeset
from caretally.clock import ServiceMonth
from caretally.errors import CaretallyError, InputError, Problem
from caretally.practice.office import Office
from caretally.practice.packets import Asked, Packet, Press, issue

COLUMNS = ("patient", "month", "claim")
MOST_ROWS = 5_000
INDEX_HEADS = ("number", "patient", "month", "claim", "file", "sha256", "lines", "decision",
               "problem")  # fmt: skip
TEMPLATE = "packet_index.typ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A row of a request list. claim: as the list names it; empty where it does not."""

    number: int
    patient: str
    month: ServiceMonth
    claim: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What came of a request: a packet, or why there is none."""

    request: Request
    file: str = ""
    digest: str = ""
    lines: str = ""
    decision: str = ""
    problem: str = ""


def requests_in(text: str, office: Office) -> tuple[Request, ...]:
    """Return the requests of a CSV with the columns patient, month and, where there is one, claim.

    A row that names only a claim is looked up among the practice's claims.

    Raises:
        InputError: the table is none, or rows are wrong; all problems are listed.
    """
    rows = csv.DictReader(StringIO(text.removeprefix("\ufeff")))
    heads = [(head or "").strip().lower() for head in rows.fieldnames or ()]
    if not ({"patient", "month"} <= set(heads) or "claim" in heads):
        raise InputError([
            Problem(where="line 1", found=", ".join(heads) or "nothing",
                    expected="the columns patient and month, or claim, or all three")
        ])  # fmt: skip
    rows.fieldnames = heads
    problems: list[Problem] = []
    found = [
        each
        for number, row in enumerate(rows, 1)
        if (each := request_in(number, row, office, problems)) is not None
    ]
    if len(found) > MOST_ROWS:
        expected = f"at most {MOST_ROWS:,} rows"
        problems.append(Problem(where="the table", found=f"{len(found):,} rows", expected=expected))
    if not found and not problems:
        problems.append(Problem(where="the table", found="no rows", expected="a row a packet"))
    if problems:
        raise InputError(problems)
    return tuple(found)


def request_in(
    number: int, row: dict[str, str | None], office: Office, problems: list[Problem]
) -> Request | None:
    """Return the request of a row; what is wrong with it is added to the problems."""
    patient, month, claim = ((row.get(name) or "").strip() for name in COLUMNS)
    where = f"line {number + 1}"
    if not patient and not month and not claim:
        return None
    if claim and not (patient and month):
        known = claim_named(office, claim)
        if known is None:
            expected = "its id or control number, or patient and month"
            found = "a claim nobody prepared here"
            problems.append(Problem(where=where, field="claim", found=found, expected=expected))
            return None
        patient, month = patient or known[0], month or known[1]
    if not patient:
        problems.append(Problem(where=where, field="patient", found="nothing", expected="an id"))
    try:
        wanted = ServiceMonth.parse(month)
    except ValueError:
        expected = "a month written YYYY-MM"
        problems.append(Problem(where=where, field="month", found=month[:20] or "nothing",
                                expected=expected))  # fmt: skip
        return None
    return Request(number=number, patient=patient, month=wanted, claim=claim) if patient else None


def claim_named(office: Office, claim: str) -> tuple[str, str] | None:
    """Return patient and month of a claim by its id or control number."""
    rows = office.db.rows(
        "SELECT patient, month FROM store_claimcard WHERE practice_id = %s "
        "AND (claim = %s OR control_number = %s OR number = %s)",
        office.book().number, claim, claim, claim,
    )  # fmt: skip
    return (rows[0][0], rows[0][1]) if len({tuple(row) for row in rows}) == 1 else None


def run(
    press: Press,
    requests: Sequence[Request],
    purpose: tuple[str, str],
    keep: Callable[[Packet, str], object],
    *,
    policy: str | None = None,
) -> Iterator[Answered]:
    """Make the packets of a list, one after another, and yield what came of each.

    purpose: to whom and why. keep: takes a packet and the name it has in the index.
    """
    to, why = purpose
    if not press.is_run:
        press.begin_run()
    for request in requests:
        asked = Asked(patient=request.patient, month=request.month, to=to, why=why, policy=policy)
        try:
            packet = issue(press, asked)
        except CaretallyError as error:
            yield Answered(request=request, problem=str(error))
            continue
        name = f"{request.number:04d}-{packet.name}"
        keep(packet, name)
        yield Answered(
            request=request, file=name, digest=packet.digest, lines=packet.lines,
            decision=packet.decision,
        )  # fmt: skip


def row_of(answered: Answered) -> tuple[str, ...]:
    """Return the row of an index."""
    request = answered.request
    return (
        str(request.number), request.patient, str(request.month), request.claim, answered.file,
        answered.digest.removeprefix("sha256:"), answered.lines, answered.decision,
        answered.problem,
    )  # fmt: skip


def index_csv(answers: Iterable[Answered]) -> str:
    """Return the index as CSV."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(INDEX_HEADS)
    writer.writerows(map(safe, map(row_of, answers)))
    return text.getvalue()


def safe(row: Sequence[str]) -> list[str]:
    """Return a row in which no cell is taken for a formula by a spreadsheet."""
    return [f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell for cell in row]


def index_pdf(press: Press, answers: Sequence[Answered], purpose: tuple[str, str]) -> bytes:
    """Return the index as PDF."""
    failed = sum(bool(each.problem) for each in answers)
    rows = [
        [str(each.request.number), each.request.patient, str(each.request.month),
         each.request.claim or "–", each.problem or each.file, each.lines or "–",
         each.digest.removeprefix("sha256:")]
        for each in answers
    ]  # fmt: skip
    values = {
        "title": f"Index of {len(answers)} audit packets", "rows": rows, "failed": failed,
        "made": len(answers) - failed, "practice": press.office.practice, "to": purpose[0],
        "why": purpose[1], "at": f"{press.office.now:%Y-%m-%d %H:%M:%S} UTC",
    }  # fmt: skip
    return typeset(TEMPLATE, values, at=press.office.now, standards=("a-3a", "ua-1"))
