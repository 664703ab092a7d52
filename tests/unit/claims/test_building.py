"""From signed decisions to claims: parties, payers, dates, prices, and what stands in for what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache

import pytest
import simple_icd_10_cm

from caretally.billability.decide import decide
from caretally.billability.fees import load_fees
from caretally.billability.sheets import load_rulebook
from caretally.claims.building import (
    Ground,
    Signed,
    claims_of,
    in_place_of,
    once_more,
    passes_on,
    second_payers,
    taking_back,
    yardsticks,
)
from caretally.claims.content import claim_of, same_content, text_of
from caretally.claims.dates_of_service import DatedLine, dated, reached
from caretally.claims.diagnoses import in_order, pointers
from caretally.claims.icd10 import code_list, diagnoses, fiscal_year_of_file
from caretally.claims.parties import Profiles, names
from caretally.claims.prices import Prices, schedule_of
from caretally.claims.records import Claim
from caretally.clock import ServiceMonth
from caretally.enrollment.record import PatientRecord, record_of
from caretally.errors import InputError
from caretally.journal.entries import (
    BillingProfileSet,
    Body,
    Covered,
    DecidedLine,
    Enrolled,
    Entry,
    FeeSet,
    PayerProfileSet,
)
from caretally.synthetic.cast import cast_entries
from caretally.synthetic.lives import billing, practices

MARCH, FEBRUARY = ServiceMonth(2026, 3), ServiceMonth(2026, 2)
EDITS = load_rulebook().edits


def entry(patient: str | None, body: Body, number: int = 1) -> Entry:
    """Return an entry of a body."""
    at = datetime(2026, 1, 2, tzinfo=UTC)
    return Entry(id=f"ent_more_{number}", patient=patient, at=at, recorded_at=at,
                 actor="system:test", body=body)  # fmt: skip


def ground(practice: str, *more: Body) -> Ground:
    """Return what claims of a practice of the cast are built on."""
    of_cast = billing.lakeside if practice == practices.LAKESIDE else billing.harbor
    bodies = [*of_cast(practice), *more]
    return Ground(
        practice=practice,
        profiles=Profiles(
            billing={b.practice: b for b in bodies if isinstance(b, BillingProfileSet)},
            payers={b.payer: b for b in bodies if isinstance(b, PayerProfileSet)},
        ),
        schedule=schedule_of(bodies), rulebook=load_rulebook(), fees=load_fees(),
    )  # fmt: skip


@lru_cache(maxsize=1)
def decided() -> dict[str, tuple[DecidedLine, ...]]:
    """Return what March of the cast comes to, by patient."""
    return {
        each.patient: tuple(
            DecidedLine(code=e.code, units=e.units, date_of_service=e.date_of_service)
            for e in each.lines
        )
        for each in decide(cast_entries(), MARCH)
    }


def record(patient: str, *more: Entry) -> PatientRecord:
    """Return the record of somebody of the cast."""
    own = [each for each in cast_entries() if each.patient in (None, patient)]
    return record_of([*own, *more], patient)


def claims(patient: str, *more: Entry, on: Ground | None = None) -> tuple[Claim, ...]:
    """Return the claims of somebody's March."""
    signed = Signed(decision=f"dec_{patient}", patient=patient, month=MARCH,
                    lines=decided()[patient])  # fmt: skip
    return claims_of(signed, record(patient, *more), on or ground(practices.LAKESIDE))


def test_hals_claim_says_who_what_when_and_for_how_much() -> None:
    (claim,) = claims("pat_hal")
    told = [(e.code, str(e.date_of_service), str(e.charge), str(e.expected)) for e in claim.lines]
    assert told == [
        ("99454", "2026-03-09", "115.00", "52.11"),
        ("99457", "2026-03-31", "110.00", "51.77"),
        ("99458", "2026-03-31", "90.00", "41.42"),
    ]  # fmt: skip
    assert claim.total == Decimal("315.00")
    assert claim.diagnoses == ("I11.0", "I50.22")
    assert {e.pointers for e in claim.lines} == {(1, 2)}
    assert (claim.billing.npi, claim.rendering.last, claim.rendering.first) == (
        "1245319599", "Lin", "Wei",
    )  # fmt: skip
    assert (claim.supervising, claim.ordering, claim.patient) == (None, None, None)
    assert claim.coverage.subscriber.address is not None
    assert (claim.frequency, claim.place_of_service) == ("1", "11")
    assert claim.decisions == ("dec_pat_hal",)
    assert str(passes_on(claim)) == "2026-04-01"


