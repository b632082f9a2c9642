"""Reading the likes behind an attribution."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    String,
    Uuid,
    bindparam,
    func,
    literal,
    literal_column,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import aliased

from chassis import clock, members
from chassis.pages import AnySelect, Page
from chassis.statements import Cut, ListRead, ReadSession
from services.skills import access, rules
from services.skills.models import (
    AcceptRef,
    Contribution,
    LikeRef,
    MemberRef,
    PostRef,
    PostVoice,
    Skill,
)
from services.skills.queries.experts import get_skill


@dataclass(frozen=True, slots=True)
class PostView:
    """A post as far as its evidence tells: of one for followers only, that there is one."""

    id: UUID | None
    kind: str
    title: str
    question_id: UUID | None


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """One like's, or accept's, worth today: its part of what the post is worth."""

    post: PostView
    source: str
    weight: float
    at: datetime

    @classmethod
    def of(cls, row: Any) -> "EvidenceView":
        """A row of `lines`, as it is worth now."""
        score = rules.score_at(rules.strength_of(row.worth, row.number), clock.now())
        post = PostView(row.post_id, row.kind, row.title, row.question_id)
        return cls(
            post=PostView(None, row.kind, "", None) if row.is_veiled else post,
            source=row.source,
            # A voice that was heard before adds nothing.
            weight=score * rules.FULL_VOICE / row.support if row.is_heard else 0.0,
            at=row.at,
        )


def list_evidence(
    session: ReadSession,
    *,
    viewer_id: UUID,
    member_id: UUID,
    slug: str,
    limit: int,
    cursor: str | None,
) -> Page[EvidenceView]:
    """The likes behind a member's skill, the latest first; of a hidden one for themselves alone.

    Raises MemberNotFound, SkillNotFound or SkillMoved.
    """
    named = {"viewer_id": viewer_id, "member_id": member_id, "slug": slug}
    page = _EVIDENCE.page(session, **named, limit=limit, cursor=cursor)
    if not page.items:
        access.require_seen(session, viewer_id=viewer_id, member_id=member_id)
        get_skill(session, slug)
    return page


def lines(cut: Cut | None, contributions: AnySelect) -> AnySelect:
    """Each like and accept of these contributions' posts, with what the post is worth.

    With a cut, of each post no more likes than a page holds are looked at. Takes `viewer_id`.
    """
    mine = contributions.subquery("mine")
    like, accept, voice = aliased(LikeRef), aliased(AcceptRef), aliased(PostVoice)
    likes = select(like.liker_id, like.liked_at.label("at")).where(
        like.post_id == mine.c.post_id, like.voice_id.is_not(None)
    )
    if cut is not None:
        source: ColumnElement[Any] = literal_column("'like'::varchar", String)
        likes = cut(likes, like.liked_at, mine.c.post_id, like.liker_id, source)
    of_likes = likes.lateral("likes")
    liked = select(
        mine, of_likes.c.liker_id, of_likes.c.at, literal("like").label("source"), true()
    )
    # The voice of an accept was heard already where it is that of a like, too.
    alone = select(voice.like_count).where(
        voice.post_id == mine.c.post_id, voice.voice_id == accept.voice_id
    )
    accepted = select(
        mine,
        accept.asker_id.label("liker_id"),
        accept.accepted_at.label("at"),
        literal("accept").label("source"),
        (alone.scalar_subquery() == literal_column("1")).label("is_heard"),
    )
    given = union_all(
        accepted.join(accept, accept.counted_id == mine.c.post_id),
        liked.select_from(mine).join(of_likes, true()),
    ).subquery("given")
    post, question = aliased(PostRef), aliased(PostRef)
    # An answer bears its question's title.
    title = func.coalesce(func.nullif(post.title, ""), question.title, "").label("title")
    return (
        select(given, post.kind, post.question_id, post.support, title, _veiled(post))
        .join(post, post.id == given.c.post_id)
        .outerjoin(question, question.id == post.question_id)
    )


def _veiled(post: Any) -> ColumnElement[bool]:
    return access.is_veiled(post).label("is_veiled")


def of_member() -> AnySelect:
    """A member's contributions: the parameter `member_id`."""
    worth = (Contribution.backed + Contribution.shared).label("worth")
    return select(Contribution.post_id, Contribution.skill_id, Contribution.number, worth).where(
        Contribution.member_id == bindparam("member_id", type_=Uuid),
        Contribution.liked_at.is_not(None),
    )


def _evidence(cut: Cut) -> AnySelect:
    slug = bindparam("slug", type_=Skill.slug.type)
    meant = select(Skill.id).where(Skill.slug == slug).scalar_subquery()
    here = select(MemberRef.id).where(MemberRef.state != members.LEFT)
    theirs = of_member().where(Contribution.skill_id == meant, Contribution.member_id.in_(here))
    theirs = theirs.where(access.is_seen(Contribution.member_id))
    theirs = theirs.where(~access.is_hidden(Contribution.member_id, Contribution.skill_id))
    found = lines(cut, theirs).subquery("found")
    key = found.c.at, found.c.post_id, found.c.liker_id, found.c.source
    return cut(select(found), *key)


_EVIDENCE = ListRead(
    _evidence,
    EvidenceView.of,
    key={"at": datetime, "post_id": UUID, "liker_id": UUID, "source": str},
)
