"""Composition root of social: what it serves, hears and tells again."""

from flask import Flask

from chassis.messaging.republish import History
from chassis.reconciling import Share
from chassis.service import Service
from contracts.social import (
    KeywordFollowed,
    KeywordUnfollowed,
    MemberBlocked,
    MemberFollowed,
    MemberUnblocked,
    MemberUnfollowed,
)
from services.social import models
from services.social.actions.replicas import empty
from services.social.api import blocks, exports, follows, keywords, suggestions
from services.social.handlers import handlers
from services.social.queries import history

SERVICE = Service(
    name="social",
    metadata=models.Base.metadata,
    member_refs=models.MemberRef,
    blueprints=[follows.bp, keywords.bp, blocks.bp, suggestions.bp, exports.bp],
    handlers=handlers,
    history=[
        History((MemberFollowed, MemberUnfollowed), history.list_follow_history),
        History((KeywordFollowed, KeywordUnfollowed), history.list_keyword_follow_history),
        History((MemberBlocked, MemberUnblocked), history.list_block_history),
    ],
    shares=[
        Share("social", "follows", models.Follow),
        Share("social", "blocks", models.Block),
        Share("discussion", "keyword merges", models.KeywordMergeRef),
        # Identity forgets those of members who left, which are ended here.
        Share(
            "social",
            "keyword follows",
            models.KeywordFollow,
            where=models.KeywordFollow.is_following,
        ),
    ],
    empty=empty,
)


def create_app() -> Flask:
    """The web application, configured by the environment."""
    return SERVICE.create_app()
