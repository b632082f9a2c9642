"""Keywords come into being with the first question that uses them, and are called as most do."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.identifiers import new_id
from chassis.slugs import slug_of
from contracts import discussion as contracts
from services.discussion.errors import KeywordInvalid
from services.discussion.models import (
    Keyword,
    KeywordAlias,
    KeywordFollowRef,
    KeywordMove,
    KeywordSpelling,
    Post,
    PostKeyword,
)
from services.discussion.rules import LONGEST_SLUG, PRIVATE, tidy_label


def use_keywords(session: Session, *, post: Post, labels: Sequence[str]) -> list[contracts.Keyword]:
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
    written: dict[Keyword, str] = {}
    for slug, label in wanted.items():
        written.setdefault(known[slug], label)
    session.add_all(
        PostKeyword(post_id=post.id, keyword_id=keyword.id, position=position, written=label)
        for position, (keyword, label) in enumerate(written.items())
    )
    session.flush()
    _count_spellings(session, {(keyword.id, label): 1 for keyword, label in written.items()})
    if post.audience != PRIVATE:
        _count_posts(session, {keyword.id: 1 for keyword in written})
    return [
        contracts.Keyword(slug=keyword.slug, label=keyword.label, written=label)
        for keyword, label in written.items()
    ]


def replace_keywords(session: Session, *, post: Post, labels: Sequence[str]) -> None:
    """Give a post other keywords; raises KeywordInvalid.

    Those that it has and those that it gets are locked together, in the order of their slugs:
    two posts may change places.
    """
    theirs = select(PostKeyword.keyword_id).where(PostKeyword.post_id == post.id)
    is_either = Keyword.slug.in_(map(slug_of, labels)) | Keyword.id.in_(theirs)
    session.execute(select(Keyword.id).where(is_either).order_by(Keyword.slug).with_for_update())
    drop_keywords(session, [post.id])
    use_keywords(session, post=post, labels=labels)


def drop_keywords(session: Session, post_ids: Collection[UUID]) -> None:
    """Take posts' keywords away, and forget those that no question has any more.

    Their words were somebody's; so no merge that is taken back returns them.
    """
    session.execute(delete(KeywordMove).where(KeywordMove.post_id.in_(post_ids)))
    theirs = delete(PostKeyword).where(PostKeyword.post_id.in_(post_ids))
    theirs = theirs.where(PostKeyword.post_id == Post.id)
    told = theirs.returning(PostKeyword.keyword_id, PostKeyword.written, Post.audience)
    dropped = session.execute(told).all()
    keyword_ids = {row.keyword_id for row in dropped}
    locked = select(Keyword.id).where(Keyword.id.in_(keyword_ids)).order_by(Keyword.slug)
    session.execute(locked.with_for_update())
    # A second look, under the locks: a question may have taken one while we waited.
    is_used = exists().where(PostKeyword.keyword_id == Keyword.id)
    unused = delete(Keyword).where(Keyword.id.in_(keyword_ids), ~is_used)
    gone = set(session.scalars(unused.returning(Keyword.id)))
    # What an earlier release gave and nobody counted yet is not taken off either.
    dropped = [row for row in dropped if row.written]
    fewer = Counter((row.keyword_id, row.written) for row in dropped)
    kept = {key: -count for key, count in fewer.items() if key[0] not in gone}
    _count_spellings(session, kept)
    of_all = Counter(row.keyword_id for row in dropped if row.audience != PRIVATE)
    _count_posts(session, {one: -count for one, count in of_all.items() if one not in gone})


def count_public_posts(session: Session, *, keyword_id: UUID) -> None:
    """Count anew the posts of a keyword that everybody may read; under its lock."""
    posts = select(func.count()).select_from(PostKeyword)
    posts = posts.join(Post, Post.id == PostKeyword.post_id)
    posts = posts.where(PostKeyword.keyword_id == keyword_id, Post.audience != PRIVATE)
    counted = update(Keyword).where(Keyword.id == keyword_id)
    counted = counted.values(post_count=posts.scalar_subquery())
    session.execute(counted.execution_options(synchronize_session=False))


def count_uncounted(session: Session, post_ids: Collection[UUID]) -> None:
    """Count the keywords that an earlier release gave these posts, which counts none.

    It runs beside this one during an upgrade, and does not say how authors spelt them.
    """
    told = select(PostKeyword.keyword_id, func.count()).group_by(PostKeyword.keyword_id)
    told = told.where(PostKeyword.post_id.in_(post_ids), PostKeyword.written == "")
    counts = {row[0]: row[1] for row in session.execute(told)}
    held = select(Keyword).where(Keyword.id.in_(counts)).order_by(Keyword.slug)
    for keyword in session.scalars(held.with_for_update()).all():
        theirs = PostKeyword.post_id.in_(post_ids), PostKeyword.keyword_id == keyword.id
        spelt = update(PostKeyword).where(*theirs, PostKeyword.written == "")
        spelt = spelt.values(written=keyword.label)
        session.execute(spelt.execution_options(synchronize_session=False))
        _count_spellings(session, {(keyword.id, keyword.label): counts[keyword.id]})
        count_public_posts(session, keyword_id=keyword.id)


def count_followers(session: Session, slugs: Collection[str]) -> None:
    """Count anew who follows these keywords, of those that there are."""
    if not slugs:
        return
    follows = select(func.count()).select_from(KeywordFollowRef)
    count = follows.where(KeywordFollowRef.slug == Keyword.slug, KeywordFollowRef.is_following)
    counted = update(Keyword).where(Keyword.slug.in_(slugs))
    session.execute(
        counted.values(follower_count=count.scalar_subquery()).execution_options(
            synchronize_session=False
        )
    )


def _count_spellings(session: Session, changes: Mapping[tuple[UUID, str], int]) -> None:
    """Count how keywords are spelt; their labels follow the most used, of equals the earliest.

    Under the locks of the keywords.
    """
    if not changes:
        return
    rows = [
        {"keyword_id": one, "written": written, "use_count": by, "first_used_at": clock.now()}
        for (one, written), by in sorted(changes.items())
    ]
    counted = insert(KeywordSpelling).values(rows)
    more = KeywordSpelling.use_count + counted.excluded.use_count
    session.execute(
        counted.on_conflict_do_update(
            index_elements=["keyword_id", "written"], set_={"use_count": more}
        )
    )
    most_used = (
        select(KeywordSpelling.written)
        .where(KeywordSpelling.keyword_id == Keyword.id, KeywordSpelling.use_count > 0)
        .order_by(KeywordSpelling.use_count.desc(), KeywordSpelling.first_used_at)
        .limit(1)
        .scalar_subquery()
    )
    session.execute(
        update(Keyword)
        .where(Keyword.id.in_({one for one, _ in changes}))
        .where(~Keyword.is_label_fixed, Keyword.label != most_used)
        .values(label=most_used, revision=Keyword.revision + 1)
        .execution_options(synchronize_session="fetch")
    )


def _count_posts(session: Session, changes: Mapping[UUID, int]) -> None:
    """Count the posts of keywords that everybody may read; under the locks of the keywords."""
    by = defaultdict(list)
    for keyword_id, count in changes.items():
        by[count].append(keyword_id)
    for count, keyword_ids in by.items():
        more = update(Keyword).where(Keyword.id.in_(keyword_ids))
        session.execute(
            more.values(post_count=Keyword.post_count + count).execution_options(
                synchronize_session=False
            )
        )


def _ensure(session: Session, wanted: Mapping[str, str]) -> dict[str, Keyword]:
    """The keywords that are meant, locked, by slug; an alias means the one that it leads to."""
    aliases = select(KeywordAlias.slug, Keyword.slug)
    aliases = aliases.join(Keyword, Keyword.id == KeywordAlias.keyword_id)
    rows = session.execute(aliases.where(KeywordAlias.slug.in_(wanted))).all()
    leads: dict[str, str] = {row[0]: row[1] for row in rows}
    meant: dict[str, str] = {}
    for slug, label in wanted.items():
        meant.setdefault(leads.get(slug, slug), label)
    # In slug order, so that two questions with the same new keywords wait, never deadlock.
    new = [
        {"id": new_id(), "slug": slug, "label": meant[slug], "created_at": clock.now()}
        for slug in sorted(meant)
    ]
    made = insert(Keyword).values(new).on_conflict_do_nothing(index_elements=["slug"])
    named = select(Keyword).where(Keyword.slug.in_(meant)).order_by(Keyword.slug)
    # Held until a question uses them, so that none is forgotten meanwhile; one that just was
    # is made again.
    held = named.with_for_update(key_share=True)
    found: Sequence[Keyword] = []
    while len(found) < len(meant):
        count_followers(session, session.scalars(made.returning(Keyword.slug)).all())
        found = session.scalars(held).all()
    by_slug = {keyword.slug: keyword for keyword in found}
    return {slug: by_slug[leads.get(slug, slug)] for slug in wanted}
