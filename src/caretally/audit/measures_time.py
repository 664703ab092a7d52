"""House measures of how time came to be on record, and of totals that stop where a code begins."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from caretally.audit.findings import Bar, Bin, Case, Figure, Finding, exceeds, listed, plural
from caretally.audit.measures_staff import DAY, length, union_seconds
from caretally.audit.rows import BASE_MINUTES, Audited, WorkRow
from caretally.clock import instant_of, local_date

ATTESTED_PERCENT, ATTESTED_LEAST = 25, 3600
LATE_SECONDS, LATE_COUNT, LATE_PERCENT = 72 * 3600, 5, 5
TRACELESS_COUNT, TRACELESS_PERCENT = 3, 5
UNOPENED_COUNT, UNOPENED_PERCENT = 10, 5
THRESHOLDS = (600, 1200, 2400)
BESIDE, BUNCHED_COUNT, BUNCHED_TIMES = 60, 10, 4
BIN, LAST_BIN = 120, 3600
SHORT_SECONDS, SHORT_COUNT, SHORT_PERCENT = 300, 5, 20
REASONS = {
    "is_alive": "after death", "is_enrolled": "outside of the enrollment",
    "has_consent": "without consent in force",
}  # fmt: skip


def once(work: Iterable[WorkRow]) -> list[WorkRow]:
    """Return a row an entry: a conversation of two people is one."""
    return list({row.entry: row for row in reversed(list(work))}.values())[::-1]


def case_of(row: WorkRow, says: str, zone_name: str) -> Case:
    """Return a stretch of work as a case."""
    on = local_date(instant_of(row.begins), zone_name)
    return Case(says, row.patient, row.staff, (row.entry,), str(on))


def attested_time(audited: Audited) -> Finding:
    """Time was typed in and vouched for instead of measured.

    How: seconds of time that names who attests to it, of all seconds of time and conversations;
      what a timer measured names nobody. Time of other systems says nothing and counts as measured.
    Published: none.
    Sources: none.
    Alarm: more than 25 % of the seconds, and an hour or more.
    Confidence: L.
    """
    rows = [row for row in once(audited.work) if not row.is_agent]
    found = [row for row in rows if row.is_attested]
    figure = Figure(sum(row.seconds for row in found), sum(row.seconds for row in rows))
    cases, count = listed(
        case_of(row, f"{length(row.seconds)} typed in", audited.zone)
        for row in sorted(found, key=lambda row: (-row.seconds, row.entry))
    )
    return Finding(
        figure=figure, says=f"{length(figure.part)} typed in, of {length(figure.whole or 0)}",
        rings=exceeds(figure, ATTESTED_PERCENT) and figure.part >= ATTESTED_LEAST,
        cases=cases, count=count, bars=shares(rows, lambda row: row.is_attested),
    )  # fmt: skip


def shares(rows: Iterable[WorkRow], chosen: Callable[[WorkRow], bool]) -> tuple[Bar, ...]:
    """Return everybody's seconds that are chosen, of all, those with none left out."""
    sums: dict[str, list[int]] = {}
    for row in rows:
        told = sums.setdefault(row.staff, [0, 0])
        told[0] += row.seconds if chosen(row) else 0
        told[1] += row.seconds
    found = [Bar(staff, Figure(*told)) for staff, told in sums.items() if told[0]]
    return tuple(sorted(found, key=lambda bar: (-bar.figure.permille, bar.staff)))


def late_entries(audited: Audited) -> Finding:
    """Time was written down days after it took place.

    How: stretches recorded more than 72 hours after their end, of all; decisions flag them too.
    Published: none; decisions of this program flag such entries.
    Sources: none.
    Alarm: 5 or more, and more than 5 %.
    Confidence: L.
    """
    rows = once(audited.work)
    found = [row for row in rows if row.recorded - row.ends > LATE_SECONDS]
    figure = Figure(len(found), len(rows))
    cases, count = listed(
        case_of(row, f"written {(row.recorded - row.ends) // DAY} days later", audited.zone)
        for row in sorted(found, key=lambda row: (row.ends - row.recorded, row.entry))
    )
    return Finding(
        figure=figure, says=f"{plural(len(found), 'stretch', 'stretches')} written down late",
        rings=len(found) >= LATE_COUNT and exceeds(figure, LATE_PERCENT), cases=cases, count=count,
        bars=shares(rows, lambda row: row.recorded - row.ends > LATE_SECONDS),
    )  # fmt: skip


