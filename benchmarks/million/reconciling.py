"""Counts what raw bodies hold by the database's own JSON functions, and holds the journal to it.

Nothing of the program takes part: no parser, no table of readings but what is stored as it came and
the lines of the journal. What a body must say to be valid, who held a device and which day it was
are written here a second time, in SQL.
"""

# ruff: noqa: S608 - statements of names alone
from __future__ import annotations

from typing import NamedTuple

from benchmarks.million.telling import MASK, mark
from caretally.store.database import Database


class Tally(NamedTuple):
    """Something that was counted, and what it ought to be."""

    what: str
    asked: int
    found: int


SQLITE = {
    "text": "CAST(i.body AS TEXT)",
    "elements": "json_each(CASE WHEN SUBSTR(b.told, 1, 1) = '[' THEN b.told ELSE '[' || b.told "
    "|| ']' END) e",
    "metrics": "json_each(e.value, '$.metrics') m",
    "doc": "e.value",
    "part": "m.value",
    "materialized": "MATERIALIZED",
    "number": "CASE WHEN {0} GLOB '[0-9]*' AND {0} NOT GLOB '*[^0-9.]*' "
    "THEN CAST(ROUND({0} * 1000) AS INTEGER) END",
    "epoch": "unixepoch({0})",
    "whole": "CAST({0} AS INTEGER)",
    "day": "date({0}, 'unixepoch')",
    "lines": "entry.line",
    "identifiers": "json_each(r.line, '$.body.identifiers') n",
    "identifier": "n.value",
}
POSTGRES = {
    "text": "convert_from(i.body, 'UTF8')",
    "elements": "LATERAL jsonb_array_elements(CASE WHEN b.told LIKE '[%%' THEN b.told::jsonb "
    "ELSE jsonb_build_array(b.told::jsonb) END) e(value)",
    "metrics": "LATERAL jsonb_array_elements(e.value -> 'metrics') m(value)",
    "doc": "e.value",
    "part": "m.value",
    "materialized": "MATERIALIZED",
    "number": "CASE WHEN {0} ~ '^[0-9]+([.][0-9]+)?$' THEN ROUND({0}::numeric * 1000)::bigint END",
    "epoch": "EXTRACT(EPOCH FROM ({0})::timestamptz)::bigint",
    "whole": "({0})::bigint",
    "day": "to_char(to_timestamp({0}) AT TIME ZONE 'UTC', 'YYYY-MM-DD')",
    "lines": "entry.line::jsonb",
    "identifiers": "LATERAL jsonb_array_elements(r.line -> 'body' -> 'identifiers') n(value)",
    "identifier": "n.value",
}


