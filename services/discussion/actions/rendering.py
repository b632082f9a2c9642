"""Rendering anew what an earlier release rendered by other rules."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis.markdown.text import NothingToShow, Text, TextHidden
from services.discussion import access
from services.discussion.actions.keywords import count_uncounted
from services.discussion.models import Post
from services.discussion.rules import RENDERING

BATCH = 200


def refresh_rendering(session: Session) -> bool:
    """Render some posts anew, and count their keywords; returns whether more are left.

    What this release would refuse to publish stays as it was rendered. Nothing is told: the
    words are the same.
    """
    outdated = select(Post.id, Post.body, Post.title, Post.lang).where(Post.rendering < RENDERING)
    listed = outdated.where(Post.removed_at.is_(None)).order_by(Post.rendering, Post.id)
    found = session.execute(listed.limit(BATCH).with_for_update(skip_locked=True)).all()
    keywords = access.keywords_of(session, [post.id for post in found])
    for post in found:
        labels = [keyword.label for keyword in keywords.get(post.id, [])]
        try:
            text = Text.of(post.body)
            shown = Post.shown(text, title=post.title, lang=post.lang, labels=labels)
        except (NothingToShow, TextHidden):
            shown = {"rendering": RENDERING}
        session.execute(update(Post).where(Post.id == post.id).values(shown))
    count_uncounted(session, [post.id for post in found])
    return len(found) == BATCH
