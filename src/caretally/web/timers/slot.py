"""The clock at the top of every page: what it shows, and why it may ask for nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace

from caretally.codes import CATEGORIES
from caretally.practice.office import Chart, Office
from caretally.practice.roles import RECORD_CARE
from caretally.practice.timing import Running, running
from caretally.practice.timing_people import Colleague, colleagues, initials
from caretally.store.cards import Card, card_named
from caretally.store.database import scoped
from caretally.store.models import ForgottenTimer
from caretally.store.streams import book_of

DEFAULT_CATEGORY = "review"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """What the clock shows.

    card: of the timer's patient. says: what just happened. asks: a start that would stop the timer,
    as patient, program and category. colleagues: who could go on with the work. chart: the patient
    whose page this is. seconds: on the clock at the time of the request.
    """

    practice: str
    running: Running | None = None
    card: Card | None = None
    colleagues: tuple[Colleague, ...] = ()
    forgotten: int = 0
    chart: Card | None = None
    says: str = ""
    asks: tuple[str, str, str] | None = None
    is_error: bool = False
    seconds: int = 0

    @property
    def key(self) -> str:
        """Changes whenever the page must show something else than more seconds."""
        if self.running is None:
            return f"none {self.forgotten}"
        timer = self.running.timer
        return f"{timer.id} {timer.is_running} {self.forgotten}"

    @property
    def initials(self) -> str:
        """Initials of the timer's patient."""
        return initials(self.card.label) if self.card is not None else ""

    @property
    def is_other_practice(self) -> bool:
        """Whether the timer runs in another practice than the page's."""
        return self.running is not None and self.running.practice != self.practice

    @property
    def categories(self) -> tuple[str, ...]:
        """The sorts of work, that of most timers first."""
        return (DEFAULT_CATEGORY, *(each for each in CATEGORIES if each != DEFAULT_CATEGORY))

    @property
    def programs(self) -> tuple[str, ...]:
        """The programs of the page's patient."""
        return tuple(self.chart.programs.split()) if self.chart is not None else ()

    @property
    def can_start(self) -> bool:
        """Whether the page's patient could have a timer that does not run yet."""
        if self.chart is None or not self.programs:
            return False
        return self.running is None or self.running.timer.work.patient != self.chart.patient


def is_for(office: Office) -> bool:
    """Tell whether somebody works with timers here."""
    return bool(office.caller.staff) and office.caller.may(RECORD_CARE)


def slot_of(
    office: Office, chart: Chart | Card | None = None, *, says: str = "", is_error: bool = False
) -> Slot:
    """Return what the clock shows to a caller on a page."""
    card = chart.card if isinstance(chart, Chart) else chart if isinstance(chart, Card) else None
    found = running(office)
    forgotten = (
        ForgottenTimer.objects.using(office.db.alias)
        .filter(user_id=office.caller.user, practice__name=office.practice, settled_at=None)
        .count()
    )
    slot = Slot(
        practice=office.practice, running=found, forgotten=forgotten, chart=card, says=says,
        is_error=is_error,
    )  # fmt: skip
    return with_timer(office, slot) if found is not None else slot


def with_timer(office: Office, slot: Slot) -> Slot:
    """Return the slot with what is shown of a timer and its patient."""
    assert slot.running is not None
    timer = slot.running.timer
    with scoped(slot.running.practice, office.db.alias):
        book = book_of(office.db, slot.running.practice)
        card = card_named(book, timer.work.patient) if book is not None else None
    register = office.register()
    others = (
        each
        for each in colleagues(office, register, office.today())
        if each.staff != timer.person and each.user is not None
    )
    return replace(
        slot,
        card=card,
        colleagues=tuple(others), seconds=timer.seconds_at(office.now),
    )  # fmt: skip
