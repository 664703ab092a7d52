"""The holds of a decision: what is missing on record, and which lines that stops."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from caretally.billability.comparisons import Outcome
from caretally.billability.lines import is_advisory
from caretally.billability.patient_judging import Judged
from caretally.billability.plans import Step
from caretally.billability.sentences import sentence
from caretally.clock import date_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """An unmet criterion that stops lines until it is mended.

    codes: the codes it stops; none where it stops all. dates_of_service: named where it stops
    only some of those codes' dates.
    """

    name: str
    codes: tuple[str, ...]
    dates_of_service: tuple[date, ...]
    says: str
    cites: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        """Return the hold as the contract writes it."""
        hold: dict[str, object] = {"name": self.name}
        if self.codes:
            hold["codes"] = list(self.codes)
        if self.dates_of_service:
            hold["dates_of_service"] = [day.isoformat() for day in self.dates_of_service]
        return {**hold, "says": self.says, "cites": list(self.cites)}


NOT_LOADED = Hold(
    name="rules_are_loaded",
    codes=(),
    dates_of_service=(),
    says="No rules are loaded for this date of service.",
    cites=("contract",),
)


def unmet_evidence(judged: Judged) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield name, sentence and citations of what holds one code on one slot."""
    plans = judged.verdict.plans
    if plans is None or plans.sheet.advisory:
        return
    pairs: Iterable[tuple[Step, Outcome]] = zip(
        plans.own.steps, judged.verdict.outcomes, strict=True
    )
    for step, outcome in pairs:
        if step.effect == "holds" and not outcome.holds:
            yield step.name, sentence(step.name, outcome), step.cites
    if judged.restriction is not None and judged.restricted is not None:
        yield "has_payer_diagnosis", judged.restriction.says, judged.restriction.cites


def hold_on(name: str, hit: Sequence[Judged], among: Sequence[Judged]) -> Hold:
    """Return the hold of one name, given the verdicts it hits among all that could be lines."""
    told = next(each for judged in hit for each in unmet_evidence(judged) if each[0] == name)
    codes = {each.verdict.code for each in hit}
    same_codes = [each for each in among if each.verdict.code in codes]
    dates = {date_of(each.facts.to_day) for each in hit}
    return Hold(
        name=name,
        codes=() if len(hit) == len(among) else tuple(sorted(codes)),
        dates_of_service=() if len(hit) == len(same_codes) else tuple(sorted(dates)),
        says=told[1],
        cites=told[2],
    )


def holds_of(judged: Sequence[Judged]) -> Sequence[Hold]:
    """Return the holds of a patient's month, in the order in which the sheets name them."""
    among = [each for each in judged if each.verdict.plans and not is_advisory(each)]
    hit: dict[str, list[Judged]] = {}
    for each in among:
        for name, _, _ in unmet_evidence(each):
            hit.setdefault(name, []).append(each)
    return [hold_on(name, verdicts, among) for name, verdicts in hit.items()]
