"""What moderators do to members: each act with its reason, kept for good."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import CTE, func, select
from sqlalchemy.orm import Session, aliased

from chassis import clock
from chassis.claims import Claims
from chassis.identifiers import new_id
from chassis.messaging.outbox import record
from contracts.identity import MemberEvent
from services.identity import events, rules
from services.identity.access import require_moderator
from services.identity.actions import sessions
from services.identity.actions.locks import lock_members
from services.identity.errors import (
    ActBeyondRole,
    ActOnOneself,
    ActWithoutEffect,
    AdministratorsOnly,
    MemberNotFound,
)
from services.identity.models import Member, ModerationAct


@dataclass(frozen=True)
class Outcome:
    """Whom an act concerns, by name; `id` is the act's, or None when it was only tried."""

    id: UUID | None
    affected: Sequence[Member]

    @property
    def affected_count(self) -> int:
        return len(self.affected)


def perform_act(
    session: Session,
    *,
    actor: Claims | None,
    act: str,
    member_id: UUID,
    reason: str,
    role: str | None = None,
    is_dry_run: bool = False,
) -> Outcome:
    """Do one act to a member or their branch, in one transaction, and keep it with its reason.

    Records `member.suspended`, `member.reinstated` or `member.updated` of everybody whom it
    changes. `actor` None stands for the operator, who may do everything. A dry run does
    nothing but name them. Raises what `require_moderator` raises,
    AdministratorsOnly, ActBeyondRole, ActOnOneself or ActWithoutEffect.
    """
    moderator = require_moderator(session, actor, is_locked=True) if actor else None
    if act == "change_role" and moderator and moderator.role != "administrator":
        raise AdministratorsOnly
    target = session.get(Member, member_id)
    # The branch of somebody who left may still be pruned, and come back.
    if target is None or (target.state == "left" and act not in _BRANCH_ACTS):
        raise MemberNotFound
    kind = _KINDS[act]
    affected = [member for member in kind.find(session, target) if kind.changes(member, role)]
    if moderator:
        _require_authority(session, moderator, kind, target, affected)
    if not affected:
        raise ActWithoutEffect
    if is_dry_run:
        return Outcome(None, _by_name(affected))
    performed = _keep(session, affected, act, moderator, member_id, reason, role)
    kind.apply(session, affected, performed)
    return Outcome(performed.id, _by_name(affected))


def _by_name(members: Sequence[Member]) -> Sequence[Member]:
    return sorted(members, key=lambda member: (member.name.casefold(), member.id))


def _keep(
    session: Session,
    affected: Sequence[Member],
    act: str,
    moderator: Member | None,
    member_id: UUID,
    reason: str,
    role: str | None,
) -> ModerationAct:
    performed = ModerationAct(
        id=new_id(),
        act=act,
        actor_id=moderator.id if moderator else None,
        member_id=member_id,
        reason=reason,
        role=role,
        affected_ids=[member.id for member in affected],
        acted_at=clock.now(),
    )
    session.add(performed)
    session.flush()
    return performed


def _require_authority(
    session: Session,
    moderator: Member,
    kind: "_Kind",
    target: Member,
    affected: Sequence[Member],
) -> None:
    concerned = [target, *affected]
    if moderator.id in {member.id for member in concerned}:
        raise ActOnOneself
    if moderator.role == "administrator":
        return
    above = sorted({member.name for member in concerned if member.role in rules.STAFF})
    if above:
        raise ActBeyondRole(f"{ActBeyondRole.detail} Concerned: {', '.join(above)}.")
    undone = kind.undoes(session, affected)
    if undone and not _are_of_moderators(session, undone):
        raise ActBeyondRole("An administrator decided this; ask one to undo it.")


def _are_of_moderators(session: Session, act_ids: Collection[UUID | None]) -> bool:
    """Whether only those who are moderators today did these acts.

    Acts of the operator, or of somebody who left or has another role now, are not theirs to undo.
    """
    statement = (
        select(func.count())
        .select_from(ModerationAct)
        .join(Member, Member.id == ModerationAct.actor_id)
        .where(ModerationAct.id.in_(act_ids), Member.role == "moderator")
    )
    return session.scalar(statement) == len(act_ids)


def _find_one(session: Session, target: Member) -> Sequence[Member]:
    return lock_members(session, [target.id])