class Counting:
    """The second count, in one database."""

    def __init__(self, db: Database) -> None:
        """Choose the words of the database."""
        self.db = db
        self.words = POSTGRES if db.is_postgres else SQLITE

    def get(self, document: str, *path: str) -> str:
        """Return SQL for a field of a document, as text."""
        if self.db.is_postgres:
            return f"({document} #>> '{{{','.join(path)}}}')"
        return f"CAST(json_extract({document}, '$.{'.'.join(path)}') AS TEXT)"

    def number(self, sql: str) -> str:
        """Return SQL for thousandths of a number; null where a text is none."""
        return self.words["number"].format(sql)

    def epoch(self, sql: str) -> str:
        """Return SQL for the seconds of an instant."""
        return self.words["epoch"].format(sql)

    def make(self, table: str, query: str) -> None:
        """Make a table of what a query finds."""
        self.db.run(f"CREATE TEMPORARY TABLE {table} AS {query}")

    def bodies(self, vendor: str) -> str:
        """Return SQL for the bodies of a vendor that are documents, with what they hold."""
        return (
            f"WITH b AS {self.words['materialized']} (SELECT i.id, i.practice_id, "
            f"i.received_us / 1000000 AS received, {self.words['text']} AS told "
            "FROM store_inbound i JOIN store_connection c ON c.id = i.connection_id "
            f"WHERE c.vendor = '{vendor}' AND SUBSTR({self.words['text']}, 1, 1) IN ('[', '{{')) "
        )

    # --- what was told ----------------------------------------------------------------------------

    def tenovi(self) -> str:
        """Return SQL for Tenovi's elements: place, name, metric, instant, values."""
        doc, get = self.words["doc"], self.get
        metric = get(doc, "metric")
        code = (
            f"CASE {metric} WHEN 'weight' THEN '29463-7' WHEN 'blood_pressure' THEN '85354-9' END"
        )
        at = self.epoch(get(doc, "timestamp"))
        first, second = self.number(get(doc, "value_1")), self.number(get(doc, "value_2"))
        return (
            f"{self.bodies('tenovi')} SELECT b.id AS inbound, b.practice_id, b.received, "
            f"'tenovi' AS vendor, {get(doc, 'hwi_device_id')} AS name, {code} AS metric, "
            f"{at} AS at, {first} AS v1, {second} AS v2, "
            f"CASE WHEN {metric} = 'weight' THEN 0.00045359237 ELSE 1 END AS unit "
            f"FROM b, {self.words['elements']}"
        )

    def bodytrace(self) -> str:
        """Return SQL for BodyTrace's elements."""
        doc, get = self.words["doc"], self.get
        weight = get(doc, "values", "weight")
        at = self.words["whole"].format(get(doc, "ts")) + " / 1000"
        return (
            f"{self.bodies('bodytrace')} SELECT b.id, b.practice_id, b.received, 'bodytrace', "
            f"{get(doc, 'deviceId')}, CASE WHEN {weight} IS NOT NULL THEN '29463-7' END, {at}, "
            f"{self.number(weight)}, NULL, 0.000001 FROM b, {self.words['elements']}"
        )

    def smartmeter(self) -> str:
        """Return SQL for Smart Meter's elements."""
        doc, get = self.words["doc"], self.get
        kind = get(doc, "reading_type")
        code = (
            f"CASE {kind} WHEN 'blood_pressure' THEN '85354-9' "
            "WHEN 'blood_glucose' THEN '41653-7' END"
        )
        at = self.epoch(f"{get(doc, 'date_recorded')} || 'Z'")
        first = f"COALESCE({get(doc, 'systolic_mmhg')}, {get(doc, 'blood_glucose_mgdl')})"
        return (
            f"{self.bodies('smartmeter')} SELECT b.id, b.practice_id, b.received, 'smartmeter', "
            f"{get(doc, 'device_id')}, {code}, {at}, {self.number(first)}, "
            f"{self.number(get(doc, 'diastolic_mmhg'))}, 1 FROM b, {self.words['elements']}"
        )

    def validic(self) -> str:
        """Return SQL for what the aggregator told."""
        doc, get = self.words["doc"], self.get
        value = self.number(get(self.words["part"], "value"))
        return (
            f"{self.bodies('validic')} SELECT b.id, b.practice_id, b.received, 'validic', "
            f"{get(doc, 'user', 'user_id')}, '29463-7', {self.epoch(get(doc, 'start_time'))}, "
            f"{value}, NULL, 0.001 FROM b, {self.words['elements']}, {self.words['metrics']}"
        )

    def count_bodies(self) -> None:
        """Make `claim`: everything that stands in a body, with who held the device."""
        self.make("claim", self.tenovi())
        for query in (self.bodytrace(), self.smartmeter(), self.validic()):
            self.db.run(f"INSERT INTO claim {query}")
        self.custody()
        # What a valid reading is: known metric and device, held by somebody, values that can be.
        self.make("judged", (
            "SELECT c.*, h.patient, c.v1 * c.unit AS amount, CASE WHEN "
            "c.metric IS NULL OR c.at IS NULL OR c.v1 IS NULL "
            "OR (c.metric = '85354-9' AND c.v2 IS NULL) THEN 'not_understood' "
            "WHEN h.patient IS NULL THEN 'nobodys' WHEN c.at > c.received + 600 THEN 'ahead' "
            "WHEN c.metric = '29463-7' AND c.v1 * c.unit > 450 THEN 'bounds' "
            "WHEN c.metric = '41653-7' AND c.v1 > 1200000 THEN 'bounds' "
            "WHEN c.metric = '85354-9' AND (c.v1 > 320000 OR c.v2 >= c.v1) THEN 'bounds' "
            "ELSE '' END AS wrong FROM claim c LEFT JOIN known k "
            "ON k.practice_id = c.practice_id AND k.name = c.name LEFT JOIN held h "
            "ON h.practice_id = c.practice_id AND h.device = k.device AND h.begins <= c.at "
            "AND (h.ends IS NULL OR c.at < h.ends)"
        ))  # fmt: skip
        self.make("told", (
            "SELECT DISTINCT practice_id, patient, metric, at, v1, v2, amount, "
            "vendor = 'validic' AS by_route FROM judged WHERE wrong = ''"
        ))  # fmt: skip

    def custody(self) -> None:
        """Make `known`, names of devices, and `held`, who held them from when to when."""
        line = self.words["lines"]
        self.make("register", (
            f"SELECT entry.practice_id, {line} AS line FROM store_entry entry "
            "WHERE entry.line LIKE '%%\"kind\":\"device_registered\"%%'"
        ))  # fmt: skip
        self.make("known", (
            f"SELECT DISTINCT r.practice_id, {self.get(self.words['identifier'], 'value')} "
            f"AS name, {self.get('r.line', 'body', 'device')} AS device "
            f"FROM register r, {self.words['identifiers']}"
        ))  # fmt: skip
        self.make("handed", (
            f"SELECT entry.practice_id, {self.get(line, 'body', 'device')} AS device, "
            f"{self.get(line, 'patient')} AS patient, {self.epoch(self.get(line, 'at'))} AS at "
            "FROM store_entry entry WHERE entry.line LIKE '%%\"kind\":\"device_assigned\"%%'"
        ))  # fmt: skip
        self.make("held", (
            "SELECT practice_id, device, patient, at AS begins, "
            "LEAD(at) OVER (PARTITION BY practice_id, device ORDER BY at) AS ends FROM handed"
        ))  # fmt: skip
        self.db.run("CREATE INDEX known_name ON known (practice_id, name)")
        self.db.run("CREATE INDEX held_device ON held (practice_id, device)")
        for table in ("claim", "known", "held"):
            self.db.run(f"ANALYZE {table}")

    # --- what is on record ------------------------------------------------------------------------

    def count_journal(self) -> None:
        """Make `filed`: every reading in the journal, from its line."""
        line, get = self.words["lines"], self.get
        part = "body,components,0,value" if self.db.is_postgres else "body.components[0].value"
        other = part.replace("0", "1", 1)
        first = f"COALESCE({get(line, 'body', 'value')}, {get(line, *part.split(','))})"
        self.make("filed", (
            f"SELECT entry.practice_id, {get(line, 'patient')} AS patient, "
            f"{get(line, 'body', 'metric')} AS metric, "
            f"{self.epoch(get(line, 'body', 'measured_at'))} AS at, {self.number(first)} AS v1, "
            f"{self.number(get(line, *other.split(',')))} AS v2, "
            f"COALESCE({get(line, 'body', 'unit')}, '') AS unit FROM store_entry entry "
            "WHERE entry.line LIKE '%%\"kind\":\"reading_recorded\"%%'"
        ))  # fmt: skip
        for table in ("told", "filed"):
            self.db.run(f"CREATE INDEX {table}_place ON {table} (practice_id, patient, at)")
            self.db.run(f"ANALYZE {table}")

    def one(self, query: str) -> int:
        """Return the one number that a query finds."""
        return int(self.db.rows(query)[0][0] or 0)


