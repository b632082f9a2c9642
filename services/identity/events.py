"""Rows as the events that tell them, for the actions that change and the history that repeats."""

from typing import Any, TypeVar

from chassis import clock
from contracts.identity import (
    AddressConfirmed,
    InvitationRequested,
    MemberEvent,
    MemberJoined,
    MemberLeft,
    MemberReinstated,
    MemberSuspended,
    MemberUpdated,
    SessionClosed,
)
from services.identity.models import Credentials, InvitationRequest, Member, MemberSession

M = TypeVar("M", bound=MemberEvent)


def joined(member: Member) -> MemberJoined:
    """Somebody joined."""
    return _told(MemberJoined, member)


def updated(member: Member) -> MemberUpdated:
    """A member is shown differently."""
    return _told(MemberUpdated, member)


def suspended(member: Member) -> MemberSuspended:
    """A member may not write any more."""
    return _told(MemberSuspended, member)


def reinstated(member: Member) -> MemberReinstated:
    """A member may write again."""
    return _told(MemberReinstated, member)


def left(member: Member) -> MemberLeft:
    """A member is gone."""
    return _told(MemberLeft, member, removes_posts=member.is_without_posts)


def as_they_are(member: Member) -> MemberEvent:
    """The event that tells a member's present state to who hears of them anew."""
    tell = {"active": joined, "suspended": suspended, "left": left}
    return tell[member.state](member)


def requested(request: InvitationRequest) -> InvitationRequested:
    """A request waits for a sponsor."""
    return InvitationRequested(
        request_id=request.id, revision=1, keywords=tuple(request.keyword_slugs)
    )


def session_closed(closed: MemberSession) -> SessionClosed:
    """A session is over."""
    assert closed.closed_at
    return SessionClosed(
        session_id=closed.id, revision=1, member_id=closed.member_id, closed_at=closed.closed_at
    )


def address_confirmed(known: Credentials) -> AddressConfirmed:
    """A member reads mail at their address."""
    assert known.confirmed_at
    return AddressConfirmed(
        member_id=known.member_id,
        email=known.email,
        revision=known.revision,
        state="confirmed",
        changed_at=known.confirmed_at,
    )


def address_gone(known: Credentials) -> AddressConfirmed:
    """Somebody left: they have no address any more."""
    return AddressConfirmed(
        member_id=known.member_id,
        email="",
        revision=known.revision + 1,
        state="none",
        changed_at=clock.now(),
    )


def _told(kind: type[M], member: Member, **more: Any) -> M:
    return kind(
        member_id=member.id,
        revision=member.revision,
        name=member.name,
        headline=member.headline,
        company=member.company,
        location=member.location,
        portrait_url=member.portrait_url,
        locale=member.locale,  # type: ignore[arg-type]
        role=member.role,  # type: ignore[arg-type]
        state=member.state,  # type: ignore[arg-type]
        is_proposable=member.is_proposable,
        asks_per_week=member.asks_per_week,
        organisation=member.organisation,
        sponsor_id=member.sponsor_id,
        joined_at=member.joined_at,
        **more,
    )
