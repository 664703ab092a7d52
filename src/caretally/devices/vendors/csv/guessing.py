"""The mapping assistant: a proposal from a header and some rows, and questions for the rest.

What a column name or the cells make plain is proposed; what may mean two things is asked. Nothing
proposed counts until a person saves it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from caretally.devices.nomenclature import spelled_unit
from caretally.devices.refusals import Misread
from caretally.devices.vendors.csv.mapping import (
    DELIMITERS,
    CsvMapping,
    DeviceColumn,
    Group,
    OriginColumn,
    TimeColumns,
    Value,
    problem,
)
from caretally.devices.vendors.csv.table import column_names, rows_of, text_of
from caretally.devices.vendors.csv.times import (
    DATES,
    DAY_DOTS,
    DAY_FIRST,
    EPOCH_MILLISECONDS,
    EPOCH_SECONDS,
    ISO,
    MONTH_FIRST,
    YEAR_FIRST,
    told_time,
)
from caretally.errors import InputError
from caretally.journal.quantities import (
    BREATHS,
    DIASTOLIC,
    GLUCOSE,
    PANELS,
    PEAK_FLOW,
    PRESSURE,
    PULSE,
    SATURATION,
    SYSTOLIC,
    TEMPERATURE,
    WEIGHT,
    units_of,
)

MOST_ROWS = 200
SHOWN_ROWS = 8
PAIR = "pair"

COLUMN_WORDS: tuple[tuple[str, str], ...] = (
    (r"systolic|\bsys\b|\bsbp\b", SYSTOLIC),
    (r"diastolic|\bdia\b|\bdbp\b", DIASTOLIC),
    (r"blood pressure|\bbp\b", PAIR),
    (r"pulse rate|heart ?rate|\bpulse\b|\bhr\b|\bbpm\b", PULSE),
    (r"weight|\bwt\b|body mass\b", WEIGHT),
    (r"spo2|sp o2|oxygen|saturation|\bo2\b", SATURATION),
    (r"glucose|\bbg\b|blood sugar", GLUCOSE),
    (r"temperature|\btemp\b", TEMPERATURE),
    (r"peak flow|\bpef\b", PEAK_FLOW),
    (r"respirat|breath", BREATHS),
)
"""What the name of a column says about its numbers; the first that fits counts."""
DEVICE_WORDS: tuple[tuple[str, str], ...] = (
    (r"\bimei\b", "imei"), (r"\bmac\b", "mac"), (r"serial|\bsn\b", "serial"),
    (r"\b(device|meter|scale|monitor)( id| no| number)?\b", "serial"),
)  # fmt: skip
ORIGIN_WORDS = re.compile(r"origin|manual|source|entry|entered|method").search
TYPED = re.compile(r"manual|typed|hand|self|user|yes|true").search
PLAIN_UNITS: Mapping[str, str] = {
    SYSTOLIC: "mm[Hg]", DIASTOLIC: "mm[Hg]", PULSE: "/min", SATURATION: "%", BREATHS: "/min",
}  # fmt: skip
"""Where all devices measure in one unit; weight, glucose and temperature are asked for."""
UNIT_IN_NAME = re.compile(
    r"[\[(]([^\])]+)[\])]|[_ ](kg|lbs?|g|mgdl|mmol|f|c|mmhg|bpm)$", re.IGNORECASE
)
NAMED_UNITS: Mapping[str, str] = {"mgdl": "mg/dL", "mmol": "mmol/L"}


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """Something that the file does not make plain.

    field: path in the mapping. choices: value and words of each answer; empty where any text is.
    """

    field: str
    asks: str
    choices: tuple[tuple[str, str], ...] = ()


class Guess(msgspec.Struct, frozen=True, kw_only=True):
    """A proposal.

    mapping: what is plain; fields that a question is about are left empty. columns: of the file.
    rows: the first cells.
    """

    mapping: CsvMapping
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    questions: tuple[Question, ...]


def guess(sample: bytes) -> Guess:
    """Return a proposal for a file, from its beginning.

    Raises:
        Misread: it is no table that can be read.
    """
    encoding = encoding_of(sample)
    text = whole_lines(text_of(sample, encoding))
    delimiter = delimiter_of(text)
    rows = [row.cells for _, row in zip(range(MOST_ROWS), rows_of(text, delimiter), strict=False)]
    if not rows:
        raise Misread("", "not_readable", "an empty file")
    header = is_header(rows[0])
    columns = column_names(rows[0], header=header)
    cells = [dict(zip(columns, row, strict=False)) for row in (rows[1:] if header else rows)]
    mapping = CsvMapping(
        delimiter=delimiter, encoding=encoding, header=header,
        device=device_in(columns), time=time_in(columns, cells),
        readings=readings_in(columns), origin=origin_in(columns, cells), id_column=id_in(columns),
    )  # fmt: skip
    questions = tuple(questions_about(mapping, columns, cells))
    shown = tuple(rows[1 : SHOWN_ROWS + 1] if header else rows[:SHOWN_ROWS])
    return Guess(mapping=mapping, columns=columns, rows=shown, questions=questions)


def answered(mapping: CsvMapping, answers: Mapping[str, str]) -> CsvMapping:
    """Return a mapping with answers to questions, each by its path; empty ones change nothing.

    Raises:
        InputError: an answer is for a field that takes no text.
    """
    tree = msgspec.to_builtins(mapping)
    for path, answer in answers.items():
        if answer:
            put(tree, path.split("."), answer)
    try:
        return msgspec.convert(tree, CsvMapping)
    except msgspec.ValidationError as error:
        raise InputError([problem("", str(error), "answers to the questions")]) from None


def with_reading(mapping: CsvMapping, metric: str, columns: Sequence[str]) -> CsvMapping:
    """Return a mapping with one more reading in it, whose units are asked for where they are open.

    columns: of its numbers; of a blood pressure that of the systolic, then of the diastolic.
    """
    metrics = PANELS.get(metric, (metric,))
    values = tuple(
        Value(metric=part, column=column, unit=unit_in(column, part))
        for part, column in zip(metrics, columns, strict=False)
    )
    return msgspec.structs.replace(
        mapping, readings=(*mapping.readings, Group(metric=metric, values=values))
    )


def put(tree: object, steps: Sequence[str], answer: str) -> None:
    """Put an answer in its place; one for a place that is not there changes nothing."""
    *above, last = steps
    place = tree
    for step in above:
        if isinstance(place, dict):
            place = place.setdefault(step, {})
        elif isinstance(place, list | tuple) and step.isdigit() and int(step) < len(place):
            place = place[int(step)]
        else:
            return
    if isinstance(place, dict):
        place[last] = [answer] if last == "columns" else answer


def encoding_of(sample: bytes) -> str:
    """Return how a file is written: by its mark, else UTF-8 where it is, else as Windows did."""
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        # The sample may end within a character.
        sample[: max(len(sample) - 3, 0)].decode()
    except UnicodeDecodeError as error:
        if error.start < len(sample) - 6:
            return "cp1252"
    return "utf-8"


def whole_lines(text: str) -> str:
    """Return a sample without its last line where that may have been cut."""
    kept, end, _ = text.rpartition("\n")
    return kept + end if end and kept else text


def delimiter_of(text: str) -> str:
    """Return the sign between columns: the one that splits most lines into equally many."""
    lines = [line for line in text.splitlines()[:30] if line.strip()]

    def score(sign: str) -> tuple[int, int]:
        counts = [line.count(sign) for line in lines]
        common = max(set(counts), key=counts.count) if counts else 0
        return (counts.count(common) if common else 0, common)

    return max(DELIMITERS, key=score)


def is_header(first: Sequence[str]) -> bool:
    """Tell whether a row names columns: hardly any cell holds a number, and there are words."""
    filled = [cell for cell in first if cell]
    worded = [cell for cell in filled if re.search(r"[A-Za-z]{2}", cell)]
    return bool(filled) and 2 * len(worded) > len(filled)


def plain(name: str) -> str:
    """Return the name of a column in small words.

    Example:
        >>> plain("Weight_(lb)"), plain("heartRate")
        ('weight (lb)', 'heart rate')
    """
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return re.sub(r"[_\-.\s]+", " ", spaced).lower().strip()


def device_in(columns: Sequence[str]) -> DeviceColumn:
    """Return the column that names the device."""
    for pattern, scheme in DEVICE_WORDS:
        for column in columns:
            if re.search(pattern, plain(column)):
                return DeviceColumn(column=column, scheme=scheme)
    return DeviceColumn()


def id_in(columns: Sequence[str]) -> str:
    """Return the column that tells readings apart."""
    words = r"(reading|measurement|record|observation) ?(id|no|number)$"
    return next((each for each in columns if re.search(words, plain(each))), "")


def time_in(columns: Sequence[str], cells: Sequence[Mapping[str, str]]) -> TimeColumns:
    """Return the columns of the time, and its format where only one fits."""
    for chosen in time_columns(columns):
        formats = formats_of(chosen, cells)
        if len(formats) == 1:
            return TimeColumns(columns=chosen, format=formats[0])
        if formats:
            return TimeColumns(columns=chosen)
    return TimeColumns()


def time_columns(columns: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield columns that may hold the time, the likeliest first."""
    names = {column: plain(column) for column in columns}
    both = [
        c
        for c, name in names.items()
        if re.search(r"date ?time|timestamp|(taken|measured|recorded)", name)
    ]
    dates = [c for c, name in names.items() if re.search(r"\bdate\b|\bday\b", name)]
    times = [c for c, name in names.items() if re.search(r"\btime\b", name) and c not in both]
    yield from ((each,) for each in both)
    yield from ((day, time) for day in dates for time in times if day != time)
    yield from ((each,) for each in (*dates, *times))
    yield from ((each,) for each in columns if each not in {*both, *dates, *times})


