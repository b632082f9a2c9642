"""Rows as the events that tell them, for the actions that change and the history that repeats."""

from contracts.social import (
    KeywordFollowed,
    KeywordUnfollowed,
    MemberBlocked,
    MemberFollowed,
    MemberUnblocked,
    MemberUnfollowed,
)
from services.social.models import Block, Follow, KeywordFollow


def follow_changed(follow: Follow) -> MemberFollowed | MemberUnfollowed:
    """The event that tells whether a member follows another now."""
    return (MemberFollowed if follow.is_following else MemberUnfollowed)(
        follower_id=follow.follower_id,
        followed_id=follow.followed_id,
        revision=follow.revision,
        changed_at=follow.changed_at,
    )


def keyword_follow_changed(follow: KeywordFollow) -> KeywordFollowed | KeywordUnfollowed:
    """The event that tells whether a member follows a keyword now."""
    return (KeywordFollowed if follow.is_following else KeywordUnfollowed)(
        member_id=follow.member_id,
        slug=follow.slug,
        revision=follow.revision,
        changed_at=follow.changed_at,
    )


def block_changed(block: Block) -> MemberBlocked | MemberUnblocked:
    """The event that tells whether a member blocks another now."""
    return (MemberBlocked if block.is_blocking else MemberUnblocked)(
        blocker_id=block.blocker_id,
        blocked_id=block.blocked_id,
        revision=block.revision,
        changed_at=block.changed_at,
    )