def _find_branch(session: Session, target: Member) -> Sequence[Member]:
    """The member and everybody below, locked.

    Who joins holds their sponsor's row: once all rows are ours, nobody can join any more,
    but somebody may have while we waited. So we look until nobody new is found.
    """
    found: Sequence[Member] = []
    while True:
        ids = session.scalars(select(_branch_of(target.id).c.id)).all()
        if len(ids) == len(found):
            return found
        found = lock_members(session, ids)


def _branch_of(member_id: UUID) -> CTE:
    root = select(Member.id).where(Member.id == member_id).cte("branch", recursive=True)
    below = aliased(Member)
    return root.union_all(select(below.id).join(root, below.sponsor_id == root.c.id))


def _find_pruned(session: Session, target: Member) -> Sequence[Member]:
    """Those whom a pruning at this very member suspended; nobody whom another act did."""
    prunings = select(ModerationAct.id).where(
        ModerationAct.act == "prune", ModerationAct.member_id == target.id
    )
    ids = session.scalars(select(Member.id).where(Member.suspended_by_id.in_(prunings))).all()
    return lock_members(session, ids)


def _suspend(session: Session, members: Sequence[Member], act: ModerationAct) -> None:
    for member in members:
        member.state, member.suspended_by_id = "suspended", act.id
    sessions.close_sessions(session, [member.id for member in members])
    _tell(session, members, events.suspended)


def _reinstate(session: Session, members: Sequence[Member], act: ModerationAct) -> None:
    for member in members:
        member.state, member.suspended_by_id = "active", None
    _tell(session, members, events.reinstated)


def _stop_inviting(session: Session, members: Sequence[Member], act: ModerationAct) -> None:
    for member in members:
        member.inviting_stopped_reason = act.reason


def _allow_inviting(session: Session, members: Sequence[Member], act: ModerationAct) -> None:
    for member in members:
        member.inviting_stopped_reason = None


def _change_role(session: Session, members: Sequence[Member], act: ModerationAct) -> None:
    for member in members:
        member.role = act.role or member.role
    _tell(session, members, events.updated)


def _tell(
    session: Session, members: Sequence[Member], event: Callable[[Member], MemberEvent]
) -> None:
    for member in members:
        member.revision += 1
    record(session, *(event(member) for member in members))


def _undo_nothing(_: Session, __: Sequence[Member]) -> Collection[UUID | None]:
    return ()


def _suspensions(_: Session, members: Sequence[Member]) -> Collection[UUID | None]:
    return {member.suspended_by_id for member in members}


def _last_stop(session: Session, members: Sequence[Member]) -> Collection[UUID | None]:
    """The act by which one member was last told to invite no more."""
    statement = (
        select(ModerationAct.id)
        .where(ModerationAct.member_id.in_([member.id for member in members]))
        .where(ModerationAct.act == "stop_inviting")
        .order_by(ModerationAct.acted_at.desc(), ModerationAct.id.desc())
        .limit(1)
    )
    return session.scalars(statement).all()


@dataclass(frozen=True)
class _Kind:
    """How an act finds whom it may concern, whom of them it changes, what it does and undoes."""

    find: Callable[[Session, Member], Sequence[Member]]
    changes: Callable[[Member, str | None], bool]
    apply: Callable[[Session, Sequence[Member], ModerationAct], None]
    undoes: Callable[[Session, Sequence[Member]], Collection[UUID | None]] = _undo_nothing


def _is_active(member: Member, _: str | None) -> bool:
    return member.state == "active"


def _is_suspended(member: Member, _: str | None) -> bool:
    return member.state == "suspended"


# Each is asked under the lock: somebody who left meanwhile is changed by none.
def _may_invite(member: Member, _: str | None) -> bool:
    return member.state != "left" and member.inviting_stopped_reason is None


def _may_not_invite(member: Member, _: str | None) -> bool:
    return member.state != "left" and member.inviting_stopped_reason is not None


def _has_another_role(member: Member, role: str | None) -> bool:
    return member.state != "left" and member.role != role


_BRANCH_ACTS = ("prune", "reinstate_branch")
_KINDS = {
    "suspend": _Kind(_find_one, _is_active, _suspend),
    "prune": _Kind(_find_branch, _is_active, _suspend),
    "reinstate": _Kind(_find_one, _is_suspended, _reinstate, _suspensions),
    "reinstate_branch": _Kind(_find_pruned, _is_suspended, _reinstate, _suspensions),
    "stop_inviting": _Kind(_find_one, _may_invite, _stop_inviting),
    "allow_inviting": _Kind(_find_one, _may_not_invite, _allow_inviting, _last_stop),
    "change_role": _Kind(_find_one, _has_another_role, _change_role),
}
