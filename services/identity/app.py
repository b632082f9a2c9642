"""Composition root of identity: what it serves, hears and tells again."""

from flask import Flask

from chassis.messaging.republish import History
from chassis.reconciling import Share
from chassis.service import Service
from contracts.identity import AddressConfirmed, MemberJoined, MemberLeft, MemberSuspended
from services.identity import models, tokens
from services.identity.actions import mails
from services.identity.actions.replicas import empty
from services.identity.actions.restoring import after_restore
from services.identity.api import (
    credentials,
    invitations,
    members,
    moderation,
    organisations,
    portraits,
    requests,
    sessions,
)
from services.identity.chores import CHORES
from services.identity.config import Settings
from services.identity.handlers import handlers
from services.identity.queries import history

SERVICE = Service(
    name="identity",
    settings=Settings,
    metadata=models.Base.metadata,
    blueprints=[
        invitations.bp,
        requests.bp,
        members.bp,
        portraits.bp,
        sessions.bp,
        credentials.bp,
        moderation.bp,
        organisations.bp,
    ],
    handlers=handlers,
    history=[
        History((MemberJoined, MemberSuspended, MemberLeft), history.list_member_history),
        History((AddressConfirmed,), history.list_address_history),
    ],
    shares=[
        Share("identity", "members", models.Member),
        Share("identity", "addresses", models.Credentials, where=models.Credentials.is_confirmed()),
        Share("skills", "skills", models.SkillRef, where=models.SkillRef.is_held),
        Share("skills", "skill entries", models.SkillEntryRef),
        Share(
            "social",
            "keyword follows",
            models.KeywordFollowRef,
            where=models.KeywordFollowRef.is_following,
        ),
    ],
    empty=empty,
    after_restore=after_restore,
    queues={"mails": mails.QUEUE},
    own_chores=CHORES,
)


def create_app() -> Flask:
    """The web application, configured by the environment; raises SettingsError without a key."""
    app = SERVICE.create_app()
    tokens.require_signing_key(app.extensions["settings"])
    return app
