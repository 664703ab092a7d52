"""`caretally call`: try a protocol as a patient would hear it, and see what is wrong with one."""

from __future__ import annotations

from typing import Annotated

import typer

from caretally.cli.extras import loaded
from caretally.cli.store_commands import stored

commands = typer.Typer(
    no_args_is_help=True, help="Wellness calls: try protocols, make calls, play them again."
)
ROOM = "caretally.cli.calling"
"""Loaded when it is asked for: no other command waits for the protocols."""
GATE = "caretally.cli.gating"
RUNNING, MAKING = "caretally.cli.call_running", "caretally.cli.call_making"
PracticeOption = Annotated[str, typer.Option(metavar="ID", help="Whose calls.")]


@commands.command(
    epilog="Example: caretally call simulate --protocol heart_failure --device weight=186.4,182.0"
)
def simulate(
    *,
    protocol: Annotated[
        str, typer.Option(metavar="NAME", help="An installed protocol, or a file of one.")
    ],
    patient_script: Annotated[
        str, typer.Option(metavar="FILE", help="What the patient says, line by line.")
    ] = "",
    device: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUES",
            help="Values of a device, newest first, a day apart: weight=186,182.",
        ),
    ] = None,
    language: Annotated[str, typer.Option(metavar="LANGUAGE", help="en or es.")] = "en",
    seed: Annotated[
        int, typer.Option(metavar="N", help="Let one recognizer mishear now and then, as N says.")
    ] = 0,
) -> None:
    """Play a wellness call in text: what would be said, accepted, flagged and escalated.

    Nobody is called and nothing is stored. At the end stands the record that a call would leave,
    with the seconds of the agent and those of a person apart.

    A line is what the patient says; `140 over 91 | 142 over 91` is what two recognizers made of it.
    `#5` presses a key, `#1950` several. Other lines: silence, hang up, voicemail, wrong person,
    interrupt, engine fails, media lost, nurse joins, nurse unavailable, wait.

    The patient is invented: Ada, born in 1950.
    """
    room = loaded(ROOM)
    pack = room.pack_of(protocol)
    lines = room.script_of(patient_script)
    room.play(pack, room.invented(pack, language, device or []), lines, seed=seed)


@commands.command(epilog="Example: caretally call lint my_protocol.yaml")
def lint(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="A protocol; all installed ones without it.")
    ] = "",
) -> None:
    """Find what is wrong with a protocol, with file and line; exit 1 where anything is."""
    if loaded(ROOM).lint(file):
        raise typer.Exit(1)


@commands.command(epilog="Example: caretally call protocols")
def protocols() -> None:
    """List the installed protocols, their red flags and whether anybody signed them."""
    loaded(ROOM).show_protocols()


@commands.command(epilog="Example: caretally call gate pat_gus --protocol hypertension")
def gate(
    patient: Annotated[str, typer.Argument(metavar="PATIENT", help="Who would be called.")],
    *,
    protocol: Annotated[str, typer.Option(metavar="NAME", help="An installed protocol.")],
    program: Annotated[str, typer.Option(metavar="NAME", help="Such as rpm.")] = "rpm",
    practice: Annotated[str, typer.Option(metavar="ID", help="Whose patient.")] = "",
    emergency: Annotated[
        bool, typer.Option("--emergency", help="As if the call were about an emergency.")
    ] = False,
) -> None:
    """Say whether a patient may be called now, and why not; exit 1 where not.

    Nobody is called and no answer is stored. That somebody looked is told in the access log.
    """
    asked = (patient, program, protocol)
    if not loaded(GATE).show_gate(asked, practice, is_emergency=emergency):
        raise typer.Exit(1)


@commands.command(epilog="Example: caretally call drill --practice prac_lakeside")
def drill(
    *,
    practice: PracticeOption,
    severity: Annotated[
        str, typer.Option(metavar="WORD", help="emergent, urgent or routine.")
    ] = "emergent",
    minutes: Annotated[
        int, typer.Option(metavar="N", min=1, max=60, help="How long somebody is waited for.")
    ] = 3,
) -> None:
    """Exercise the alarm: page who is on call as in a call, and tell how long an answer took.

    The patient is invented and nobody is rung by telephone: pages, mail and text messages go out
    marked as a drill, and no chart knows of it. Whoever gets one answers on any page. Exit 1 where
    nobody did.
    """
    journal = stored()
    if not loaded(RUNNING).drill(journal, practice, severity, minutes):
        raise typer.Exit(1)


@commands.command(epilog="Example: caretally call replay call_… --practice prac_lakeside")
def replay(
    call: Annotated[str, typer.Argument(metavar="CALL", help="Id of a call.")],
    *,
    practice: PracticeOption,
) -> None:
    """Show a call turn by turn, and play it again from its log; exit 1 where it does not hold."""
    journal = stored()
    if not loaded(RUNNING).replay(journal, practice, call):
        raise typer.Exit(1)


@commands.command(epilog="Example: caretally call work")
def work(
    *,
    once: Annotated[
        bool, typer.Option("--once", help="Make what is due and end, such as from cron.")
    ] = False,
) -> None:
    """Make calls as they fall due, of all practices, until Ctrl+C or SIGTERM.

    Every call is checked before it is dialed. Calls that run when it is told to stop go on to their
    end; those of a process that was killed are ended, told to who is on call, and recorded.
    """
    journal = stored()
    loaded(MAKING).work(journal, once=once)


@commands.command(
    epilog="Example: caretally call place pat_gus --protocol general --practice prac_lakeside"
)
def place(
    patient: Annotated[str, typer.Argument(metavar="PATIENT", help="Who is called.")],
    *,
    practice: PracticeOption,
    protocol: Annotated[str, typer.Option(metavar="NAME", help="An installed protocol.")],
    program: Annotated[str, typer.Option(metavar="NAME", help="Such as rpm.")] = "rpm",
    language: Annotated[str, typer.Option(metavar="LANGUAGE", help="en or es.")] = "en",
) -> None:
    """Call a patient now, where it may be done; exit 1 where the gate denies it."""
    journal, wanted = stored(), (patient, program, protocol, language)
    ended = loaded(MAKING).place(journal, practice, wanted)
    if ended == "denied":
        raise typer.Exit(1)
