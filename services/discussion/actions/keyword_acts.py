"""What moderators do to keywords: rename, merge, and take a merge back (ADR 0019)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from chassis import clock, members
from chassis.auth import require_recent_password
from chassis.claims import Claims
from chassis.messaging.outbox import record
from contracts.discussion import KeywordMerged, KeywordRenamed
from services.discussion.actions.keywords import count_followers, count_public_posts
from services.discussion.errors import KeywordNotFound, MergeImpossible, ModeratorsOnly
from services.discussion.models import (
    Keyword,
    KeywordAlias,
    KeywordFollowRef,
    KeywordMerge,
    KeywordMove,
    KeywordSpelling,
    MemberRef,
    PostKeyword,
)
from services.discussion.rules import MODERATORS


@dataclass(frozen=True)
class Effect:
    """How many posts and followers an act concerns."""

    slug: str
    into: str
    post_count: int
    follower_count: int


def rename_keyword(session: Session, *, actor: Claims, slug: str, label: str) -> None:
    """Fix what a keyword is called; records `keyword.renamed` where that is new.

    Raises ModeratorsOnly, PasswordNeeded or KeywordNotFound.
    """
    _require_moderator(session, actor)
    keyword = _lock(session, slug)[slug]
    if keyword.label == label and keyword.is_label_fixed:
        return
    keyword.label, keyword.is_label_fixed = label, True
    keyword.revision += 1
    session.flush()
    told = KeywordRenamed(slug=slug, label=label, revision=keyword.revision, changed_at=clock.now())
    record(session, told)


def merge_keywords(
    session: Session, *, actor: Claims, slug: str, into: str, is_dry_run: bool
) -> Effect:
    """Let a keyword lead to another, with its posts; records `keyword.merged`.

    A dry run counts and does nothing. Raises ModeratorsOnly, PasswordNeeded, KeywordNotFound or
    MergeImpossible.
    """
    _require_moderator(session, actor)
    if slug == into:
        raise MergeImpossible
    locked = _lock(session, slug, into)
    merged, kept = locked[slug], locked[into]
    effect = Effect(slug, into, _count_posts(session, merged.id), _count_followers(session, slug))
    if is_dry_run:
        return effect
    saved = _save(session, merged)
    _move_posts(session, merged.id, kept.id)
    lead = update(KeywordAlias).where(KeywordAlias.keyword_id == merged.id)
    session.execute(lead.values(keyword_id=kept.id))
    session.expunge(merged)
    session.execute(delete(Keyword).where(Keyword.id == merged.id))
    session.add(KeywordAlias(slug=slug, keyword_id=kept.id, created_at=clock.now()))
    session.flush()
    count_public_posts(session, keyword_id=kept.id)
    _keep_merge(session, {**saved, "slug": slug, "into_slug": into, "merged_by_id": actor.id})
    _tell(session, slug, label=kept.label)
    return effect


def part_keywords(session: Session, *, actor: Claims, slug: str) -> Effect:
    """Take a merge back: what is still as the merge left it returns; records `keyword.merged`.

    Raises ModeratorsOnly, PasswordNeeded, KeywordNotFound or MergeImpossible.
    """
    _require_moderator(session, actor)
    named = select(KeywordMerge).where(KeywordMerge.slug == slug, KeywordMerge.is_merged)
    merge = session.scalar(named.with_for_update())
    if merge is None:
        raise KeywordNotFound
    locked = _lock(session, slug, merge.into_slug, is_required=False)
    kept = locked.get(merge.into_slug)
    # What it was merged into may itself lead elsewhere by now; and a question that was asked
    # at the moment of the merge may have made the keyword anew.
    if kept is None or slug in locked:
        raise MergeImpossible
    theirs = KeywordAlias.slug.in_([slug, *merge.aliases])
    session.execute(delete(KeywordAlias).where(KeywordAlias.slug == slug))
    keyword = Keyword(
        id=merge.keyword_id,
        slug=slug,
        label=merge.label,
        is_label_fixed=merge.is_label_fixed,
        created_at=clock.now(),
    )
    session.add(keyword)
    session.flush()
    session.execute(update(KeywordAlias).where(theirs).values(keyword_id=keyword.id))
    for written, spelling in merge.spellings.items():
        row = {"keyword_id": keyword.id, "written": written, "use_count": spelling}
        session.add(KeywordSpelling(**row, first_used_at=clock.now()))
    _move_back(session, keyword.id, kept.id)
    for one in (keyword.id, kept.id):
        count_public_posts(session, keyword_id=one)
    count_followers(session, [slug, kept.slug])
    merge.is_merged, merge.revision, merge.changed_at = False, merge.revision + 1, clock.now()
    session.flush()
    _tell(session, slug, label=merge.label)
    posts, followers = _count_posts(session, keyword.id), _count_followers(session, slug)
    return Effect(slug, kept.slug, posts, followers)


def _require_moderator(session: Session, actor: Claims) -> None:
    members.require_active(session, MemberRef, actor)
    if actor.role not in MODERATORS:
        raise ModeratorsOnly
    require_recent_password(actor)


def _lock(session: Session, *slugs: str, is_required: bool = True) -> dict[str, Keyword]:
    """Keywords by slug, locked in the order of their slugs."""
    named = select(Keyword).where(Keyword.slug.in_(slugs)).order_by(Keyword.slug)
    found = session.scalars(named.with_for_update().execution_options(populate_existing=True))
    locked = {keyword.slug: keyword for keyword in found}
    if is_required and len(locked) < len(slugs):
        raise KeywordNotFound
    return locked


def _count_posts(session: Session, keyword_id: UUID) -> int:
    counted = select(func.count()).where(PostKeyword.keyword_id == keyword_id)
    return session.execute(counted).scalar_one()


def _count_followers(session: Session, slug: str) -> int:
    counted = select(func.count()).where(KeywordFollowRef.slug == slug)
    return session.execute(counted.where(KeywordFollowRef.is_following)).scalar_one()


def _save(session: Session, keyword: Keyword) -> dict[str, Any]:
    spellings = select(KeywordSpelling.written, KeywordSpelling.use_count)
    counts = session.execute(spellings.where(KeywordSpelling.keyword_id == keyword.id)).all()
    aliases = select(KeywordAlias.slug).where(KeywordAlias.keyword_id == keyword.id)
    return {
        "keyword_id": keyword.id,
        "label": keyword.label,
        "is_label_fixed": keyword.is_label_fixed,
        "spellings": {row.written: row.use_count for row in counts},
        "aliases": list(session.scalars(aliases)),
    }


def _move_posts(session: Session, merged_id: UUID, kept_id: UUID) -> None:
    """Move a keyword's posts to another, keeping where each was."""
    other = aliased(PostKeyword)
    is_doubled = select(other.post_id).where(
        other.post_id == PostKeyword.post_id, other.keyword_id == kept_id
    )
    theirs = PostKeyword.keyword_id == merged_id
    columns = ["keyword_id", "post_id", "position", "written", "is_doubled"]
    before = select(
        PostKeyword.keyword_id,
        PostKeyword.post_id,
        PostKeyword.position,
        PostKeyword.written,
        is_doubled.exists(),
    ).where(theirs)
    session.execute(delete(KeywordMove).where(KeywordMove.keyword_id == merged_id))
    session.execute(insert(KeywordMove).from_select(columns, before))
    session.execute(delete(PostKeyword).where(theirs, is_doubled.exists()))
    session.execute(update(PostKeyword).where(theirs).values(keyword_id=kept_id))


