"""Tables of discussion."""

from services.discussion.models.base import Base
from services.discussion.models.keywords import (
    Keyword,
    KeywordAlias,
    KeywordMerge,
    KeywordMove,
    KeywordSpelling,
    PostKeyword,
)
from services.discussion.models.posts import Accept, AnswerRequest, Like, Post, PostVersion
from services.discussion.models.replicas import (
    BlockRef,
    FollowRef,
    KeywordFollowRef,
    MemberRef,
    SkillEntryRef,
    SkillRef,
)
from services.discussion.models.reports import Report

__all__ = [
    "Accept",
    "AnswerRequest",
    "Base",
    "BlockRef",
    "FollowRef",
    "Keyword",
    "KeywordAlias",
    "KeywordFollowRef",
    "KeywordMerge",
    "KeywordMove",
    "KeywordSpelling",
    "Like",
    "MemberRef",
    "Post",
    "PostKeyword",
    "PostVersion",
    "Report",
    "SkillEntryRef",
    "SkillRef",
]
