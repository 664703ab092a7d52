"""The pictures of a measure say the same as its finding."""

from __future__ import annotations

import tests.django_here  # noqa: F401 - configures Django before its parts are imported
from caretally.audit.findings import Bar, Bin, Figure, Finding
from caretally.audit.measures import MEASURES, Taken
from caretally.clock import ServiceMonth
from caretally.practice.reports import COUNT, PERCENT
from caretally.practice.self_auditing import MonthAudit, Past, SelfAudit, Tally
from caretally.practice.self_auditing_pages import MOST_PEOPLE, pictures_of, state_of
from caretally.web.audits.drawing import HEIGHT, ROOM, months_line

MARCH, FEBRUARY, JANUARY = (ServiceMonth(2026, month) for month in (3, 2, 1))


def audit_of(finding: Finding, name: str, *past: Past) -> SelfAudit:
    """Return a self-audit of one measure."""
    taken = (Taken(MEASURES[name], finding),)
    audit = MonthAudit(month=MARCH, taken=taken, patients=1, stretches=1)
    return SelfAudit(practice="prac_x", audit=audit, past={name: past}, waiting=0)


def test_months_are_shares_or_counts_and_a_month_not_known_is_a_gap() -> None:
    finding = Finding(figure=Figure(1, 8), says="one")
    past = (Past(JANUARY, None), Past(FEBRUARY, Tally(Figure(1, 4), rings=True)))
    audit = audit_of(finding, "no_management", *past)
    (months,) = pictures_of(audit, audit.audit.taken[0], {})
    assert (months.unit, months.series[0].values) == (PERCENT, (None, 250, 125))
    assert months.labels == ("Jan ’26", "Feb ’26", "Mar ’26")
    count = audit_of(Finding(figure=Figure(3), says="three"), "night_work")
    assert pictures_of(count, count.audit.taken[0], {})[0].unit == COUNT


def test_the_histogram_sets_the_minutes_where_a_code_begins_apart() -> None:
    bins = (Bin(480, 600, 3), Bin(600, 720, 5), Bin(720, 840, 1))
    audit = audit_of(Finding(figure=Figure(5, 9), says="", bins=bins), "bunching_at_thresholds")
    found = pictures_of(audit, audit.audit.taken[0], {})[1]
    assert [each.values for each in found.series] == [(3, 0, 1), (0, 5, 0)]
    assert found.labels == ("8", "10", "12")


def test_people_are_named_and_those_of_most_come_first() -> None:
    bars = tuple(Bar(f"stf_{n:02d}", Figure(n, 100)) for n in range(MOST_PEOPLE + 3))
    audit = audit_of(Finding(figure=Figure(1, 2), says="", bars=bars), "round_minutes")
    people = pictures_of(audit, audit.audit.taken[0], {"stf_27": "Rosa Delgado"})[1]
    assert people.labels[0] == "Rosa Delgado"
    assert len(people.labels) == MOST_PEOPLE
    assert people.note == "3 more people have less."


def test_nothing_is_drawn_of_nothing() -> None:
    audit = audit_of(Finding(figure=Figure(0, 0), says=""), "round_minutes")
    assert pictures_of(audit, audit.audit.taken[0], {}) == ()
    assert state_of(audit.audit.taken[0]) == "Quiet"


def test_the_small_line_stays_in_its_room_and_marks_what_rang() -> None:
    tallies = [None, Tally(Figure(2), rings=False), Tally(Figure(8), rings=True)]
    drawn = months_line(tallies, "by <month>")
    assert drawn.count("<line") == 1
    assert f'class="trend-rings" cx="96.0%" cy="{ROOM}"' in drawn
    assert "by &lt;month&gt;" in drawn
    flat = months_line([Tally(Figure(0), rings=False)], "nothing")
    assert f'cy="{HEIGHT - ROOM}"' in flat
