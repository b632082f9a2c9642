"""What every part moves: the event `post.liked`, and a listener that keeps the newest of each.

The event is the real one; the listener's table is as small as a read model can be.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID, uuid4

from sqlalchemy import DateTime, func
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from chassis import tables
from chassis.database import new_metadata
from chassis.messaging.envelope import seal
from chassis.messaging.handlers import Handlers
from chassis.messaging.relay import OutboxRow
from chassis.replicas import upsert_newer
from contracts.discussion import PostLiked

LISTENER = "bench"
SUBSCRIPTIONS = {PostLiked.type: [LISTENER]}


class Base(DeclarativeBase):
    metadata = new_metadata()


class Like(Base):
    """`handled_at` is the server's clock while the row was written, before its commit."""

    __tablename__ = "likes"
    post_id: Mapped[UUID] = mapped_column(primary_key=True)
    liker_id: Mapped[UUID] = mapped_column(primary_key=True)
    author_id: Mapped[UUID]
    revision: Mapped[int]
    state: Mapped[str]
    liked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    handled_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.clock_timestamp()
    )


tables.attach(Base.metadata)
handlers = Handlers()


@handlers.on_batch(PostLiked)
def when_posts_liked_keep_newest(events: Sequence[PostLiked], session: Session) -> None:
    upsert_newer(session, Like, [_row(event) for event in events])


def new_like(
    post_id: UUID | None = None,
    author_id: UUID | None = None,
    liker_id: UUID | None = None,
    kind: Literal["question", "answer"] = "answer",
) -> PostLiked:
    """A like that happens now; posts and members that are not named were never seen before."""
    return PostLiked(
        post_id=post_id or uuid4(),
        author_id=author_id or uuid4(),
        liker_id=liker_id or uuid4(),
        kind=kind,
        revision=1,
        liked_at=datetime.now(UTC),
    )


def outbox_rows(count: int) -> list[OutboxRow]:
    """Likes as a publisher gets them from the relay."""
    sealed = [seal(new_like()) for _ in range(count)]
    return [
        OutboxRow(number, event_id, PostLiked.type, None, body, 0)
        for number, (event_id, body) in enumerate(sealed)
    ]


def _row(event: PostLiked) -> dict[str, Any]:
    return {
        "post_id": event.post_id,
        "liker_id": event.liker_id,
        "author_id": event.author_id,
        "revision": event.revision,
        "state": event.state,
        "liked_at": event.liked_at,
    }
