"""Emptying what skills made from other services' events, before they are told again."""

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from services.skills.models import (
    Attribution,
    Evidence,
    LikeRef,
    MemberRef,
    Mention,
    PostRef,
    Skill,
    SkillPair,
)


def empty(session: Session) -> None:
    """Forget posts, likes, members and what follows from them; the catalogue stays.

    Attributions keep their revision, which listeners compare, and stand at level 0.
    """
    for model in (Evidence, Mention, SkillPair, LikeRef, PostRef, MemberRef):
        session.execute(delete(model))
    session.execute(update(Skill).values(post_count=0))
    session.execute(
        update(Attribution).values(
            strength=0.0,
            voices=0.0,
            liker_count=0,
            evidence_count=0,
            last_evidence_at=None,
            level=0,
        )
    )
