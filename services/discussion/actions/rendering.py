"""Rendering anew what an earlier release rendered by other rules."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis.markdown.text import NothingToShow, Text, TextHidden
from services.discussion.models import Post
from services.discussion.rules import RENDERING

BATCH = 200


def refresh_rendering(session: Session) -> bool:
    """Render some posts anew; returns whether more are left.

    What this release would refuse to publish stays as it was rendered. Nothing is told: the
    words are the same.
    """
    outdated = select(Post.id, Post.body).where(Post.rendering < RENDERING)
    listed = outdated.where(Post.removed_at.is_(None)).order_by(Post.rendering, Post.id)
    found = session.execute(listed.limit(BATCH).with_for_update(skip_locked=True)).all()
    for post in found:
        try:
            shown = Post.shown(Text.of(post.body))
        except (NothingToShow, TextHidden):
            shown = {"rendering": RENDERING}
        session.execute(update(Post).where(Post.id == post.id).values(shown))
    return len(found) == BATCH