def test_a_dependent_is_told_apart_from_the_subscriber() -> None:
    (claim,) = claims("pat_dev")
    assert claim.coverage.relationship == "spouse"
    assert (claim.coverage.subscriber.first, claim.coverage.subscriber.sex) == ("Priya", "F")
    assert claim.patient is not None
    assert claim.patient.first == "Dev"
    assert [str(e.expected) for e in claim.lines] == ["58.40", "61.25"]


def test_without_a_price_of_the_payer_medicare_is_a_yardstick_and_no_expectation() -> None:
    (claim,) = claims("pat_cleo")
    assert [e.expected for e in claim.lines] == [None, None]
    prices = ground(practices.LAKESIDE).prices(None)
    assert [str(e) for e in yardsticks(claim, prices).values()] == ["52.11", "51.77"]


def test_nothing_is_asked_for_where_nothing_was_decided() -> None:
    assert claims("pat_fay") == ()


def test_a_patient_who_changes_payers_gets_a_claim_to_each() -> None:
    changed = entry("pat_hal", Covered(payer="medicare_advantage", member_id="A1",
                                       from_on=date(2026, 3, 15)), 2)  # fmt: skip
    found = claims("pat_hal", changed)
    assert [(c.coverage.payer, [e.code for e in c.lines]) for c in found] == [
        ("medicare_advantage", ["99457", "99458"]), ("medicare_ffs", ["99454"]),
    ]  # fmt: skip


def test_who_bills_from_the_next_day_on_is_not_on_the_claim() -> None:
    hal = record("pat_hal")
    body = hal.all_of(Enrolled)[-1].body
    (claim,) = claims("pat_hal")
    (tomorrow, today) = (
        datetime(2026, 4, 1, 5, 30, tzinfo=UTC),
        datetime(2026, 4, 1, 4, tzinfo=UTC),
    )
    changed = replace(body, program="rpm", billing_provider="stf_other", diagnoses=("I10",))
    for at, is_new in ((tomorrow, False), (today, True)):
        later = Entry(id="ent_new", patient="pat_hal", at=at, recorded_at=at, actor="system:test",
                      body=changed)  # fmt: skip
        (found,) = claims("pat_hal", later)
        assert (found.diagnoses == ("I10",)) is is_new
        assert (found.rendering.last == claim.rendering.last) is not is_new


def test_further_coverage_is_noted() -> None:
    second = entry("pat_hal", Covered(payer="commercial", member_id="A1", priority=2,
                                      from_on=date(2026, 1, 1)), 2)  # fmt: skip
    (claim,) = claims("pat_hal", second)
    assert claim.coverage.payer == "medicare_ffs"
    assert [e.payer for e in second_payers(record("pat_hal", second), claim)] == ["commercial"]


def test_the_same_decision_makes_the_same_claim_and_another_one_another() -> None:
    (one,), (other,) = claims("pat_ada"), claims("pat_ada")
    assert one == other
    assert one.claim.startswith("clm_")
    assert len(one.control_number) == 16
    signed = Signed(decision="dec_new", patient="pat_ada", month=MARCH, lines=decided()["pat_ada"])
    (new,) = claims_of(signed, record("pat_ada"), ground(practices.LAKESIDE))
    assert new.claim != one.claim
    assert same_content(new, one)


def test_claims_in_place_of_others_name_them_and_have_names_of_their_own() -> None:
    (old,) = claims("pat_ada")
    again = in_place_of(old, old, "2026A1")
    assert (again.frequency, again.replaces, again.payer_claim_number) == ("7", old.claim, "2026A1")
    back = taking_back(old, ("dec_2",), "2026A1")
    assert (back.frequency, back.total, back.decisions) == ("8", old.total, ("dec_2",))
    anew = once_more(old, old)
    assert (anew.frequency, anew.payer_claim_number) == ("1", "")
    made = (old, again, back, anew)
    assert len({each.claim for each in made}) == len({each.control_number for each in made}) == 4


