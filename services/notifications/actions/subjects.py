"""What happens on one's subjects: who asks for an invitation under keywords that one follows."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Uuid,
    any_,
    bindparam,
    cast,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import Session

from chassis.replicas import upsert_newer
from chassis.statements import Statement
from contracts.identity import InvitationRequested
from contracts.social import KeywordFollowed, KeywordUnfollowed
from services.notifications import rules
from services.notifications.actions import broadcasts, objects
from services.notifications.actions.telling import Told, find_left, tell
from services.notifications.models import KeywordFollowRef, ObjectRef


def keep_requests(session: Session, events: Sequence[InvitationRequested]) -> None:
    """Keep who asks for an invitation; tells who follows one of their keywords."""
    rows = [
        objects.build_row(
            "request",
            event.request_id,
            revision=event.revision,
            at=_begun_at(event.request_id),
            title=", ".join(event.keywords),
            named=" ".join(event.keywords),
        )
        for event in events
    ]
    changed = objects.keep(session, rows)
    _tell(session, request_ids=changed)


def keep_keyword_follows(
    session: Session, events: Sequence[KeywordFollowed | KeywordUnfollowed]
) -> None:
    """Keep who follows which keyword; tells them of what was heard of before under these.

    Requests for an invitation, and questions that nobody answers.
    """
    broadcasts.hold_keywords(session, (event.slug for event in events))
    left = find_left(session, {event.member_id for event in events})
    rows = [
        {
            "member_id": event.member_id,
            "slug": event.slug,
            "is_following": event.state == "followed",
            "revision": event.revision,
            "changed_at": event.changed_at,
        }
        for event in events
        if event.member_id not in left
    ]
    changed = upsert_newer(session, KeywordFollowRef, rows)
    _tell(session, member_ids={key[0] for key in changed})
    broadcasts.tell_keyword_latecomers(session, {key[0] for key in changed})


def _tell(
    session: Session,
    *,
    request_ids: Collection[UUID] = (),
    member_ids: Collection[UUID] = (),
) -> None:
    """Tell of these requests, or these members, whichever of the two was heard of last."""
    if not request_ids and not member_ids:
        return
    rows = _CONCERNED.rows(session, request_ids=list(request_ids), member_ids=list(member_ids))
    tell(
        session,
        (
            Told(
                member_id=row.member_id,
                kind=rules.INVITATION_REQUEST,
                object_id=row.id,
                happened_at=row.happened_at,
            )
            for row in rows
        ),
    )


def _begun_at(request_id: UUID) -> datetime:
    """When a request was made, which its id says (RFC 9562, version 7): the event does not."""
    return datetime.fromtimestamp((request_id.int >> 80) / 1_000, UTC)


def _concerned() -> Any:
    space: ColumnElement[str] = literal_column("' '")
    is_under = func.strpos(
        space + ObjectRef.named + space, space + KeywordFollowRef.slug + space
    ) > literal_column("0")
    return (
        select(KeywordFollowRef.member_id, ObjectRef.id, ObjectRef.happened_at)
        .join(KeywordFollowRef, is_under & KeywordFollowRef.is_following)
        .where(
            ObjectRef.type == "request",
            KeywordFollowRef.changed_at <= ObjectRef.happened_at,
            or_(
                ObjectRef.id == any_(cast(bindparam("request_ids"), ARRAY(Uuid))),
                KeywordFollowRef.member_id == any_(cast(bindparam("member_ids"), ARRAY(Uuid))),
            ),
        )
        .distinct()
    )


_CONCERNED = Statement(_concerned())
