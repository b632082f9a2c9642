"""Tables of identity: public facts, secrets (as hashes only), and what admits people."""

from services.identity.models.admission import Invitation, InvitationRequest
from services.identity.models.base import Base
from services.identity.models.mails import AddressChange, Mail, MailedToken
from services.identity.models.moderation import ModerationAct
from services.identity.models.organisations import (
    Organisation,
    OrganisationAct,
    OrganisationDomain,
)
from services.identity.models.people import Credentials, Member, Portrait
from services.identity.models.replicas import FirstStep, KeywordFollowRef, SkillEntryRef, SkillRef
from services.identity.models.sessions import Limit, MemberSession, RefreshToken

__all__ = [
    "AddressChange",
    "Base",
    "Credentials",
    "FirstStep",
    "Invitation",
    "InvitationRequest",
    "KeywordFollowRef",
    "Limit",
    "Mail",
    "MailedToken",
    "Member",
    "MemberSession",
    "ModerationAct",
    "Organisation",
    "OrganisationAct",
    "OrganisationDomain",
    "Portrait",
    "RefreshToken",
    "SkillEntryRef",
    "SkillRef",
]
