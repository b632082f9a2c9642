"""Reading the likes behind an attribution."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Float,
    String,
    Uuid,
    bindparam,
    case,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    tuple_,
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
    Mention,
    PostRef,
    PostVoice,
    Skill,
)
from services.skills.queries.experts import get_skill
from services.skills.standings import counts

THANKS = "thanks"  # of a project's owner, for help


@dataclass(frozen=True, slots=True)
class PostView:
    """A post as far as its evidence tells: of one for followers only, that there is one."""

    id: UUID | None
    kind: str
    title: str
    question_id: UUID | None

    @classmethod
    def of(cls, row: Any) -> "PostView":
        """A row with `_told` of a post."""
        if row.is_veiled:
            return cls(None, THANKS if row.is_thanks else row.kind, "", None)
        return cls(row.post_id, row.kind, row.title, row.question_id)


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """One like's, or accept's, worth today: its part of what the post is worth.

    Or a post's, all its likes together; whether their voices are new, or of the member's own
    branch, is not asked then. The reason says where the post names the skill
    (`detection.subjects`).
    """

    post: PostView
    source: str
    reason: str
    weight: float
    like_count: int
    is_new_voice: bool | None
    is_same_branch: bool | None
    at: datetime

    @classmethod
    def of(cls, row: Any, *, is_new_voice: bool) -> "EvidenceView":
        """A row of `lines`, as it is worth now."""
        return cls(
            post=PostView.of(row),
            source=THANKS if row.is_thanks else row.source,
            reason=row.reason,
            # A voice that was heard before adds nothing.
            weight=_worth(row) * row.voice_weight / row.support if row.is_heard else 0.0,
            like_count=1,
            is_new_voice=is_new_voice,
            is_same_branch=row.is_branch,
            at=row.at,
        )

    @classmethod
    def of_post(cls, row: Any) -> "EvidenceView":
        """A row of `_by_post`, as it is worth now."""
        return cls(
            post=PostView.of(row),
            source=THANKS if row.is_thanks else "accept" if row.is_accepted else "like",
            reason=row.reason,
            weight=_worth(row),
            like_count=row.like_count,
            is_new_voice=None,
            is_same_branch=None,
            at=row.liked_at,
        )


def list_evidence(
    session: ReadSession,
    *,
    viewer_id: UUID,
    member_id: UUID,
    slug: str,
    limit: int,
    cursor: str | None,
    by_post: bool = False,
) -> Page[EvidenceView]:
    """The likes behind a member's skill, the latest first; of a hidden one for themselves alone.

    By post: its posts, those of the most worth first.

    Raises MemberNotFound, SkillNotFound or SkillMoved.
    """
    named = {"viewer_id": viewer_id, "member_id": member_id, "slug": slug}
    lines_or_posts = _BY_POST if by_post else _EVIDENCE
    page = lines_or_posts.page(session, **named, limit=limit, cursor=cursor)
    if not page.items:
        access.require_seen(session, viewer_id=viewer_id, member_id=member_id)
        get_skill(session, slug)
    return page


def lines(cut: Cut | None, contributions: AnySelect) -> AnySelect:
    """Each like and accept that counts for these contributions, with what the post is worth.

    With a cut, of each post no more likes than a page holds are looked at. Takes `viewer_id`.
    """
    mine = contributions.subquery("mine")
    like, accept, voice = aliased(LikeRef), aliased(AcceptRef), aliased(PostVoice)
    likes = select(like.liker_id, like.voice_id, like.liked_at.label("at")).where(
        like.post_id == mine.c.post_id, like.voice_id.is_not(None), counts(like.liked_at, mine.c)
    )
    if cut is not None:
        tie = _tie(mine.c.post_id, like.liker_id, literal_column("'like'", String))
        likes = cut(likes, like.liked_at, tie)
    of_likes = likes.lateral("likes")
    liked = select(mine, of_likes, literal("like").label("source"))
    accepted = select(
        mine,
        accept.asker_id.label("liker_id"),
        accept.voice_id,
        accept.accepted_at.label("at"),
        literal("accept").label("source"),
    )
    given = union_all(
        accepted.join(
            accept,
            (accept.counted_id == mine.c.post_id) & counts(accept.accepted_at, mine.c),
        ),
        liked.select_from(mine).join(of_likes, true()),
    ).subquery("given")
    post = aliased(PostRef)
    heard = (voice.post_id == given.c.post_id) & (voice.voice_id == given.c.voice_id)
    every = select(
        given,
        func.coalesce(given.c.late_support, post.support).label("support"),
        voice.weight.label("voice_weight"),
        voice.is_branch,
        _is_heard(given, voice).label("is_heard"),
    )
    every = every.join(post, post.id == given.c.post_id).join(voice, heard)
    return _told(every, given, post)


def _is_heard(line: Any, voice: Any) -> ColumnElement[bool]:
    """A voice is heard once on a post: by the earliest of its likes, else by its accept."""
    like = aliased(LikeRef)
    same = (like.post_id == line.c.post_id) & (like.voice_id == line.c.voice_id)
    same &= counts(like.liked_at, line.c)
    earlier = tuple_(like.liked_at, like.liker_id) < tuple_(line.c.at, line.c.liker_id)
    is_accept = line.c.source == literal_column("'accept'")
    return case(
        (voice.like_count == literal_column("1"), true()),
        else_=~exists().where(same, or_(is_accept, earlier)),
    )


def _told(statement: AnySelect, proof: Any, post: Any) -> AnySelect:
    """The same with what is told of its posts, and where they name the skill."""
    question = aliased(PostRef)
    # An answer bears its question's title.
    title = func.coalesce(func.nullif(post.title, ""), question.title, "").label("title")
    told = post.kind, post.question_id, title, access.is_veiled(post).label("is_veiled")
    is_thanks = post.call_id.is_not(None).label("is_thanks")
    named = (Mention.post_id == proof.c.post_id) & (Mention.skill_id == proof.c.skill_id)
    with_question = statement.outerjoin(question, question.id == post.question_id)
    return with_question.join(Mention, named).add_columns(*told, is_thanks, Mention.reason)


def _worth(row: Any) -> float:
    return rules.score_at(rules.strength_of(row.worth, row.number), clock.now())


def of_member() -> AnySelect:
    """A member's contributions: the parameter `member_id`."""
    worth = (Contribution.backed + Contribution.shared).label("worth")
    late = Contribution.added_at, Contribution.late_support
    key = Contribution.post_id, Contribution.skill_id
    return select(*key, Contribution.number, worth, *late).where(
        Contribution.member_id == bindparam("member_id", type_=Uuid),
        Contribution.liked_at.is_not(None),
    )


