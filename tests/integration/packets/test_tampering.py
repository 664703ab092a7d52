"""A packet in which one byte or one entry is another: `verify` finds it and says which."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest

from caretally.audit.pdf_files import BLANK, MARK, marked, opened
from caretally.audit.proof import DECISION, ENTRIES, PROOF
from caretally.audit.typesetting import Attachment, typeset
from caretally.audit.verifying import Kept, verify
from caretally.errors import InputError
from caretally.journal.chain import beginning, head_leaf, leaf_digest, linked
from tests.integration.demonstrated import Demo
from tests.integration.packets.papers import broken, closed, packet_of


@pytest.fixture
def body(demo: Demo) -> bytes:
    """The packet of a month that is closed."""
    closed(demo)
    return packet_of(demo).body


def put(body: bytes, name: str, content: bytes) -> bytes:
    """Return a packet made anew, by somebody who has the program, around another attachment."""
    files = {**opened(body).files, name: content}
    values = {
        "title": "forged", "short": "",
        "keywords": f"{MARK}{BLANK}", "patient": "", "month": "", "state": "",
        "root": "", "is_signed": True, "verdict": "", "to": "", "why": "", "made": "", "zone": "",
        "sections": [], "svg": "",
    }  # fmt: skip
    attached = [
        Attachment(name=each, text=text.decode(), media_type="text/plain", description=each)
        for each, text in files.items()
    ]
    at = datetime(2026, 3, 27, tzinfo=UTC)
    return marked(typeset("packet.typ", values, at=at, standards=("a-3a",), attachments=attached))


def put_proof(body: bytes, change: Callable[[Any], None]) -> bytes:
    """Return a packet whose proof.json says something else."""
    text = opened(body).files[PROOF]
    told = json.loads(text)
    change(told)
    return put(body, PROOF, json.dumps(told).encode())


def test_another_word_in_an_attachment_is_noticed(body: bytes) -> None:
    assert not broken(verify(body))
    for name, old, new in (
        (ENTRIES, b'"given_by":"patient"', b'"given_by":"patienT"'),
        (DECISION, b'"units":1', b'"units":2'),
    ):
        text = opened(body).files[name]
        assert old in text
        told = broken(verify(put(body, name, text.replace(old, new, 1))))
        assert any(each.startswith(f"{name}: was changed") for each in told)


def test_a_byte_anywhere_in_the_file_is_noticed(body: bytes) -> None:
    """Every 997th byte is changed in turn: pages, fonts, tags, attachments, table."""
    for at in range(11, len(body) - 1, 997):
        changed = bytearray(body)
        changed[at] ^= 4
        try:
            told = broken(verify(bytes(changed)))
        except InputError:
            continue
        assert told[0].startswith("file: bytes were changed"), at


def test_bytes_of_a_packed_attachment_are_named(body: bytes) -> None:
    place = body.index(b"/Type/EmbeddedFile")
    changed = bytearray(body)
    changed[body.index(b"stream\n", place) + 60] ^= 1
    found = verify(bytes(changed))
    assert found.proof is None
    assert broken(found)[0].startswith("file")
    assert any("cannot be unpacked" in each for each in broken(found))


def test_an_entry_that_was_changed_is_named(body: bytes) -> None:
    text = opened(body).files[ENTRIES].decode()
    line = next(
        each for each in text.split("\n") if '"contact_held"' in each and '"at":"2026-02' in each
    )
    name = json.loads(line)["id"]
    other = line.replace('"two_way":true', '"two_way":false')
    lying = put_entries(body, text.replace(line, other))
    told = broken(verify(lying))
    assert any(f"({name})" in each and each.startswith("chain") for each in told)
    assert any(each.startswith("basis") for each in told)


def put_entries(body: bytes, text: str) -> bytes:
    """Return a packet with other entries and their digest where it is asked for."""
    digest = sha256(text.encode()).hexdigest()
    changed = put(body, ENTRIES, text.encode())
    return put_proof(changed, lambda told: told["files"].update({ENTRIES: digest}))


def test_an_entry_that_was_removed_or_moved_is_noticed(body: bytes) -> None:
    lines = opened(body).files[ENTRIES].decode().split("\n")
    swapped = [lines[1], lines[0], *lines[2:]]
    told = broken(verify(put_entries(body, "\n".join(swapped))))
    assert any("entry 1 " in each for each in told)


def test_everything_made_anew_but_the_root_is_found_by_the_root(body: bytes) -> None:
    """Who can write the database remakes all; only a root kept elsewhere tells."""
    old = opened(body)
    proof = json.loads(old.files[PROOF])
    seal = proof["seal"]
    lines = old.files[ENTRIES].decode().split("\n")
    at = next(n for n, each in enumerate(lines) if '"kind":"contact_attempted"' in each
              or '"kind":"contact_held"' in each)  # fmt: skip
    lines[at] = lines[at].replace("2026", "2025", 1)
    before = beginning(proof["practice"], proof["chain"]["stream"])
    links = []
    for (received_at, _), line in zip(proof["chain"]["links"], lines, strict=False):
        before = linked(before, received_at, line)
        links.append([received_at, before.hex()])
    leaf = leaf_digest(
        head_leaf(proof["practice"], proof["chain"]["stream"], seal["length"],
                  bytes.fromhex(links[seal["length"] - 1][1]))
    )  # fmt: skip
    root = root_over(leaf, seal["place"], seal["size"], seal["path"])
    text = "\n".join(lines).encode()

    def forge(told: Any) -> None:
        told["chain"]["links"] = links
        told["seal"]["root"] = root
        told["files"][ENTRIES] = sha256(text).hexdigest()

    forged = put_proof(put(body, ENTRIES, text), forge)
    names = {each.partition(":")[0] for each in broken(verify(forged))}
    assert "chain" not in names
    assert "seal" not in names
    kept = broken(verify(forged, [Kept(root=seal["root"], size=seal["size"])]))
    assert any(each.startswith("kept root") for each in kept)


def test_an_entry_put_in_beside_the_chain_is_named(demo: Demo) -> None:
    """Of an open month nothing in the chain says what it rests on; what is put in still shows."""
    body = packet_of(demo).body
    assert not broken(verify(body))
    lines = opened(body).files[ENTRIES].decode().split("\n")[:-1]
    held = next(each for each in lines if '"contact_held"' in each)
    for old, new, says in (
        ("ent", "ent", "of the patient stands outside the chain"),
        ('"patient":"pat_ada"', '"patient":"pat_ben"', "is of another patient"),
    ):
        name = json.loads(held)["id"]
        more = held.replace(name, "ent_put_in", 1).replace(old, new, 1)
        told = broken(verify(put_entries(body, "\n".join([*lines, more, ""]))))
        assert any("ent_put_in" in each and says in each for each in told), told


def test_a_closed_month_cannot_be_told_as_open_or_by_an_older_decision(body: bytes) -> None:
    for told in (None, "dec_other"):
        forged = put_proof(body, lambda proof, told=told: proof.update(decision=told))
        found = broken(verify(forged))
        assert any(each.startswith("close: the chain holds the decision dec_") for each in found)


def test_a_file_that_stands_twice_is_noticed(body: bytes) -> None:
    files = opened(body).files
    with_more = put(body, "entries_ndjson", files[ENTRIES])
    twice = with_more.replace(b"entries_ndjson", ENTRIES.encode())
    assert len(twice) == len(with_more)
    assert any("stands twice" in each for each in broken(verify(twice)))


def root_over(leaf: bytes, place: int, size: int, path: list[str]) -> str:
    """Return the root a path leads to from a leaf."""
    found, last = leaf, size - 1
    for step in path:
        sibling = bytes.fromhex(step)
        if place % 2 or place == last:
            found = sha256(b"\x01" + sibling + found).digest()
            while not place % 2 and place:
                place, last = place // 2, last // 2
        else:
            found = sha256(b"\x01" + found + sibling).digest()
        place, last = place // 2, last // 2
    return found.hex()


def test_a_printed_decision_that_the_entries_do_not_give_is_named(body: bytes) -> None:
    text = opened(body).files[DECISION]
    lying = text.replace(b'"management_seconds":1480', b'"management_seconds":1481')
    assert lying != text
    digest = sha256(lying).hexdigest()
    forged = put_proof(
        put(body, DECISION, lying), lambda told: told["files"].update({DECISION: digest})
    )
    told = broken(verify(forged))
    assert any("totals.management_seconds: printed 1481, made again 1480" in each for each in told)


def test_another_rulebook_is_told(body: bytes) -> None:
    forged = put_proof(body, lambda told: told.update(rulebook="sha256:" + "0" * 64))
    checks = {each.name: each for each in verify(forged).checks}
    assert "another rulebook is installed" in checks["rulebook"].says
    assert checks["rulebook"].state == "open"


@pytest.mark.parametrize(
    "given",
    [b"", b"hello", b"%PDF-1.7\nhello", b"%PDF-1.7\nstartxref\n9\n%%EOF"],
    ids=["nothing", "text", "no table", "cut"],
)
def test_what_is_no_packet_is_refused(given: bytes) -> None:
    with pytest.raises(InputError):
        verify(given)


def test_cut_off_and_extended_packets_are_noticed(body: bytes) -> None:
    with pytest.raises(InputError):
        verify(body[: len(body) // 2])
    told = {each.name: each for each in verify(body + b"\nmore").checks}
    assert "5 bytes were appended" in told["signature"].says


def test_a_pdf_that_bears_no_digest_is_noticed(body: bytes) -> None:
    without = body.replace(b"sha256:" + opened(body).borne.encode(), b"sha512:" + BLANK.encode())
    assert "bears no digest" in broken(verify(without))[0]
