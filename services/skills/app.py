"""Composition root of skills: what it serves, hears and tells again."""

from flask import Flask

from chassis.messaging.republish import History
from chassis.reconciling import Share
from chassis.service import Service
from contracts.skills import (
    ContestAnswered,
    QuestionUnderstood,
    SkillAttributed,
    SkillMerged,
    SkillRenamed,
    SkillWithdrawn,
)
from services.skills import models
from services.skills.actions.catalogue import load_catalogue
from services.skills.actions.replicas import empty
from services.skills.api import (
    acts,
    attributions,
    candidates,
    discounts,
    exports,
    organisations,
    skills,
)
from services.skills.chores import CHORES
from services.skills.config import Settings
from services.skills.handlers import handlers
from services.skills.lexicon import read_ahead
from services.skills.queries import history

SERVICE = Service(
    name="skills",
    settings=Settings,
    metadata=models.Base.metadata,
    member_refs=models.MemberRef,
    blueprints=[
        *(
            attributions.bp,
            skills.bp,
            acts.bp,
            candidates.bp,
            discounts.bp,
            exports.bp,
            organisations.bp,
        )
    ],
    handlers=handlers,
    history=[
        History((SkillAttributed, SkillWithdrawn), history.list_attribution_history),
        History((SkillMerged, SkillRenamed), history.list_entry_history),
        History((ContestAnswered,), history.list_contest_history),
        History((QuestionUnderstood,), history.list_understanding_history),
    ],
    shares=[
        Share("discussion", "posts", models.PostRef, where=models.PostRef.call_id.is_(None)),
        Share(
            "discussion",
            "likes",
            models.LikeRef,
            where=models.LikeRef.post_id.not_in(models.THANKS),
        ),
        Share("projects", "thanks", models.PostRef, where=models.PostRef.call_id.is_not(None)),
        Share("discussion", "accepts", models.AcceptRef),
        Share("social", "follows", models.FollowRef),
        Share("social", "blocks", models.BlockRef),
        # Identity forgets those of members who left, which are withdrawn here.
        Share("skills", "skills", models.Attribution, where=models.Attribution.level > 0),
        Share("skills", "skill entries", models.Skill),
        Share("skills", "understood questions", models.Understanding),
    ],
    empty=empty,
    seed=load_catalogue,
    own_chores=CHORES,
    warm_up=read_ahead,
)


def create_app() -> Flask:
    """The web application, configured by the environment."""
    return SERVICE.create_app()
