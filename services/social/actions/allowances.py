"""How many a member may follow, and how many they may begin to follow in a day."""

from datetime import timedelta
from typing import Any, NoReturn

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from chassis import clock, members
from chassis.claims import Claims
from chassis.errors import ServiceError
from services.social.errors import FollowsTooFast, FollowsTooMany
from services.social.models import Follow, KeywordFollow, MemberRef
from services.social.rules import MOST_FOLLOWS, NEW_FOLLOWS_A_DAY

DAY = timedelta(days=1)


def require_room_for_members(session: Session, *, actor: Claims) -> None:
    """Raises FollowsTooMany, or FollowsTooFast with the seconds after which there is room.

    Checked for requests only: replays and imports follow at their own pace.
    """
    _require_room(session, actor, Follow, Follow.follower_id == actor.id)


def require_room_for_keywords(session: Session, *, actor: Claims) -> None:
    """The same of keywords, which are counted apart."""
    _require_room(session, actor, KeywordFollow, KeywordFollow.member_id == actor.id)


def _require_room(
    session: Session, actor: Claims, model: Any, is_theirs: ColumnElement[bool]
) -> None:
    latest = select(model.changed_at).where(is_theirs, model.is_following)
    latest = latest.order_by(model.changed_at.desc())
    if session.scalar(latest.offset(MOST_FOLLOWS - 1).limit(1)) is not None:
        _refuse(session, actor, FollowsTooMany())
    since = clock.now() - DAY
    of_today = latest.where(model.changed_at > since).limit(NEW_FOLLOWS_A_DAY).subquery()
    count = select(func.count(), func.min(of_today.c.changed_at))
    begun, first = session.execute(count).one()
    if begun >= NEW_FOLLOWS_A_DAY:
        wait = int((first - since).total_seconds()) + 1
        _refuse(session, actor, FollowsTooFast(retry_after=wait))


def _refuse(session: Session, actor: Claims, refusal: ServiceError) -> NoReturn:
    """Who may not write at all hears that first."""
    members.require_active(session, MemberRef, actor)
    raise refusal