SAME = (
    "f.practice_id = t.practice_id AND f.patient = t.patient AND f.at = t.at "
    "AND f.metric = t.metric AND f.v1 = t.v1 AND COALESCE(f.v2, 0) = COALESCE(t.v2, 0) "
    "AND (f.unit = 'kg') = t.by_route"
)
TWIN = (
    "t.practice_id = r.practice_id AND t.patient = r.patient AND t.metric = r.metric "
    "AND t.at BETWEEN r.at AND r.at + 59 AND ABS(t.amount - r.amount) < 0.08"
)
"""A weight of the vendor's and the same as the aggregator told it."""
DAYS = (
    "SELECT COUNT(*) FROM (SELECT practice_id, patient, month, COUNT(*) AS days FROM (SELECT "
    "DISTINCT t.practice_id, t.patient, {day} AS day, SUBSTR({day}, 1, 7) AS month FROM told t "
    "JOIN store_practice p ON p.id = t.practice_id WHERE NOT t.by_route) d "
    "GROUP BY practice_id, patient, month) x {join} store_patientmonth m "
    "ON m.practice_id = x.practice_id AND m.patient = x.patient AND m.month = x.month "
    "WHERE m.data_days IS NULL OR m.data_days <> x.days"
)
OFFSET = "CASE p.name WHEN 'prac_m1' THEN 4 WHEN 'prac_m2' THEN 10 ELSE 7 END * 3600"


