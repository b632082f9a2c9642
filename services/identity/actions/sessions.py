"""Signing in, refreshing and signing out."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis import clock
from chassis.claims import Claims
from chassis.identifiers import new_id
from chassis.mailing.addresses import key_of
from services.identity import passwords, rules, tokens
from services.identity.access import require_active
from services.identity.actions import limits
from services.identity.errors import (
    CredentialsWrong,
    RefreshTokenInvalid,
    RefreshTokenReused,
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
    """Who signed in, and the refresh token, which is known only now."""

    member: Member
    session_id: UUID
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


def allow_try(session: Session, *, email: str, client: str) -> None:
    """Use up a try of signing in, whether anybody has the address or not.

    Taken before the password is looked at, so that many at once are counted as well.
    Raises TooManyTries.
    """
    key = key_of(email)
    is_attacked = not limits.take_if_left(session, allowance=rules.SIGN_IN_ADDRESS, who=[key])
    limits.take_try(session, allowance=rules.SIGN_IN_PAIR, who=[key, client])
    if is_attacked:
        limits.take_try(session, allowance=rules.SIGN_IN_PAIR_ATTACKED, who=[key, client])
    limits.take_try(session, allowance=rules.SIGN_IN_CLIENT, who=[client])


def open_session(
    session: Session, *, proof: Proof, email: str, client: str, device: str
) -> Granted:
    """Open a session for who proved themselves; raises CredentialsWrong or MemberSuspended.

    The try that `allow_try` took was no failure: the client gets it back. The address does
    not, for while it is attacked it may not have lost one.
    """
    # Held: who is suspended or leaves meanwhile keeps no session.
    member = require_active(session, proof.member_id, is_locked=True)
    credentials = session.get(Credentials, member.id, populate_existing=True)
    # A password changed since it was checked opens nothing any more.
    if credentials is None or credentials.password_hash != proof.password_hash:
        raise CredentialsWrong
    if proof.new_hash:
        credentials.password_hash = proof.new_hash
    key = key_of(email)
    limits.forget_tries(session, allowance=rules.SIGN_IN_PAIR, who=[key, client])
    limits.forget_tries(session, allowance=rules.SIGN_IN_PAIR_ATTACKED, who=[key, client])
    limits.give_back(session, allowance=rules.SIGN_IN_CLIENT, who=[client])
    opened = MemberSession(
        id=new_id(),
        member_id=member.id,
        device=device,
        opened_at=clock.now(),
        used_at=clock.now(),
        expires_at=clock.now() + rules.SESSION_LIFE,
    )
    session.add(opened)
    session.flush()
    return _grant(session, member, opened.id, parent_id=None)


def refresh_session(session: Session, *, refresh_token: str) -> Refreshed:
    """Rotate a refresh token, or close the session of one that was used before.

    Raises RefreshTokenInvalid or MemberSuspended.
    """
    token, family = _lock_family(session, refresh_token)
    now = clock.now()
    if not rules.is_session_open(closed_at=family.closed_at, expires_at=family.expires_at, now=now):
        raise RefreshTokenInvalid
    member = require_active(session, family.member_id)
    successors = session.scalars(
        select(RefreshToken.rotated_at).where(RefreshToken.parent_id == token.id)
    )
    meaning = rules.refresh_meaning(
        rotated_at=token.rotated_at, successors_rotated_at=successors.all(), now=now
    )
    if meaning == "reuse":
        family.closed_at = now
        return Refreshed(None)
    if meaning == "rotate":
        token.rotated_at = now
    family.used_at, family.expires_at = now, now + rules.SESSION_LIFE
    return Refreshed(_grant(session, member, family.id, parent_id=token.id))


def close_session(session: Session, *, actor: Claims, session_id: UUID) -> None:
    """Close one of the actor's sessions; closing it again changes nothing.

    Raises SessionNotFound.
    """
    statement = select(MemberSession).where(
        MemberSession.id == session_id, MemberSession.member_id == actor.id
    )
    closing = session.scalar(statement.with_for_update())
    if closing is None:
        raise SessionNotFound
    closing.closed_at = closing.closed_at or clock.now()


def close_sessions(
    session: Session, member_ids: Collection[UUID], *, but: UUID | None = None
) -> None:
    """Close all sessions of some members, except one where it is named."""
    statement = (
        update(MemberSession)
        .where(MemberSession.member_id.in_(member_ids), MemberSession.closed_at.is_(None))
        .values(closed_at=clock.now())
    )
    if but is not None:
        statement = statement.where(MemberSession.id != but)
    session.execute(statement)


def _lock_family(session: Session, refresh_token: str) -> tuple[RefreshToken, MemberSession]:
    """The token and its session, locked: twins rotate one after the other."""
    named = RefreshToken.token_hash == tokens.digest(refresh_token)
    # The session before its tokens, as where all of them are deleted.
    family = session.scalar(
        select(MemberSession)
        .where(MemberSession.id.in_(select(RefreshToken.session_id).where(named)))
        .with_for_update()
    )
    token = session.scalar(select(RefreshToken).where(named).with_for_update())
    if family is None or token is None:
        raise RefreshTokenInvalid
    return token, family


def _grant(
    session: Session, member: Member, session_id: UUID, *, parent_id: UUID | None
) -> Granted:
    secret = tokens.new_secret()
    session.add(
        RefreshToken(
            id=new_id(),
            session_id=session_id,
            parent_id=parent_id,
            token_hash=tokens.digest(secret),
            created_at=clock.now(),
        )
    )
    session.flush()
    return Granted(member, session_id, secret)
