"""What is asked, answered, shared and liked: who is told of it."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from chassis.markdown.text import Text
from contracts.discussion import (
    AnswerRequested,
    PostEdited,
    PostLiked,
    PostPublished,
    PostRemoved,
    PostUnliked,
)
from services.notifications import rules
from services.notifications.actions import broadcasts, objects
from services.notifications.actions.ladders import begin_ladders
from services.notifications.actions.telling import Done, Told, tell, tell_groups
from services.notifications.models import MemberRef, ObjectRef

PostEvent = PostPublished | PostEdited | PostRemoved


def keep_posts(session: Session, events: Sequence[PostEvent]) -> None:
    """Keep posts; tells followers of the asker, who is named, who asked, and sponsors.

    Tells authors what moderators took away. Of new questions a ladder begins.
    """
    standing = [event for event in events if isinstance(event, PostPublished)]
    about = {event.author_id for event in events}
    broadcasts.hold(session, about | {event.question_id or event.post_id for event in events})
    named = {event.post_id: _named(event) for event in standing}
    rows = [_row_of(event, named.get(event.post_id, ())) for event in events]
    changed = objects.keep(session, rows)
    for event in standing:
        if event.post_id in changed:
            _tell_followers(session, event)
            _tell_named(session, event, named[event.post_id])
    new = [event for event in standing if event.post_id in changed and event.kind == "question"]
    begin_ladders(session, new)
    _tell_askers(session, changed)
    gone = (event for event in events if isinstance(event, PostRemoved) and event.is_moderated)
    tell(session, map(_taken_away, gone))
    tell_sponsors(session, {event.author_id for event in events if event.post_id in changed})


def tell_sponsors(session: Session, author_ids: Collection[UUID]) -> None:
    """Tell the sponsors of those who wrote something that it was their first."""
    first = (
        select(MemberRef.sponsor_id, MemberRef.id, func.min(ObjectRef.happened_at).label("at"))
        .join(ObjectRef, ObjectRef.author_id == MemberRef.id)
        .where(
            MemberRef.id.in_(author_ids),
            MemberRef.sponsor_id.is_not(None),
            ObjectRef.type.in_(rules.POSTS),
            ObjectRef.is_there,
        )
        .group_by(MemberRef.sponsor_id, MemberRef.id)
    )
    rows = session.execute(first).all() if author_ids else []
    tell(
        session,
        (
            Told(
                member_id=row.sponsor_id,
                kind=rules.INVITEE_POSTED,
                object_id=row.id,
                actor_id=row.id,
                happened_at=row.at,
            )
            for row in rows
        ),
    )


def tell_of_likes(session: Session, events: Sequence[PostLiked | PostUnliked]) -> None:
    """Tell authors who likes what they wrote, or that somebody does so no more."""
    tell_groups(
        session,
        [
            Done(
                member_id=event.author_id,
                kind=rules.LIKE,
                object_id=event.post_id,
                actor_id=event.liker_id,
                source_id=event.post_id,
                is_acting=event.state == "liked",
                at=event.liked_at,
                revision=event.revision,
            )
            for event in events
        ],
    )


def tell_of_requests(session: Session, events: Sequence[AnswerRequested]) -> None:
    """Tell members that somebody asks them to answer."""
    tell(
        session,
        (
            Told(
                member_id=event.member_id,
                kind=rules.REQUEST,
                object_id=event.question_id,
                actor_id=event.requester_id,
                happened_at=event.requested_at,
            )
            for event in events
        ),
    )


def _row_of(event: PostEvent, named: Sequence[UUID]) -> dict[str, Any]:
    if isinstance(event, PostRemoved):
        its = {"parent_id": event.question_id, "author_id": event.author_id, "is_there": False}
        at = event.removed_at
        return objects.build_row(event.kind, event.post_id, revision=event.revision, at=at, **its)
    return objects.build_row(
        event.kind,
        event.post_id,
        revision=event.revision,
        at=event.published_at,
        parent_id=event.question_id,
        author_id=event.author_id,
        title=event.title,
        audience=event.audience,
        named=" ".join(map(str, named)),
        keywords=" ".join(keyword.slug for keyword in event.keywords),
    )


def _taken_away(event: PostRemoved) -> Told:
    return Told(
        member_id=event.author_id,
        kind=rules.POST_MODERATED,
        object_id=event.post_id,
        part=event.kind,
        happened_at=event.removed_at,
    )


def _named(event: PostPublished) -> list[UUID]:
    """Whom a post names, but its author."""
    if "](member:" not in event.body:
        return []
    addresses = Text.of(event.body).addresses
    return sorted({address.member_id for address in addresses} - {event.author_id})


def _tell_followers(session: Session, event: PostPublished) -> None:
    if event.kind != "question" or event.audience == "members":
        return
    broadcasts.begin(
        session,
        kind=rules.QUESTION,
        object_id=event.post_id,
        source_id=event.author_id,
        actor_id=event.author_id,
        happened_at=event.published_at,
    )


def _tell_named(session: Session, event: PostPublished, named: Sequence[UUID]) -> None:
    """Whom an edit names hears of it when it was edited, however old the post is."""
    edited_at = event.edited_at if isinstance(event, PostEdited) else None
    tell(
        session,
        (
            Told(
                member_id=member_id,
                kind=rules.NAMED,
                object_id=event.post_id,
                actor_id=event.author_id,
                happened_at=edited_at or event.published_at,
            )
            for member_id in named
        ),
    )


def _tell_askers(session: Session, changed: Collection[UUID]) -> None:
    """Tell who asked of answers, whichever of the two is heard of first."""
    answer, question = aliased(ObjectRef), aliased(ObjectRef)
    both = (
        select(question.author_id.label("asker_id"), question.id.label("question_id"), answer)
        .join(question, question.id == answer.parent_id)
        .where(
            answer.type == "answer",
            or_(answer.id.in_(changed), question.id.in_(changed)),
        )
    )
    rows: Sequence[Any] = session.execute(both).all() if changed else []
    tell_groups(
        session,
        [
            Done(
                member_id=asker_id,
                kind=rules.ANSWER,
                object_id=question_id,
                actor_id=one.author_id,
                source_id=one.id,
                is_acting=one.is_there,
                at=one.happened_at,
                revision=one.revision,
            )
            for asker_id, question_id, one in rows
        ],
    )