def test_a_claim_comes_back_from_its_json_to_the_byte() -> None:
    for patient in decided():
        for claim in claims(patient):
            assert claim_of(text_of(claim)) == claim
            assert text_of(claim_of(text_of(claim))) == text_of(claim)


def made(policy: str, *lines: tuple[str, str], month: ServiceMonth = MARCH) -> list[str]:
    """Return the dates a policy makes of codes and their decided dates."""
    given = [
        DatedLine(code=code, units=1, decided_on=date.fromisoformat(on), on=date.fromisoformat(on))
        for code, on in lines
    ]
    return [str(each.on) for each in dated(policy, given, month, EDITS)]


@pytest.mark.parametrize(
    ("policy", "month", "lines", "wanted"),
    [
        ("as_decided", MARCH, [("99454", "2026-03-06"), ("99457", "2026-03-31")],
         ["2026-03-06", "2026-03-31"]),
        ("month_end", MARCH, [("99454", "2026-03-06"), ("99457", "2026-03-31")],
         ["2026-03-31", "2026-03-31"]),
        ("thirtieth", MARCH, [("99454", "2026-03-06"), ("99457", "2026-03-31")],
         ["2026-03-30", "2026-03-30"]),
        ("thirtieth", MARCH, [("99454", "2026-03-31")], ["2026-03-31"]),
        ("thirtieth", FEBRUARY, [("99454", "2026-02-04"), ("99457", "2026-02-28")],
         ["2026-02-28", "2026-02-28"]),
        ("month_end", MARCH, [("99454", "2026-03-06"), ("99091", "2026-03-31")],
         ["2026-03-06", "2026-03-31"]),
        ("thirtieth", MARCH, [("99454", "2026-03-01"), ("99454", "2026-03-31")],
         ["2026-03-30", "2026-03-31"]),
        ("month_end", MARCH, [("99454", "2026-03-01"), ("99454", "2026-03-31")],
         ["2026-03-01", "2026-03-31"]),
    ],
)  # fmt: skip
def test_dates_of_service_follow_the_payer_as_far_as_they_may(
    policy: str, month: ServiceMonth, lines: list[tuple[str, str]], wanted: list[str]
) -> None:
    assert made(policy, *lines, month=month) == wanted


def test_no_policy_makes_a_pair_that_is_never_paid_together() -> None:
    for policy in ("as_decided", "month_end", "thirtieth"):
        device, review = made(policy, ("99454", "2026-03-06"), ("99091", "2026-03-31"))
        assert device != review


def test_the_day_a_count_was_reached_is_the_first_on_which_the_line_is_there() -> None:
    days = [date(2026, 3, day) for day in (1, 2, 3, 4)]
    asked: list[date] = []

    def judged(day: date) -> dict[tuple[str, date], int]:
        asked.append(day)
        return {("99458", MARCH.last_day): day.day - 1}

    lines = [("99458", MARCH.last_day, 2), ("99457", MARCH.last_day, 1)]
    assert reached(lines, days, judged) == {("99458", MARCH.last_day): days[2]}
    assert asked == days


def test_a_line_moves_to_the_day_its_count_was_reached() -> None:
    line = DatedLine(code="99457", units=1, decided_on=MARCH.last_day, on=MARCH.last_day,
                     reached_on=date(2026, 3, 24))  # fmt: skip
    assert dated("threshold_day", [line], MARCH, EDITS)[0].on == date(2026, 3, 24)
    earlier = replace(line, reached_on=date(2026, 2, 28))
    assert dated("threshold_day", [earlier], MARCH, EDITS)[0].on == MARCH.last_day
    unknown = replace(line, reached_on=None)
    assert dated("threshold_day", [unknown], MARCH, EDITS)[0].on == MARCH.last_day


