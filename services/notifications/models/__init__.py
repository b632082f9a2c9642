"""Tables of notifications."""

from services.notifications.models.addresses import Address
from services.notifications.models.base import Base
from services.notifications.models.deliveries import (
    Agenda,
    Digest,
    Mail,
    Mailbox,
    MailReturn,
    MailTry,
    Preference,
    Visit,
)
from services.notifications.models.ladders import Ask, Ladder, LadderStep, SparedSkill
from services.notifications.models.notices import Broadcast, Notice, NoticeActor
from services.notifications.models.pushes import Push, PushSubscription, PushTry
from services.notifications.models.replicas import (
    AcceptRef,
    BlockRef,
    FollowRef,
    GivenRef,
    HiddenRef,
    KeywordFollowRef,
    MemberRef,
    ObjectRef,
    ProjectPersonRef,
    ProjectSleep,
    UnderstoodRef,
)

__all__ = [
    "AcceptRef",
    "Address",
    "Agenda",
    "Ask",
    "Base",
    "BlockRef",
    "Broadcast",
    "Digest",
    "FollowRef",
    "GivenRef",
    "HiddenRef",
    "KeywordFollowRef",
    "Ladder",
    "LadderStep",
    "Mail",
    "MailReturn",
    "MailTry",
    "Mailbox",
    "MemberRef",
    "Notice",
    "NoticeActor",
    "ObjectRef",
    "Preference",
    "ProjectPersonRef",
    "ProjectSleep",
    "Push",
    "PushSubscription",
    "PushTry",
    "SparedSkill",
    "UnderstoodRef",
    "Visit",
]
