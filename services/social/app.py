"""Composition root of social: what it serves, hears and tells again."""

from flask import Flask

from chassis.messaging.republish import History
from chassis.service import Service
from contracts.social import MemberFollowed, MemberUnfollowed
from services.social import models, queries
from services.social.actions.members import empty
from services.social.api import follows
from services.social.config import Settings
from services.social.handlers import handlers

SERVICE = Service(
    name="social",
    settings=Settings,
    metadata=models.Base.metadata,
    blueprints=[follows.bp],
    handlers=handlers,
    history=[History((MemberFollowed, MemberUnfollowed), queries.list_follow_history)],
    empty=empty,
)


def create_app() -> Flask:
    """The web application, configured by the environment."""
    return SERVICE.create_app()
