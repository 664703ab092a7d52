"""Operations on patients: lists, one patient, the enrollments and the stored entries."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from ninja import Router

from caretally.api.asking import asked, office_of
from caretally.api.cursors import USUAL, cursor_of, number_of, place_of
from caretally.api.responses import answers
from caretally.api.shapes import (
    Cursor,
    EnrollmentItem,
    EnrollmentList,
    EntryPage,
    Evidence,
    Id,
    Limit,
    Notice,
    PatientItem,
    PatientPage,
    PatientSearch,
    Program,
    Stage,
)
from caretally.billability.demands import demands_by
from caretally.codes import PROGRAMS
from caretally.enrollment.queries import state_of
from caretally.enrollment.state import NOT_STARTED, EnrollmentState
from caretally.journal.canonical import line_of
from caretally.practice.office import Office
from caretally.practice.patient_lists import Sought, patients_after
from caretally.store.cards import Card

router = Router(tags=["patients"])


@router.get("/patients", response=answers(PatientPage), summary="Patients, by id")
@asked("stage", "program", "cursor", "limit")
def patients(
    request: HttpRequest,
    stage: Stage = "",
    program: Program = "",
    cursor: Cursor = "",
    limit: Limit = USUAL,
) -> PatientPage:
    """Return the patients whom the caller may see."""
    search = PatientSearch(stage=stage, program=program, cursor=cursor, limit=limit)
    return page_of(office_of(request), search)


@router.post(
    "/patients/search", response=answers(PatientPage, 413), summary="Look for patients by name"
)
@asked()
def search_patients(request: HttpRequest, search: PatientSearch) -> PatientPage:
    """Return the patients whom the caller may see and who fit; changes nothing."""
    return page_of(office_of(request), search)


def page_of(office: Office, search: PatientSearch) -> PatientPage:
    """Return a page of patients."""
    sought = Sought(
        words=search.words, stage=search.stage, program=search.program, clinic=search.clinic
    )
    after = place_of("patient", search.cursor)
    cards, is_more = patients_after(office, sought, after=after, limit=search.limit)
    following = cursor_of("patient", cards[-1].patient) if is_more else None
    return PatientPage(items=[item_of(card) for card in cards], next=following)


def item_of(card: Card) -> PatientItem:
    """Return a patient as the interface shows one."""
    return PatientItem(
        id=card.patient, name=card.name, born_on=card.born_on, sex=card.sex,
        language=card.language, clinic=card.clinic, time_zone=card.time_zone, payer=card.payer,
        programs=card.programs.split(), stage=card.stage,
    )  # fmt: skip


@router.get("/patients/{patient}", response=answers(PatientItem, 404), summary="One patient")
@asked()
def patient(request: HttpRequest, patient: Id) -> PatientItem:
    """Return a patient; that somebody looked is told in the access chain."""
    return item_of(office_of(request).open_chart(patient, purpose="API: patient").card)


@router.get(
    "/patients/{patient}/enrollments",
    response=answers(EnrollmentList, 404),
    summary="How a patient stands with every program",
)
@asked()
def enrollments(request: HttpRequest, patient: Id) -> EnrollmentList:
    """Return stages, evidence, gaps and the codes they hold, as of now."""
    office = office_of(request)
    chart = office.open_chart(patient, purpose="API: enrollments")
    demands = demands_by(office.journal.desk.judge.bench.planner)
    states = [state_of(chart.record, each, office.now, demands) for each in PROGRAMS]
    begun = [state for state in states if state.stage != NOT_STARTED]
    return EnrollmentList(patient=patient, items=[enrollment_item(state) for state in begun])


def enrollment_item(state: EnrollmentState) -> EnrollmentItem:
    """Return an enrollment as the interface shows one."""
    episode = state.episode
    return EnrollmentItem(
        program=state.program,
        stage=state.stage,
        on=state.day.isoformat(),
        time_zone=state.time_zone,
        payer=state.payer,
        enrolled_at=written(episode.begins) if episode else None,
        ended_at=written(episode.ends) if episode else None,
        consents=sorted({each.scope for each in state.consents}),
        devices=sorted({each.device.device for each in state.devices}),
        care_team=list(state.care_team),
        evidence=[
            Evidence(name=each.name, is_missing=each.is_missing, says=each.says,
                     codes=list(each.codes), mend=each.mend)
            for each in state.evidence
        ],
        gaps=[gap.name for gap in state.gaps],
        held_codes=list(state.held_codes),
        notices=[
            Notice(name=each.name, says=each.says, entries=list(each.entries))
            for each in state.notices
        ],
    )  # fmt: skip


def written(instant: datetime | None) -> str | None:
    """Return an instant as text."""
    return instant.isoformat() if instant is not None else None


@router.get(
    "/patients/{patient}/entries",
    response=answers(EntryPage, 404),
    summary="The stored entries of a patient",
)
@asked("cursor", "limit")
def entries(
    request: HttpRequest, patient: Id, cursor: Cursor = "", limit: Limit = USUAL
) -> HttpResponse:
    """Return entries in the order they were stored, byte for byte; corrections among them."""
    first = number_of("entry", cursor)
    chart = office_of(request).open_chart(patient, purpose="API: entries")
    shown = chart.stored[first : first + limit]
    is_more = first + limit < len(chart.stored)
    following = f'"{cursor_of("entry", str(first + limit))}"' if is_more else "null"
    lines = b",".join(line_of(entry).rstrip(b"\n") for entry in shown)
    content = b'{"items":[' + lines + b'],"next":' + following.encode() + b"}"
    return HttpResponse(content, content_type="application/json")
