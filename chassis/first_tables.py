"""The mechanism's tables as a service's first migration makes them; never changed again."""

from alembic import op
from sqlalchemy import text

STATEMENTS = (
    """CREATE TABLE outbox (
        id BIGINT GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_outbox PRIMARY KEY,
        event_id UUID NOT NULL,
        type TEXT NOT NULL,
        destination TEXT,
        body TEXT NOT NULL,
        delivery_count INTEGER NOT NULL DEFAULT 0,
        next_try_at TIMESTAMPTZ
    )""",
    """CREATE TABLE inbox (
        event_id UUID NOT NULL,
        handler TEXT NOT NULL,
        handled_at TIMESTAMPTZ NOT NULL DEFAULT now(),
        CONSTRAINT pk_inbox PRIMARY KEY (event_id, handler)
    )""",
    "CREATE INDEX ix_inbox_handled_at ON inbox (handled_at)",
    """CREATE TABLE failed_events (
        id UUID NOT NULL CONSTRAINT pk_failed_events PRIMARY KEY,
        event_id UUID,
        type TEXT,
        body BYTEA NOT NULL,
        error TEXT NOT NULL,
        state TEXT NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        next_try_at TIMESTAMPTZ,
        first_failed_at TIMESTAMPTZ NOT NULL DEFAULT now(),
        last_failed_at TIMESTAMPTZ NOT NULL DEFAULT now(),
        CONSTRAINT ck_failed_events_state_known CHECK (state IN ('waiting', 'dead'))
    )""",
    "CREATE INDEX ix_failed_events_due ON failed_events (next_try_at) WHERE state = 'waiting'",
    "CREATE INDEX ix_failed_events_event_id ON failed_events (event_id)",
    """CREATE TABLE idempotency_keys (
        member_id UUID NOT NULL,
        route TEXT NOT NULL,
        key TEXT NOT NULL,
        request_hash BYTEA NOT NULL,
        status INTEGER,
        answer TEXT,
        created_at TIMESTAMPTZ NOT NULL,
        CONSTRAINT pk_idempotency_keys PRIMARY KEY (member_id, route, key)
    )""",
    "CREATE INDEX ix_idempotency_keys_created_at ON idempotency_keys (created_at)",
)


def create() -> None:
    """Make the tables of chassis.tables, version 1."""
    for statement in STATEMENTS:
        op.execute(text(statement))
