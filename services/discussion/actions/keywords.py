"""Keywords come into being with the first question that uses them."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import delete, exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.identifiers import new_id
from chassis.slugs import slug_of
from contracts import discussion as contracts
from services.discussion.errors import KeywordInvalid
from services.discussion.models import Keyword, PostKeyword
from services.discussion.rules import LONGEST_SLUG, tidy_label


def use_keywords(
    session: Session, *, post_id: UUID, labels: Sequence[str]
) -> list[contracts.Keyword]:
    """Give a post its keywords, in this order, making the new ones; repeated ones count once.

    Raises KeywordInvalid for a label without a letter or digit, or with letters that
    each stand for many.
    """
    wanted: dict[str, str] = {}
    for label in labels:
        slug = slug_of(label)
        if not slug or len(slug) > LONGEST_SLUG:
            raise KeywordInvalid
        wanted.setdefault(slug, tidy_label(label))
    if not wanted:
        return []
    known = _ensure(session, wanted)
    session.add_all(
        PostKeyword(post_id=post_id, keyword_id=known[slug].id, position=position, written=written)
        for position, (slug, written) in enumerate(wanted.items())
    )
    return [
        contracts.Keyword(slug=slug, label=known[slug].label, written=written)
        for slug, written in wanted.items()
    ]


def forget_unused(session: Session, keyword_ids: Collection[UUID]) -> None:
    """Forget those of these keywords that no question has any more: their words were somebody's."""
    locked = select(Keyword.id).where(Keyword.id.in_(keyword_ids)).order_by(Keyword.slug)
    session.execute(locked.with_for_update())
    # A second look, under the locks: a question may have taken one while we waited.
    is_used = exists().where(PostKeyword.keyword_id == Keyword.id)
    session.execute(delete(Keyword).where(Keyword.id.in_(keyword_ids), ~is_used))


def _ensure(session: Session, wanted: dict[str, str]) -> dict[str, Keyword]:
    # In slug order, so that two questions with the same new keywords wait, never deadlock.
    rows = [
        {"id": new_id(), "slug": slug, "label": wanted[slug], "created_at": clock.now()}
        for slug in sorted(wanted)
    ]
    made = insert(Keyword).values(rows).on_conflict_do_nothing(index_elements=["slug"])
    named = select(Keyword).where(Keyword.slug.in_(wanted)).order_by(Keyword.slug)
    # Held until a question uses them, so that none is forgotten meanwhile; one that just was
    # is made again.
    held = named.with_for_update(read=True, key_share=True)
    found: Sequence[Keyword] = []
    while len(found) < len(wanted):
        session.execute(made)
        found = session.scalars(held).all()
    return {keyword.slug: keyword for keyword in found}
