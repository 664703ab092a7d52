"""The summary of a month: patients, lines, both clocks, days with data, alerts, contacts."""

from __future__ import annotations

from collections.abc import Mapping

from caretally.clock import ServiceMonth
from caretally.codes import ALERT_LEVELS
from caretally.practice.reports import (
    SECONDS,
    Asked,
    Cell,
    Figure,
    Picture,
    Report,
    Series,
    Table,
    cents,
    count,
    month_label,
    seconds,
    share,
    words,
)
from caretally.practice.reports_charts import charts_of
from caretally.practice.reports_totals import (
    Answers,
    ClaimSum,
    LineSum,
    MonthSum,
    alert_answers,
    claim_lines,
    claim_sums,
    decision_states,
    holds_of,
    line_sums,
    month_sums,
    patients_with_lines,
)
from caretally.practice.roles import SEE_MONEY, SEE_PATIENTS
from caretally.store.billing_tables import SIGNED
from caretally.store.database import Value

NAME, TITLE = "summary", "Month summary"
SAYS = "Patients, lines by code, both clocks, days with data, alerts and contacts of a month."
EMPTY = (
    "Nothing is on record in this month. Enroll patients, give them devices, and record contacts "
    "and time: figures appear here as soon as something is saved."
)
NOTES = (
    (
        "A line is one code on one date of service of one patient, decided from what is on record "
        "now; a closed month keeps what was signed, and this page shows what has changed since."
    ),
    "Live time counts within management time; the two totals are kept apart and never added.",
    (
        "A hold is something missing on record, such as consent, that takes lines away until it is "
        "there. One patient may have several."
    ),
    (
        "An alert was answered in time when somebody acknowledged it, or closed it, by the instant "
        "the practice set for its level; alerts nobody had to answer are not counted there."
    ),
)
MONEY_NOTE = (
    "Yardstick: Medicare's national non-facility amount for every line, whoever pays. Charged and "
    "paid: from claims, without those taken back or replaced."
)


def summary(asked: Asked) -> Report:
    """Return the summary of a month.

    Raises:
        ForbiddenError: the caller may not see patients.
    """
    months = asked.months()
    sums, lines = month_sums(asked, months), line_sums(asked, months)
    own, by_code = sums[asked.month], lines[asked.month]
    charts = charts_of(asked, with_readings=False)
    attempts = sum(made.attempts for _, made in charts.rows)
    quiet = quiet_patients(asked) if asked.is_running else 0
    if not own.patients:
        return Report(name=NAME, title=TITLE, month=asked.month, lead="", empty=EMPTY)
    answers, shows_money = alert_answers(asked), asked.office.caller.may(SEE_MONEY)
    claims = claim_lines(asked, asked.month, SEE_MONEY) if shows_money else {}
    tables = [lines_table(asked, by_code, claims, shows_money=shows_money), alerts_table(answers)]
    return Report(
        name=NAME, title=TITLE, month=asked.month, lead=lead_of(own, by_code),
        figures=(
            *figures_of(asked, own, (quiet, attempts)), *line_figures(asked, by_code),
            *(money_figures(asked, by_code) if shows_money else ()),
        ),
        pictures=(code_picture(by_code), clock_picture(sums), line_picture(lines)),
        tables=(*tables, holds_table(asked)),
        notes=(*NOTES, *((MONEY_NOTE,) if shows_money else ())), waiting=charts.waiting,
    )  # fmt: skip


def lead_of(own: MonthSum, by_code: Mapping[str, LineSum]) -> str:
    """Return what the month comes to, in a sentence."""
    total = sum(each.services for each in by_code.values())
    at_risk = sum(each.at_risk for each in by_code.values())
    risk = f", {at_risk:,} of them at risk" if at_risk else ""
    return (
        f"{own.patients:,} patient{'' if own.patients == 1 else 's'} with something on record, "
        f"{total:,} line{'' if total == 1 else 's'} that may be billed{risk}."
    )