def entries_after_close(audited: Audited) -> Finding:
    """Time of the month was written down after the month was closed.

    How: stretches of the month recorded later than the instant of its first close; none where the
      month is open. Each makes a visible difference to what was signed.
    Published: none.
    Sources: none.
    Alarm: any.
    Confidence: M.
    """
    closed = audited.closed_at
    rows = once(audited.work)
    found = [row for row in rows if closed is not None and row.recorded > closed]
    cases, count = listed(case_of(row, "written after the close", audited.zone) for row in found)
    return Finding(
        figure=Figure(len(found), len(rows)), rings=bool(found), cases=cases, count=count,
        says=f"{plural(len(found), 'stretch', 'stretches')} written after the close"
        if closed is not None else "the month is not closed",
    )  # fmt: skip


def time_without_trace(audited: Audited) -> Finding:
    """Time is on record for patients of whom there is nothing to look at.

    How: patients with counted time in the month, and no day with device data in it or in the month
      before, and no conversation that qualifies.
    Published: no figure; OIG warned of monitoring that never happens.
    Sources: ABA24.
    Alarm: 3 patients or more, and more than 5 % of those with time.
    Confidence: M.
    """
    rows = [row for row in audited.patients if row.management_seconds]
    had_days = {row.patient for row in audited.before if row.data_days}
    found = [
        row for row in rows
        if not row.data_days and not row.contacts and row.patient not in had_days
    ]  # fmt: skip
    figure = Figure(len(found), len(rows))
    entries: dict[str, list[str]] = {}
    for each in once(audited.work):
        entries.setdefault(each.patient, []).append(each.entry)
    cases, count = listed(
        Case(f"{length(row.management_seconds)} counted; no data, no conversation", row.patient,
             entries=tuple(entries.get(row.patient, ())[:20]))
        for row in found
    )  # fmt: skip
    return Finding(
        figure=figure,
        says=f"{plural(len(found), 'patient')} with time and neither data nor conversation",
        rings=len(found) >= TRACELESS_COUNT and exceeds(figure, TRACELESS_PERCENT),
        cases=cases, count=count,
    )  # fmt: skip


def unopened_charts(audited: Audited) -> Finding:
    """Time is on record of people who did not open the chart.

    How: stretches that somebody wrote down here, in the person's own name, within an hour of their
      end, and whose chart the person did not open between a day before and the writing (chain of
      accesses). What came from other systems or was typed in later is not judged.
    Published: no figure; OIG warned of monitoring that never happens.
    Sources: ABA24.
    Alarm: 10 or more, and more than 5 % of those that can be judged.
    Confidence: M.
    """
    rows = [row for row in audited.work if row.has_opened is not None]
    found = [row for row in rows if not row.has_opened]
    figure = Figure(len(found), len(rows))
    cases, count = listed(
        case_of(row, f"{length(row.seconds)}, chart not opened", audited.zone) for row in found
    )
    return Finding(
        figure=figure,
        says=f"{plural(len(found), 'stretch', 'stretches')} without a look at the chart",
        rings=len(found) >= UNOPENED_COUNT and exceeds(figure, UNOPENED_PERCENT),
        cases=cases, count=count, bars=shares(rows, lambda row: not row.has_opened),
    )  # fmt: skip


def time_out_of_service(audited: Audited) -> Finding:
    """Time is on record before enrollment, after its end, without consent, or after death.

    How: stretches that lie outside of the patient's service, wholly or in part, as the decision on
      the month found; none of these seconds is billed.
    Published: none.
    Sources: none.
    Alarm: any.
    Confidence: M.
    """
    rows = once(audited.work)
    found = [row for row in rows if row.out_of_service and not row.is_agent]
    cases, count = listed(
        case_of(row, f"{length(row.seconds)} {REASONS.get(row.out_of_service, '')}".strip(),
                audited.zone)
        for row in found
    )  # fmt: skip
    return Finding(
        figure=Figure(len(found), len(rows)),
        says=f"{plural(len(found), 'stretch', 'stretches')} outside of a patient's service",
        rings=bool(found), cases=cases, count=count,
    )  # fmt: skip


def time_off_staff(audited: Audited) -> Finding:
    """Time is on record of people who were not on the staff that day.

    How: stretches by people who are not registered, or outside the dates of their registration;
      none of these seconds is billed.
    Published: no figure; a settlement names untrained staff who screened messages.
    Sources: FCAI, HLAFCA.
    Alarm: any.
    Confidence: M.
    """
    found = [row for row in audited.work if not row.is_staff]
    cases, count = listed(
        case_of(row, f"{length(row.seconds)} by somebody not on the staff", audited.zone)
        for row in found
    )
    return Finding(
        figure=Figure(len(found), len(audited.work)),
        says=f"{plural(len(found), 'stretch', 'stretches')} by people not on the staff that day",
        rings=bool(found), cases=cases, count=count,
    )  # fmt: skip


