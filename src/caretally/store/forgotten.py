"""Raw bodies of deliveries that are kept no longer; that they came, and their digests, stay."""

from __future__ import annotations

from caretally.store.database import MOST_IN_LIST, Database
from caretally.store.intake_tables import FORGOTTEN, HELD, OPEN, READY, REFUSED, TOLD, UNPACKED

DONE_WITH = """
SELECT i.id FROM store_inbound i
WHERE i.practice_id = %s AND i.received_us < %s AND i.state IN (%s, %s)
    AND NOT EXISTS (SELECT 1 FROM store_intakefault f WHERE f.inbound_id = i.id AND f.state = %s)
    AND NOT EXISTS (
        SELECT 1 FROM store_intakereading r WHERE r.inbound_id = i.id AND r.state IN (%s, %s))
    AND NOT EXISTS (
        SELECT 1 FROM store_intakesource s JOIN store_intakereading r ON r.id = s.reading_id
        WHERE s.inbound_id = i.id AND r.state IN (%s, %s))
    AND NOT EXISTS (SELECT 1 FROM store_intakeevent e WHERE e.inbound_id = i.id AND e.state = %s)
ORDER BY i.id LIMIT %s
"""


def forget_before(db: Database, practice: int, before_us: int) -> int:
    """Forget bodies and headers of deliveries received before an instant; returns how many.

    Those with anything still to be looked at are kept: open faults, readings that wait or are held
    back, and what was told and not acted on.
    """
    count = 0
    while True:
        with db.atomic():
            rows = db.rows(
                DONE_WITH, practice, before_us, UNPACKED, REFUSED, OPEN, READY, HELD, READY, HELD,
                TOLD, MOST_IN_LIST,
            )  # fmt: skip
            if not rows:
                return count
            places = ", ".join(["%s"] * len(rows))
            count += db.run(
                f"UPDATE store_inbound SET body = %s, headers = '{{}}', state = {FORGOTTEN} "  # noqa: S608
                f"WHERE id IN ({places})",
                b"",
                *(row[0] for row in rows),
            )
