"""Every way a rulebook may be wrong is refused with file and line; each test seeds one fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from caretally.billability.sheets import load_rulebook
from caretally.errors import RulebookError

S57 = "medicare/99457.yaml"
S58 = "medicare/99458.yaml"
S54 = "medicare/99454.yaml"
S45 = "medicare/99445.yaml"
S70 = "medicare/99470.yaml"
UHC = "payers/unitedhealthcare.yaml"
BCBS = "payers/bcbs_mississippi.yaml"

FAULTS = {
    # name: (file, text to replace, replacement, what the refusal says)
    "unknown key": (S57, "units: one", "unit: one", "unit: found a key that nothing reads"),
    "key nobody reads (A14)": (
        S57,
        "units: one",
        "units: one\nrequires_live_contact: true",
        "requires_live_contact: found a key that nothing reads",
    ),
    "unknown add-on type (A13)": (
        S58,
        "further_blocks:",
        "further_hours:",
        "found further_hours; expected one of one,",
    ),
    "unknown criterion": (S57, "talked_live", "talked_at_length", "'talked_at_length'"),
    "unknown argument": (
        S57,
        "talked_live: {",
        "talked_live: {minimum: first_block, ",
        "argument 'minimum'",
    ),
    "missing argument": (S57, "minimum: first_block, ", "", "no argument 'minimum'"),
    "unknown parameter": (S57, "minimum: first_block", "minimum: last_block", "'last_block'"),
    "parameter in another unit": (
        S57,
        "unit: seconds",
        "unit: days",
        "'first_block' in days; expected a parameter in seconds",
    ),
    "unknown unit": (S57, "unit: seconds", "unit: minutes", "'minutes'"),
    "unknown program": (S57, "program: rpm", "program: rpn", "'rpn'"),
    "unknown system": ("medicare/98976.yaml", "system: respiratory", "system: lungs", "'lungs'"),
    "a list where a parameter belongs": (
        S57,
        "minimum: first_block",
        "minimum: [first_block]",
        "found a list; expected one word of kind seconds",
    ),
    "a word where codes belong": (
        "medicare/99091.yaml",
        'codes: ["99457", "99458", "99470"]',
        'codes: "99457"',
        "expected a list of codes",
    ),
    "an unknown parameter of the units": (S58, "cap: unit_cap", "cap: unit_top", "'unit_top'"),
    "a missing parameter of the units": (S58, "base: first_block, ", "", "no argument 'base'"),
    "an unknown argument of the units": (
        S58,
        "{counted: ",
        "{top: three, counted: ",
        "argument 'top'",
    ),
    "two units functions": (
        S58,
        "units:\n  further_blocks",
        "units:\n  one: {}\n  further_blocks",
        "found one, further_blocks; expected one of one,",
    ),
    "no list of requirements": (
        "medicare/G0511.yaml",
        "requires:\n  2019-01-01: []",
        "requires: {}",
        "requires: found no dated list",
    ),
    "a version that is no list": (
        "medicare/G0511.yaml",
        "2019-01-01: []",
        "2019-01-01: some",
        "found 'some'; expected a list of mappings",
    ),
    "a sheet nobody reviewed": (
        S57,
        "reviewed_on: 2026-11-21\n",
        "",
        "reviewed_on: found nothing; expected a date",
    ),
    "a source nobody read": (
        "sources.yaml",
        "  read_on: 2026-11-21\n",
        "",
        "contract.read_on: found nothing; expected a date",
    ),
    "a payer nobody reviewed": (
        UHC,
        "reviewed_on: 2026-11-21\n",
        "",
        "reviewed_on: found nothing",
    ),
    "a payer's unknown key": (
        UHC,
        "decides: true",
        "decides: true\nstate: MN",
        "state: found a key",
    ),
    "a restriction without a beginning": (
        UHC,
        "    from: 2026-01-01         # as announced; no new date is known\n",
        "",
        "restrictions[1].from: found nothing",
    ),
    "a payer's file of another name": (
        UHC,
        "payer: unitedhealthcare",
        "payer: aetna",
        "found aetna; expected the payer the file is named after",
    ),
    "a payer without a policy": (
        "payers/self_pay.yaml",
        "  2019-01-01: {value: cms_combined, cites: [contract]}\n",
        "",
        "default_policy: found no dated value",
    ),
    "a neither-true-nor-false": (S57, "program: rpm", "program: rpm\ndecided: yes", "'yes'"),
    "edits of no quarter": ("edits/edits.yaml", "as_of: 2024-07-01\n", "", "as_of: found nothing"),
    "an unknown key of the edits": ("edits/edits.yaml", "as_of:", "quarter: 3\nas_of:", "quarter:"),
    "no first date of the rulebook": (
        "medicare/counting.yaml",
        "loaded_from: 2019-01-01\n",
        "",
        "loaded_from: found nothing",
    ),
    "a counting parameter in another unit": (
        "medicare/counting.yaml",
        "    unit: seconds",
        "    unit: days",
        "plausible_span: found unit days; expected seconds",
    ),
    "a counting parameter left out": (
        "medicare/counting.yaml",
        "  period_length:",
        "  period_size:",
        "period_length: found no parameter",
    ),
    "unknown effect": (S57, "talked_live: {", "talked_live: {effect: stops, ", "'stops'"),
    "warning without a flag": (S57, "talked_live: {", "talked_live: {effect: warns, ", "some_flag"),
    "parameter no criterion reads": (
        S57,
        "parameters:",
        "parameters:\n  spare: {unit: days, 2019-01-01: {value: 3, cites: [RVU]}}",
        "parameters.spare: found no reader",
    ),
    "value without a citation": (
        S57,
        "{value: 1200, cites: [MEDSCAPE]}",
        "{value: 1200}",
        "found nothing; expected a list",
    ),
    "value with no citation in its list": (
        S57,
        "{value: 1200, cites: [MEDSCAPE]}",
        "{value: 1200, cites: []}",
        "expected a list of words",
    ),
    "requirement without a citation": (
        S57,
        "talked_live: {cites: [MEDSCAPE, RIVKIN, RIM26]}",
        "talked_live: {}",
        "talked_live.cites",
    ),
    "citation without a source": (S57, "[MEDSCAPE]}", "[MEDSCOPE]}", "unknown source 'MEDSCOPE'"),
    "dates out of order": (
        S57,
        "2020-01-01: {value",
        "2018-01-01: {value",
        "found 2018-01-01; expected a date after 2019-01-01",
    ),
    "the same date twice": (S57, "2020-01-01: {value", "2019-01-01: {value", "the key twice"),
    "a date that is none": (S57, "2020-01-01: {value", "2020-02-30: {value", "a date written"),
    "a value that is no number": (
        S57,
        "{value: 1200, cites: [MEDSCAPE]",
        "{value: 20.5, cites: [MEDSCAPE]",
        "'20.5'",
    ),
    "a policy that is none": (
        "medicare/foundations.yaml",
        "value: cms_combined, cites: [COR21",
        "value: all, cites: [COR21",
        "'all'",
    ),
    "a reading that is none": (
        "medicare/99453.yaml",
        "{setup_16_days: 16}",
        "{setup_9_days: 9}",
        "setup_9_days",
    ),
    "a policy without its reading": (
        "medicare/foundations.yaml",
        "        interactive_only: [live]\n",
        "",
        "interactive_only",
    ),
    "a kind of time that is none": (
        "medicare/foundations.yaml",
        "interactive_only: [live]",
        "interactive_only: [talk]",
        "found talk",
    ),
    "contested without a page": (
        "medicare/99453.yaml",
        "    page: setup-day-floor\n",
        "",
        "with the page that explains it",
    ),
    "an unknown foundation": (S57, "rpm_time]", "rpm_times]", "found rpm_times"),
    "a foundation's parameter that nothing reads": (
        "medicare/foundations.yaml",
        "    phe_end: ",
        "    spare: {unit: days, 2019-01-01: {value: 1, cites: [RIM20]}}\n    phe_end: ",
        "established.spare: found no reader",
    ),
    "a parameter given twice": (
        S57,
        "parameters:",
        "parameters:\n  live_floor: {unit: seconds, 2019-01-01: {value: 0, cites: [RVU]}}",
        "live_floor twice",
    ),
    "a circle": (
        S57,
        "    - talked_live",
        '    - is_billable: {code: "99458", cites: [AOC24]}\n    - talked_live',
        "99457 -> 99458 -> 99457",
    ),
    "a relation to a code without a sheet": (S58, 'code: "99457"', 'code: "99459"', "found 99459"),
    "a code the fold cannot hold": (
        "medicare/foundations.yaml",
        '"99470", "98979"',
        '"99999", "98979"',
        "'99999'",
    ),
    "a choice of one": (
        S54,
        "        reaches_covid_days: {minimum: covid_floor, cites: [RIM20, ACCU, L2UMA]}\n",
        "",
        "found 1 criteria; expected two or more",
    ),
    "two criteria in one item": (
        S45,
        "    - stays_within",
        "      stays_within",
        "expected exactly one criterion",
    ),
    "a file named otherwise than its code": (S57, 'code: "99457"', 'code: "99456"', "found 99456"),
    "unit edits that are not the table's": (
        S57,
        "{units: 1, mai: 2",
        "{units: 2, mai: 2",
        "units=1",
    ),
    "a tag": (S57, "units: one", "units: !!python/none one", "the tag"),
    "an alias": (
        S57,
        "ends_on: null",
        "ends_on: &never null\nnotes_on: *never",
        "an alias",
    ),
    "no YAML": (S57, "program: rpm", "program: [rpm", "expected one YAML document"),
    "a list instead of a mapping": (S57, 'code: "99457"', "- 99457", "expected one YAML document"),
    "an unknown payer": (UHC, "payer: unitedhealthcare", "payer: united", "'united'"),
    "an unknown status": (UHC, "status: postponed", "status: delayed", "'delayed'"),
    "an override of nothing": (
        BCBS,
        "prior_authorization:  ",
        "prior_authorisation:  ",
        "'prior_authorisation'",
    ),
    "an override out of its unit": (BCBS, "value: 1,", "value: 7,", "'7'"),
    "a counting parameter nobody reads": (
        "medicare/counting.yaml",
        "  period_length:",
        "  period_size:",
        "period_size: found a parameter nothing reads",
    ),
    "a source without a publisher": (
        "sources.yaml",
        '  publisher: "Caretally"\n',
        "",
        "contract.publisher",
    ),
    "a source of unheard confidence": (
        "sources.yaml",
        "confidence: low",
        "confidence: slight",
        "'slight'",
    ),
    "a pair with another indicator": (
        "edits/ncci_ptp_rpm_rtm_2024q3.csv",
        "99457,99091,1",
        "99457,99091,7",
        "99457/99091: found '7'",
    ),
    "a pair twice": (
        "edits/ncci_ptp_rpm_rtm_2024q3.csv",
        "99457,99091,1",
        "99457,99091,1\n99457,99091,0",
        "once a pair",
    ),
    "other columns": (
        "edits/mue_practitioner_2024q3.csv",
        "hcpcs,mue_",
        "code,mue_",
        "expected hcpcs",
    ),
    "an MUE that is no number": (
        "edits/mue_practitioner_2024q3.csv",
        "99458,3,3",
        "99458,x,3",
        "99458",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_seeded_fault_is_refused_by_file_and_line(fault: str, copied: Path) -> None:
    file, old, new, says = FAULTS[fault]
    path = copied / file
    text = path.read_text()
    assert old in text, "the fault no longer fits the file"
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(RulebookError) as refused:
        load_rulebook(copied)
    assert refused.value.exit_status == 3
    told = [str(problem) for problem in refused.value.problems if says in str(problem)]
    assert told, str(refused.value)
    place = told[0].split(": ")[0]
    assert place.startswith(("medicare/", "payers/", "edits/", "sources.yaml:"))
    assert place.rpartition(":")[2].isdigit()


def test_the_line_is_the_line_of_the_fault(copied: Path) -> None:
    path = copied / S57
    lines = path.read_text().splitlines()
    number = next(i for i, line in enumerate(lines, 1) if "talked_live" in line)
    path.write_text(path.read_text().replace("talked_live", "talked"))
    with pytest.raises(RulebookError, match=f"99457.yaml:{number}: .*unknown criterion 'talked'"):
        load_rulebook(copied)


def test_all_problems_are_told_at_once(copied: Path) -> None:
    for file in (S57, S58, S70):
        path = copied / file
        path.write_text(path.read_text().replace("reviewed_on:", "looked_at:"))
    with pytest.raises(RulebookError) as refused:
        load_rulebook(copied)
    files = {problem.where.partition(":")[0] for problem in refused.value.problems}
    assert files == {S57, S58, S70}


@pytest.mark.parametrize("name", ["sources.yaml", "medicare/counting.yaml", "edits/edits.yaml"])
def test_a_missing_file_is_refused(name: str, copied: Path) -> None:
    (copied / name).unlink()
    with pytest.raises(RulebookError, match="found no file"):
        load_rulebook(copied)


def test_bytes_that_are_no_text_are_refused(copied: Path) -> None:
    (copied / S57).write_bytes(b"code: \xff\xfe")
    with pytest.raises(RulebookError, match="no UTF-8"):
        load_rulebook(copied)


def test_a_file_that_is_no_yaml_is_told_by_line_and_only_once(copied: Path) -> None:
    path = copied / S57
    path.write_text(path.read_text().replace("program: rpm", "program: rpm: rpm"))
    with pytest.raises(RulebookError) as refused:
        load_rulebook(copied)
    told = [str(p) for p in refused.value.problems if p.where.startswith(S57)]
    assert told == [
        f"{S57}:2: found mapping values are not allowed in this context; expected one YAML document"
    ]


def test_long_values_are_cut_in_messages(copied: Path) -> None:
    path = copied / S57
    path.write_text(
        path.read_text().replace("mue: {units: 1, mai: 2, cites: [MUE24]}", "mue: " + "x" * 99)
    )
    with pytest.raises(RulebookError, match=f"found '{'x' * 60}';"):
        load_rulebook(copied)
