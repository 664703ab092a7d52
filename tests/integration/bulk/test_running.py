"""Runs that stop go on, files that were changed are refused, and every engine does the same."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

pytest.importorskip("numba", reason="the extra 'bulk' is not installed")
pytest.importorskip("pyarrow", reason="the extra 'bulk' is not installed")

from caretally.clock import ServiceMonth
from caretally.errors import ExchangeError, InputError, IntegrityError, MissingExtraError
from caretally.exchange import extras
from caretally.exchange.bulk import (
    BulkSettings,
    Engine,
    PartDone,
    decide_tables,
    render_decisions,
)
from caretally.exchange.extras import np, pq
from caretally.exchange.tables.conversion import convert, write_tables
from caretally.exchange.tables.cutting import cut
from caretally.exchange.tables.input_files import part_folders, read_part
from caretally.exchange.tables.parquet import schema_of
from caretally.exchange.tables.schemas import INPUTS, OUTPUTS
from caretally.patient_months.rows import Record
from caretally.synthetic.program import synthesize
from caretally.synthetic.tables import TablePlan, draw_parts

pytestmark = pytest.mark.bulk

MONTH = ServiceMonth(2026, 3)


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of four parts."""
    folder = tmp_path_factory.mktemp("bulk") / "tables"
    plan = TablePlan(patients=1_200, seed=4, month=MONTH, patients_per_part=300)
    assert write_tables(draw_parts(plan), folder) == 1_200
    return folder


@pytest.fixture
def settings(compiled_cache: Path) -> BulkSettings:
    """The month and the compiled code."""
    return BulkSettings(month=MONTH, cache=compiled_cache)


@pytest.fixture(scope="module")
def out(tables: Path, tmp_path_factory: pytest.TempPathFactory, compiled_cache: Path) -> Path:
    """The decisions on the four parts, in one process."""
    folder = tmp_path_factory.mktemp("bulk") / "out"
    settings = BulkSettings(month=MONTH, cache=compiled_cache)
    decide_tables(tables, folder, settings, engine=Engine(workers=1))
    return folder


def contents(folder: Path) -> dict[str, object]:
    """The rows of all output tables of all parts."""
    return {
        f"{part.name}/{name}": pq.read_table(part / f"{name}.parquet").to_pydict()
        for part in sorted(folder.glob("part-*"))
        for name in OUTPUTS
    }


def test_input_and_output_have_the_published_columns(tables: Path, out: Path) -> None:
    for folder, published in ((tables, INPUTS), (out, OUTPUTS)):
        for name, fields in published.items():
            found = pq.read_schema(folder / "part-00000" / f"{name}.parquet")
            assert found.equals(schema_of(fields)), name


def test_integers_are_packed_by_their_differences(tables: Path) -> None:
    columns = pq.ParquetFile(tables / "part-00000" / "spans.parquet").metadata.row_group(0)
    for number in range(columns.num_columns):
        column = columns.column(number)
        assert not column.has_dictionary_page, column.path_in_schema
        expected = "DELTA_BYTE_ARRAY" if column.path_in_schema == "id" else "DELTA_BINARY_PACKED"
        assert expected in column.encodings


def test_a_stopped_run_goes_on(
    tables: Path, out: Path, tmp_path: Path, settings: BulkSettings
) -> None:
    heard: list[PartDone] = []

    def stop(done: PartDone) -> None:
        heard.append(done)
        if len(heard) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        decide_tables(tables, tmp_path / "out", settings, engine=Engine(workers=1), progress=stop)
    assert sorted(part.name for part in (tmp_path / "out").glob("part-*")) == [
        "part-00000",
        "part-00001",
    ]
    with pytest.raises(ExchangeError, match="decide the tables again"):
        list(render_decisions(tmp_path / "out"))
    (tmp_path / "out" / ".part-00002.partial").mkdir()
    done = decide_tables(tables, tmp_path / "out", settings, engine=Engine(workers=1))
    assert (done.parts, done.stood) == (4, 2)
    assert contents(tmp_path / "out") == contents(out)
    assert not list((tmp_path / "out").glob(".*"))


def test_two_processes_write_the_same(
    tables: Path, out: Path, tmp_path: Path, settings: BulkSettings
) -> None:
    decide_tables(tables, tmp_path / "out", settings, engine=Engine(workers=2))
    assert contents(tmp_path / "out") == contents(out)


@pytest.mark.ray
def test_ray_writes_the_same(
    tables: Path, out: Path, tmp_path: Path, settings: BulkSettings
) -> None:
    done = decide_tables(tables, tmp_path / "out", settings, engine=Engine(name="ray", workers=2))
    assert done.patients == 1_200
    assert contents(tmp_path / "out") == contents(out)


@pytest.mark.spark
def test_spark_writes_the_same(
    tables: Path, out: Path, tmp_path: Path, settings: BulkSettings
) -> None:
    done = decide_tables(tables, tmp_path / "out", settings, engine=Engine(name="spark", workers=2))
    assert done.patients == 1_200
    assert contents(tmp_path / "out") == contents(out)


