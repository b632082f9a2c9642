"""A holder contests one of their posts as a proof of a skill; a moderator answers."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock, members
from chassis.claims import Claims
from chassis.identifiers import new_id
from chassis.messaging.outbox import record
from services.skills.access import require_moderator
from services.skills.actions.discounts import take_out
from services.skills.actions.entries import find_entry
from services.skills.errors import ContestAnswered, ContestNotFound, ContestsTooMany, LineNotFound
from services.skills.events import contest_answered
from services.skills.models import Contest, Contribution, MemberRef, Skill

A_DAY = 20  # contests of one member


def contest_line(session: Session, *, actor: Claims, slug: str, post_id: UUID, word: str) -> UUID:
    """Say that a post of one's own is no proof of a skill; the contest's id, that of the open one.

    Raises MemberSuspended, SkillNotFound, LineNotFound for what proves nothing of the actor's,
    or ContestsTooMany.
    """
    members.require_active(session, MemberRef, actor)
    skill = find_entry(session, slug=slug)
    line = select(Contribution.post_id).filter_by(post_id=post_id, skill_id=skill.meant_id)
    if session.scalar(line.where(Contribution.member_id == actor.id)) is None:
        raise LineNotFound
    day = timedelta(days=1)
    today = select(func.count()).where(
        Contest.member_id == actor.id, Contest.contested_at > clock.now() - day
    )
    if session.execute(today).scalar_one() >= A_DAY:
        raise ContestsTooMany(retry_after=int(day.total_seconds()))
    named = {"post_id": post_id, "skill_id": skill.id}
    row = insert(Contest).values(
        id=new_id(), member_id=actor.id, **named, word=word, contested_at=clock.now()
    )
    told = session.scalar(row.on_conflict_do_nothing().returning(Contest.id))
    known = select(Contest.id).filter_by(**named, answered_at=None)
    return told or session.scalars(known).one()


def answer_contest(
    session: Session, *, actor: Claims, contest_id: UUID, outcome: str, word: str
) -> None:
    """Keep the line, or take it out of the evidence, once; who contests it reads the word.

    Records `contest.answered`. Raises what `require_moderator` raises, ContestNotFound, for one's
    own too, or ContestAnswered.
    """
    require_moderator(session, actor)
    named = select(Contest).where(Contest.id == contest_id, Contest.member_id != actor.id)
    contest = session.scalar(named.with_for_update())
    if contest is None:
        raise ContestNotFound
    if contest.answered_at is not None:
        raise ContestAnswered
    contest.outcome, contest.answer = outcome, word
    contest.answered_by_id, contest.answered_at = actor.id, clock.now()
    skill = session.get_one(Skill, contest.skill_id)
    record(session, contest_answered(contest, skill))
    if outcome == "taken_out":
        take_out(session, actor=actor, skill=skill, post_id=contest.post_id, reason=word)
