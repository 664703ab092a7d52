"""What is on record about made-up patients, as rows of facts."""

from __future__ import annotations

from caretally.codes import CODE_BITS, PAYERS, PROGRAMS, RULE_CODES
from caretally.patient_months.columns import (
    ACCESS,
    AUTHORIZED,
    CAREGIVER,
    CONSENTED,
    COVERED,
    COVID,
    CUSTODY,
    DETAIL,
    DIED,
    ELSEWHERE,
    ENROLLED,
    FOREVER,
    ORDERED,
    PLACE,
    SETUP,
    STAY,
    SURGERY,
    VISIT,
    VISITED,
)
from caretally.patient_months.extras import np
from caretally.patient_months.part_tables import FactTable
from caretally.patient_months.positions import RPM, RTM
from caretally.synthetic import happenings, papers
from caretally.synthetic.table_people import (
    BESIDE,
    DIAGNOSIS_SETS,
    DIES,
    INSTRUMENTS,
    LEAVES,
    OTHER_MONITORING,
    PAYER_WORDS,
    People,
    beside_programs,
    body_systems,
    numbered,
)
from caretally.synthetic.table_plan import Array, Draws

DAY = 86_400
CODE_WORDS = tuple(
    dict.fromkeys((*RULE_CODES, *happenings.VISIT_CODES, *happenings.CODES_ELSEWHERE))
)
SCOPES = ("rpm", "rtm", "ccm")
ASKING = [PAYERS.index(word) for word in papers.ASKING_BEFOREHAND]
AUTHORIZED_CODES = sum(
    1 << CODE_BITS[code] for code in ("99453", "99454", "99445", "99457", "99458", "99470")
)


class FactRows:
    """Rows of facts as they are drawn, kind after kind."""

    def __init__(self) -> None:
        """Begin with none."""
        self._columns: list[tuple[Array, ...]] = []

    def add(self, kind: int, patient: Array, begins: Array, **more: Array) -> None:
        """Add rows; what is not said is 0, and open at its end."""
        given = {"code": 0, "ends": FOREVER, "x": 0, "y": 0, **more}
        columns = (kind, given["code"], begins, given["ends"], given["x"], given["y"])
        spread = (np.broadcast_to(np.asarray(c, dtype=np.int64), len(patient)) for c in columns)
        self._columns.append((patient, *spread))

    def table(self) -> FactTable:
        """Return all rows by patient, kind and code; within a code in the order they were added."""
        columns = [np.concatenate(column) for column in zip(*self._columns, strict=True)]
        patient, kind, code = columns[:3]
        order = np.argsort((patient * 32 + kind) * 256 + code, kind="stable")
        return FactTable._make(column[order] for column in columns)


def draw_facts(people: People, draws: Draws) -> FactTable:
    """Return everything on record but spans and readings."""
    rows = FactRows()
    everybody: Array = np.arange(people.count)
    draw_program(rows, people, draws, everybody, people.program)
    for program, word in enumerate(PROGRAMS):
        has = beside_programs()[people.beside, program] == 1
        if word in {"rpm", "rtm"}:
            other = RTM if program == RPM else RPM
            has = (people.beside == OTHER_MONITORING) & (people.program == other)
        patients = np.flatnonzero(has)
        draw_program(rows, people, draws, patients, np.full(len(patients), program))
    draw_coverage(rows, people, draws)
    draw_devices(rows, people, draws)
    draw_happenings(rows, people, draws)
    dead = np.flatnonzero(people.fate == DIES)
    rows.add(DIED, dead, people.second(dead, people.last_day[dead], 50_000))
    return rows.table()


