"""Tables of projects."""

from services.projects.models.base import Base
from services.projects.models.benchmarks import Benchmark, BenchmarkFollow, BenchmarkVersion
from services.projects.models.help import Call, HelpInvitation, Offer, Thanks
from services.projects.models.moderation import ModerationAct, Report
from services.projects.models.news import ProjectUpdate, UpdateLike
from services.projects.models.opinions import (
    NamedAnswer,
    OpinionText,
    OptionCount,
    Participants,
    Participation,
    Round,
)
from services.projects.models.projects import Belonging, Project, ProjectChange, ProjectFollow
from services.projects.models.replicas import (
    AttributionRef,
    BlockRef,
    FollowRef,
    HeardAsk,
    MemberRef,
)

__all__ = [
    "AttributionRef",
    "Base",
    "Belonging",
    "Benchmark",
    "BenchmarkFollow",
    "BenchmarkVersion",
    "BlockRef",
    "Call",
    "FollowRef",
    "HeardAsk",
    "HelpInvitation",
    "MemberRef",
    "ModerationAct",
    "NamedAnswer",
    "Offer",
    "OpinionText",
    "OptionCount",
    "Participants",
    "Participation",
    "Project",
    "ProjectChange",
    "ProjectFollow",
    "ProjectUpdate",
    "Report",
    "Round",
    "Thanks",
    "UpdateLike",
]
