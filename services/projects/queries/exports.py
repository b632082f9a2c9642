"""A member's own data, for themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from services.projects.models import (
    Belonging,
    Call,
    HelpInvitation,
    NamedAnswer,
    Offer,
    Project,
    ProjectFollow,
    ProjectUpdate,
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


def get_export(session: Session, *, member_id: UUID) -> Export:
    """What a member owns, wrote, asked, was asked and follows, the oldest first."""

    def rows(model: Any, order: Any, *which: Any) -> Sequence[Any]:
        return session.scalars(select(model).where(*which).order_by(order)).all()

    mine = HelpInvitation.member_id == member_id, HelpInvitation.inviter_id == member_id
    return Export(
        projects=rows(Project, Project.id, Project.owner_id == member_id),
        belongings=rows(Belonging, Belonging.project_id, Belonging.member_id == member_id),
        followed=rows(
            ProjectFollow,
            ProjectFollow.project_id,
            ProjectFollow.member_id == member_id,
            ProjectFollow.is_following,
        ),
        calls=rows(Call, Call.id, Call.author_id == member_id),
        invitations=rows(HelpInvitation, HelpInvitation.id, or_(*mine)),
        offers=rows(Offer, Offer.id, Offer.member_id == member_id),
        updates=rows(
            ProjectUpdate,
            ProjectUpdate.id,
            ProjectUpdate.author_id == member_id,
            ProjectUpdate.removed_at.is_(None),
        ),
        likes=rows(
            UpdateLike, UpdateLike.update_id, UpdateLike.member_id == member_id, UpdateLike.is_liked
        ),
        thanks=rows(
            Thanks,
            Thanks.thanked_at,
            or_(Thanks.member_id == member_id, Thanks.owner_id == member_id),
        ),
        rounds=rows(Round, Round.id, Round.author_id == member_id),
        # Those with a name; of the others nothing says whose they are.
        answers=rows(NamedAnswer, NamedAnswer.round_id, NamedAnswer.member_id == member_id),
    )
