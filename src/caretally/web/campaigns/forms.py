"""The forms about calls: campaigns, telephones, calling rules, agreements."""

from __future__ import annotations

from datetime import date

from caretally.codes import PROGRAMS, VENDOR_PARTS
from caretally.contacts.wellness_calls.campaigning import RETRIES
from caretally.contacts.wellness_calls.pack_reader import NAMES
from caretally.errors import Problem
from caretally.journal.entries import CallingRulesSet, TelephoneGiven, VendorAgreed
from caretally.practice.campaign_work import CampaignWanted
from caretally.practice.telephones import checked_line
from caretally.web.frame.fields import (
    DATE,
    HIDDEN,
    NUMBER,
    SELECT,
    Choices,
    Field,
    day_of,
    demand,
    refuse,
)

Typed = dict[str, str]
TIME = "time"
WEEKDAYS: Choices = (
    ("12345", "Monday to Friday"), ("1234567", "every day"), ("135", "Monday, Wednesday, Friday"),
    ("24", "Tuesday and Thursday"), ("1", "Mondays"), ("2", "Tuesdays"), ("3", "Wednesdays"),
    ("4", "Thursdays"), ("5", "Fridays"), ("67", "weekends"),
)  # fmt: skip
OUTCOMES = {"no_answer": "nobody answered", "busy": "it was busy",
            "voicemail": "a machine answered", "failed": "the call failed"}  # fmt: skip
LANGUAGE_CHOICES: Choices = (("en", "English"), ("es", "Spanish"))
PART_WORDS = {"carrier": "carries the call", "speech_to_text": "recognizes speech",
              "text_to_speech": "speaks", "language_model": "language model",
              "storage": "stores"}  # fmt: skip


def worded(names: tuple[str, ...]) -> Choices:
    """Return names as choices."""
    return tuple((name, name.replace("_", " ")) for name in names)


def campaign_fields(today: date) -> tuple[Field, ...]:
    """Return the fields of a campaign."""
    return (
        Field(name="campaign", label="", kind=HIDDEN),
        Field(name="name", label="Name", hint="For the list, such as Weekly blood pressure."),
        Field(name="program", label="Patients of", kind=SELECT,
              choices=tuple((each, each.upper()) for each in PROGRAMS)),
        Field(name="protocol", label="Protocol", kind=SELECT, choices=worded(NAMES),
              hint="A practitioner must have signed it before anybody is called."),
        Field(name="every_days", label="Days between two rounds", kind=NUMBER, value="7"),
        Field(name="begins_on", label="First day", kind=DATE, value=str(today)),
        Field(name="ends_on", label="Last day", kind=DATE),
        Field(name="weekdays", label="On", kind=SELECT, choices=WEEKDAYS),
        Field(name="capacity", label="Calls at one time", kind=NUMBER, value="1",
              hint="As many as a nurse can be brought into."),
        Field(name="from_time", label="From, patient's time", kind=TIME, value="09:00"),
        Field(name="to_time", label="Until, patient's time", kind=TIME, value="18:00"),
        *(
            Field(name=f"retry_{outcome}", label=f"Minutes to wait when {words}",
                  value=", ".join(map(str, RETRIES[outcome])), is_optional=True,
                  hint="One number a further attempt; empty, no further one in this round.")
            for outcome, words in OUTCOMES.items()
        ),
    )  # fmt: skip


def campaign_wanted(typed: Typed) -> CampaignWanted:
    """Return the campaign that was typed.

    Raises:
        InputError: something is missing or no number or date; all is named.
    """
    problems: list[Problem] = []
    needed = ("name", "begins_on", "ends_on", "from_time", "to_time", "every_days", "capacity")
    demand(typed, needed, problems)
    begins_on, ends_on = day_of(typed, "begins_on", problems), day_of(typed, "ends_on", problems)
    every_days, capacity = (whole(typed, each, problems) for each in ("every_days", "capacity"))
    retries = {
        outcome: minutes(typed, f"retry_{outcome}", problems)
        for outcome in OUTCOMES if typed.get(f"retry_{outcome}")
    }  # fmt: skip
    refuse(problems)
    assert begins_on is not None
    assert ends_on is not None
    return CampaignWanted(
        name=typed["name"], program=typed.get("program", ""), protocol=typed.get("protocol", ""),
        begins_on=begins_on, ends_on=ends_on, weekdays=typed.get("weekdays", ""),
        from_time=typed["from_time"], to_time=typed["to_time"], every_days=every_days,
        capacity=capacity, retries=retries,
    )  # fmt: skip


def whole(typed: Typed, name: str, problems: list[Problem]) -> int:
    """Return the whole number that was typed; 0 with a problem noted where it is none."""
    text = typed.get(name, "")
    if text.isascii() and text.isdigit() and len(text) < 7:
        return int(text)
    if text:
        problems.append(Problem(where="form", field=name, found="another text",
                                expected="a whole number"))  # fmt: skip
    return 0


