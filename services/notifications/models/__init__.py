"""Tables of notifications."""

from services.notifications.models.base import Base
from services.notifications.models.notices import Broadcast, Notice, NoticeActor
from services.notifications.models.replicas import (
    AcceptRef,
    BlockRef,
    FollowRef,
    HiddenRef,
    MemberRef,
    ObjectRef,
    ProjectPersonRef,
)

__all__ = [
    "AcceptRef",
    "Base",
    "BlockRef",
    "Broadcast",
    "FollowRef",
    "HiddenRef",
    "MemberRef",
    "Notice",
    "NoticeActor",
    "ObjectRef",
    "ProjectPersonRef",
]
