"""Tables of notifications."""

from services.notifications.models.addresses import Address
from services.notifications.models.base import Base
from services.notifications.models.notices import Broadcast, Notice, NoticeActor
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
)

__all__ = [
    "AcceptRef",
    "Address",
    "Base",
    "BlockRef",
    "Broadcast",
    "FollowRef",
    "GivenRef",
    "HiddenRef",
    "KeywordFollowRef",
    "MemberRef",
    "Notice",
    "NoticeActor",
    "ObjectRef",
    "ProjectPersonRef",
    "ProjectSleep",
]