def minutes(typed: Typed, name: str, problems: list[Problem]) -> tuple[int, ...]:
    """Return the minutes that were typed, separated by commas."""
    parts = [part.strip() for part in typed.get(name, "").split(",")]
    if all(part.isascii() and part.isdigit() and len(part) < 7 for part in parts):
        return tuple(map(int, parts))
    problems.append(Problem(where="form", field=name, found="another text",
                            expected="minutes such as 120, 1440"))  # fmt: skip
    return ()


def telephone_fields(whose: Choices) -> tuple[Field, ...]:
    """Return the fields of a number."""
    return (
        Field(name="entry", label="", kind=HIDDEN),
        Field(name="number", label="Number", is_optional=True, also=("body.number",),
              hint="With area code. Empty: nobody is called there any more."),
        Field(name="whose", label="Who answers there", kind=SELECT, choices=whose),
        Field(name="from_time", label="Not before", kind=TIME, is_optional=True,
              hint="The patient's own time; empty, as the practice calls."),
        Field(name="to_time", label="Not from", kind=TIME, is_optional=True),
        Field(name="language", label="Language of the calls", kind=SELECT,
              choices=LANGUAGE_CHOICES),
    )  # fmt: skip


def telephone_body(typed: Typed) -> TelephoneGiven:
    """Return the number that was typed.

    Raises:
        InputError: it is no number.
    """
    number = typed.get("number", "")
    return TelephoneGiven(
        number=checked_line(number, "number") if number else "",
        whose=typed.get("whose") or "patient", from_time=typed.get("from_time") or None,
        to_time=typed.get("to_time") or None, language=typed.get("language") or None,
    )  # fmt: skip


def rules_fields() -> tuple[Field, ...]:
    """Return the fields of calling rules."""
    return (
        Field(name="entry", label="", kind=HIDDEN),
        Field(name="version", label="Name of these rules",
              hint="Answers of the gate name it, such as 2026-04."),
        Field(name="from_time", label="From, patient's time", kind=TIME),
        Field(name="to_time", label="Until, patient's time", kind=TIME),
        Field(name="most_a_day", label="Calls to a patient on a day, at most", kind=NUMBER),
        Field(name="most_a_week", label="Calls within seven days, at most", kind=NUMBER),
        Field(name="least_minutes", label="Minutes between two calls, at least", kind=NUMBER),
        Field(name="counsel_states", label="States that wait for counsel", is_optional=True,
              hint="Two letters each, such as CA. Take one out once counsel agreed."),
        Field(name="records_audio", label="Sound of calls", kind=SELECT,
              choices=(("no", "never kept"), ("yes", "kept where the patient says yes")),
              hint="Kept sound is sealed, and forgotten after a time."),
    )  # fmt: skip


def rules_typed(body: CallingRulesSet) -> Typed:
    """Return rules as they would be typed."""
    names = ("from_time", "to_time", "most_a_day", "most_a_week", "least_minutes")
    return {
        **{name: str(getattr(body, name)) for name in names},
        "counsel_states": ", ".join(body.counsel_states),
        "records_audio": "yes" if body.records_audio else "no",
    }


def rules_body(typed: Typed, set_by: str) -> CallingRulesSet:
    """Return the rules that were typed.

    Raises:
        InputError: something is missing or no number; all is named.
    """
    problems: list[Problem] = []
    names = ("most_a_day", "most_a_week", "least_minutes")
    demand(typed, ("version", "from_time", "to_time", *names), problems)
    most_a_day, most_a_week, least = (whole(typed, each, problems) for each in names)
    refuse(problems)
    states = typed.get("counsel_states", "").upper().replace(",", " ").split()
    return CallingRulesSet(
        version=typed["version"], from_time=typed["from_time"], to_time=typed["to_time"],
        most_a_day=most_a_day, most_a_week=most_a_week, least_minutes=least,
        records_audio=typed.get("records_audio") == "yes", counsel_states=tuple(states),
        set_by=set_by,
    )  # fmt: skip


def agreement_fields(today: date) -> tuple[Field, ...]:
    """Return the fields of an agreement."""
    return (
        Field(name="entry", label="", kind=HIDDEN),
        Field(name="vendor", label="Vendor",
              hint="twilio, or the host of the SIP trunk, such as trunk.example.net."),
        Field(name="part", label="What it does", kind=SELECT,
              choices=tuple((part, PART_WORDS[part]) for part in VENDOR_PARTS)),
        Field(name="document", label="Where the agreement is filed"),
        Field(name="from_on", label="From", kind=DATE, value=str(today), also=("body.from",)),
        Field(name="to_on", label="Until", kind=DATE, is_optional=True, also=("body.to",)),
    )  # fmt: skip


def agreement_body(typed: Typed) -> VendorAgreed:
    """Return the agreement that was typed.

    Raises:
        InputError: something is missing or no date; all is named.
    """
    problems: list[Problem] = []
    demand(typed, ("vendor", "part", "document", "from_on"), problems)
    from_on, to_on = day_of(typed, "from_on", problems), day_of(typed, "to_on", problems)
    refuse(problems)
    assert from_on is not None
    return VendorAgreed(
        vendor=typed["vendor"].lower(), part=typed["part"], document=typed["document"],
        from_on=from_on, to_on=to_on,
    )  # fmt: skip
