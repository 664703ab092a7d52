"""Puts the pages of a packet together, in the order in which reviewers ask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from caretally.audit.packet_decision import decision, signatures, verdict
from caretally.audit.packet_papers import condition, consent, data_days, device, identity, necessity
from caretally.audit.packet_source import Block, Source, facts, para, plural, section, table
from caretally.audit.packet_time import conversations, rows_of, time
from caretally.audit.pdf_files import BLANK, MARK
from caretally.audit.proof import DECISION, ENTRIES, PROOF

MOST_LOOKS = 120
"""Rows of the access list; what is older is counted."""
TEMPLATE = "packet.typ"
STANDARDS = ("a-3a", "ua-1")
"""Tagged PDF/A-3 and PDF/UA-1 at once."""


def values_of(source: Source) -> dict[str, object]:
    """Return what the template prints."""
    month = source.decision.month.month
    rows = rows_of(source)
    sections = (
        identity(source), condition(source), data_days(source), necessity(source),
        consent(source), device(source), conversations(source, rows), time(source, rows),
        decision(source), signatures(source), cited(source), looked(source), proven(source),
    )  # fmt: skip
    return {
        "title": f"Audit packet {source.patient} {month}",
        "month": f"{month.first_day:%B %Y}", "patient": source.patient,
        "practice": source.proof.practice, "state": state_of(source), "short": short_of(source),
        "verdict": verdict(source),
        "is_signed": bool(source.signed), "made": f"{source.at(source.made_at)} {source.zone}",
        "to": source.to, "why": source.why, "keywords": f"{MARK}{BLANK}",
        "sections": sections, "svg": source.drawing[0], "zone": source.zone,
        "root": source.proof.seal.root if source.proof.seal else source.proof.basis.root,
    }  # fmt: skip


def state_of(source: Source) -> str:
    """Return how far the month is."""
    if source.signed:
        latest = source.signed[-1]
        who = source.who(latest.body.signed_by)
        return f"Closed, and signed by {who} on {source.at(latest.at)}"
    if source.made is not None:
        return "Closed, not signed"
    return "Preliminary: the month is not closed"


def short_of(source: Source) -> str:
    """Return in a word how far the month is."""
    if source.signed:
        return "signed"
    return "not signed" if source.made is not None else "preliminary"


def cited(source: Source) -> Block:
    """Return the sources behind keys that the packet cites."""
    keys = sorted(cites_in(source.said))
    known = source.decision.month.rulebook.sources
    rows = [
        [key, ", ".join(part for part in (
            f"{known[key].title}. {known[key].publisher}", known[key].locator,
            f"read {known[key].read_on}",
        ) if part)]
        for key in keys if key in known
    ]  # fmt: skip
    words = "Published texts that criteria rest on, by the keys used above."
    return section("Sources", para(words, "quiet"), {"kind": "sources", "rows": rows})


def cites_in(said: Mapping[str, Any]) -> set[str]:
    """Return the keys that criteria and holds of a decision cite where they are printed."""
    found = {cite for hold in said["holds"] for cite in hold["cites"]}
    for code in said["codes"].values():
        judged = [code["criteria"], *(each["criteria"] for each in code.get("periods") or ())]
        for each in (each for criteria in judged for each in criteria):
            if code["billable"] or each["status"] == "unmet":
                found.update(each["cites"])
    return found


def looked(source: Source) -> Block:
    """Return who looked at the chart, a line a person, purpose and date."""
    rows = [
        (each.on.isoformat(), source.actor(each.who), each.what, str(each.times))
        for each in source.looks[:MOST_LOOKS]
    ]  # fmt: skip
    blocks: list[Block] = [para("Who opened this chart since the month began, the latest first.")]
    if rows:
        heads = ("Date", "Who", "What for*", "Times#")
        blocks.append(table("Accesses and disclosures", heads, rows))
    else:
        blocks.append(para("Nobody did."))
    left = len(source.looks) - len(rows)
    if left > 0:
        words = f"{plural(left, 'earlier line')} of this list stand in the practice's access chain."
        blocks.append(para(words, "quiet"))
    return section("Access", *blocks)


def proven(source: Source) -> Block:
    """Return what this file proves, and by which digests."""
    proof = source.proof
    seal = proof.seal
    chain = proof.chain
    rows = [
        ("Journal of the patient", (f"{plural(len(chain.links), 'entry', 'entries')}, each digest "
                                   "taken over the one before it")),
        ("Digest after the last", chain.links[-1][1] if chain.links else ""),
        ("Decision rests on", (f"{plural(proof.basis.size, 'entry', 'entries')} under the Merkle "
                              f"root {proof.basis.root}")),
        ("Facts", proof.facts),
        ("Rulebook", proof.rulebook),
    ]  # fmt: skip
    if seal is None:
        rows.append(("Seal", "no seal covers this journal yet; only its own order is proven"))
    else:
        rows += [
            ("Sealed root", seal.root),
            ("Sealed", (f"{seal.sealed_at} over {plural(seal.size, 'journal head')}; of this one "
                       f"it covers {plural(seal.length, 'entry', 'entries')}")),
            ("Time stamp", "RFC 3161 token in proof.json" if seal.token else "none"),
        ]  # fmt: skip
    attached = (
        f"Attached to this file: {ENTRIES} (the patient's journal and what it rests on, byte for "
        f"byte), {DECISION} (the decision as data) and {PROOF} (chain, paths, digests). "
        "`caretally verify FILE` checks all of it offline and decides again from the entries; "
        "with --root it holds the packet against a root that was kept elsewhere."
    )
    limits = (
        "This proves order and integrity since the root was given out. It does not prove that what "
        "was written is true, nor that nothing was rewritten before anybody else held a root."
    )
    return section("Proof", facts(*rows), para(attached), para(limits))
