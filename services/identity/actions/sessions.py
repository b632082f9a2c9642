"""Signing in, refreshing and signing out."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from chassis import clock
from chassis.auth import SessionOver
from chassis.claims import Claims
from chassis.identifiers import new_id
from chassis.mailing.addresses import key_of
from chassis.messaging.outbox import record
from services.identity import events, passwords, rules, tokens
from services.identity.access import get_active, require_active
from services.identity.actions import limits
from services.identity.actions.locks import lock_family, lock_session, lock_sessions
from services.identity.actions.mails import queue_mail
from services.identity.errors import (
    CredentialsWrong,
    PasswordWrong,
    RefreshTokenInvalid,
    RefreshTokenReused,
    RefreshTokenRotated,
    SessionNotFound,
)
from services.identity.models import Credentials, Member, MemberSession, RefreshToken


@dataclass(frozen=True)
class Proof:
    """A password was right for this hash; `new_hash` replaces one of outdated parameters."""

    member_id: UUID
    password_hash: str
    new_hash: str | None


@dataclass(frozen=True)
class Granted:
    """Who signed in, when they proved it, and the refresh token, which is known only now."""

    member: Member
    session_id: UUID
    proved_at: datetime
    refresh_token: str


@dataclass(frozen=True)
class Refreshed:
    """What came of a refresh. A refusal that closed the session is an outcome and not an
    error, so that the transaction commits it; `unwrap` raises after that."""

    granted: Granted | None

    def unwrap(self) -> Granted:
        """What was granted; raises RefreshTokenReused."""
        if self.granted is None:
            raise RefreshTokenReused
        return self.granted


def check_password(credentials: Credentials | None, *, password: str) -> Proof:
    """Prove who signs in, with the same work where nobody has the address.

    Takes no session: no connection waits while it hashes. Raises CredentialsWrong.
    """
    known_hash = credentials.password_hash if credentials else None
    if not passwords.verify_password(known_hash, password) or credentials is None:
        raise CredentialsWrong
    new_hash = passwords.renew_hash(credentials.password_hash, password)
    return Proof(credentials.member_id, credentials.password_hash, new_hash)


def allow_try(
    session: Session, *, email: str, credentials: Credentials | None, client: str
) -> None:
    """Use up a try of signing in, whether anybody has the address or not.

    Taken before the password is looked at, so that many at once are counted as well. A
    client's tries are tries of the present password: once the member has set another by a
    mailed link, they are forgotten, from wherever they were made. Raises TooManyTries.
    """
    key = key_of(email)
    pair = [key, client, credentials.password_hash if credentials else ""]
    is_attacked = not limits.take_if_left(session, allowance=rules.SIGN_IN_ADDRESS, who=[key])
    limits.take_try(session, allowance=rules.SIGN_IN_PAIR, who=pair)
    if is_attacked:
        limits.take_try(session, allowance=rules.SIGN_IN_PAIR_ATTACKED, who=pair)
    limits.take_try(session, allowance=rules.SIGN_IN_CLIENT, who=[client])


def open_session(
    session: Session, *, proof: Proof, email: str, client: str, device: str
) -> Granted:
    """Open a session for who proved themselves; raises CredentialsWrong or MemberSuspended.

    The try that `allow_try` took was no failure: the client gets it back. The address does
    not, for while it is attacked it may not have lost one.
    """
    # Held: a member who is suspended or leaves meanwhile keeps no session.
    member = get_active(session, proof.member_id, is_locked=True)
    credentials = session.get(Credentials, member.id, populate_existing=True)
    # A password changed since it was checked opens nothing any more.
    if credentials is None or credentials.password_hash != proof.password_hash:
        raise CredentialsWrong
    if proof.new_hash:
        credentials.password_hash = proof.new_hash
    forgive_tries(session, proof=proof, email=email, client=client)
    if _is_new_device(session, member, device):
        queue_mail(session, kind="new_device", email=credentials.email, subject_id=member.id)
    opened = MemberSession(
        id=new_id(),
        member_id=member.id,
        device=device,
        opened_at=clock.now(),
        proved_at=clock.now(),
        used_at=clock.now(),
        expires_at=clock.now() + rules.SESSION_LIFE,
    )
    session.add(opened)
    session.flush()
    return _grant(session, member, opened, parent_id=None)


def _is_new_device(session: Session, member: Member, device: str) -> bool:
    """Whether somebody who joined before today is not known to sign in by such a program."""
    known = session.scalars(
        select(MemberSession.device).where(MemberSession.member_id == member.id).distinct()
    ).all()
    is_newcomer = not known and member.joined_at > clock.now() - rules.DAY
    return not is_newcomer and rules.program_of(device) not in map(rules.program_of, known)


def forgive_tries(session: Session, *, proof: Proof, email: str, client: str) -> None:
    """Give a client back what it tried with an address before it proved to know the password."""
    pair = [key_of(email), client, proof.password_hash]
    limits.forget_tries(session, allowance=rules.SIGN_IN_PAIR, who=pair)
    limits.forget_tries(session, allowance=rules.SIGN_IN_PAIR_ATTACKED, who=pair)
    limits.give_back(session, allowance=rules.SIGN_IN_CLIENT, who=[client])


def refresh_session(session: Session, *, refresh_token: str) -> Refreshed:
    """Rotate a refresh token, or close the session of one that was used before.

    Of two tokens that one was rotated into, the one that is used first takes the other's
    place: a copy that somebody took within the grace shows itself when it is used.
    Raises RefreshTokenInvalid, RefreshTokenRotated or MemberSuspended.
    """
    token, family = lock_family(session, refresh_token=refresh_token)
    if token is None or family is None:
        raise RefreshTokenInvalid
    now = clock.now()
    if not rules.is_session_open(closed_at=family.closed_at, expires_at=family.expires_at, now=now):
        raise RefreshTokenInvalid
    member = get_active(session, family.member_id)
    successors = session.scalars(
        select(RefreshToken.rotated_at).where(RefreshToken.parent_id == token.id)
    )
    meaning = rules.refresh_meaning(
        rotated_at=token.rotated_at,
        ended_at=token.ended_at,
        successors_rotated_at=successors.all(),
        now=now,
    )
    if meaning == "refuse":
        raise RefreshTokenRotated
    if meaning == "reuse":
        _close(session, [family.id])
        return Refreshed(None)
    if meaning == "rotate":
        token.rotated_at = now
        if token.parent_id is not None:
            _end(session, RefreshToken.parent_id == token.parent_id, RefreshToken.id != token.id)
    elif meaning == "again":
        _end(session, RefreshToken.parent_id == token.id)
    family.used_at = now
    family.expires_at = rules.session_end(opened_at=family.opened_at, now=now)
    return Refreshed(_grant(session, member, family, parent_id=token.id))


def prove_again(session: Session, *, actor: Claims, proven_hash: str) -> Granted:
    """Keep that the actor gave their password just now; the session goes on.

    Raises what `require_active` raises, or PasswordWrong where it was set anew meanwhile.
    """
    member = require_active(session, actor, is_locked=True)
    credentials = session.get_one(Credentials, member.id, populate_existing=True)
    if credentials.password_hash != proven_hash:
        raise PasswordWrong
    limits.forget_tries(session, allowance=rules.PASSWORD_AGAIN, who=[member.id])
    now = clock.now()
    named = MemberSession.id == actor.session_id, MemberSession.member_id == member.id
    session.execute(update(MemberSession).where(*named).values(proved_at=now))
    return Granted(member, actor.session_id, now, refresh_token="")


def close_session(session: Session, *, actor: Claims, session_id: UUID) -> None:
    """Close one of the actor's sessions; closing it again changes nothing.

    Records `session.closed`. Raises SessionNotFound, or SessionOver where the actor's own is
    closed and another is meant.
    """
    own = select(MemberSession.closed_at).where(MemberSession.id == actor.session_id)
    if session_id != actor.session_id and session.scalar(own) is not None:
        raise SessionOver
    if lock_session(session, session_id=session_id, member_id=actor.id) is None:
        raise SessionNotFound
    _close(session, [session_id])


def close_sessions(
    session: Session, member_ids: Collection[UUID], *, but: UUID | None = None
) -> None:
    """Close all sessions of some members, except one where it is named.

    Records `session.closed` of each.
    """
    opened = lock_sessions(session, member_ids, opened_only=True)
    _close(session, [one for one in opened if one != but])


def _close(session: Session, session_ids: Collection[UUID]) -> None:
    closed = (
        update(MemberSession)
        .where(MemberSession.id.in_(session_ids), MemberSession.closed_at.is_(None))
        .values(closed_at=clock.now())
        .returning(MemberSession)
        .execution_options(populate_existing=True)
    )
    record(session, *map(events.session_closed, session.scalars(closed)))


def _end(session: Session, *which: ColumnElement[bool]) -> None:
    """Let a token that was never used be good no more: another took its place."""
    unused = RefreshToken.rotated_at.is_(None), RefreshToken.ended_at.is_(None)
    session.execute(update(RefreshToken).where(*which, *unused).values(ended_at=clock.now()))


def _grant(
    session: Session, member: Member, family: MemberSession, *, parent_id: UUID | None
) -> Granted:
    secret = tokens.new_secret()
    session.add(
        RefreshToken(
            id=new_id(),
            session_id=family.id,
            parent_id=parent_id,
            token_hash=tokens.digest(secret),
            created_at=clock.now(),
        )
    )
    session.flush()
    return Granted(member, family.id, family.proved_at or family.opened_at, secret)
