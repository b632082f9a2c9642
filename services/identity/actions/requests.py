"""Strangers who ask for an invitation: their requests, and what hosts do with them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from chassis import clock
from chassis.claims import Claims
from chassis.identifiers import new_id
from chassis.mailing.addresses import key_of, keys_of
from chassis.messaging.outbox import record
from chassis.slugs import slug_of
from services.identity import events, rules
from services.identity.access import require_host
from services.identity.actions import invitations, limits
from services.identity.actions.locks import lock_request, lock_requests_from
from services.identity.actions.mails import queue_mail
from services.identity.errors import LinkInvalid, RequestClosed, RequestNotFound
from services.identity.models import InvitationRequest, MailedToken


def ask_for_invitation(
    session: Session,
    *,
    client: str,
    name: str,
    email: str,
    motivation: str,
    keywords: Sequence[str],
    link: str | None,
    locale: str,
) -> None:
    """Keep a request until its address is confirmed; the same for known and unknown addresses.

    Raises TooManyTries.
    """
    limits.take_try(session, allowance=rules.REQUEST_CLIENT, who=[client])
    wanted: dict[str, str] = {}
    for label in keywords:
        wanted.setdefault(slug_of(label), label)
    request = InvitationRequest(
        id=new_id(),
        state="unconfirmed",
        name=name,
        email=email,
        email_key=key_of(email),
        motivation=motivation,
        keywords=list(wanted.values()),
        keyword_slugs=list(wanted),
        link=link,
        locale=locale,
        created_at=clock.now(),
        expires_at=clock.now() + rules.REQUEST_LIFE,
    )
    session.add(request)
    session.flush()
    queue_mail(session, kind="request_confirmation", email=email, subject_id=request.id)


def confirm_request(session: Session, *, request_id: UUID) -> None:
    """Let a request wait for a sponsor; records `invitation.requested` the first time.

    An earlier one of the same address waits no more. Raises LinkInvalid where the request
    was forgotten, or RequestClosed.
    """
    key = session.scalar(
        select(InvitationRequest.email_key).where(InvitationRequest.id == request_id)
    )
    # With all others of its address: of two confirmed at once, one replaces the other.
    same_address = lock_requests_from(session, [key] if key else [])
    request = next((one for one in same_address if one.id == request_id), None)
    if request is None:
        raise LinkInvalid
    if request.state == "waiting":
        return
    if request.state != "unconfirmed" or request.expires_at <= clock.now():
        raise RequestClosed
    for earlier in same_address:
        if earlier.state == "waiting":
            earlier.state, earlier.closed_at = "replaced", clock.now()
    request.state, request.confirmed_at = "waiting", clock.now()
    record(session, events.requested(request))


def close_requests(session: Session, *, email: str) -> None:
    """Let nobody sponsor somebody who is a member by now."""
    for request in lock_requests_from(session, keys_of(email)):
        if request.state in ("unconfirmed", "waiting"):
            request.state, request.closed_at = "replaced", clock.now()


def forget_requests(session: Session, *, email: str) -> None:
    """Erase what was once asked from an address; nothing of it waits any more."""
    close_requests(session, email=email)
    statement = (
        update(InvitationRequest)
        .where(InvitationRequest.email_key.in_(keys_of(email)))
        .values(name="", email="", email_key="", motivation="", link=None)
        .values(keywords=[], keyword_slugs=[])
    )
    forgotten = session.scalars(statement.returning(InvitationRequest.id)).all()
    session.execute(delete(MailedToken).where(MailedToken.subject_id.in_(forgotten)))


def sponsor_request(session: Session, *, actor: Claims, request_id: UUID, note: str) -> UUID:
    """Take the requester in: offers them one of the actor's places; returns the invitation's id.

    Raises what `take_place` raises, RequestNotFound or RequestClosed.
    """
    sponsor = invitations.take_place(session, actor=actor)
    request = _lock_waiting(session, request_id)
    _close(request, "sponsored", sponsor.id)
    return invitations.invite_requester(session, sponsor=sponsor, request=request, note=note)


def decline_request(session: Session, *, actor: Claims, request_id: UUID) -> None:
    """Take a request out of the queue; raises what `require_host` raises, RequestNotFound or
    RequestClosed."""
    host = require_host(session, actor)
    _close(_lock_waiting(session, request_id), "declined", host.id)


def _lock_waiting(session: Session, request_id: UUID) -> InvitationRequest:
    request = lock_request(session, request_id=request_id)
    if request is None or request.state == "unconfirmed":
        raise RequestNotFound
    if request.state != "waiting" or request.expires_at <= clock.now():
        raise RequestClosed
    return request


def _close(request: InvitationRequest, state: str, member_id: UUID) -> None:
    request.state, request.closed_at, request.closed_by_id = state, clock.now(), member_id
