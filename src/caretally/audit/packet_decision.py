"""The decision: what may be billed by which criterion, what not and why, and who signed it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from caretally.audit.packet_source import Block, Source, facts, para, plural, section, sub, table
from caretally.billability.close import STATEMENTS
from caretally.billability.criteria import CRITERIA
from caretally.journal.entries import (
    DecisionReturned,
    DecisionSigned,
    DecisionSuperseded,
    PacketIssued,
    WithheldLine,
)

MARKS = {"met": "met", "unmet": "NOT MET", "not_reached": "not reached"}
WAYS = {"single": "looked at by itself", "bulk": "signed among others that nothing spoke against"}
Codes = Mapping[str, Mapping[str, Any]]


def withheld_of(source: Source) -> Mapping[tuple[str, str], WithheldLine]:
    """Return the lines the signer does not want billed, by code and date."""
    return {
        (each.code, each.date_of_service.isoformat()): each
        for signed in source.signed
        for each in signed.body.withheld
    }


def verdict(source: Source) -> str:
    """Return in a sentence what may be billed."""
    held_back = withheld_of(source)
    shown = [
        f"{line.code} × {line.units} ({line.date_of_service})"
        for line in source.decision.lines
        if (line.code, line.date_of_service.isoformat()) not in held_back
    ]
    return f"May be billed: {', '.join(shown)}." if shown else "Nothing may be billed."


def decision(source: Source) -> Block:
    """Return lines, criteria, holds, flags and what is not billed."""
    codes: Codes = source.said["codes"]
    blocks: list[Block] = [*lines_part(source), *holds_part(source)]
    blocks += criteria_part(codes)
    blocks += not_billed(source, codes)
    if source.decision.flags:
        words = ", ".join(flag.replace("_", " ") for flag in source.decision.flags)
        blocks.append(para(f"For a reviewer to look at: {words}."))
    return section("Decision", *blocks)


def lines_part(source: Source) -> Iterator[Block]:
    """Yield how it was decided, and the lines."""
    month = source.decision.month
    payer = month.rulebook.payers.get(month.payer or "")
    yield facts(
        ("Payer", payer.summary if payer else (month.payer or "")),
        ("Counting policy", month.policy.replace("_", " ")),
        ("Rulebook", month.rulebook.digest),
        ("Known until", source.at(source.last_known)),
    )
    if not source.decision.lines:
        yield para("No line may be billed.", "warn")
        return
    held_back = withheld_of(source)
    rows = []
    for line in source.decision.lines:
        sheet = month.rulebook.sheets.get(line.code)
        withheld = held_back.get((line.code, line.date_of_service.isoformat()))
        state = f"withheld: {withheld.why}" if withheld else "may be billed"
        risk = f"; falls or shrinks under {', '.join(line.at_risk)}" if line.at_risk else ""
        rows.append((line.code, str(line.units), line.date_of_service.isoformat(),
                     sheet.summary if sheet else "", f"{state}{risk}"))  # fmt: skip
    yield table("Lines", ("Code", "Units#", "Date of service", "What it is***", "State**"), rows)


def holds_part(source: Source) -> Iterator[Block]:
    """Yield what holds lines back."""
    rows = [
        (
            hold.name,
            ", ".join(hold.codes) or "all",
            told_of({"name": hold.name, "status": "unmet", "says": hold.says}),
            ", ".join(hold.cites),
        )
        for hold in source.decision.holds
    ]
    if rows:
        yield sub("What holds lines back")
        yield table("Holds", ("Criterion", "Codes", "What is so*", "Sources*"), rows)


def criteria_part(codes: Codes) -> Iterator[Block]:
    """Yield the criteria of all lines; what is the same for several stands once."""
    found: dict[tuple[str, ...], list[str]] = {}
    for code, told in codes.items():
        for name, criteria in judged(code, told) if told["billable"] else ():
            for each in criteria:
                found.setdefault(criterion_row(each), []).append(name)
    if found:
        yield sub("Why the lines stand")
        rows = [(*row, ", ".join(names)) for row, names in found.items()]
        heads = ("Criterion", "Status", "Observed / required", "In words****", "For*")
        yield table("Criteria of the lines", heads, rows)


def judged(code: str, told: Mapping[str, Any]) -> Iterator[tuple[str, Sequence[Mapping[str, Any]]]]:
    """Yield what was judged of a code: the month, or each period by its last day."""
    periods: Sequence[Mapping[str, Any]] = told.get("periods") or []
    if not periods:
        yield code, told["criteria"]
    for period in periods:
        name = f"{code} to {period['to']}" if len(periods) > 1 else code
        yield name, period["criteria"]


def criterion_row(each: Mapping[str, Any]) -> tuple[str, ...]:
    """Return a criterion with status, what was observed and required, words and citations."""
    cites = f" [{', '.join(each['cites'])}]" if each["cites"] else ""
    amounts = f"{amount(each['observed'])} / {amount(each['required'])}"
    return each["name"], MARKS.get(each["status"], each["status"]), amounts, told_of(each) + cites


def told_of(each: Mapping[str, Any]) -> str:
    """Return a criterion in words; an unmet one that names no amounts is said not to be so."""
    criterion = CRITERIA.get(each["name"])
    names_amounts = criterion is None or "{observed" in (criterion.__doc__ or "")
    says = str(each["says"])
    return says if each["status"] != "unmet" or names_amounts else f"Not so: {says}"


def amount(value: object) -> str:
    """Return an amount as the decision has it; a dash where it was not reached."""
    return "–" if value is None else str(value)


def not_billed(source: Source, codes: Codes) -> Iterator[Block]:
    """Yield what is not billed, with every criterion that is unmet."""
    found: dict[tuple[str, ...], list[str]] = {}
    for code, told in codes.items():
        if not told["billable"]:
            unmet = [each for each in told["criteria"] if each["status"] == "unmet"]
            for each in unmet or [NO_PERIOD]:
                name, _, *row = criterion_row(each)
                found.setdefault((name, *row), []).append(code)
    rows = [(", ".join(names), *row) for row, names in found.items()]
    if rows:
        yield sub("What is not billed, and why")
        heads = ("Code*", "Unmet criterion", "Observed / required", "In words****")
        yield table("Codes that are not billed", heads, rows)


NO_PERIOD: Mapping[str, Any] = {
    "name": "–", "observed": None, "required": None, "cites": (),
    "status": "unmet", "says": "No period of this code ends in the month.",
}  # fmt: skip


# --- signatures -----------------------------------------------------------------------------------


def signatures(source: Source) -> Block:
    """Return who closed, signed, returned and superseded."""
    made = source.made
    if made is None:
        words = (
            "The month is not closed: nothing on these pages is signed, and later entries may "
            "change them."
        )
        return section("Signatures", para(words, "warn"))
    blocks: list[Block] = [
        facts(
            ("Decision", made.decision),
            ("Made from", (f"{plural(made.entry_count, 'entry', 'entries')} known until "
                          f"{source.at(made.known_until)}")),
            *((("In place of", made.replaces),) if made.replaces else ()),
        )
    ]  # fmt: skip
    for each in source.signed:
        blocks += signature(source, each.body, source.at(each.at))
    if not source.signed:
        blocks.append(para("Closed, and not signed.", "warn"))
    blocks += [para(words) for words in history(source, made.decision)]
    return section("Signatures", *blocks)


def signature(source: Source, body: DecisionSigned, at: str) -> Iterator[Block]:
    """Yield a signature with the text that was signed."""
    day = source.decision.month.month.last_day
    own = (
        "logged time of this month, and signed it" if body.logged_own_time else "logged none of it"
    )
    yield facts(
        ("Signed by", source.credentialed(body.signed_by, day)),
        ("Signed on", at),
        ("How", f"{WAYS.get(body.way, body.way)}; the signer {own}"),
        ("Statement", STATEMENTS.get(body.statement, body.statement)),
    )
    for each in body.withheld:
        words = f"Withheld by the signer: {each.code} of {each.date_of_service}. {each.why}"
        yield para(words, "warn")


def history(source: Source, name: str) -> Iterator[str]:
    """Yield what else became of the decisions of the month."""
    month = str(source.decision.month.month)
    for back in source.of_own(DecisionReturned):
        if back.body.month == month:
            who = source.who(back.body.returned_by)
            yield f"Returned by {who} on {source.at(back.at)}: {back.body.why}"
    for other in source.of_own(DecisionSuperseded):
        if other.body.month == month:
            stands = " (this packet)" if other.body.by == name else ""
            yield (
                f"{other.body.decision} was superseded on {source.at(other.at)} by "
                f"{other.body.by}{stands}; asked of a claim: {other.body.proposes}"
            )
    for issued in source.of_own(PacketIssued):
        if issued.body.month == month:
            yield (
                f"A packet of this month went to {issued.body.to} on {source.at(issued.at)}, "
                f"digest {issued.body.packet}"
            )
