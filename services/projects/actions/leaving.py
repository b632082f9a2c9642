"""What becomes of the projects, the help and the follows of members who left Skiller."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from chassis import members
from services.projects import rules
from services.projects.actions import invitations, offers
from services.projects.actions.answering import drop_answers_of
from services.projects.actions.belonging import end_belonging
from services.projects.actions.benchmarks import end_benchmark_follows
from services.projects.actions.changes import commit_change
from services.projects.actions.ending import close_ownerless
from services.projects.actions.follows import end_follows_of
from services.projects.actions.news import remove_updates_of
from services.projects.actions.owners import change_owner
from services.projects.models import (
    AttributionRef,
    Belonging,
    HeardAsk,
    HelpInvitation,
    MemberRef,
    Offer,
    Project,
    Report,
    Thanks,
)


def end_all_of(session: Session, member_ids: Collection[UUID], *, takers: Collection[UUID]) -> None:
    """End what members who left were in projects, whose rows are written before.

    What they owned passes to the contributor who came first and is active, else it closes. Their
    words to others go; of `takers`, who took what they wrote along, their news too, and what
    they answered with their name.
    """
    for member_id in sorted(member_ids):
        for project_id in _projects_of(session, member_id):
            _leave(session, project_id, member_id)
        _withdraw(session, member_id)
    drop_answers_of(session, member_ids, takers=takers)
    end_follows_of(session, member_ids)
    end_benchmark_follows(session, member_ids)
    remove_updates_of(session, takers)
    for theirs in (AttributionRef.member_id, HeardAsk.member_id):
        session.execute(delete(theirs.class_).where(theirs.in_(member_ids)))
    _forget_words(session, member_ids)


def _projects_of(session: Session, member_id: UUID) -> list[UUID]:
    inside = select(Belonging.project_id).where(Belonging.member_id == member_id, Belonging.is_in)
    return list(session.scalars(inside.order_by(Belonging.project_id)))


def _leave(session: Session, project_id: UUID, member_id: UUID) -> None:
    locked = select(Project).where(Project.id == project_id).with_for_update(key_share=True)
    project = session.scalars(locked.execution_options(populate_existing=True)).one()
    one = session.get_one(Belonging, (project_id, member_id), populate_existing=True)
    if not one.is_in:
        return
    was_owner = one.role == rules.OWNER
    if was_owner:
        one.role = rules.CONTRIBUTOR  # there is one owner at a time
    end_belonging(session, belonging=one)
    if not was_owner:
        return
    heir_id = _find_heir(session, project_id)
    if heir_id is not None:
        invitations.withdraw_all(session, project_id=project_id, role=rules.OWNER)
        change_owner(session, project=project, member_id=heir_id, actor_id=None, stays=False)
    elif project.stage == rules.CLOSED:
        project.owner_id = None
        before = {"owner_id": str(member_id)}
        commit_change(session, project=project, actor_id=None, kind="owner", before=before)
    else:
        close_ownerless(session, project=project)


def _find_heir(session: Session, project_id: UUID) -> UUID | None:
    heirs = (
        select(Belonging.member_id)
        .join(MemberRef, MemberRef.id == Belonging.member_id)
        .where(Belonging.project_id == project_id, Belonging.is_in)
        .where(MemberRef.state == members.ACTIVE)
        .order_by(Belonging.joined_at, Belonging.member_id)
    )
    return session.scalar(heirs.limit(1))


def _withdraw(session: Session, member_id: UUID) -> None:
    waiting = select(HelpInvitation.project_id).where(
        HelpInvitation.member_id == member_id,
        HelpInvitation.state.in_((invitations.PENDING, invitations.LATER)),
    )
    for project_id in session.scalars(waiting.order_by(HelpInvitation.project_id)).all():
        invitations.withdraw_all(session, project_id=project_id, member_id=member_id)
    offers.withdraw_all(session, member_id=member_id)


def _forget_words(session: Session, member_ids: Collection[UUID]) -> None:
    """What they wrote to others, and what others wrote to them alone."""
    of_invitations = update(HelpInvitation).where(HelpInvitation.member_id.in_(member_ids))
    session.execute(of_invitations.values(word="", answer=""))
    sent = update(HelpInvitation).where(HelpInvitation.inviter_id.in_(member_ids))
    session.execute(sent.values(word=""))
    session.execute(update(Offer).where(Offer.member_id.in_(member_ids)).values(word="", answer=""))
    session.execute(update(Thanks).where(Thanks.owner_id.in_(member_ids)).values(word=""))
    session.execute(update(Belonging).where(Belonging.member_id.in_(member_ids)).values(word=""))
    session.execute(update(Report).where(Report.reporter_id.in_(member_ids)).values(word=""))
