"""What every page shows of alerts that wait: how many, how urgent, and whether one was told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from caretally.codes import ALERT_LEVELS
from caretally.practice.drills import running_drills
from caretally.practice.office import Office
from caretally.practice.on_call import my_post
from caretally.practice.roles import ANSWER_ALERTS, KEEP_ROSTER, SEE_PATIENTS
from caretally.store.alert_tables import Notice
from caretally.store.database import Value
from caretally.triage.rosters import Gap

LATEST = 200
"""Notices that a log shows."""
OPEN = (
    "SELECT count(*), min(alert.level), sum(CASE WHEN EXISTS (SELECT 1 FROM store_notice AS notice "
    "WHERE notice.practice_id = alert.practice_id AND notice.alert = alert.alert "
    "AND notice.staff = %s AND notice.channel = 'page') THEN 1 ELSE 0 END) "
    "FROM store_alert AS alert{} WHERE alert.practice_id = %s AND alert.state = 'open'"
)
OF_CLINICS = " JOIN store_patientcard AS card ON card.stream_id = alert.stream_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bell:
    """Alerts that nobody took on, as far as the caller may see them.

    level: the most urgent; empty without any. mine: of how many the caller was told. drill: the
    name of a drill that runs and that the caller may answer. gap: when nobody will be on call.
    """

    count: int = 0
    level: str = ""
    mine: int = 0
    drill: str = ""
    gap: Gap | None = None

    @property
    def is_quiet(self) -> bool:
        """Whether there is nothing to show."""
        return not self.count and not self.drill and self.gap is None


def bell_of(office: Office) -> Bell:
    """Return what the caller's pages show; nothing where the caller may not see patients."""
    caller = office.caller
    count, level, mine = waiting(office) if caller.may(SEE_PATIENTS) else (0, "", 0)
    drills = running_drills(office) if caller.may(ANSWER_ALERTS) else ()
    gaps = my_post(office).gaps(office.now) if caller.may(KEEP_ROSTER) else ()
    return Bell(
        count=count, level=level, mine=mine, drill=drills[0] if drills else "",
        gap=gaps[0] if gaps else None,
    )  # fmt: skip


def waiting(office: Office) -> tuple[int, str, int]:
    """Return how many open alerts the caller may see, the most urgent level, and how many told."""
    clinics = office.clinics(SEE_PATIENTS)
    values: list[Value] = [office.caller.staff, office.book().number]
    sql = OPEN.format("" if clinics is None else OF_CLINICS)
    if clinics is None:
        rows: Sequence[Sequence[int | None]] = office.db.rows(sql, *values)
    else:
        rows = office.db.rows_in(f"{sql} AND card.clinic IN ({{}})", sorted(clinics), *values)
    count = sum(row[0] or 0 for row in rows)
    levels = [row[1] for row in rows if row[1] is not None]
    return count, ALERT_LEVELS[min(levels)] if levels else "", sum(row[2] or 0 for row in rows)


def log_of(office: Office) -> list[Notice]:
    """Return the latest notices of the practice; no address is among them.

    Raises:
        ForbiddenError: the caller may not keep the roster.
    """
    office.caller.require(KEEP_ROSTER)
    own = Notice.objects.using(office.db.alias).filter(practice__name=office.practice)
    return list(own.order_by("-pk")[:LATEST])
