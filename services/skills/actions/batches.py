"""One batch of what identity, discussion and projects tell, from the locks to attributions."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.discussion import (
    AnswerAccepted,
    AnswerUnaccepted,
    PostLiked,
    PostPublished,
    PostRemoved,
    PostUnliked,
)
from contracts.identity import MemberEvent
from contracts.projects import ContributionThanked
from services.skills.actions import (
    attributions,
    contributions,
    locks,
    mentions,
    newcomers,
    recounts,
    replicas,
    thanks,
    voices,
)
from services.skills.models import AcceptRef, Attribution, LikeRef, PostRef

Accept = AnswerAccepted | AnswerUnaccepted
Change = (
    MemberEvent
    | PostPublished
    | PostRemoved
    | PostLiked
    | PostUnliked
    | Accept
    | ContributionThanked
)


def apply_batch(session: Session, events: Sequence[Change]) -> None:
    """Keep members, posts, likes, accepts and thanks, and bring what follows from them up to date.

    Likes that came before their posts, and answers before their questions, begin to count. Of a
    member who is suspended or reinstated the worker counts the likes anew in pages.
    """
    people = [event for event in events if isinstance(event, MemberEvent)]
    published = [event for event in events if isinstance(event, PostPublished | PostRemoved)]
    likes = [event for event in events if isinstance(event, PostLiked | PostUnliked)]
    accepts = [event for event in events if isinstance(event, Accept)]
    thanked = [event for event in events if isinstance(event, ContributionThanked)]
    for answer, like in thanks.find_proofs(session, thanked):
        published.append(answer)
        likes.append(like)
    named = {event.liker_id for event in likes} | {event.author_id for event in published}
    named |= {event.asker_id for event in accepts}
    locks.lock_members(session, changed={event.member_id for event in people}, named=named)
    turned = replicas.keep_members(session, people)
    moved = newcomers.place_newcomers(session, {event.member_id for event in people})
    recounts.count_again(session, turned.likers | _who_like(session, moved), cause="like")
    # What a leaver wrote is brought up to date by nobody else while they are made to hold nothing.
    written = _written_by(session, turned.authors | moved)
    locks.lock_posts(session, events=published, likes=likes, accepts=accepts, more=written)
    kept = replicas.keep_posts(session, published)
    thanks.mark_answers(session, thanked)
    read = mentions.detect(session, kept.changed)
    pairs = replicas.keep_likes(session, likes) | _likes_of(session, kept.appeared)
    questions = replicas.keep_accepts(session, accepts) | _accepts_of(session, kept.appeared)
    counted = voices.count_likes(session, pairs, question_ids=questions)
    if moved:
        voices.weigh_voices(session, written, turned=counted)
    contributions.settle_posts(session, read, turned=counted)
    if turned.authors:
        held = attributions.lock_attributions(session, _held(session, turned.authors))
        attributions.sum_up(session, held, heard={})


def _who_like(session: Session, member_ids: Collection[UUID]) -> set[UUID]:
    if not member_ids:
        return set()
    theirs = select(LikeRef.liker_id).where(LikeRef.liker_id.in_(member_ids))
    return set(session.scalars(theirs.distinct()))


def _likes_of(session: Session, post_ids: Collection[UUID]) -> set[voices.Pair]:
    if not post_ids:
        return set()
    given = select(LikeRef.post_id, LikeRef.liker_id).where(LikeRef.post_id.in_(post_ids))
    return {(row.post_id, row.liker_id) for row in session.execute(given)}


def _accepts_of(session: Session, answer_ids: Collection[UUID]) -> set[UUID]:
    if not answer_ids:
        return set()
    named = AcceptRef.answer_id.in_(answer_ids) | AcceptRef.counted_id.in_(answer_ids)
    return set(session.scalars(select(AcceptRef.question_id).where(named)))


def _written_by(session: Session, author_ids: Collection[UUID]) -> set[UUID]:
    if not author_ids:
        return set()
    return set(session.scalars(select(PostRef.id).where(PostRef.author_id.in_(author_ids))))


def _held(session: Session, member_ids: Collection[UUID]) -> set[attributions.Key]:
    theirs = select(Attribution.member_id, Attribution.skill_id)
    rows = session.execute(theirs.where(Attribution.member_id.in_(member_ids)))
    return {(row.member_id, row.skill_id) for row in rows}
