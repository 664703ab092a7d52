"""Row-level security on PostgreSQL: what one practice wrote is not seen in the scope of another.

A guard against our own mistakes, such as a query without its practice; who may run any SQL may name
any scope. Without a scope nothing is seen. Who works when is seen across practices, so that one
person's overlapping time shows; it names no patient.
"""

from __future__ import annotations

from collections.abc import Iterable

SCOPE = "current_setting('caretally.practice', true)"
PRACTICE = f"(SELECT id FROM store_practice WHERE name = {SCOPE})"  # noqa: S608 - no values
FIRST_BY_PRACTICE = (
    "store_stream", "store_entry", "store_correction", "store_deviceevent", "store_patientmonth",
    "store_patientcard", "store_workitem", "store_answered", "store_brokenglass",
    "store_runningtimer", "store_forgottentimer", "store_secret", "store_subscription",
    "store_staffspan",
)  # fmt: skip
INTAKE_BY_PRACTICE = (
    "store_connection", "store_inbound", "store_intakereading", "store_intakesource",
    "store_intakefault", "store_intakeevent", "store_devicehealth", "store_devicecard",
    "store_devicename", "store_alert", "store_contactpoint", "store_notice",
    "store_pullmark",
)  # fmt: skip
BILLING_BY_PRACTICE = (
    "store_decisioncard", "store_claimcard", "store_denial", "store_closingrun",
    "store_exchangedfile",
)  # fmt: skip
CALLS_BY_PRACTICE = (
    "store_campaign", "store_call", "store_callline", "store_callsound", "store_portalaccount",
    "store_portalcode", "store_portalmail", "store_conversation", "store_chatmessage",
    "store_chatpresence",
)  # fmt: skip
BY_PRACTICE = (*FIRST_BY_PRACTICE, *INTAKE_BY_PRACTICE, *BILLING_BY_PRACTICE, *CALLS_BY_PRACTICE)
BY_PARENT = {
    "store_overlap": ("stream_id", "store_stream"),
    "store_delivery": ("subscription_id", "store_subscription"),
}
"""Tables whose rows belong to the practice of another row: column and table of that."""
READ_BY_ALL = ("store_staffspan",)
GROWING = ("store_entry", "store_leaf", "store_seal")
"""Tables the program may only add to."""


def guards_of(tables: Iterable[str]) -> list[str]:
    """Return the statements that guard tables whose rows name their practice."""
    condition = f"{SCOPE} = '*' OR practice_id = {PRACTICE}"
    return [statement for table in tables for statement in guarded(table, condition)]


def guards() -> list[str]:
    """Return the statements that set the first guards up; later tables bring theirs along."""
    wide = f"{SCOPE} = '*'"
    found = guards_of(FIRST_BY_PRACTICE)
    for table, (column, parent) in BY_PARENT.items():
        inside = f"SELECT id FROM {parent} WHERE practice_id = {PRACTICE}"  # noqa: S608
        found += guarded(table, f"{wide} OR {column} IN ({inside})")
    found += [
        f"CREATE POLICY read_by_all ON {table} FOR SELECT USING (true)" for table in READ_BY_ALL
    ]
    return found


def guarded(table: str, condition: str) -> list[str]:
    """Return the statements that guard a table."""
    return [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY of_practice ON {table} USING ({condition}) WITH CHECK ({condition})",
    ]


def grants(role: str) -> list[str]:
    """Return the statements that let the program's role work on the tables its owner made.

    role: a quoted name.
    """
    return [
        f"GRANT USAGE ON SCHEMA public TO {role}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
        f"GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO {role}",
        *(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {role}" for table in GROWING),
    ]