def _evidence(cut: Cut) -> AnySelect:
    found = lines(cut, _shown()).subquery("found")
    tie = _tie(found.c.post_id, found.c.liker_id, found.c.source)
    shown = select(found, _is_new(found).label("is_new"), tie.label("tie"))
    return cut(shown, found.c.at, tie)


def _tie(*parts: Any) -> ColumnElement[str]:
    """Orders what is of one moment: a cursor must not say who liked, nor which post it was."""
    words: ColumnElement[str] = func.md5(func.concat(*parts), type_=String)
    return words


def _shown() -> AnySelect:
    """A member's contributions to a skill, as far as the viewer may see them."""
    slug = bindparam("slug", type_=Skill.slug.type)
    meant = select(Skill.id).where(Skill.slug == slug).scalar_subquery()
    here = select(MemberRef.id).where(MemberRef.state != members.LEFT)
    theirs = of_member().where(Contribution.skill_id == meant, Contribution.member_id.in_(here))
    theirs = theirs.where(access.is_seen(Contribution.member_id))
    return theirs.where(~access.is_hidden(Contribution.member_id, Contribution.skill_id))


def _is_new(line: Any) -> ColumnElement[bool]:
    """Nothing earlier of the same voice is behind the member's skill."""
    here = tuple_(line.c.at, line.c.post_id, line.c.source, line.c.liker_id)
    like, accept = aliased(LikeRef), aliased(AcceptRef)
    liked, taken = aliased(Contribution), aliased(Contribution)
    by_like = (
        exists()
        .where(like.voice_id == line.c.voice_id)
        .where(liked.post_id == like.post_id, _is_same(liked, line), counts(like.liked_at, liked))
        .where(tuple_(like.liked_at, like.post_id, _LIKE, like.liker_id) < here)
    )
    by_accept = (
        exists()
        .where(accept.answer_id == taken.post_id, accept.counted_id == taken.post_id)
        .where(accept.voice_id == line.c.voice_id, _is_same(taken, line))
        .where(counts(accept.accepted_at, taken))
        .where(tuple_(accept.accepted_at, taken.post_id, _ACCEPT, accept.asker_id) < here)
    )
    return ~by_like & ~by_accept


def _is_same(contribution: Any, line: Any) -> ColumnElement[bool]:
    is_members: ColumnElement[bool] = contribution.member_id == bindparam("member_id", type_=Uuid)
    is_skills: ColumnElement[bool] = contribution.skill_id == line.c.skill_id
    return is_members & is_skills


def _by_post(cut: Cut) -> AnySelect:
    rate = rules.FORTNIGHT.days / rules.LEVEL_HALF_LIFE
    exponent = Contribution.number * literal_column(f"{rate}::float8", Float)
    grown = func.power(literal_column("2::float8", Float), exponent, type_=Float)
    worth = Contribution.backed + Contribution.shared
    theirs = _shown().add_columns(
        Contribution.like_count, Contribution.liked_at, (worth * grown).label("strength")
    )
    every = theirs.subquery("every")
    tie = _tie(every.c.post_id)
    proof = cut(select(every, tie.label("tie")), every.c.strength, tie).subquery("proof")
    accepted, post = exists().where(AcceptRef.counted_id == proof.c.post_id), aliased(PostRef)
    accepted = accepted.where(
        AcceptRef.answer_id == proof.c.post_id, counts(AcceptRef.accepted_at, proof.c)
    )
    shown = select(proof, accepted.label("is_accepted"))
    shown = _told(shown.join(post, post.id == proof.c.post_id), proof, post)
    return shown.order_by(proof.c.strength.desc(), proof.c.tie.desc())


_LIKE, _ACCEPT = (literal_column(f"'{source}'", String) for source in ("like", "accept"))
_EVIDENCE = ListRead(
    _evidence,
    lambda row: EvidenceView.of(row, is_new_voice=row.is_new),
    key={"at": datetime, "tie": str},
)
_BY_POST = ListRead(_by_post, EvidenceView.of_post, key={"strength": float, "tie": str})
