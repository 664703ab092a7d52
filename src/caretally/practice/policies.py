"""What a practice decides for itself: each policy with a type, limits and a default.

A policy holds from the local date it was adopted for until another value does. A value that this
version of the program does not understand, such as one from an import, changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from caretally.contacts.ladder import Ladder
from caretally.journal.corrections import resolve
from caretally.journal.entries import Entry, PolicyAdopted
from caretally.practice.office import Office
from caretally.store.charts import practice_entries
from caretally.timekeeping.timers import Limits

YES, NO = "yes", "no"
CLOCKS = ("emergent", "emergent_and_urgent", "all", "none")
WORKDAYS, EVERY_DAY = "workdays", "every_day"
READINGS = ("cms_combined", "cms_combined_min_live", "interactive_only")
LADDER, TIMERS, SIGN_IN, OVERSIGHT = "Reaching patients", "Timers", "Sign-in", "Oversight"
ALERTS = "Alerts"
SUBJECTS = (SIGN_IN, TIMERS, ALERTS, LADDER, OVERSIGHT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A policy that a practice may adopt.

    unit: of a whole number. words: what may be chosen; empty for a whole number from least to most.
    """

    name: str
    subject: str
    says: str
    default: str
    unit: str = ""
    least: int = 0
    most: int = 0
    words: tuple[str, ...] = ()

    def fits(self, value: str) -> bool:
        """Tell whether a text is a value of this policy."""
        if self.words:
            return value in self.words
        is_whole = value.isascii() and value.isdigit() and len(value) <= len(str(self.most))
        return is_whole and self.least <= int(value) <= self.most

    @property
    def label(self) -> str:
        """What to call it on a page, which names the unit beside the value."""
        short = self.name.removesuffix(f"_{self.unit}")
        words = (self.name if short == "ladder" else short).replace("_", " ")
        return words.replace("mfa", "a second factor").capitalize()

    @property
    def expected(self) -> str:
        """What a value may be, in words."""
        if self.words:
            return " or ".join(self.words)
        return f"a whole number of {self.unit} from {self.least} to {self.most}"


def _whole(name: str, subject: str, says: str, numbers: tuple[int, int, int, str]) -> Policy:
    least, default, most, unit = numbers
    return Policy(name=name, subject=subject, says=says, default=str(default), unit=unit,
                  least=least, most=most)  # fmt: skip


def _flag(name: str, subject: str, says: str) -> Policy:
    return Policy(name=name, subject=subject, says=says, default=NO, words=(YES, NO))