def test_decisions_on_something_else_are_not_overwritten(
    tables: Path, out: Path, settings: BulkSettings
) -> None:
    other = BulkSettings(month=MONTH, cache=settings.cache, policy="interactive_only")
    with pytest.raises(InputError, match="choose another folder"):
        decide_tables(tables, out, other)


def test_tables_are_not_written_over_others(tables: Path) -> None:
    with pytest.raises(InputError, match="not empty"):
        convert([], tables)


def test_an_unknown_engine_and_no_workers_are_refused() -> None:
    with pytest.raises(InputError, match="local, ray, spark"):
        Engine(name="mars", workers=0).run()


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(extras.PACKAGES, "ray", ("cluster", "no_such_package"))
    with pytest.raises(MissingExtraError, match=r"caretally\[cluster\]"):
        extras.__getattr__("ray")


def test_inputs_of_the_same_size_with_another_number_are_noticed(
    tables: Path, tmp_path: Path, settings: BulkSettings
) -> None:
    changed = copy_of(tables, tmp_path / "changed")
    decide_tables(changed, tmp_path / "out", settings, engine=Engine(workers=1))
    path = changed / "part-00001" / "readings.parquet"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    stat = path.stat()
    path.write_bytes(content)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert path.stat().st_size == stat.st_size
    with pytest.raises(InputError, match="other inputs, rules or options") as refused:
        decide_tables(changed, tmp_path / "out", settings, engine=Engine(workers=1))
    assert [Path(p.where).name for p in refused.value.problems] == ["part-00001"]


def copy_of(folder: Path, target: Path) -> Path:
    """A copy of a folder of parts."""
    for file in folder.rglob("*"):
        if file.is_file():
            to = target / file.relative_to(folder)
            to.parent.mkdir(parents=True, exist_ok=True)
            to.write_bytes(file.read_bytes())
    return target


def test_a_changed_line_is_noticed(out: Path, tmp_path: Path) -> None:
    changed = copy_of(out, tmp_path / "changed")
    path = changed / "part-00001" / "lines.parquet"
    table = pq.read_table(path)
    units = table.column("units").to_numpy().copy()
    units[3] += 1
    at = table.column_names.index("units")
    pq.write_table(table.set_column(at, table.schema.field("units"), [units]), path)
    with pytest.raises(IntegrityError, match="do not follow"):
        list(render_decisions(changed))


def test_a_rulebook_that_is_another_is_noticed(out: Path, tmp_path: Path) -> None:
    changed = copy_of(out, tmp_path / "changed")
    path = changed / "part-00000" / "decided.json"
    marker = json.loads(path.read_text())
    marker["rests_on"]["rulebook"] = "sha256:0"
    path.write_text(json.dumps(marker))
    with pytest.raises(IntegrityError, match="sha256:0"):
        list(render_decisions(changed))


@pytest.mark.parametrize("name", ["part.json", "spans.parquet", "readings.parquet"])
def test_a_broken_part_is_named_and_the_others_stand(
    name: str, tables: Path, tmp_path: Path, settings: BulkSettings
) -> None:
    broken = copy_of(tables, tmp_path / "broken")
    (broken / "part-00002" / name).write_bytes(b"PAR1 nothing PAR1")
    with pytest.raises(InputError, match="part-00002"):
        decide_tables(broken, tmp_path / "out", settings, engine=Engine(workers=1))
    left = sorted(part.name for part in (tmp_path / "out").glob("part-*"))
    assert left == ["part-00000", "part-00001", "part-00003"]


def test_tables_of_another_version_are_refused(tables: Path, tmp_path: Path) -> None:
    other = copy_of(tables, tmp_path / "other")
    words = json.loads((other / "part-00000" / "part.json").read_text())
    words["rule_codes"].append("99999")
    (other / "part-00000" / "part.json").write_text(json.dumps(words))
    with pytest.raises(InputError, match="another version"):
        read_part(other / "part-00000")
    with pytest.raises(InputError, match="caretally tables"):
        part_folders(tmp_path)


def test_what_shares_staff_or_devices_is_never_cut_apart() -> None:
    entries = list(synthesize(900, 1, seed=8, first_month=ServiceMonth(2026, 1)))
    parts = list(cut(Record(known=entries, set_aside={}), target=1))
    assert len(parts) == len({e.body.practice for e in entries if e.kind == "practice_registered"})
    owners: dict[tuple[str, str], int] = {}
    for number, part in enumerate(parts):
        for entry in part.known:
            names = [("patient", entry.patient)] if entry.patient else []
            names += [("device", entry.body.device)] if hasattr(entry.body, "device") else []
            names += [("staff", p) for p in getattr(entry.body, "performers", ())]
            assert all(owners.setdefault(name, number) == number for name in names)


def test_a_population_is_drawn_alike_from_its_seed() -> None:
    plan = TablePlan(patients=400, seed=9, month=MONTH)
    one, other = (next(draw_parts(plan)) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(one.spans, other.spans, strict=True))
    assert all(np.array_equal(a, b) for a, b in zip(one.readings, other.readings, strict=True))
    assert all(np.array_equal(a, b) for a, b in zip(one.facts, other.facts, strict=True))
    assert 14 < len(one.spans.patient) / 400 < 24
    assert 50 < len(one.readings.at) / 400 < 70
