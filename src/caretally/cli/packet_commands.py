"""`caretally packet` and `caretally verify`: answers to auditors, and the check of such an answer.

Verifying needs the packet alone: no database, no Django, nothing from outside.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from caretally.audit.verifying import BROKEN, HOLDS, Check, Checked, Kept
from caretally.audit.verifying import verify as verified
from caretally.cli import screen
from caretally.cli.extras import loaded
from caretally.cli.reading import month_of, new_file, policy_of, refusal
from caretally.cli.store_commands import roots_folder, stored
from caretally.clock import now
from caretally.errors import IntegrityError
from caretally.settings import Settings

commands = typer.Typer()
RUNS, PACKETS = "caretally.practice.packet_runs", "caretally.practice.packets"
INDEX = "index"
SIGNS = {HOLDS: "✓", BROKEN: "✗"}
WhoOption = Annotated[str, typer.Option(metavar="WHO", help="Who gets it, for the accounting.")]
WhyOption = Annotated[str, typer.Option(metavar="TEXT", help="For what, for the accounting.")]


@commands.command(
    epilog="Example: caretally packet pat_ada 2026-02 --practice prac_lakeside --out ada.pdf"
)
def packet(
    patient: Annotated[str | None, typer.Argument(metavar="PATIENT", help="The patient.")] = None,
    month: Annotated[str | None, typer.Argument(metavar="MONTH", help="Such as 2026-02.")] = None,
    *,
    out: Annotated[str, typer.Option(metavar="FILE", help="A new file; with --list a folder.")],
    practice: Annotated[str | None, typer.Option(metavar="ID", help="Whose patient.")] = None,
    requests: Annotated[
        str | None,
        typer.Option("--list", metavar="CSV", help="Many at once: patient, month and claim."),
    ] = None,
    to: WhoOption = "whoever ran the command",
    why: WhyOption = "not said",
    policy: Annotated[
        str | None, typer.Option(metavar="NAME", help="Count by this policy, not the payer's.")
    ] = None,
    sign_with: Annotated[
        str | None, typer.Option(metavar="P12", help="Sign with the key of this PKCS #12 file.")
    ] = None,
) -> None:
    """Write everything a month of a patient rests on into one PDF that proves itself."""
    if (requests is None) == (patient is None):
        expected = "a patient and a month, or --list with a file of them"
        raise refusal("PATIENT", "both" if patient else "neither", expected)
    chosen = policy_of(policy)
    if requests is not None:
        many(requests, out, practice, purpose=(to, why), how=(chosen, sign_with))
        return
    wanted, file = month_of(month, "MONTH"), new_file(out)
    press = press_of(practice, sign_with, patient=patient)
    room = loaded(PACKETS)
    asked = room.Asked(patient=patient, month=wanted, to=to, why=why, policy=chosen)
    made = room.issue(press, asked)
    file.write_bytes(made.body)
    screen.tell(f"{made.digest} in {file}, {len(made.body):,} bytes")
    screen.tell(f"Lines: {made.lines or 'none'}. Check it anywhere: caretally verify {file}")


def many(
    requests: str, out: str, practice: str | None, *, purpose: tuple[str, str],
    how: tuple[str | None, str | None],
) -> None:  # fmt: skip
    """Write the packets of a list into a new folder, with an index of all."""
    try:
        text = Path(requests).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise refusal("--list", "no readable file", "a CSV file in UTF-8") from None
    folder = new_file(out)
    press, room = press_of(practice, how[1]), loaded(RUNS)
    asked = room.requests_in(text, press.office)
    folder.mkdir(mode=0o700)

    def keep(made: Any, name: str) -> None:
        (folder / name).write_bytes(made.body)

    answers = []
    with screen.progress("packets", len(asked)) as bars:
        for answered in room.run(press, asked, purpose, keep, policy=how[0]):
            answers.append(answered)
            screen.step(bars, len(answers))
    (folder / f"{INDEX}.csv").write_text(room.index_csv(answers), encoding="utf-8", newline="")
    (folder / f"{INDEX}.pdf").write_bytes(room.index_pdf(press, answers, purpose))
    failed = [each for each in answers if each.problem]
    screen.tell(f"{len(answers) - len(failed):,} packets in {folder}, with {INDEX}.csv and .pdf")
    if failed:
        told = "\n".join(f"line {each.request.number + 1}: {each.problem}" for each in failed)
        raise IntegrityError(f"{told}\n{len(failed)} requests without a packet")


def press_of(practice: str | None, sign_with: str | None, *, patient: str | None = None) -> Any:
    """Return what packets are made with: the program as caller, signature, time stamps, roots."""
    settings = Settings.read(os.environ)
    signer = signer_of(sign_with, settings)
    journal = stored()
    chosen = practice or practice_of(journal, patient)
    office = loaded("caretally.practice.office").Office(
        journal=journal, caller=loaded("caretally.practice.caller").system_caller(chosen, "packet"),
        now=now(),
    )  # fmt: skip
    stamps = loaded("caretally.exchange.timestamps")
    return loaded(PACKETS).Press(
        office=office, draw=loaded("caretally.web.charts.printed").printed, sign=signer,
        stamp=stamps.stamping(settings.tsa_url) if settings.tsa_url else None,
        sealed=lambda root: loaded("caretally.store.sealing").write_root(root, roots_folder()),
    )  # fmt: skip


def practice_of(journal: Any, patient: str | None) -> str:
    """Return the practice of a patient, or the only one.

    Raises:
        InputError: there is none, or there are several.
    """
    sql, values = "SELECT name FROM store_practice ORDER BY name", ()
    if patient is not None:
        sql = (
            "SELECT practice.name FROM store_patientcard AS card JOIN store_practice AS practice "
            "ON practice.id = card.practice_id WHERE card.patient = %s ORDER BY practice.name"
        )
        values = (patient,)  # type: ignore[assignment]
    found = [row[0] for row in journal.db.rows(sql, *values)]
    if len(found) != 1:
        told = ", ".join(found[:5]) or "no practice that knows the patient"
        raise refusal("--practice", told, "one practice", "add --practice ID")
    return str(found[0])


def signer_of(sign_with: str | None, settings: Settings) -> Callable[..., bytes] | None:
    """Return what signs; the password is set, or asked for."""
    file = sign_with or settings.signing_file
    if not file:
        return None
    password = settings.signing_password or typer.prompt("Password of the key", hide_input=True)
    made: Callable[..., bytes] = loaded("caretally.audit.signing").signing(Path(file), password)
    return made


# --- verify ---------------------------------------------------------------------------------------


@commands.command(epilog="Example: caretally verify ada.pdf --root roots/2026-03-26T140500-13.json")
def verify(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A packet.")],
    *,
    root: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="A root kept elsewhere, or a folder of them."),
    ] = None,
    trust: Annotated[
        str | None,
        typer.Option(
            metavar="PEM", help="Authorities trusted for time stamp and signature; checks both."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, for programs.")] = False,
) -> None:
    """Check a packet offline: digests, chain, proofs, and the decision made again."""
    try:
        body = Path(file).read_bytes()
    except OSError:
        raise refusal("FILE", f"no readable file {file}", "a packet") from None
    found = verified(body, kept_roots(root) if root is not None else ())
    if trust is not None:
        found = loaded("caretally.audit.trusting").with_trust(found, body, certificates(trust))
    if as_json:
        checks = [{"name": c.name, "state": c.state, "says": c.says} for c in found.checks]
        told = {"sound": found.is_sound, "checks": checks, "decision": found.decision}
        screen.write_text(json.dumps(told, indent=1) + "\n")
    else:
        show(found)
    broken = [each for each in found.checks if each.state == BROKEN]
    if broken:
        raise IntegrityError(
            f"{len(broken)} of {len(found.checks)} checks failed: do not rely on it"
        )


def show(found: Checked) -> None:
    """Write every check, and what the decision made again says, for a person."""
    proof = found.proof
    if proof is not None:
        screen.write_text(f"{proof.practice} · {proof.patient} · {proof.month}\n")
    for each in found.checks:
        screen.write_text(f"  {SIGNS.get(each.state, '·')} {line_of(each)}\n")
    if not found.decision:
        return
    lines: Any = found.decision["lines"]
    totals: Any = found.decision["totals"]
    told = ", ".join(f"{x['code']} × {x['units']} on {x['date_of_service']}" for x in lines)
    screen.write_text(f"Decided again: {told or 'no line'}\n")
    live, management = totals["live_seconds"], totals["management_seconds"]
    screen.write_text(f"Live {live} s, management {management} s: compare with the pages\n")


def line_of(check: Check) -> str:
    """Return a check in a line."""
    return f"{check.name}: {check.says}"


def certificates(name: str) -> bytes:
    """Return the content of a file of certificates.

    Raises:
        InputError: it cannot be read.
    """
    try:
        return Path(name).read_bytes()
    except OSError:
        raise refusal("--trust", f"no readable file {name}", "certificates in PEM") from None


def kept_roots(name: str) -> list[Kept]:
    """Return the roots of a file or folder: as `journal root` writes them, or a bare digest.

    Raises:
        InputError: there is none in it.
    """
    path = Path(name)
    files = sorted(path.glob("*.json")) if path.is_dir() else [path]
    found = []
    for file in files:
        try:
            text = file.read_text(encoding="utf-8").strip()
            told: Any = json.loads(text) if text.startswith("{") else {"root": text, "size": 0}
            found.append(Kept(root=str(told["root"]).lower(), size=int(told.get("size", 0))))
        except (OSError, ValueError, KeyError):
            raise refusal("--root", f"{file}, which holds no root", "a kept root") from None
    if not found:
        raise refusal("--root", f"no roots in {name}", "a kept root")
    return found