_LIMITS, _LADDER = Limits(), Ladder()
KNOWN: Mapping[str, Policy] = {
    each.name: each
    for each in (
        _flag("require_mfa", SIGN_IN, "Everybody who works here signs in with a second factor."),
        _whole("log_off_minutes", SIGN_IN, "A session that nobody uses for longer is ended.",
               (2, 15, 120, "minutes")),
        _whole("timer_silence_seconds", TIMERS,
               "Without a sign of its page for longer, a timer is cut off at the last sign.",
               (30, int(_LIMITS.silence.total_seconds()), 600, "seconds")),
        _whole("timer_idle_seconds", TIMERS,
               "Without use of its page for longer, a timer is cut off at the last use.",
               (60, int(_LIMITS.idle.total_seconds()), 1_800, "seconds")),
        _whole("timer_forgotten_minutes", TIMERS,
               "At rest for longer, a timer counts as forgotten and must be attested to.",
               (5, int(_LIMITS.forgotten.total_seconds()) // 60, 480, "minutes")),
        _whole("timer_longest_hours", TIMERS, "One stretch measures no longer than this.",
               (1, 8, 8, "hours")),
        Policy(name="alert_clock", subject=ALERTS, default=CLOCKS[0], words=CLOCKS,
               says="Alerts whose time to be answered runs day and night. Of the others it runs in "
                    "the hours below."),
        _whole("alert_from_hour", ALERTS, "The hour at which somebody begins to answer.",
               (0, 8, 23, "hour")),
        _whole("alert_to_hour", ALERTS, "The hour at which nobody answers any more.",
               (1, 17, 24, "hour")),
        Policy(name="alert_days", subject=ALERTS, default=WORKDAYS, words=(WORKDAYS, EVERY_DAY),
               says="The days on which somebody answers."),
        _whole("alert_rearm_hours", ALERTS,
               "For so long after an alert was closed, readings of the same kind join it, unless "
               "a normal one lay between.", (0, 4, 72, "hours")),
        _whole("alert_most_a_day", ALERTS,
               "Alerts of a patient on a day; what comes beyond is gathered in one.",
               (3, 10, 100, "alerts")),
        _whole("ladder_attempts", LADDER, "Attempts before a practitioner is told.",
               (1, _LADDER.attempts, 12, "attempts")),
        _whole("ladder_modes", LADDER, "Ways over which it is tried.",
               (1, _LADDER.modes, 4, "ways")),
        _whole("ladder_parts_of_day", LADDER, "Parts of the day in which it is tried.",
               (1, _LADDER.parts_of_day, 3, "parts")),
        _whole("ladder_days", LADDER, "Dates on which it is tried.",
               (1, _LADDER.days, 12, "days")),
        _whole("ladder_gap_days", LADDER, "Days between attempts.",
               (0, _LADDER.gap_days, 30, "days")),
        _whole("ladder_notify_within_days", LADDER,
               "Days from the last attempt until a practitioner is told.",
               (0, _LADDER.notify_within_days, 30, "days")),
        _whole("ladder_review_after_months", LADDER,
               "Months from then until somebody decides how to go on.",
               (1, _LADDER.review_after_months, 12, "months")),
        _whole("break_glass_minutes", OVERSIGHT,
               "How long a chart stays open to somebody who broke the glass.",
               (5, 60, 480, "minutes")),
        _whole("retention_years", OVERSIGHT, "How long records are promised to be kept.",
               (6, 10, 50, "years")),
        _whole("raw_bodies_days", OVERSIGHT,
               "How long vendors' deliveries are kept as they came; their digests stay.",
               (30, 2_190, 18_250, "days")),
        _whole("call_sound_days", OVERSIGHT,
               "How long the sound of calls is kept, where the patient agreed in the call.",
               (1, 90, 2_190, "days")),
        _whole("day_capacity_hours", OVERSIGHT,
               "A person with more time on record than this in a day is shown as overloaded.",
               (1, 10, 24, "hours")),
        _flag("four_eyes", OVERSIGHT, "Nobody signs off a month in which only they logged time."),
        _flag("sign_at_risk_together", OVERSIGHT,
              "Decisions with a line that falls under another reading of the rules may be signed "
              "together with clean ones; their mark stays."),
        Policy(name="counting_preference", subject=OVERSIGHT, default=READINGS[0], words=READINGS,
               says="The reading of counted time the practice holds itself to, where stricter than "
                    "the payer's. Shown as information: decisions say what each reading makes."),
    )
}  # fmt: skip
"""All policies by name, in the order in which pages show them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """The policies of a practice on a date.

    adopted: the entry that is in force, by policy; of a policy never adopted none.
    """

    adopted: Mapping[str, Entry]

    def text(self, name: str) -> str:
        """Return a value as it was typed, or the default."""
        entry = self.adopted.get(name)
        return _adopted(entry).value if entry is not None else KNOWN[name].default

    def whole(self, name: str) -> int:
        """Return the value of a policy that is a number."""
        return int(self.text(name))

    def holds(self, name: str) -> bool:
        """Tell whether a policy of yes and no is in force."""
        return self.text(name) == YES


def policies_of(in_force: Iterable[Entry], day: date) -> Policies:
    """Return the policies that hold on a local date; entries with corrections resolved."""
    found: dict[str, Entry] = {}
    for entry in sorted(in_force, key=_order):
        body = entry.body
        if not isinstance(body, PolicyAdopted) or body.from_on > day:
            continue
        if body.policy in KNOWN and KNOWN[body.policy].fits(body.value):
            found[body.policy] = entry
    return Policies(adopted=found)


def adoptions(office: Office) -> tuple[Entry, ...]:
    """Return all adoptions in force, earliest first; those to come among them."""
    entries = practice_entries(office.book(), office.journal.desk.shelf)
    if not any(isinstance(entry.body, PolicyAdopted) for entry in entries):
        return ()
    found = [each for each in resolve(entries).in_force if isinstance(each.body, PolicyAdopted)]
    return tuple(sorted(found, key=_order))


def policies_on(office: Office, day: date | None = None) -> Policies:
    """Return the policies of a practice on a local date, by default today."""
    found = adoptions(office)
    return policies_of(found, (day or office.today()) if found else date.min)


def timer_limits(office: Office) -> Limits:
    """Return when timers of a practice are cut off."""
    held = policies_on(office)
    return Limits(
        silence=timedelta(seconds=held.whole("timer_silence_seconds")),
        idle=timedelta(seconds=held.whole("timer_idle_seconds")),
        forgotten=timedelta(minutes=held.whole("timer_forgotten_minutes")),
        longest=timedelta(hours=held.whole("timer_longest_hours")),
    )


def ladder(office: Office) -> Ladder:
    """Return how hard a practice tries to reach a patient."""
    held = policies_on(office)
    return Ladder(
        attempts=held.whole("ladder_attempts"),
        modes=held.whole("ladder_modes"),
        parts_of_day=held.whole("ladder_parts_of_day"),
        days=held.whole("ladder_days"),
        gap_days=held.whole("ladder_gap_days"),
        notify_within_days=held.whole("ladder_notify_within_days"),
        review_after_months=held.whole("ladder_review_after_months"),
    )


def _order(entry: Entry) -> tuple[date, object, str]:
    body = entry.body
    return (body.from_on if isinstance(body, PolicyAdopted) else date.min, entry.at, entry.id)


def _adopted(entry: Entry) -> PolicyAdopted:
    assert isinstance(entry.body, PolicyAdopted)
    return entry.body