def formats_of(chosen: Sequence[str], cells: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
    """Return the formats in which every row tells a time."""
    texts = [" ".join(row.get(each, "") for each in chosen).strip() for row in cells]
    texts = [text for text in texts if text]
    found = tuple(
        each
        for each in (ISO, *DATES, EPOCH_MILLISECONDS, EPOCH_SECONDS)
        if texts and all(fits(text, each) for text in texts)
    )
    # A dotted date is read by the others as well, but in nobody's country.
    if DAY_DOTS in found and all("." in text.split()[0] for text in texts):
        return (DAY_DOTS,)
    found = tuple(each for each in found if each != DAY_DOTS)
    return (ISO,) if ISO in found else found


def fits(text: str, format_name: str) -> bool:
    """Tell whether a time in our years is written in a format."""
    told = told_time(text, format_name, "")
    at = None if told is None else told.measured_at or told.wall
    return at is not None and 2000 <= at.year <= 2100


def readings_in(columns: Sequence[str]) -> tuple[Group, ...]:
    """Return the readings that the names of columns speak of."""
    found: dict[str, Value] = {}
    for column in columns:
        metric = metric_in(column)
        if metric and metric not in found:
            found[metric] = Value(metric=metric, column=column, unit=unit_in(column, metric))
    groups = []
    pressure = pressure_of(found)
    if pressure:
        groups.append(Group(metric=PRESSURE, values=pressure))
    groups += [Group(metric=metric, values=(value,)) for metric, value in found.items()]
    return tuple(groups)


def pressure_of(found: dict[str, Value]) -> tuple[Value, ...]:
    """Take the values of a blood pressure, with the pulse beside it, out of what was found."""
    pair = found.pop(PAIR, None)
    if SYSTOLIC in found and DIASTOLIC in found:
        values = [found.pop(SYSTOLIC), found.pop(DIASTOLIC)]
    elif pair is not None:
        values = [
            Value(metric=metric, column=pair.column, unit="mm[Hg]", part=part)
            for part, metric in enumerate((SYSTOLIC, DIASTOLIC), 1)
        ]
    else:
        return ()
    if PULSE in found and SATURATION not in found:
        values.append(found.pop(PULSE))
    return tuple(values)


def metric_in(column: str) -> str:
    """Return what the name of a column says was measured; empty where it says nothing."""
    name = plain(column)
    if re.search(r"unit|date|time|\bid\b|serial|device", name):
        return ""
    return next((metric for words, metric in COLUMN_WORDS if re.search(words, name)), "")


def unit_in(column: str, metric: str) -> str:
    """Return the unit that the name of a column tells, or that all devices have; else empty."""
    found = UNIT_IN_NAME.search(column)
    if found:
        told = (found[1] or found[2]).lower()
        unit = spelled_unit(metric, NAMED_UNITS.get(told, told))
        if unit:
            return unit
    return PLAIN_UNITS.get(metric, "")


def origin_in(columns: Sequence[str], cells: Sequence[Mapping[str, str]]) -> OriginColumn:
    """Return the column that tells whether a person typed a row; none where it is not plain."""
    for column in columns:
        if not ORIGIN_WORDS(plain(column)):
            continue
        words = dict.fromkeys(row.get(column, "") for row in cells if row.get(column))
        typed = tuple(word for word in words if TYPED(word.lower()))
        if words and len(words) <= 6:
            others = tuple(word for word in words if word not in typed)
            return OriginColumn(column=column, device_words=others, manual_words=typed)
    return OriginColumn()


def questions_about(
    mapping: CsvMapping, columns: Sequence[str], cells: Sequence[Mapping[str, str]]
) -> Iterator[Question]:
    """Yield what a person must say before a mapping can be used."""
    named = tuple((each, each) for each in columns)
    if not mapping.device.column:
        yield Question(field="device.column", asks="Which column names the device?", choices=named)
    if not mapping.time.columns:
        yield Question(field="time.columns", asks="Which column tells the time?", choices=named)
        yield Question(
            field="time.format", asks="How is the time written?", choices=worded(FORMAT_WORDS)
        )
    elif not mapping.time.format:
        formats = formats_of(mapping.time.columns, cells)
        yield Question(
            field="time.format", asks="Which comes first in a date such as 03/04?",
            choices=tuple((each, FORMAT_WORDS[each]) for each in formats),
        )  # fmt: skip
    if any(has_comma(mapping, row) for row in cells):
        yield Question(
            field="decimal", asks="What does the comma in a number such as 72,5 mean?",
            choices=((",", "The sign in front of a fraction"), (".", "A slip: refuse the number")),
        )  # fmt: skip
    if mapping.encoding == "cp1252":
        yield Question(
            field="encoding", asks="Letters in this file are not written in UTF-8. How are they?",
            choices=(("cp1252", "As older Windows programs write them"), ("utf-8", "UTF-8")),
        )  # fmt: skip
    yield from unit_questions(mapping)
    if not mapping.origin.column:
        yield Question(
            field="origin.fixed", asks="Who wrote these numbers down?",
            choices=(("device", "The devices sent them"), ("manual", "People typed them")),
        )  # fmt: skip


def unit_questions(mapping: CsvMapping) -> Iterator[Question]:
    """Yield a question for each number whose unit is not told."""
    for number, group in enumerate(mapping.readings):
        for place, value in enumerate(group.values):
            if not value.unit:
                yield Question(
                    field=f"readings.{number}.values.{place}.unit",
                    asks=f"In which unit is {value.column}?",
                    choices=tuple((unit, unit) for unit in units_of(value.metric)),
                )


def has_comma(mapping: CsvMapping, row: Mapping[str, str]) -> bool:
    """Tell whether a number of a row has a comma in it."""
    return any(
        re.fullmatch(r"[0-9.]*[0-9],[0-9]+", row.get(value.column, ""))
        for group in mapping.readings
        for value in group.values
    )


def worded(words: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return choices from words by value."""
    return tuple(words.items())


FORMAT_WORDS: Mapping[str, str] = {
    ISO: "2026-03-04 10:00",
    MONTH_FIRST: "03/04/2026 is March 4",
    DAY_FIRST: "03/04/2026 is April 3",
    YEAR_FIRST: "2026/03/04 is March 4",
    DAY_DOTS: "04.03.2026 is March 4",
    EPOCH_SECONDS: "seconds since 1970",
    EPOCH_MILLISECONDS: "milliseconds since 1970",
}
"""What each format means, for people."""
