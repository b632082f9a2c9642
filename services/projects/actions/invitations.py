"""Asking members to help in a project, or to own it, and what they answer."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, bindparam, func, select, union_all
from sqlalchemy.orm import Session

from chassis import clock
from chassis.claims import Claims
from chassis.identifiers import new_id
from chassis.messaging.outbox import record
from chassis.statements import Statement
from services.projects import access, rules
from services.projects.actions.allowances import require_pace
from services.projects.actions.awake import keep_awake
from services.projects.actions.belonging import join_project
from services.projects.actions.calls import get_open_call
from services.projects.actions.owners import change_owner
from services.projects.errors import (
    HelperDeclined,
    HelperInvalid,
    HelpInvitationNotFound,
    HelpInvitationOver,
    HelpInvitationWaits,
    InvitationsTooFast,
    MemberAskedEnough,
    OwnerOnly,
)
from services.projects.events import invitation_changed
from services.projects.models import Belonging, HeardAsk, HelpInvitation, MemberRef, Project

PENDING, LATER, ACCEPTED, DECLINED, WITHDRAWN = (
    "pending",
    "later",
    "accepted",
    "declined",
    "withdrawn",
)


def invite_helper(
    session: Session,
    *,
    actor: Claims,
    project_id: UUID,
    member_id: UUID,
    call_id: UUID | None,
    role: str,
    word: str,
) -> UUID:
    """Ask a member to help, or a contributor to own the project; records `project.help_asked`.

    Raises ProjectNotFound, ContributorsOnly, OwnerOnly (of ownership), ProjectOver, ProjectAsleep,
    CallNotFound, CallOver, HelperInvalid, HelpInvitationWaits, HelperDeclined, MemberAskedEnough or
    InvitationsTooFast.
    """
    project = access.lock_as_contributor(
        session, actor=actor, project_id=project_id, beside=member_id
    )
    access.require_awake(project)
    if role == rules.OWNER and project.owner_id != actor.id:
        raise OwnerOnly
    if call_id is not None:
        get_open_call(session, project_id=project_id, call_id=call_id)
    _require_possible(session, actor=actor, project=project, member_id=member_id, role=role)
    # Of two projects that ask the same member at once, the second counts the first.
    _ASKED.rows(session, key=member_id.int & (2**63 - 1))
    now = clock.now()
    _require_silence(session, project_id, member_id, role, now)
    if role == rules.CONTRIBUTOR:
        _require_open_to_asks(session, member_id, now)
    _require_pace(session, project_id)
    asked = {"call_id": call_id, "member_id": member_id, "role": role, "word": word}
    invitation = _new(project_id, actor.id, now, **asked)
    session.add(invitation)
    keep_awake(session, project=project, actor_id=actor.id)
    session.flush()
    record(session, invitation_changed(invitation))
    return invitation.id


def answer_invitation(
    session: Session,
    *,
    actor: Claims,
    project_id: UUID,
    invitation_id: UUID,
    answer: str,
    word: str,
    again: str,
) -> None:
    """Accept, decline or put off one's invitation; records `project.help_asked`, and what follows.

    `again` says whether one who declines may be asked again (`after_90_days`, `never`). Answering
    the same again changes nothing. Raises ProjectNotFound, HelpInvitationNotFound,
    HelpInvitationOver, ProjectOver or ProjectFull.
    """
    project, _ = access.lock_project(session, actor=actor, project_id=project_id, is_open=False)
    invitation = _get(session, project_id, invitation_id)
    if invitation.member_id != actor.id:
        raise HelpInvitationNotFound
    if invitation.state == answer and answer != LATER:
        return
    if not _waits(invitation) or project.stage == rules.CLOSED:
        raise HelpInvitationOver
    invitation.answer = word
    invitation.is_never = answer == DECLINED and again == "never"
    _turn(session, invitation, answer)
    if answer == ACCEPTED:
        _accept(session, project, invitation)


def withdraw_invitation(
    session: Session, *, actor: Claims, project_id: UUID, invitation_id: UUID
) -> None:
    """Take an invitation back before it is answered; records `project.help_asked`.

    Repeating changes nothing. Raises ProjectNotFound, ContributorsOnly, HelpInvitationNotFound or
    HelpInvitationOver.
    """
    access.lock_as_contributor(session, actor=actor, project_id=project_id)
    invitation = _get(session, project_id, invitation_id)
    if invitation.state == WITHDRAWN:
        return
    if not _waits(invitation):
        raise HelpInvitationOver
    _turn(session, invitation, WITHDRAWN)


def withdraw_all(
    session: Session, *, project_id: UUID, member_id: UUID | None = None, role: str | None = None
) -> None:
    """Withdraw what waits in a locked project, of a member or of a role alone; records it."""
    which = [HelpInvitation.project_id == project_id, HelpInvitation.state.in_((PENDING, LATER))]
    which += [HelpInvitation.member_id == member_id] if member_id is not None else []
    which += [HelpInvitation.role == role] if role is not None else []
    for one in session.scalars(select(HelpInvitation).where(*which).order_by(HelpInvitation.id)):
        _turn(session, one, WITHDRAWN)


def _new(project_id: UUID, inviter_id: UUID, now: datetime, **asked: Any) -> HelpInvitation:
    return HelpInvitation(
        id=new_id(),
        project_id=project_id,
        inviter_id=inviter_id,
        **asked,
        state=PENDING,
        revision=1,
        asked_at=now,
        expires_at=now + rules.WAITS,
        changed_at=now,
    )


def _accept(session: Session, project: Project, invitation: HelpInvitation) -> None:
    if invitation.role == rules.CONTRIBUTOR:
        join_project(
            session, project=project, member_id=invitation.member_id, role=rules.CONTRIBUTOR
        )
        keep_awake(session, project=project, actor_id=invitation.member_id)
        return
    # Who asked may own it no more, and who is asked may have left it.
    known = session.get(Belonging, (project.id, invitation.member_id))
    if project.owner_id != invitation.inviter_id or known is None or not known.is_in:
        raise HelpInvitationOver
    withdraw_all(session, project_id=project.id, role=rules.OWNER)
    change_owner(
        session, project=project, actor_id=invitation.member_id, member_id=invitation.member_id
    )


def _require_possible(
    session: Session, *, actor: Claims, project: Project, member_id: UUID, role: str
) -> None:
    """Raises HelperInvalid for who cannot be seen or asked, or is in already, or not, as asked.

    Across a block with the owner, too: they would not see what they are invited to.
    """
    listed = select(MemberRef.is_proposable).where(MemberRef.id == member_id, access.is_listed())
    seen = listed.where(access.is_unblocked_by(project.owner_id, MemberRef.id))
    is_proposable = session.scalar(seen, {"viewer_id": actor.id})
    known = session.get(Belonging, (project.id, member_id))
    is_in = known is not None and known.is_in
    wanted = role == rules.OWNER
    if is_proposable is None or member_id == actor.id or is_in != wanted:
        raise HelperInvalid
    # Who wants to be proposed to nobody is not asked by projects either, but for one of theirs.
    if not is_proposable and not is_in:
        raise HelperInvalid


def _require_silence(
    session: Session, project_id: UUID, member_id: UUID, role: str, now: datetime
) -> None:
    """Raises HelpInvitationWaits, or HelperDeclined for who said no to it, or nothing, lately."""
    earlier = select(HelpInvitation).where(
        HelpInvitation.project_id == project_id, HelpInvitation.member_id == member_id
    )
    for one in session.scalars(earlier):
        if _waits(one, now):
            raise HelpInvitationWaits
        if one.role != role:
            continue  # not to help says nothing of owning it
        if one.is_never:
            raise HelperDeclined
        since = one.expires_at if one.state in (PENDING, LATER) else one.changed_at
        silence = {
            PENDING: rules.AGAIN_UNANSWERED,
            LATER: rules.AGAIN_UNANSWERED,
            DECLINED: rules.AGAIN_DECLINED,
        }
        if one.state in silence and now < since + silence[one.state]:
            wait = since + silence[one.state] - now
            raise HelperDeclined(retry_after=int(wait.total_seconds()) + 1)


def _require_open_to_asks(session: Session, member_id: UUID, now: datetime) -> None:
    """Raises MemberAskedEnough for who was asked as often in a week as they chose, or never is.

    What they are asked in discussion counts too.
    """
    most = session.scalars(select(MemberRef.asks_per_week).where(MemberRef.id == member_id)).one()
    since: datetime | None = now
    if most:
        asked = _ASKS.rows(session, member_id=member_id, since=now - rules.WEEK)
        since = asked[most - 1].asked_at if len(asked) >= most else None
    if since is not None:
        until = since + rules.WEEK
        raise MemberAskedEnough(
            errors={"until": [until.isoformat()]},
            retry_after=int((until - now).total_seconds()) + 1,
        )


def _require_pace(session: Session, project_id: UUID) -> None:
    require_pace(
        session,
        at=HelpInvitation.asked_at,
        which=HelpInvitation.project_id == project_id,
        most=rules.INVITATIONS_A_DAY,
        refusal=InvitationsTooFast,
    )


def _get(session: Session, project_id: UUID, invitation_id: UUID) -> HelpInvitation:
    found = session.get(HelpInvitation, invitation_id)
    if found is None or found.project_id != project_id:
        raise HelpInvitationNotFound
    return found


def _waits(invitation: HelpInvitation, now: datetime | None = None) -> bool:
    is_open = invitation.state in (PENDING, LATER)
    return is_open and invitation.expires_at > (now or clock.now())


def _turn(session: Session, invitation: HelpInvitation, state: str) -> None:
    invitation.state = state
    invitation.revision += 1
    invitation.changed_at = clock.now()
    session.flush()
    record(session, invitation_changed(invitation))


def _asks() -> Any:
    """When a member was lately asked, here and in discussion, the latest first."""
    member_id = bindparam("member_id", type_=HelpInvitation.member_id.type)
    since = bindparam("since", type_=HelpInvitation.asked_at.type)
    here = select(HelpInvitation.asked_at).where(
        HelpInvitation.member_id == member_id,
        HelpInvitation.asked_at > since,
        HelpInvitation.role == rules.CONTRIBUTOR,
    )
    there = select(HeardAsk.asked_at).where(
        HeardAsk.member_id == member_id, HeardAsk.asked_at > since
    )
    both = union_all(here, there).subquery("asked")
    return select(both.c.asked_at).order_by(both.c.asked_at.desc())


_ASKED = Statement(select(func.pg_advisory_xact_lock(bindparam("key", type_=BigInteger))))
_ASKS = Statement(_asks())