def quiet_patients(asked: Asked) -> int:
    """Return how many enrolled patients have nothing on record in the month yet."""
    where, values = asked.cards(SEE_PATIENTS)
    sql = (
        f"SELECT COUNT(*) FROM store_patientcard AS card WHERE {where} AND card.stage = 'open' "  # noqa: S608
        "AND NOT EXISTS (SELECT 1 FROM store_patientmonth AS kept WHERE "
        "kept.stream_id = card.stream_id AND kept.month = %s)"
    )
    filled: list[Value] = [*values, str(asked.month)]
    return int(asked.office.db.rows(sql, *filled)[0][0])


def figures_of(asked: Asked, own: MonthSum, told: tuple[int, int]) -> tuple[Figure, ...]:
    """Return what stands out; told: patients without anything yet, and attempts."""
    quiet, attempts = told
    note = f"{quiet:,} more enrolled without anything yet" if asked.is_running and quiet else ""
    return (
        Figure(label="Patients", cell=count(own.patients), note=note),
        Figure(label="Live time", cell=seconds(own.live_seconds), note="within management time"),
        Figure(label="Management time", cell=seconds(own.management_seconds)),
        Figure(label="AI calls", cell=seconds(own.ai_seconds), note="a total of its own"),
        Figure(label="Days with data", cell=count(own.data_days),
               note=f"{mean_words(own.data_days, own.patients)} a patient"),
        Figure(label="Live contacts", cell=count(own.contacts), note="two-way and clinical"),
        Figure(label="Attempts", cell=count(attempts), note="nobody was reached"),
    )  # fmt: skip


def mean_words(total: int, by: int) -> str:
    """Return an average with one decimal, cut, in words."""
    return f"{total // by}.{total * 10 // by % 10}" if by else "0"


def line_figures(asked: Asked, by_code: Mapping[str, LineSum]) -> tuple[Figure, ...]:
    """Return how many lines there are, and how many patients have one."""
    total = sum(each.services for each in by_code.values())
    at_risk = sum(each.at_risk for each in by_code.values())
    states = decision_states(asked)
    decided = sum(states.values())
    signed = Figure(label="Decisions signed", cell=count(states[SIGNED]),
                    note=f"of {decided:,}, since the month was closed")  # fmt: skip
    return (
        *((signed,) if decided else ()),
        Figure(label="Lines", cell=count(total),
               note=f"of {patients_with_lines(asked, asked.month):,} patients"),
        Figure(label="Lines at risk", cell=count(at_risk),
               note="fall or shrink under a stricter reading"),
        Figure(label="Patients held", cell=count(held_patients(asked)),
               note="something is missing on record"),
    )  # fmt: skip


def held_patients(asked: Asked) -> int:
    """Return how many patients have a hold."""
    where, values = asked.cards(SEE_PATIENTS)
    sql = (
        "SELECT COUNT(*) FROM store_patientmonth AS kept JOIN store_patientcard AS card "  # noqa: S608
        f"ON card.stream_id = kept.stream_id WHERE {where} AND kept.month = %s "
        "AND kept.holds <> '[]'"
    )
    return int(asked.office.db.rows(sql, *values, str(asked.month))[0][0])


def money_figures(asked: Asked, by_code: Mapping[str, LineSum]) -> tuple[Figure, ...]:
    """Return amounts of the month."""
    asked_for = claim_sums(asked, [asked.month], SEE_MONEY)[asked.month]
    return (
        Figure(label="Yardstick", cell=cents(sum(each.cents for each in by_code.values())),
               note="national amounts of all lines"),
        Figure(label="Yardstick at risk",
               cell=cents(sum(each.at_risk_cents for each in by_code.values()))),
        Figure(label="Charged", cell=cents(asked_for.charge if asked_for.count else None),
               note=f"{asked_for.count:,} claims, {asked_for.sent:,} sent"),
        Figure(label="Paid", cell=cents(asked_for.paid if asked_for.answered else None),
               note=f"{asked_for.answered:,} claims answered"),
    )  # fmt: skip


