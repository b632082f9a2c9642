"""What identity does when it hears of something."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from chassis.messaging.handlers import Handlers
from contracts.discussion import PostLiked, PostPublished
from contracts.skills import SkillAttributed, SkillMerged, SkillRenamed, SkillWithdrawn
from contracts.social import KeywordFollowed, KeywordUnfollowed
from services.identity.actions import places, replicas

handlers = Handlers()


@handlers.on_batch(PostLiked)
def when_post_liked_return_place(events: Sequence[PostLiked], session: Session) -> None:
    places.return_places(session, events)


@handlers.on_batch(PostPublished)
def when_post_published_keep_first(events: Sequence[PostPublished], session: Session) -> None:
    replicas.keep_posts(session, events)


# Of several levels of one skill the first matters as well as the last.
@handlers.on_batch(SkillAttributed, SkillWithdrawn, every_revision=True)
def when_skill_changed_keep_it(
    events: Sequence[SkillAttributed | SkillWithdrawn], session: Session
) -> None:
    replicas.keep_skills(session, events)


@handlers.on_batch(SkillMerged, SkillRenamed)
def when_skill_entry_changed_know_it_by_all_names(
    events: Sequence[SkillMerged | SkillRenamed], session: Session
) -> None:
    replicas.keep_skill_entries(session, events)


@handlers.on_batch(KeywordFollowed, KeywordUnfollowed)
def when_keyword_follow_changed_keep_it(
    events: Sequence[KeywordFollowed | KeywordUnfollowed], session: Session
) -> None:
    replicas.keep_keyword_follows(session, events)
