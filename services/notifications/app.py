"""Composition root of notifications: what it serves and hears; it tells other services nothing."""

from typing import Any

from flask import Flask

from chassis.reconciling import Share
from chassis.service import Service
from services.notifications import models
from services.notifications.actions import mails, pushes
from services.notifications.actions.replicas import empty
from services.notifications.actions.restoring import after_restore
from services.notifications.api import (
    devices,
    exports,
    ladders,
    notices,
    preferences,
    unsubscriptions,
)
from services.notifications.chores import CHORES
from services.notifications.config import Settings
from services.notifications.handlers import handlers
from services.notifications.links import Keys
from services.notifications.rules import POSTS

IS_FOLLOW = models.ProjectPersonRef.is_follow


def _is(kind: str) -> Any:
    return models.ObjectRef.type == kind


SERVICE = Service(
    name="notifications",
    settings=Settings,
    metadata=models.Base.metadata,
    member_refs=models.MemberRef,
    blueprints=[
        *(notices.bp, ladders.bp, preferences.bp, devices.bp, unsubscriptions.bp, exports.bp)
    ],
    handlers=handlers,
    shares=[
        Share("identity", "addresses", models.Address, where=models.Address.is_confirmed),
        Share("social", "follows", models.FollowRef),
        Share("social", "blocks", models.BlockRef),
        Share(
            "social",
            "keyword follows",
            models.KeywordFollowRef,
            where=models.KeywordFollowRef.is_following,
        ),
        Share("discussion", "posts", models.ObjectRef, where=models.ObjectRef.type.in_(POSTS)),
        Share("discussion", "accepts", models.AcceptRef),
        Share("skills", "skills", models.ObjectRef, where=_is("skill") & models.ObjectRef.is_there),
        Share("skills", "understood questions", models.UnderstoodRef),
        Share("projects", "projects", models.ObjectRef, where=_is("project")),
        Share("projects", "updates", models.ObjectRef, where=_is("update")),
        Share("projects", "calls", models.ObjectRef, where=_is("call")),
        Share("projects", "rounds", models.ObjectRef, where=_is("round")),
        Share("projects", "invitations", models.ObjectRef, where=_is("invitation")),
        Share("projects", "offers", models.ObjectRef, where=_is("offer")),
        Share("projects", "opinions", models.GivenRef),
        Share("projects", "acts", models.HiddenRef),
        Share("projects", "belongings", models.ProjectPersonRef, where=~IS_FOLLOW),
        Share("projects", "project follows", models.ProjectPersonRef, where=IS_FOLLOW),
    ],
    empty=empty,
    after_restore=after_restore,
    queues={"mails": mails.QUEUE, "pushes": pushes.QUEUE},
    own_chores=CHORES,
)


def create_app() -> Flask:
    """The web application, configured by the environment; raises SettingsError without a secret."""
    app = SERVICE.create_app()
    Keys(app.extensions["settings"].link_secret)
    return app
