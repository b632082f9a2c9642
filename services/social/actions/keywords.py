"""Following and unfollowing keywords, whether a question used them before or not."""

from sqlalchemy.orm import Session

from chassis import clock, members
from chassis.claims import Claims
from chassis.messaging.outbox import record
from chassis.toggles import set_state
from services.social.actions.merges import find_meant
from services.social.errors import KeywordNotFound
from services.social.events import keyword_follow_changed
from services.social.models import KeywordFollow, MemberRef
from services.social.rules import is_slug


def follow_keyword(session: Session, *, actor: Claims, slug: str) -> str:
    """Let `actor` follow a keyword, or the one that it was merged into; returns its slug.

    Records `keyword.followed` when that is new. Raises KeywordNotFound for what no keyword can be
    called.
    """
    return _set_following(session, actor, slug, is_following=True)


def unfollow_keyword(session: Session, *, actor: Claims, slug: str) -> str:
    """Let `actor` stop following; records `keyword.unfollowed` when they did follow.

    Of a keyword that was merged, also what it was followed by before; returns the slug.

    Raises KeywordNotFound for what no keyword can be called.
    """
    return _set_following(session, actor, slug, is_following=False)


def _set_following(session: Session, actor: Claims, slug: str, *, is_following: bool) -> str:
    members.require_active(session, MemberRef, actor)
    if not is_slug(slug):
        raise KeywordNotFound
    meant = find_meant(session, slug=slug)
    if not is_following and meant != slug:
        _turn(session, actor, slug, is_following=False)
    _turn(session, actor, meant, is_following=is_following)
    return meant


def _turn(session: Session, actor: Claims, slug: str, *, is_following: bool) -> None:
    pair = {"member_id": actor.id, "slug": slug}
    state = {"is_following": is_following}
    stamp = {"changed_at": clock.now(), "merged_from": None}
    revision = set_state(session, KeywordFollow, key=pair, state=state, stamp=stamp)
    if revision is not None:
        follow = KeywordFollow(**pair, **state, **stamp, revision=revision)
        record(session, keyword_follow_changed(follow))