def reconciled(db: Database) -> list[Tally]:
    """Return what the second count found; every found must be what was asked."""
    counting = Counting(db)
    counting.count_bodies()
    counting.count_journal()
    one = counting.one
    own = one("SELECT COUNT(*) FROM told WHERE NOT by_route")
    day = counting.words["day"].format(f"(t.at - {OFFSET})")
    unreadable = one(
        "SELECT COUNT(*) FROM store_inbound i WHERE "
        f"SUBSTR({counting.words['text']}, 1, 1) NOT IN ('[', '{{')"
    )
    wrong = {
        row[0]: row[1]
        for row in db.rows("SELECT wrong, COUNT(*) FROM judged WHERE wrong <> '' GROUP BY wrong")
    }
    understood = sum(count for name, count in wrong.items() if name != "not_understood")
    twins = (
        "SELECT COUNT(*) FROM told r WHERE r.by_route AND {} EXISTS "
        f"(SELECT 1 FROM told t WHERE NOT t.by_route AND {TWIN})"
    )
    return [
        Tally("readings on record, by the bodies", own, one("SELECT COUNT(*) FROM filed")),
        Tally("on record and in no body", 0, one(
            f"SELECT COUNT(*) FROM filed f WHERE NOT EXISTS (SELECT 1 FROM told t WHERE {SAME})"
        )),
        Tally("in a body, valid, and not on record", 0, one(
            f"SELECT COUNT(*) FROM told t WHERE NOT t.by_route AND NOT EXISTS (SELECT 1 FROM "
            f"filed f WHERE {SAME}) AND NOT EXISTS (SELECT 1 FROM told r JOIN filed f ON "
            f"{SAME.replace('t.', 'r.')} WHERE r.by_route AND {TWIN})"
        )),
        Tally("on record twice", 0, one(
            "SELECT COUNT(*) FROM (SELECT 1 FROM filed GROUP BY practice_id, patient, metric, at, "
            "v1, v2 HAVING COUNT(*) > 1) x"
        )),
        Tally("told by the aggregator alone", 0, one(twins.format("NOT"))),
        Tally("not understood, held as faults", wrong.get("not_understood", 0) + unreadable, one(
            "SELECT COUNT(*) FROM store_intakefault"
        )),
        Tally("understood and broken, held as readings", understood, one(
            "SELECT COUNT(*) FROM store_intakereading WHERE state = 2"
        )),
        Tally("deliveries whose broken elements are not all in quarantine", 0, one(BY_DELIVERY)),
        Tally("readings left waiting", 0, one(
            "SELECT COUNT(*) FROM store_intakereading WHERE state = 0"
        )),
        Tally("patient-months with another count of data days", 0, one(
            DAYS.format(day=day, join="LEFT JOIN")
        )),
    ]  # fmt: skip


BY_DELIVERY = (
    "SELECT COUNT(*) FROM (SELECT inbound, COUNT(*) AS count FROM judged WHERE wrong <> '' "
    "GROUP BY inbound) j LEFT JOIN (SELECT inbound, COUNT(*) AS count FROM ("
    "SELECT inbound_id AS inbound FROM store_intakefault UNION ALL "
    "SELECT inbound_id FROM store_intakereading WHERE state = 2) h GROUP BY inbound) q "
    "ON q.inbound = j.inbound WHERE q.count IS NULL OR q.count <> j.count"
)


def forget_counting(db: Database) -> None:
    """Drop the tables of the second count, so that it can be made again."""
    for table in ("claim", "judged", "told", "register", "known", "handed", "held", "filed"):
        db.run(f"DROP TABLE {table}")


def digest_on_record(db: Database) -> tuple[int, int]:
    """Return how many of the vendors' own readings are on record, and their digest.

    Weights that only the aggregator's telling put on record are counted as their twins.
    """
    total, count = 0, 0
    own = (
        "SELECT f.patient, f.at, f.v1, f.v2 FROM filed f WHERE f.unit <> 'kg' UNION ALL "
        "SELECT t.patient, t.at, t.v1, t.v2 FROM filed f JOIN told r "
        f"ON {SAME.replace('t.', 'r.')} AND r.by_route JOIN told t ON NOT t.by_route AND {TWIN}"
    )
    with db.snapshot():
        for patient, at, first, second in db.stream_rows(own):
            values = (int(first),) if second is None else (int(first), int(second))
            total = (total + mark(patient, int(at), values)) & MASK
            count += 1
    return count, total