def lines_table(
    asked: Asked, by_code: Mapping[str, LineSum], claims: Mapping[str, ClaimSum], *,
    shows_money: bool,
) -> Table:  # fmt: skip
    """Return the lines by code, with amounts for those who may see them."""
    sheets = asked.office.journal.desk.judge.rulebook.sheets
    columns: tuple[str, ...] = ("Code", "What it is", "Lines", "Units", "At risk")
    rows = []
    for code in sorted({*by_code, *claims}):
        each, claimed = by_code.get(code, LineSum()), claims.get(code, ClaimSum())
        summary_words = sheets[code].summary if code in sheets else ""
        row: tuple[Cell, ...] = (
            words(code), words(summary_words), count(each.services), count(each.units),
            count(each.at_risk),
        )  # fmt: skip
        if shows_money:
            known = each.services > each.unpriced
            row = (*row, cents(each.cents if known else None), count(claimed.units),
                   cents(claimed.charge if claimed.count else None),
                   cents(claimed.paid if claimed.answered else None))  # fmt: skip
        rows.append(row)
    if shows_money:
        columns = (*columns, "Yardstick USD", "Units claimed", "Charged USD", "Paid USD")
    return Table(name="codes", title="Codes of the month", columns=columns, rows=tuple(rows))


def alerts_table(answers: Mapping[int, Answers]) -> Table:
    """Return alerts by level, and how many were answered in time."""
    rows = []
    for level, name in enumerate(ALERT_LEVELS):
        found = answers.get(level, Answers(0, 0, 0))
        rows.append((words(name.capitalize()), count(found.raised), count(found.timed),
                     count(found.in_time), share(found.in_time, found.timed)))  # fmt: skip
    return Table(
        name="alerts", title="Alerts by level",
        columns=("Level", "Raised", "To be answered by an instant", "Answered in time", "Share %"),
        rows=tuple(rows),
    )  # fmt: skip


def holds_table(asked: Asked) -> Table:
    """Return how many patients each hold stops."""
    found = sorted(holds_of(asked).items(), key=lambda each: (-each[1], each[0]))
    return Table(
        name="holds", title="Holds", columns=("What is missing", "Patients"),
        rows=tuple((words(name.replace("_", " ")), count(times)) for name, times in found),
    )  # fmt: skip


def code_picture(by_code: Mapping[str, LineSum]) -> Picture:
    """Return the lines by code as bars: those that stand under every reading, and those at risk."""
    codes = sorted(by_code)
    return Picture(
        name="codes", title="Lines by code", kind="bars", is_stacked=True, labels=tuple(codes),
        series=(
            Series(name="stand under every reading",
                   values=tuple(by_code[c].services - by_code[c].at_risk for c in codes)),
            Series(name="at risk", values=tuple(by_code[c].at_risk for c in codes)),
        ),
    )  # fmt: skip


def clock_picture(sums: Mapping[ServiceMonth, MonthSum]) -> Picture:
    """Return both clocks by month."""
    return Picture(
        name="clocks", title="Both clocks by month", unit=SECONDS,
        labels=tuple(month_label(month) for month in sums),
        series=(
            Series(name="management time",
                   values=tuple(each.management_seconds for each in sums.values())),
            Series(name="live time within it",
                   values=tuple(each.live_seconds for each in sums.values())),
        ),
    )  # fmt: skip


def line_picture(lines: Mapping[ServiceMonth, Mapping[str, LineSum]]) -> Picture:
    """Return the lines by month."""
    return Picture(
        name="lines", title="Lines by month", is_stacked=True,
        labels=tuple(month_label(month) for month in lines),
        series=(
            Series(name="stand under every reading", values=tuple(
                sum(each.services - each.at_risk for each in by_code.values())
                for by_code in lines.values())),
            Series(name="at risk", values=tuple(
                sum(each.at_risk for each in by_code.values()) for by_code in lines.values())),
        ),
    )  # fmt: skip