def draw_program(
    rows: FactRows, people: People, draws: Draws, patients: Array, program: Array
) -> None:
    """Add enrollment, consent, order and what the enrollment says, for one program each."""
    count, day = len(patients), people.enrolled_day[patients]
    begins = people.second(patients, day, 34_200)
    left = (people.fate[patients] == LEAVES) & (program == people.program[patients])
    last = people.second(patients, people.last_day[patients], 50_000)
    ends = np.where(left, last, FOREVER)
    rows.add(ENROLLED, patients, begins, code=program, ends=ends)
    sets = np.array([DIAGNOSIS_SETS.index(tuple(sorted(i.diagnoses))) for i in INSTRUMENTS])
    chosen = np.where(draws.chance(6, count), 0, sets[people.illness[patients]])
    width = np.array([len(codes) for codes in DIAGNOSIS_SETS])[chosen]
    rows.add(DETAIL, patients, begins, code=program, x=(1 << width) - 1, y=chosen)
    setting = people.practices.setting[people.practice[patients]]
    rows.add(PLACE, patients, begins, code=program, x=people.zone[patients], y=setting)
    ago = np.where(
        draws.chance(20, count), draws.between(1_200, 2_000, count), draws.between(10, 900, count)
    )
    seen = ~draws.chance(20, count)
    rows.add(VISITED, patients[seen], begins[seen], code=program[seen], x=1 + ago[seen] // 366)
    ordered = ~draws.chance(15, count)
    ended = np.where(draws.chance(12, count), begins + DAY * draws.between(20, 90, count), FOREVER)
    rows.add(
        ORDERED, patients[ordered], begins[ordered], code=program[ordered], ends=ended[ordered]
    )
    draw_consent(rows, draws, patients, program, begins)


def draw_consent(
    rows: FactRows, draws: Draws, patients: Array, program: Array, enrolled: Array
) -> None:
    """Add consents to the programs that ask for one, and revocations."""
    scopes = [PROGRAMS.index(word) for word in SCOPES]
    given = np.isin(program, scopes) & ~draws.chance(10, len(patients))
    patients, program, enrolled = patients[given], program[given], enrolled[given]
    count = len(patients)
    late = np.where(draws.chance(30, count), DAY * draws.between(1, 20, count), -1_200)
    begins = enrolled + late
    revoked = draws.chance(12, count)
    ends = np.where(revoked, begins + DAY * draws.between(10, 90, count), FOREVER)
    rows.add(CONSENTED, patients, begins, code=program, ends=ends)
    again = np.flatnonzero(revoked & draws.chance(300, count))
    renewed = ends[again] + DAY * draws.between(1, 25, len(again))
    rows.add(CONSENTED, patients[again], renewed, code=program[again])


def draw_coverage(rows: FactRows, people: People, draws: Draws) -> None:
    """Add coverages, prior authorizations and the authority of caregivers."""
    covered = np.flatnonzero(~draws.chance(8, people.count))
    count, payer = len(covered), people.payer[covered]
    day = people.enrolled_day[covered]
    since = day - draws.between(0, 700, count)
    changed = draws.chance(20, count)
    until = np.where(changed, day + draws.between(6, 71, count), FOREVER)
    moved = np.flatnonzero(changed)
    later = draws.pick(numbered(PAYER_WORDS, papers.PAYERS), len(moved))
    rows.add(COVERED, covered[moved], until[moved], x=later)
    rows.add(COVERED, covered, since, ends=until, x=payer)
    second = np.flatnonzero(draws.chance(180, count))
    rows.add(COVERED, covered[second], since[second], x=PAYERS.index("commercial"))
    asked = np.flatnonzero(np.isin(payer, ASKING) & draws.chance(850, count))
    months = draws.between(2, 12, len(asked))
    rows.add(
        AUTHORIZED, covered[asked], day[asked], code=payer[asked], x=AUTHORIZED_CODES,
        ends=day[asked] + 30 * months + 1,
    )  # fmt: skip
    cared = np.flatnonzero(people.caregiver)
    expires = draws.chance(150, len(cared))
    from_day = people.enrolled_day[cared]
    to_day = np.where(expires, from_day + draws.between(21, 91, len(cared)), FOREVER)
    rows.add(CAREGIVER, cared, from_day, ends=to_day)


def draw_devices(rows: FactRows, people: People, draws: Draws) -> None:
    """Add who held which device, and set-ups; a replaced device is followed by one more."""
    systems = body_systems()
    for number in range(3):
        held = np.flatnonzero(people.devices > number)
        begins = people.second(held, people.enrolled_day[held], 38_000 + 600 * number)
        ends = people.replaced_at[held] if number == 0 else np.full(len(held), FOREVER)
        system = systems[people.illness[held], number]
        medical = ~draws.chance(20, len(held))
        rows.add(CUSTODY, held, begins, code=number, ends=ends, x=medical, y=system)
        done = np.flatnonzero(draws.chance(970, len(held)))
        rows.add(SETUP, held[done], begins[done] + draws.between(600, 3_000, len(done)))
    replaced = np.flatnonzero(people.replaced_at < FOREVER)
    system = systems[people.illness[replaced], 0]
    begins = people.replaced_at[replaced] + 3_600
    rows.add(CUSTODY, replaced, begins, code=people.devices[replaced], x=1, y=system)


def draw_happenings(rows: FactRows, people: People, draws: Draws) -> None:
    """Add visits, stays, surgery, what others billed, COVID-19 and alignments."""
    months = len(people.plan.active_months)
    first, last = people.plan.first_day + 28, people.plan.last_day

    def struck(per_thousand: int) -> tuple[Array, Array]:
        happens = draws.chance(min(900, per_thousand * months), people.count)
        patients = np.flatnonzero(happens)
        return patients, draws.between(first, last, len(patients))

    patients, day = struck(220)
    code = draws.pick(numbered(CODE_WORDS, happenings.VISIT_CODES), len(patients))
    rows.add(VISIT, patients, day, code=code, ends=day + 1)
    patients, day = struck(18)
    begins = people.second(patients, day, 40_000)
    rows.add(STAY, patients, begins, ends=begins + DAY * draws.between(1, 9, len(patients)))
    patients, day = struck(7)
    rows.add(SURGERY, patients, day, ends=day + 1 + draws.pick((10, 90), len(patients)))
    patients, day = struck(12)
    code = draws.pick(numbered(CODE_WORDS, happenings.CODES_ELSEWHERE), len(patients))
    rows.add(ELSEWHERE, patients, day, code=code, ends=day + draws.between(1, 30, len(patients)))
    patients, day = struck(12)
    rows.add(COVID, patients, day, ends=day + draws.between(5, 40, len(patients)))
    patients, _ = struck(15)
    day = people.enrolled_day[patients] + draws.between(-100, 40, len(patients))
    rows.add(ACCESS, patients, day, x=3)


assert len(BESIDE) < 256
