"""Reading the likes behind an attribution."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, select
from sqlalchemy.orm import aliased

from chassis import clock, members
from chassis.pages import AnySelect, Page
from chassis.statements import Cut, ListRead, ReadSession
from services.skills import rules
from services.skills.models import Evidence, MemberRef, PostRef, Skill
from services.skills.queries.experts import get_skill

_question = aliased(PostRef)
EVIDENCE = (
    Evidence.post_id,
    Evidence.liker_id,
    Evidence.strength,
    Evidence.liked_at,
    PostRef.kind,
    PostRef.question_id,
    # An answer bears its question's title.
    func.coalesce(func.nullif(PostRef.title, ""), _question.title, "").label("title"),
)
# All there is of the member `member_id`, with the posts.
OF_MEMBER = (
    select(*EVIDENCE)
    .join(PostRef, PostRef.id == Evidence.post_id)
    .outerjoin(_question, _question.id == PostRef.question_id)
    .where(Evidence.member_id == bindparam("member_id", type_=Uuid))
)


@dataclass(frozen=True, slots=True)
class PostView:
    """A post as far as its evidence tells."""

    id: UUID
    kind: str
    title: str
    question_id: UUID | None


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """One like's worth today."""

    post: PostView
    weight: float
    at: datetime

    @classmethod
    def of(cls, row: Any) -> "EvidenceView":
        """A row with `EVIDENCE`, as it is worth now."""
        return cls(
            post=PostView(row.post_id, row.kind, row.title, row.question_id),
            weight=rules.score_of(row.strength, clock.now()),
            at=row.liked_at,
        )


def list_evidence(
    session: ReadSession, *, member_id: UUID, slug: str, limit: int, cursor: str | None
) -> Page[EvidenceView]:
    """The likes behind a member's skill, the latest first.

    Raises MemberNotFound or SkillNotFound.
    """
    page = _EVIDENCE.page(session, member_id=member_id, slug=slug, limit=limit, cursor=cursor)
    if not page.items:
        members.require_known(session, MemberRef, member_id)
        get_skill(session, slug)
    return page


def _evidence(cut: Cut) -> AnySelect:
    slug = bindparam("slug", type_=Skill.slug.type)
    meant = select(Skill.id).where(Skill.slug == slug).scalar_subquery()
    here = select(MemberRef.id).where(MemberRef.state != members.LEFT)
    shown = OF_MEMBER.where(Evidence.skill_id == meant, Evidence.member_id.in_(here))
    return cut(shown, Evidence.liked_at, Evidence.post_id, Evidence.liker_id)


_EVIDENCE = ListRead(
    _evidence,
    EvidenceView.of,
    key={"liked_at": datetime, "post_id": UUID, "liker_id": UUID},
)
