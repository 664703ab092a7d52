"""Populations of made-up patients straight as tables, thousands at a time.

The mixture is that of `program`, drawn by the column: for benchmarks and trials at a size at which
entries would take hours. Everything follows from the seed and the number of a part.
"""

from __future__ import annotations

from collections.abc import Iterator

from caretally.clock import DEFAULT_ZONE
from caretally.patient_months.extras import np
from caretally.patient_months.part_tables import NumberedIds, PartTables, TableWords
from caretally.synthetic.table_facts import CODE_WORDS, draw_facts
from caretally.synthetic.table_people import (
    DIAGNOSIS_SETS,
    PAYER_WORDS,
    STAFF_PLACES,
    ZONES,
    introduce_all,
)
from caretally.synthetic.table_plan import Draws, TablePlan
from caretally.synthetic.table_readings import draw_readings
from caretally.synthetic.table_spans import draw_spans

__all__ = ["TablePlan", "draw_part", "draw_parts"]


def draw_parts(plan: TablePlan) -> Iterator[PartTables]:
    """Yield the parts of a population."""
    for number in range(len(plan.part_sizes())):
        yield draw_part(plan, number)


def draw_part(plan: TablePlan, number: int) -> PartTables:
    """Return one part of a population."""
    count = plan.part_sizes()[number]
    draws = Draws(plan.seed, number)
    people = introduce_all(plan, draws, count)
    facts = draw_facts(people, draws)
    spans = draw_spans(people, draws)
    readings = draw_readings(people, draws)
    code = f"{plan.seed}_{number:05d}"
    persons = STAFF_PLACES * len(people.practices.zone)
    return PartTables(
        patients=[f"pat_{code}_{n:06d}" for n in range(count)],
        span_counts=np.bincount(spans.patient, minlength=count),
        reading_counts=np.bincount(readings.patient, minlength=count),
        fact_counts=np.bincount(facts.patient, minlength=count),
        spans=spans,
        readings=readings,
        staff=people.practices.staff,
        facts=facts,
        words=TableWords(
            zones=ZONES,
            payers=PAYER_WORDS,
            diagnosis_sets=DIAGNOSIS_SETS,
            codes=CODE_WORDS,
            staff=[f"stf_{code}_{n:05d}" for n in range(persons)],
            default_zone=ZONES.index(DEFAULT_ZONE),
        ),
        span_ids=NumberedIds(f"ent_{code}_s", len(spans.patient)),
        reading_ids=NumberedIds(f"ent_{code}_r", len(readings.patient)),
    )
