"""Which results belong together: a blood pressure is one reading, not two.

OBX-4 tells it where senders fill it in: equal for results of one panel, or dotted with the number
of the panel in front. Without it, the one systolic and the one diastolic of the same time in an
order are a pair.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from caretally.devices.vendors.hl7v2.results import Result
from caretally.journal.quantities import DIASTOLIC, MEAN_PRESSURE, PANELS, PRESSURE, PULSE, SYSTOLIC

PARTS = (SYSTOLIC, DIASTOLIC, MEAN_PRESSURE)


def grouped(results: Iterable[Result]) -> list[tuple[str, tuple[Result, ...]]]:
    """Return the results of one order as readings: metric, and the results that make it."""
    alone: list[Result] = []
    found: list[tuple[str, tuple[Result, ...]]] = []
    ordered = sorted(results, key=moment_key)
    for _, same_time in groupby(ordered, key=moment_key):
        made, left = paired(list(same_time))
        found += made
        alone += left
    found += [(each.metric, (each,)) for each in alone if each.metric not in PANELS]
    return found


def moment_key(result: Result) -> tuple[str, str]:
    """Return what results of the same time have alike."""
    moment = result.moment
    return (str(moment.measured_at or ""), str(moment.wall or ""))


def paired(results: Sequence[Result]) -> tuple[list[tuple[str, tuple[Result, ...]]], list[Result]]:
    """Return the panels among results of one time, and what is left alone."""
    clusters = clustered([each for each in results if each.metric in PARTS])
    panels = [each for each in clusters if is_pressure(each)]
    if not panels:
        loose = [each for each in results if each.metric in PARTS]
        panels = [loose] if is_pressure(loose) else []
    taken = {id(each) for panel in panels for each in panel}
    pulses = [each for each in results if each.metric == PULSE]
    if len(panels) == 1 and len(pulses) == 1:
        panels[0] = [*panels[0], pulses[0]]
        taken.add(id(pulses[0]))
    made = [(PRESSURE, tuple(sorted(panel, key=rank))) for panel in panels]
    return made, [each for each in results if id(each) not in taken]


def clustered(results: Sequence[Result]) -> list[list[Result]]:
    """Return results by what OBX-4 says they belong to."""
    found: dict[str, list[Result]] = {}
    for each in results:
        if each.sub:
            found.setdefault(each.sub.rpartition(".")[0] or each.sub, []).append(each)
    return list(found.values())


def is_pressure(results: Sequence[Result]) -> bool:
    """Tell whether results are one blood pressure: each part once, and none missing."""
    metrics = [each.metric for each in results]
    return set(PANELS[PRESSURE]) <= set(metrics) and len(set(metrics)) == len(metrics)


def rank(result: Result) -> int:
    """Return where a result stands in its panel."""
    return (*PARTS, PULSE).index(result.metric)
