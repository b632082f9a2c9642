"""What a merge of keywords means for who follows them (ADR 0019)."""

from collections.abc import Sequence

from sqlalchemy import literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock, members
from chassis.messaging.outbox import record
from chassis.replicas import upsert_newer
from contracts.discussion import KeywordMerged
from services.social.events import keyword_follow_changed
from services.social.models import KeywordFollow, KeywordMergeRef, MemberRef

MOST_STEPS = 10  # of merges into what was merged itself


def keep_merges(session: Session, events: Sequence[KeywordMerged]) -> None:
    """Keep merges, the highest revision of each; adds follows, or ends those that were added.

    Records `keyword.followed` or `keyword.unfollowed` for each.
    """
    rows = [
        {
            "slug": event.slug,
            "into_slug": event.into,
            "is_merged": event.state == "merged",
            "revision": event.revision,
        }
        for event in events
    ]
    changed = {slug for (slug,) in upsert_newer(session, KeywordMergeRef, rows)}
    merges = select(KeywordMergeRef).where(KeywordMergeRef.slug.in_(changed))
    for merge in session.scalars(merges.order_by(KeywordMergeRef.slug)).all():
        _end(session, merge.slug, but=merge.into_slug if merge.is_merged else "")
        if merge.is_merged:
            _add(session, merge.slug, merge.into_slug)


def find_meant(session: Session, *, slug: str) -> str:
    """The slug to which a slug leads by now; itself where it leads nowhere."""
    for _ in range(MOST_STEPS):
        step = select(KeywordMergeRef.into_slug)
        step = step.where(KeywordMergeRef.slug == slug, KeywordMergeRef.is_merged)
        into = session.scalar(step)
        if into is None:
            break
        slug = into
    return slug


def _add(session: Session, slug: str, into: str) -> None:
    """Let who follows a keyword follow the other, unless they ever turned that themselves."""
    theirs = (
        select(
            KeywordFollow.member_id,
            literal(into),
            literal(True),
            literal(1),
            literal(clock.now()),
            literal(slug),
        )
        .join(MemberRef, MemberRef.id == KeywordFollow.member_id)
        .where(KeywordFollow.slug == slug, KeywordFollow.is_following)
        .where(MemberRef.state != members.LEFT)
        .order_by(KeywordFollow.member_id)
    )
    columns = ["member_id", "slug", "is_following", "revision", "changed_at", "merged_from"]
    added = insert(KeywordFollow).from_select(columns, theirs).on_conflict_do_nothing()
    record(session, *map(keyword_follow_changed, session.scalars(added.returning(KeywordFollow))))


def _end(session: Session, slug: str, *, but: str) -> None:
    """End the follows that a merge of this keyword added and nobody touched since, but of one."""
    ended = (
        update(KeywordFollow)
        .where(KeywordFollow.merged_from == slug, KeywordFollow.slug != but)
        .where(KeywordFollow.is_following)
        .values(
            is_following=False,
            revision=KeywordFollow.revision + 1,
            changed_at=clock.now(),
            merged_from=None,
        )
        .returning(KeywordFollow)
        .execution_options(populate_existing=True)
    )
    record(session, *map(keyword_follow_changed, session.scalars(ended)))
