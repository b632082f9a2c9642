"""Keeping what others tell of people: members, whom they follow and block, who is in projects."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from chassis import clock, members
from chassis.replicas import upsert_newer
from contracts.discussion import AnswerAccepted, AnswerUnaccepted
from contracts.identity import MemberEvent
from contracts.projects import (
    ProjectFollowed,
    ProjectMemberJoined,
    ProjectMemberLeft,
    ProjectModerated,
    ProjectUnfollowed,
)
from contracts.social import MemberFollowed, MemberUnfollowed
from services.notifications import rules
from services.notifications.actions import agendas, broadcasts, ladders, objects
from services.notifications.actions.mails import forget_mails
from services.notifications.actions.posts import tell_sponsors
from services.notifications.actions.pushes import forget_pushes
from services.notifications.actions.telling import Told, tell
from services.notifications.models import (
    AcceptRef,
    Address,
    Agenda,
    Ask,
    BlockRef,
    FollowRef,
    GivenRef,
    HiddenRef,
    KeywordFollowRef,
    MemberRef,
    Notice,
    NoticeActor,
    ObjectRef,
    Preference,
    ProjectPersonRef,
    ProjectSleep,
    SparedSkill,
    UnderstoodRef,
    Visit,
)

_REPLICAS: tuple[type[Any], ...] = (
    *(AcceptRef, Address, BlockRef, FollowRef, GivenRef, HiddenRef, KeywordFollowRef),
    *(ObjectRef, ProjectPersonRef, ProjectSleep, UnderstoodRef),
)


def keep_members(session: Session, events: Sequence[MemberEvent]) -> None:
    """Keep what identity tells; tells sponsors who came. Erases what leavers were told."""
    broadcasts.hold(session, (event.member_id for event in events))
    also = ("locale", "sponsor_id", "joined_at", "is_proposable", "asks_per_week")
    members.keep_members(session, MemberRef, events, also=also)
    # Before all else that is held here, but members: whoever climbs holds ladders, then these.
    forget_left(session, {event.member_id for event in events if event.state == members.LEFT})
    came = [event for event in events if event.state != members.LEFT]
    tell(
        session,
        (
            Told(
                member_id=event.sponsor_id,
                kind=rules.INVITEE_JOINED,
                object_id=event.member_id,
                actor_id=event.member_id,
                happened_at=event.joined_at,
            )
            for event in came
            if event.sponsor_id is not None
        ),
    )
    tell_sponsors(session, {event.member_id for event in came})
    # Who is reinstated is mailed what waited.
    agendas.request_looks(session, [event.member_id for event in came], now=clock.now())


def forget_left(session: Session, member_ids: Collection[UUID]) -> None:
    """Erase what members who left were told; who did what stays, and is shown to nobody."""
    if not member_ids:
        return
    ladders.forget_ladders(session, member_ids)
    for theirs in (
        *(Notice.member_id, NoticeActor.member_id, KeywordFollowRef.member_id, Address.member_id),
        *(GivenRef.member_id, Preference.member_id, Agenda.member_id, Visit.member_id),
        *(Ask.member_id, SparedSkill.member_id),
    ):
        session.execute(delete(theirs.class_).where(theirs.in_(member_ids)))
    forget_mails(session, member_ids)
    forget_pushes(session, member_ids)


def keep_follows(session: Session, events: Sequence[MemberFollowed | MemberUnfollowed]) -> None:
    """Keep who follows whom; tells whom somebody follows, and followers what they missed."""
    broadcasts.hold(session, (event.followed_id for event in events))
    rows = [
        {
            "follower_id": event.follower_id,
            "followed_id": event.followed_id,
            "is_following": event.state == "followed",
            "revision": event.revision,
            "changed_at": event.changed_at,
        }
        for event in events
    ]
    changed = upsert_newer(session, FollowRef, rows)
    newest = _newest(rows, ("follower_id", "followed_id"))
    began = [newest[key] for key in sorted(changed) if newest[key]["is_following"]]
    tell(
        session,
        (
            Told(
                member_id=row["followed_id"],
                kind=rules.FOLLOWER,
                object_id=row["follower_id"],
                actor_id=row["follower_id"],
                happened_at=row["changed_at"],
            )
            for row in began
        ),
    )
    broadcasts.tell_latecomers(session, [(row["followed_id"], row["follower_id"]) for row in began])


def keep_people(
    session: Session,
    events: Sequence[ProjectMemberJoined | ProjectMemberLeft | ProjectFollowed | ProjectUnfollowed],
) -> None:
    """Keep who builds and who follows projects; tells them what they missed."""
    broadcasts.hold(session, (event.project_id for event in events))
    rows = [
        {
            "project_id": event.project_id,
            "member_id": event.member_id,
            "is_follow": isinstance(event, ProjectFollowed | ProjectUnfollowed),
            "is_on": event.state in ("in", "followed"),
            "revision": event.revision,
            "since_at": getattr(event, "joined_at", None) or event.changed_at,
        }
        for event in events
    ]
    changed = upsert_newer(session, ProjectPersonRef, rows)
    newest = _newest(rows, ("project_id", "member_id", "is_follow"))
    began = [key[:2] for key in sorted(changed) if newest[key]["is_on"]]
    broadcasts.tell_latecomers(session, began)
    left = (event for event in events if isinstance(event, ProjectMemberLeft))
    tell(session, (_removed(event) for event in left if event.removed_by_id))


def _removed(event: ProjectMemberLeft) -> Told:
    return Told(
        member_id=event.member_id,
        kind=rules.REMOVED,
        object_id=event.project_id,
        part=str(event.revision),
        actor_id=event.removed_by_id,
        happened_at=event.changed_at,
    )


def keep_accepts(session: Session, events: Sequence[AnswerAccepted | AnswerUnaccepted]) -> None:
    """Keep which answers are accepted; tells who wrote them."""
    rows = [
        {
            "question_id": event.question_id,
            "answer_id": event.answer_id,
            "is_accepted": event.state == "accepted",
            "revision": event.revision,
        }
        for event in events
    ]
    changed = upsert_newer(session, AcceptRef, rows)
    tell(
        session,
        (
            Told(
                member_id=event.author_id,
                kind=rules.ACCEPTED,
                object_id=event.answer_id,
                actor_id=event.asker_id,
                happened_at=event.changed_at,
            )
            for event in events
            if event.state == "accepted" and (event.question_id,) in changed
        ),
    )


def keep_moderated(session: Session, events: Sequence[ProjectModerated]) -> None:
    """Keep what moderators hide of projects; tells whom that concerns."""
    rows = [
        {
            "act_id": event.act_id,
            "object_id": event.object_id,
            "is_standing": event.is_standing and event.kind == "hide",
            "revision": event.revision,
        }
        for event in events
    ]
    upsert_newer(session, HiddenRef, rows)
    acts = [
        objects.build_row(
            "act",
            event.act_id,
            revision=event.revision,
            at=event.acted_at,
            parent_id=event.project_id,
            state=event.kind,
            is_there=event.is_standing,
        )
        for event in events
    ]
    objects.keep(session, acts)
    tell(
        session,
        (
            Told(
                member_id=event.member_id,
                kind=rules.MODERATED,
                object_id=event.act_id,
                happened_at=event.acted_at,
            )
            for event in events
            if event.member_id is not None
        ),
    )


def empty(session: Session) -> None:
    """Forget what others tell again; notices stay, with what was read, and are told once more.

    So do ladders, with who was asked and who is spared: none goes on until all is told again.
    """
    ladders.hold_ladders(session, until=ladders.REBUILT)
    for replica in _REPLICAS:
        session.execute(delete(replica))
    session.execute(update(MemberRef).values(revision=0))
    session.execute(update(NoticeActor).values(revision=0))


def _newest(rows: Sequence[Mapping[str, Any]], key: Sequence[str]) -> dict[Any, Mapping[str, Any]]:
    ordered = sorted(rows, key=lambda row: row["revision"])
    return {tuple(row[name] for name in key): row for row in ordered}
