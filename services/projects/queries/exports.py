"""A member's own data, for themselves."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.projects.models import (
    Belonging,
    Benchmark,
    BenchmarkFollow,
    BenchmarkVersion,
    Call,
    HelpInvitation,
    ModerationAct,
    NamedAnswer,
    Offer,
    Project,
    ProjectFollow,
    ProjectUpdate,
    Report,
    Round,
    Thanks,
    UpdateLike,
)


@dataclass(frozen=True)
class Export:
    """What projects keeps of a member; each row as its columns."""

    projects: Sequence[Project]
    belongings: Sequence[Belonging]
    followed: Sequence[ProjectFollow]
    calls: Sequence[Call]
    invitations: Sequence[HelpInvitation]
    offers: Sequence[Offer]
    updates: Sequence[ProjectUpdate]
    likes: Sequence[UpdateLike]
    thanks: Sequence[Thanks]
    rounds: Sequence[Round]
    answers: Sequence[NamedAnswer]
    benchmarks: Sequence[Benchmark]
    versions: Sequence[BenchmarkVersion]
    followed_benchmarks: Sequence[BenchmarkFollow]
    reports: Sequence[Report]
    acts: Sequence[ModerationAct]


def get_export(session: Session, *, member_id: UUID) -> Export:
    """What a member owns, wrote, asked, was asked and follows, the oldest first."""

    def rows(name: str) -> Sequence[Any]:
        model, order, which = _KEPT[name]
        return session.scalars(select(model).where(*which(member_id)).order_by(order)).all()

    return Export(**{name: rows(name) for name in _KEPT})


# Of each list of the export: its rows, their order, and which of them are a member's.
_KEPT: Mapping[str, tuple[Any, Any, Callable[[UUID], tuple[Any, ...]]]] = {
    "projects": (Project, Project.id, lambda one: (Project.owner_id == one,)),
    "belongings": (Belonging, Belonging.project_id, lambda one: (Belonging.member_id == one,)),
    "followed": (
        ProjectFollow,
        ProjectFollow.project_id,
        lambda one: (ProjectFollow.member_id == one, ProjectFollow.is_following),
    ),
    "calls": (Call, Call.id, lambda one: (Call.author_id == one,)),
    "invitations": (
        HelpInvitation,
        HelpInvitation.id,
        lambda one: ((HelpInvitation.member_id == one) | (HelpInvitation.inviter_id == one),),
    ),
    "offers": (Offer, Offer.id, lambda one: (Offer.member_id == one,)),
    "updates": (
        ProjectUpdate,
        ProjectUpdate.id,
        lambda one: (ProjectUpdate.author_id == one, ProjectUpdate.removed_at.is_(None)),
    ),
    "likes": (
        UpdateLike,
        UpdateLike.update_id,
        lambda one: (UpdateLike.member_id == one, UpdateLike.is_liked),
    ),
    "thanks": (
        Thanks,
        Thanks.thanked_at,
        lambda one: ((Thanks.member_id == one) | (Thanks.owner_id == one),),
    ),
    "rounds": (Round, Round.id, lambda one: (Round.author_id == one,)),
    # Those with a name; of the others nothing says whose they are.
    "answers": (NamedAnswer, NamedAnswer.round_id, lambda one: (NamedAnswer.member_id == one,)),
    "benchmarks": (Benchmark, Benchmark.id, lambda one: (Benchmark.author_id == one,)),
    "versions": (
        BenchmarkVersion,
        BenchmarkVersion.published_at,
        lambda one: (BenchmarkVersion.author_id == one,),
    ),
    "followed_benchmarks": (
        BenchmarkFollow,
        BenchmarkFollow.benchmark_id,
        lambda one: (BenchmarkFollow.member_id == one, BenchmarkFollow.is_following),
    ),
    "reports": (Report, Report.id, lambda one: (Report.reporter_id == one,)),
    "acts": (ModerationAct, ModerationAct.id, lambda one: (ModerationAct.member_id == one,)),
}
