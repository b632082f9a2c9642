"""Composition root of discussion: what it serves, hears and tells again."""

from flask import Flask

from chassis.messaging.republish import History
from chassis.reconciling import Share
from chassis.service import Service
from contracts.discussion import (
    AnswerAccepted,
    AnswerUnaccepted,
    KeywordMerged,
    PostEdited,
    PostLiked,
    PostPublished,
    PostRemoved,
    PostUnliked,
    ReportAnswered,
)
from services.discussion import models
from services.discussion.actions.replicas import empty
from services.discussion.api import (
    exports,
    keywords,
    likes,
    posts,
    questions,
    reports,
    search,
    shares,
)
from services.discussion.chores import CHORES
from services.discussion.handlers import handlers
from services.discussion.queries import history

SERVICE = Service(
    name="discussion",
    metadata=models.Base.metadata,
    member_refs=models.MemberRef,
    blueprints=[
        questions.bp,
        shares.bp,
        posts.bp,
        likes.bp,
        keywords.bp,
        search.bp,
        reports.bp,
        exports.bp,
    ],
    handlers=handlers,
    history=[
        # Likes first: whoever weighs posts by their likes weighs each of them once.
        History((PostLiked, PostUnliked), history.list_like_history),
        History((PostLiked, PostUnliked), history.list_imported_like_history, is_imported=True),
        History((AnswerAccepted, AnswerUnaccepted), history.list_accept_history),
        History((PostPublished, PostEdited, PostRemoved), history.list_post_history),
        History((KeywordMerged,), history.list_merge_history),
        History((ReportAnswered,), history.list_report_history),
    ],
    shares=[
        Share("discussion", "posts", models.Post),
        Share("discussion", "likes", models.Like),
        Share("discussion", "accepts", models.Accept),
        Share("discussion", "keyword merges", models.KeywordMerge),
        Share("social", "follows", models.FollowRef),
        Share("social", "blocks", models.BlockRef),
        Share(
            "social",
            "keyword follows",
            models.KeywordFollowRef,
            where=models.KeywordFollowRef.is_following,
        ),
        Share("skills", "skills", models.SkillRef, where=models.SkillRef.is_held),
        Share("skills", "skill entries", models.SkillEntryRef),
    ],
    empty=empty,
    own_chores=CHORES,
)


def create_app() -> Flask:
    """The web application, configured by the environment."""
    return SERVICE.create_app()