def bunching_at_thresholds(audited: Audited) -> Finding:
    """Months stop just where a code begins more often than just before.

    How: patients' counted seconds of the month within a minute above 10, 20 and 40 minutes, beside
      those within a minute below. People who see both clocks stop there for good reasons too.
    Published: none.
    Sources: none.
    Alarm: at one of the three, 10 months or more just above, and 4 times as many as just below.
    Confidence: L.
    """
    totals = [row.management_seconds for row in audited.patients if row.management_seconds]
    cases, above = [], 0
    for threshold in THRESHOLDS:
        over = [row for row in audited.patients
                if threshold <= row.management_seconds < threshold + BESIDE]  # fmt: skip
        under = sum(threshold - BESIDE <= each < threshold for each in totals)
        above += len(over)
        if len(over) >= BUNCHED_COUNT and len(over) >= BUNCHED_TIMES * under:
            cases += [Case(f"{length(row.management_seconds)}; {len(over)} months within a minute "
                           f"above {threshold // 60} min, {under} below", row.patient)
                      for row in over]  # fmt: skip
    kept, count = listed(cases)
    return Finding(
        figure=Figure(above, len(totals)), rings=bool(cases), cases=kept, count=count,
        says=f"{plural(above, 'month')} within a minute above 10, 20 or 40 minutes",
        bins=histogram(totals),
    )  # fmt: skip


def histogram(totals: Iterable[int]) -> tuple[Bin, ...]:
    """Return how many totals fall into each two minutes; the last bin holds all beyond."""
    counts = [0] * (LAST_BIN // BIN + 1)
    for each in totals:
        counts[min(each // BIN, len(counts) - 1)] += 1
    return tuple(Bin(at * BIN, (at + 1) * BIN, months) for at, months in enumerate(counts))


def short_live_contact(audited: Audited) -> Finding:
    """A code of minutes rests on a very short conversation.

    How: patients with a first block of minutes (99457, 99470) and fewer than 5 minutes of live
      conversation in the month. Medicare asks for one; payers differ on how much of it.
    Published: no figure; CMS asks for live conversation and names no length.
    Sources: COR21, RIVKIN.
    Alarm: 5 patients or more, and more than 20 % of those with such a code.
    Confidence: M.
    """
    rows = [row for row in audited.patients if row.has(BASE_MINUTES)]
    found = [row for row in rows if row.live_seconds < SHORT_SECONDS]
    figure = Figure(len(found), len(rows))
    cases, count = listed(
        Case(f"{length(row.live_seconds)} live of {length(row.management_seconds)}", row.patient)
        for row in sorted(found, key=lambda row: (row.live_seconds, row.patient))
    )
    return Finding(
        figure=figure, says=f"{plural(len(found), 'patient')} with less than 5 minutes live",
        rings=len(found) >= SHORT_COUNT and exceeds(figure, SHORT_PERCENT),
        cases=cases, count=count,
    )  # fmt: skip


def agent_time(audited: Audited) -> Finding:
    """Time of AI callers and agents stands beside that of people.

    How: seconds of AI calls and agents in the month, of these and the seconds of management
      together; they are kept apart and count for no code unless a payer's policy says otherwise.
    Published: none; no word of CMS is known.
    Sources: none.
    Alarm: none; reported.
    Confidence: L.
    """
    seconds = sum(row.ai_seconds for row in audited.patients)
    whole = seconds + sum(row.management_seconds for row in audited.patients)
    rows = sorted((row for row in audited.patients if row.ai_seconds),
                  key=lambda row: (-row.ai_seconds, row.patient))  # fmt: skip
    cases, count = listed(Case(f"{length(row.ai_seconds)} by agents", row.patient) for row in rows)
    agents = union_seconds((row.begins, row.ends) for row in audited.work if row.is_agent)
    return Finding(
        figure=Figure(seconds, whole), says=f"{length(seconds)} by AI agents for "
        f"{plural(len(rows), 'patient')}; {length(agents)} of clock time", cases=cases, count=count,
    )  # fmt: skip


TIME_MEASURES = (
    attested_time, late_entries, entries_after_close, time_without_trace, unopened_charts,
    time_out_of_service, time_off_staff, bunching_at_thresholds, short_live_contact, agent_time,
)  # fmt: skip
