"""Following and unfollowing keywords, whether a question used them before or not."""

from sqlalchemy.orm import Session

from chassis import clock, members
from chassis.claims import Claims
from chassis.messaging.outbox import record
from chassis.toggles import set_state
from services.social.errors import KeywordNotFound
from services.social.events import keyword_follow_changed
from services.social.models import KeywordFollow, MemberRef
from services.social.rules import is_slug


def follow_keyword(session: Session, *, actor: Claims, slug: str) -> None:
    """Let `actor` follow a keyword; records `keyword.followed` when that is new.

    Raises KeywordNotFound for what no keyword can be called.
    """
    _set_following(session, actor, slug, is_following=True)


def unfollow_keyword(session: Session, *, actor: Claims, slug: str) -> None:
    """Let `actor` stop following; records `keyword.unfollowed` when they did follow.

    Raises KeywordNotFound for what no keyword can be called.
    """
    _set_following(session, actor, slug, is_following=False)


def _set_following(session: Session, actor: Claims, slug: str, *, is_following: bool) -> None:
    members.require_active(session, MemberRef, actor)
    if not is_slug(slug):
        raise KeywordNotFound
    pair = {"member_id": actor.id, "slug": slug}
    state = {"is_following": is_following}
    stamp = {"changed_at": clock.now()}
    revision = set_state(session, KeywordFollow, key=pair, state=state, stamp=stamp)
    if revision is not None:
        follow = KeywordFollow(**pair, **state, **stamp, revision=revision)
        record(session, keyword_follow_changed(follow))
