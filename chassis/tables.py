"""The tables of the mechanism, the same in every service's database.

A service's models attach them to its metadata; its migrations make them by
`first_tables.create()` and `table_changes`, which stay as they are when more is changed.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    Uuid,
    func,
    text,
)

from chassis.retries import retry_constraints

_metadata = MetaData()

OUTBOX = Table(
    "outbox",
    _metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("event_id", Uuid, nullable=False),
    Column("type", Text, nullable=False),
    # Set for what goes to one service alone: a republished past, or what it missed.
    Column("destination", Text),
    Column("body", Text, nullable=False),
    # Counted by the local transport before it delivers, as a broker would.
    Column("delivery_count", Integer, nullable=False, server_default=text("0")),
    # Of its subject: the relays divide them (messaging.shards). Earlier releases' rows have 0.
    Column("shard", SmallInteger, nullable=False, server_default=text("0")),
    # What could not reach a listener waits for it here, instead of standing at the head.
    Column("next_try_at", DateTime(timezone=True)),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Index("ix_outbox_new", "id", postgresql_where=text("next_try_at IS NULL")),
    Index(
        "ix_outbox_due",
        "destination",
        "next_try_at",
        postgresql_where=text("next_try_at IS NOT NULL"),
    ),
)

INBOX = Table(
    "inbox",
    _metadata,
    Column("event_id", Uuid, primary_key=True),
    Column("handler", Text, primary_key=True),
    Column("handled_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Index("ix_inbox_handled_at", "handled_at"),
)

FAILED_EVENTS = Table(
    "failed_events",
    _metadata,
    Column("id", Uuid, primary_key=True),
    Column("event_id", Uuid),
    Column("type", Text),
    Column("body", LargeBinary, nullable=False),
    Column("error", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("next_try_at", DateTime(timezone=True)),
    Column("first_failed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("last_failed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    *retry_constraints("failed_events"),
    Index("ix_failed_events_event_id", "event_id"),
)

IDEMPOTENCY_KEYS = Table(
    "idempotency_keys",
    _metadata,
    Column("member_id", Uuid, primary_key=True),
    Column("route", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("request_hash", LargeBinary, nullable=False),
    Column("status", Integer),
    Column("answer", Text),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Index("ix_idempotency_keys_created_at", "created_at"),
)

# Sessions that ended while their access tokens are still good; forgotten soon after those.
CLOSED_SESSIONS = Table(
    "closed_sessions",
    _metadata,
    Column("session_id", Uuid, primary_key=True),
    Column("closed_at", DateTime(timezone=True), nullable=False),
)

MECHANISMS = (OUTBOX, INBOX, FAILED_EVENTS, IDEMPOTENCY_KEYS, CLOSED_SESSIONS)


def attach(metadata: MetaData) -> None:
    """Let a service's metadata hold the mechanism's tables."""
    for table in MECHANISMS:
        table.to_metadata(metadata)