def _move_back(session: Session, keyword_id: UUID, kept_id: UUID) -> None:
    """Give a keyword the posts that it had, as far as they are as they were left."""
    moves = KeywordMove.keyword_id == keyword_id
    returned = (
        update(PostKeyword)
        .where(PostKeyword.keyword_id == kept_id, PostKeyword.post_id == KeywordMove.post_id)
        .where(moves, ~KeywordMove.is_doubled, PostKeyword.written == KeywordMove.written)
        .where(PostKeyword.position == KeywordMove.position)
        .values(keyword_id=keyword_id)
        .execution_options(synchronize_session=False)
    )
    session.execute(returned)
    there, place = aliased(PostKeyword), aliased(PostKeyword)
    still = select(there.post_id).where(
        there.post_id == KeywordMove.post_id, there.keyword_id == kept_id
    )
    taken = select(place.post_id).where(
        place.post_id == KeywordMove.post_id, place.position == KeywordMove.position
    )
    doubled = select(
        KeywordMove.post_id, KeywordMove.keyword_id, KeywordMove.position, KeywordMove.written
    ).where(moves, KeywordMove.is_doubled, still.exists(), ~taken.exists())
    columns = ["post_id", "keyword_id", "position", "written"]
    session.execute(insert(PostKeyword).from_select(columns, doubled).on_conflict_do_nothing())
    session.execute(delete(KeywordMove).where(moves))


def _keep_merge(session: Session, saved: Mapping[str, Any]) -> None:
    new = insert(KeywordMerge).values(**saved, is_merged=True, revision=1, changed_at=clock.now())
    again = {name: new.excluded[name] for name in (*saved, "is_merged", "changed_at")}
    turned = new.on_conflict_do_update(
        index_elements=["slug"], set_={**again, "revision": KeywordMerge.revision + 1}
    )
    session.execute(turned)


def _tell(session: Session, slug: str, *, label: str) -> None:
    named = select(KeywordMerge).where(KeywordMerge.slug == slug)
    merge = session.scalars(named.execution_options(populate_existing=True)).one()
    record(
        session,
        KeywordMerged(
            slug=slug,
            into=merge.into_slug,
            label=label,
            state="merged" if merge.is_merged else "apart",
            revision=merge.revision,
            changed_at=merge.changed_at,
        ),
    )
