"""Signing in, refreshing and signing out."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis import clock
from chassis.claims import Claims
from chassis.identifiers import new_id
from services.identity import passwords, rules, tokens
from services.identity.actions.actors import admit
from services.identity.errors import CredentialsWrong, RefreshTokenInvalid, RefreshTokenReused
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


def open_session(session: Session, *, proof: Proof) -> Granted:
    """Open a session for who proved themselves; raises CredentialsWrong or MemberSuspended."""
    credentials = session.scalar(
        select(Credentials).where(Credentials.member_id == proof.member_id).with_for_update()
    )
    # A password changed since it was checked opens nothing any more.
    if credentials is None or credentials.password_hash != proof.password_hash:
        raise CredentialsWrong
    member = admit(session, proof.member_id)
    if proof.new_hash:
        credentials.password_hash = proof.new_hash
    opened = MemberSession(
        id=new_id(),
        member_id=member.id,
        opened_at=clock.now(),
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
    member = admit(session, family.member_id)
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
    family.expires_at = now + rules.SESSION_LIFE
    return Refreshed(_grant(session, member, family.id, parent_id=token.id))


def close_session(session: Session, *, actor: Claims) -> None:
    """Close the session that the access token belongs to; closing it again changes nothing."""
    session.execute(
        update(MemberSession)
        .where(MemberSession.id == actor.session_id, MemberSession.member_id == actor.id)
        .where(MemberSession.closed_at.is_(None))
        .values(closed_at=clock.now())
    )


def _lock_family(session: Session, refresh_token: str) -> tuple[RefreshToken, MemberSession]:
    """The token and its session, locked: twins rotate one after the other."""
    statement = (
        select(RefreshToken, MemberSession)
        .join(MemberSession, MemberSession.id == RefreshToken.session_id)
        .where(RefreshToken.token_hash == tokens.digest(refresh_token))
        .with_for_update()
    )
    row = session.execute(statement).first()
    if row is None:
        raise RefreshTokenInvalid
    return row.RefreshToken, row.MemberSession


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
