"""Reading members and the tree of who invited whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, String, cast, exists, false, func, or_, select
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session, aliased

from chassis import clock
from chassis.pages import Page, list_page
from services.identity import names, rules, tokens
from services.identity.errors import LinkInvalid, MemberNotFound
from services.identity.models import Credentials, Invitation, MailedToken, Member


@dataclass(frozen=True)
class MemberView:
    """A member as all members see them."""

    id: UUID
    name: str
    headline: str
    company: str
    location: str
    bio: str
    portrait_url: str | None
    locale: str
    role: str
    state: str
    sponsor: Member | None
    joined_at: datetime


@dataclass(frozen=True)
class InvitingView:
    """What a member may still offer; `places_left` is None without limit."""

    places_left: int | None
    hindrance: rules.Hindrance | None
    reason: str | None
    from_at: datetime


@dataclass(frozen=True)
class OwnView(MemberView):
    """A member as they see themselves."""

    email: str
    is_proposable: bool
    is_sharing_first_steps: bool
    inviting: InvitingView


def get_own(session: Session, *, member_id: UUID) -> OwnView:
    """The member who asks; raises MemberNotFound, as for one who has left."""
    shown = get_member(session, member_id=member_id)
    statement = (
        select(Member, Credentials.email)
        .join(Credentials, Credentials.member_id == Member.id)
        .where(Member.id == member_id)
    )
    row = session.execute(statement).first()
    if row is None:
        raise MemberNotFound
    return OwnView(
        **vars(shown),
        email=row.email,
        is_proposable=row.Member.is_proposable,
        is_sharing_first_steps=row.Member.is_sharing_first_steps,
        inviting=_inviting(session, row.Member),
    )


def list_members(session: Session, *, q: str, limit: int, cursor: str | None) -> Page:
    """Active members by name; with `q` those of whose name each of its words begins a word.

    Accents, case and strokes do not matter, nor whether a word is split by an apostrophe or
    a hyphen.
    """
    statement = select(Member).where(Member.is_listed())
    if q.strip():
        statement = statement.where(_is_named(q))
    page = list_page(
        session,
        statement,
        sort_key=[Member.name_key, Member.id],
        limit=limit,
        cursor=cursor,
        ascending=True,
    )
    return page.map(lambda rows: [row[0] for row in rows])


def get_member(session: Session, *, member_id: UUID) -> MemberView:
    """One member with who invited them; raises MemberNotFound."""
    sponsor = aliased(Member)
    statement = (
        select(Member, sponsor)
        .outerjoin(sponsor, sponsor.id == Member.sponsor_id)
        .where(Member.id == member_id)
    )
    row = session.execute(statement).first()
    if row is None:
        raise MemberNotFound
    member, invited_by = row
    return MemberView(
        id=member.id,
        name=member.name,
        headline=member.headline,
        company=member.company,
        location=member.location,
        bio=member.bio,
        portrait_url=member.portrait_url,
        locale=member.locale,
        role=member.role,
        state=member.state,
        sponsor=invited_by,
        joined_at=member.joined_at,
    )


def list_invitees(session: Session, *, member_id: UUID, limit: int, cursor: str | None) -> Page:
    """Who joined by a member's invitations, the latest first; raises MemberNotFound."""
    if not session.scalar(select(exists().where(Member.id == member_id))):
        raise MemberNotFound
    page = list_page(
        session,
        select(Member).where(Member.sponsor_id == member_id),
        sort_key=[Member.joined_at, Member.id],
        limit=limit,
        cursor=cursor,
    )
    return page.map(lambda rows: [row[0] for row in rows])


def find_credentials(session: Session, *, email: str) -> Credentials | None:
    """What the holder of an address signs in with, however it is spelt."""
    statement = select(Credentials).where(Credentials.is_at(email))
    return session.scalar(statement.order_by(Credentials.distance_to(email)).limit(1))


def find_members(session: Session, *, text: str) -> Sequence[tuple[Member, str | None]]:
    """For the operator: who has this address or id, or is found by this name; 100 at most."""
    is_meant = or_(
        Credentials.is_at(text),
        cast(Member.id, String) == text.strip().lower(),
        _is_named(text),
    )
    statement = (
        select(Member, Credentials.email)
        .outerjoin(Credentials, Credentials.member_id == Member.id)
        .where(is_meant)
        .order_by(Member.name_key, Member.id)
    )
    return [(row.Member, row.email) for row in session.execute(statement.limit(100))]


def _is_named(q: str) -> ColumnElement[bool]:
    """Whether a name has words that begin as those of a text do; nobody by a text of none."""
    wanted = _wanted(q)
    words = func.array_to_tsvector(Member.name_words)
    return words.op("@@")(cast(wanted, TSQUERY)) if wanted else false()


def _wanted(q: str) -> str:
    """A tsquery; of letters and digits alone, so that nothing means something to it."""
    return " & ".join(f"({_begins(parts)} | {_joined(parts)})" for parts in names.split_name(q))


def _begins(parts: Sequence[str]) -> str:
    return "(" + " & ".join(f"'{part}':*" for part in parts) + ")"


def _joined(parts: Sequence[str]) -> str:
    return f"'{''.join(parts)}':*"


@dataclass(frozen=True)
class Person:
    """What a new password is compared with."""

    name: str
    email: str


def get_person_of_reset(session: Session, *, token: str) -> Person:
    """Who may set a password by a mailed link; raises LinkInvalid."""
    statement = (
        select(Member.name, Credentials.email)
        .join(Credentials, Credentials.member_id == Member.id)
        .join(MailedToken, MailedToken.subject_id == Member.id)
        .where(MailedToken.token_hash == tokens.digest(token), MailedToken.purpose == "reset")
        .where(MailedToken.expires_at > clock.now())
    )
    row = session.execute(statement).first()
    if row is None:
        raise LinkInvalid
    return Person(row.name, row.email)


def _inviting(session: Session, member: Member) -> InvitingView:
    now = clock.now()
    taken = session.execute(
        select(func.count())
        .select_from(Invitation)
        .where(Invitation.sponsor_id == member.id, Invitation.takes_place(now))
    ).scalar_one()
    return InvitingView(
        places_left=rules.places_left(role=member.role, taken=taken),
        hindrance=rules.inviting_hindrance(
            role=member.role,
            joined_at=member.joined_at,
            stopped_reason=member.inviting_stopped_reason,
            now=now,
        ),
        reason=member.inviting_stopped_reason,
        from_at=member.joined_at + rules.NEWCOMER,
    )