@pytest.mark.parametrize(
    ("codes", "measured", "wanted", "pointed"),
    [
        (("E78.5", "I10"), ("8480-6",), ("I10", "E78.5"), (1,)),
        (("I10", "F03.90"), ("85354-9",), ("I10", "F03.90"), (1,)),
        (("I11.0", "I50.22"), ("29463-7", "8480-6"), ("I11.0", "I50.22"), (1, 2)),
        (("F03.90", "F03.90"), ("85354-9",), ("F03.90",), (1,)),
        ((), ("85354-9",), (), (1,)),
    ],
)
def test_the_diagnosis_that_is_watched_comes_first(
    codes: Sequence[str], measured: Sequence[str], wanted: tuple[str, ...], pointed: tuple[int, ...]
) -> None:
    assert in_order(codes, measured) == wanted
    assert pointers(wanted, measured) == pointed


def test_prices_are_dated_and_the_payers_own_comes_first() -> None:
    schedule = schedule_of((
        FeeSet(code="99457", charge="100.00", from_on=date(2026, 1, 1)),
        FeeSet(code="99457", charge="105.00", from_on=date(2026, 3, 1)),
        FeeSet(code="99457", charge="103.00", from_on=date(2026, 2, 1)),
        FeeSet(code="99457", charge="60.00", from_on=date(2026, 3, 15), payer="aetna"),
    ))  # fmt: skip
    prices = Prices(schedule=schedule, tables=load_fees())

    def charge(payer: str, day: int, units: int = 1) -> str:
        return str(prices.charge("99457", payer, date(2026, 3, day), units=units))

    assert charge("medicare_ffs", 10) == "105.00"
    assert charge("aetna", 14) == "105.00"
    assert charge("aetna", 15, 3) == "180.00"
    assert prices.charge("99457", "aetna", date(2025, 12, 31), units=1) is None
    assert prices.charge("99454", "aetna", date(2026, 3, 15), units=1) is None
    assert str(prices.charge("99457", "x", date(2026, 2, 28), units=2)) == "206.00"


def test_medicare_pays_by_locality_site_and_model() -> None:
    base = billing.lakeside("p")[0]
    assert isinstance(base, BillingProfileSet)
    prices = Prices(schedule=schedule_of(()), tables=load_fees(), profile=base)

    def expected(day: date, profile: BillingProfileSet, units: int = 1) -> str:
        found = replace(prices, profile=profile)
        return str(found.expected("99458", "medicare_ffs", day, units=units).amount)

    assert expected(date(2025, 7, 1), base) == "40.35"
    assert expected(date(2026, 7, 1), base, 3) == "124.26"
    assert expected(date(2026, 7, 1), replace(base, place_of_service="22")) == "26.39"
    assert expected(date(2026, 7, 1), replace(base, qualifying_apm=True)) == "41.62"
    with pytest.raises(InputError):
        expected(date(2025, 7, 1), replace(base, locality="77"))


def test_names_are_told_apart() -> None:
    assert names("Lin, Wei") == ("Lin", "Wei")
    assert names("Ada Lindqvist") == ("Lindqvist", "Ada")
    assert names("") == ("", "")


def test_our_quick_list_agrees_with_the_package_it_is_read_from() -> None:
    known = diagnoses()
    day = date(2026, 3, 31)
    for code in simple_icd_10_cm.get_all_codes(with_dots=True)[::7]:
        if not simple_icd_10_cm.is_category_or_subcategory(code):
            continue
        wanted = "valid" if simple_icd_10_cm.is_leaf(code) else "incomplete"
        assert known.state_on(code, day) == wanted, code
    assert known.state_on("E11.6Z", day) == "invalid"


def test_lists_of_codes_are_found_by_their_file_names() -> None:
    assert fiscal_year_of_file("icd10cm_order_2027.txt") == 2027
    assert fiscal_year_of_file("icd10cm-codes-April-2026.txt".lower()) == 2026
    assert fiscal_year_of_file("readme.txt") is None
    later = diagnoses([("icd10cm_codes_2027.txt", "I10     Essential\nE1165   Type 2\n")])
    assert later.state_on("I10", date(2026, 10, 1)) == "valid"
    assert later.state_on("E11", date(2026, 10, 1)) == "incomplete"
    assert later.state_on("E11.65", date(2026, 9, 30)) == "valid"
    assert later.state_on("I10", date(2027, 10, 1)) == "unknown"
    assert code_list(2027, "").codes == ()
