"""`caretally simulate`: plays vendors of devices and payers, with all that goes wrong."""

from __future__ import annotations

from typing import Annotated

import typer

from caretally.cli.extras import loaded

commands = typer.Typer(no_args_is_help=True, help="Play vendors and payers, to try things on.")
ROOM = "caretally.cli.simulating"
"""Loaded when it is asked for: no other command waits for the vendors' parsers."""
PAYER = "caretally.cli.playing"


Patients = Annotated[
    int | None,
    typer.Option(
        metavar="N", min=1,
        help="How many devices; by default those in patients' hands, without --practice 100.",
    ),
]  # fmt: skip
PracticeOf = Annotated[
    str,
    typer.Option(
        metavar="ID",
        help="Into this practice of this program's database, over a connection of its own.",
    ),
]
Address = Annotated[
    str, typer.Option(metavar="URL", help="Of a running program, such as https://….")
]
Connection = Annotated[
    str, typer.Option(metavar="ID", help="With --url: as `connection create` printed it.")
]
SecretFile = Annotated[
    str, typer.Option(metavar="FILE", help="With --url: holds the connection's secret.")
]
Out = Annotated[
    str,
    typer.Option(
        metavar="FILE",
        help="Write deliveries to a new file instead, a line of JSON each, with what they are.",
    ),
]
Days = Annotated[int, typer.Option(metavar="N", min=1, max=366, help="Of measurements.")]
End = Annotated[
    str, typer.Option(metavar="INSTANT", help="Before which all is measured; by default now.")
]
Speed = Annotated[str, typer.Option(metavar="FACTOR", help="How much faster than life, or max.")]
Percent = Annotated[int, typer.Option(metavar="PERCENT", min=0, max=50, help="Of the readings.")]
Seed = Annotated[int, typer.Option(metavar="S", help="Names one of many streams.")]


@commands.command(
    epilog="Example: caretally simulate devices --vendor tenovi --practice prac_lakeside --days 2 "
    "--speed max"
)
def devices(
    *,
    vendor: Annotated[str, typer.Option(metavar="NAME", help="In whose words.")],
    patients: Patients = None,
    practice: PracticeOf = "",
    url: Address = "",
    connection: Connection = "",
    secret_file: SecretFile = "",
    out: Out = "",
    days: Days = 1,
    end: End = "",
    speed: Speed = "100x",
    duplicates: Percent = 5,
    late: Percent = 3,
    broken: Percent = 1,
    seed: Seed = 1,
) -> None:
    """Send what devices of many patients measure, signed as the vendor signs.

    Some readings come twice, some days late, some broken. The same seed and --end make the same
    stream. Ctrl+C ends it and tells what was sent until then.
    """
    room = loaded(ROOM)
    room.check_target(vendor, practice=practice, url=url, out=out)
    pace = room.factor_of(speed)
    wanted = room.Wanted(
        vendor=vendor, devices=patients, days=days, seed=seed, duplicates=duplicates, late=late,
        broken=broken, end=end,
    )  # fmt: skip
    if out:
        room.write_out(wanted, out)
        return
    target, plan = (
        room.staged(wanted, practice) if practice
        else (room.Target.at(url, vendor, connection, secret_file), wanted.plan())
    )  # fmt: skip
    tally = room.send(plan, target, pace)
    room.tell_tally(tally)
    if tally.refused:
        raise typer.Exit(1)


@commands.command(
    epilog="Example: caretally simulate payer --practice prac_lakeside --month 2026-02 --out told"
)
def payer(
    *,
    practice: Annotated[str, typer.Option(metavar="ID", help="Whose claims left.")],
    month: Annotated[str, typer.Option(metavar="MONTH", help="Of the claims, as 2026-03.")],
    out: Annotated[str, typer.Option(metavar="FOLDER", help="A new folder for the answers.")],
    seed: Seed = 1,
    pays_all: Annotated[
        bool, typer.Option("--pays-all", help="Everything is paid as it was expected.")
    ] = False,
) -> None:
    """Answer the last 837P file of a month as an invented payer would: 999, 277CA and 835s.

    Some claims are turned away, denied, paid in part, or paid and taken back, unless --pays-all.
    The same seed gives the same answers. They go in by caretally remit import, in a demonstration.
    """
    loaded(PAYER).play(practice, month, out, seed=seed, pays_all=pays_all)
