"""How the mechanism's tables changed after their first version; called by services' migrations.

One function for each release that changed them, never changed again.
"""

from alembic import op


def wait_for_each_listener() -> None:
    """The outbox keeps what a listener missed for that listener, and tells since when.

    What was returned before is new again: it is published to each listener anew.
    """
    op.execute("ALTER TABLE outbox ADD COLUMN recorded_at TIMESTAMPTZ NOT NULL DEFAULT now()")
    op.execute("UPDATE outbox SET next_try_at = NULL WHERE next_try_at IS NOT NULL")
    op.execute("CREATE INDEX ix_outbox_new ON outbox (id) WHERE next_try_at IS NULL")
    op.execute(
        "CREATE INDEX ix_outbox_due ON outbox (destination, next_try_at)"
        " WHERE next_try_at IS NOT NULL"
    )


def know_closed_sessions() -> None:
    """What a closed session's access token may still write is refused."""
    op.execute(
        "CREATE TABLE closed_sessions ("
        " session_id UUID NOT NULL CONSTRAINT pk_closed_sessions PRIMARY KEY,"
        " closed_at TIMESTAMPTZ NOT NULL)"
    )


def divide_the_outbox() -> None:
    """Rows of the outbox tell their subject's shard, so that several relays divide them.

    What an earlier release records meanwhile is of shard 0.
    """
    op.execute("ALTER TABLE outbox ADD COLUMN shard SMALLINT NOT NULL DEFAULT 0")
