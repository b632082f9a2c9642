"""Reading members and the tree of who invited whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    String,
    Uuid,
    bindparam,
    cast,
    false,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session, aliased

from chassis import clock
from chassis.pages import AnySelect, Page
from chassis.statements import Cut, ListRead, Read, ReadSession
from services.identity import names, rules, tokens
from services.identity.errors import LinkInvalid, MemberNotFound
from services.identity.models import Credentials, Invitation, MailedToken, Member


@dataclass(frozen=True)
class PersonView:
    """A member where others are listed or named."""

    id: UUID
    name: str
    headline: str
    portrait_url: str | None
    role: str

    @classmethod
    def of(cls, row: Any) -> "PersonView":
        """A row with `PERSON`."""
        return cls(row.id, row.name, row.headline, row.portrait_url, row.role)


@dataclass(frozen=True)
class FoundView(PersonView):
    """A member in the list of members."""

    company: str
    location: str

    @classmethod
    def of(cls, row: Any) -> "FoundView":
        """A row with `PERSON` and these."""
        person = row.id, row.name, row.headline, row.portrait_url, row.role
        return cls(*person, row.company, row.location)


@dataclass(frozen=True)
class InviteeView(PersonView):
    """Somebody who joined by a member's invitation."""

    joined_at: datetime

    @classmethod
    def of(cls, row: Any) -> "InviteeView":
        """A row with `PERSON` and this."""
        return cls(row.id, row.name, row.headline, row.portrait_url, row.role, row.joined_at)


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
    sponsor: PersonView | None
    joined_at: datetime

    @classmethod
    def of(cls, row: Any) -> "MemberView":
        """A row of `_MEMBER`."""
        sponsor = row.sponsor_id and PersonView(
            row.sponsor_id,
            row.sponsor_name,
            row.sponsor_headline,
            row.sponsor_portrait_url,
            row.sponsor_role,
        )
        return cls(
            row.id,
            row.name,
            row.headline,
            row.company,
            row.location,
            row.bio,
            row.portrait_url,
            row.locale,
            row.role,
            row.state,
            sponsor or None,
            row.joined_at,
        )


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
    is_email_confirmed: bool
    is_proposable: bool
    asks_per_week: int
    is_sharing_first_steps: bool
    inviting: InvitingView


def get_own(session: Session, *, member_id: UUID) -> OwnView:
    """The member who asks; raises MemberNotFound, as for one who has left."""
    shown = get_member(session, member_id=member_id)
    statement = (
        select(Member, Credentials.email, Credentials.is_confirmed().label("is_confirmed"))
        .join(Credentials, Credentials.member_id == Member.id)
        .where(Member.id == member_id)
    )
    row = session.execute(statement).first()
    if row is None:
        raise MemberNotFound
    return OwnView(
        **vars(shown),
        email=row.email,
        is_email_confirmed=row.is_confirmed,
        is_proposable=row.Member.is_proposable,
        asks_per_week=row.Member.asks_per_week,
        is_sharing_first_steps=row.Member.is_sharing_first_steps,
        inviting=_inviting(session, row.Member),
    )


def list_members(
    session: ReadSession, *, q: str, limit: int, cursor: str | None
) -> Page[FoundView]:
    """Active members by name; with `q` those of whose name each of its words begins a word.

    Accents, case and strokes do not matter, nor whether a word is split by an apostrophe or
    a hyphen.
    """
    if not q.strip():
        return _MEMBERS.page(session, limit=limit, cursor=cursor)
    wanted = _wanted(q)
    if not wanted:
        return Page([], None)
    return _NAMED.page(session, wanted=wanted, limit=limit, cursor=cursor)


def get_member(session: ReadSession, *, member_id: UUID) -> MemberView:
    """One member with who invited them; raises MemberNotFound."""
    member = _MEMBER.find(session, member_id=member_id)
    if member is None:
        raise MemberNotFound
    return member


def list_invitees(
    session: ReadSession, *, member_id: UUID, limit: int, cursor: str | None
) -> Page[InviteeView]:
    """Who joined by a member's invitations, the latest first; raises MemberNotFound."""
    page = _INVITEES.page(session, member_id=member_id, limit=limit, cursor=cursor)
    if not page.items:
        get_member(session, member_id=member_id)
    return page


def get_lineage(session: ReadSession, *, member_id: UUID) -> list[PersonView]:
    """Who invited a member, and who invited them: the eldest first, 30 at most.

    Suspended members are among them, and those who left, without a name, as where they are
    named as a sponsor. Raises MemberNotFound.
    """
    line = _LINEAGE.list(session, member_id=member_id)
    if not line:
        raise MemberNotFound
    return line[:-1]


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


def _members(cut: Cut, *conditions: ColumnElement[bool]) -> AnySelect:
    listed = select(*PERSON, Member.company, Member.location, Member.name_key).where(
        Member.is_listed(), *conditions
    )
    return cut(listed, Member.name_key, Member.id)


def _invitees(cut: Cut) -> AnySelect:
    theirs = Member.sponsor_id == bindparam("member_id", type_=Uuid)
    return cut(select(*PERSON, Member.joined_at).where(theirs), Member.joined_at, Member.id)


def _lineage() -> AnySelect:
    """A member and those above them, the eldest first."""
    line = (
        select(Member.id, Member.sponsor_id, literal(0).label("distance"))
        .where(Member.id == bindparam("member_id", type_=Uuid))
        .cte("line", recursive=True)
    )
    above = (
        select(Member.id, Member.sponsor_id, line.c.distance + 1)
        .join(line, line.c.sponsor_id == Member.id)
        .where(line.c.distance < rules.MOST_ANCESTORS)
    )
    line = line.union_all(above)
    return select(*PERSON).join(line, line.c.id == Member.id).order_by(line.c.distance.desc())


def _one_member() -> AnySelect:
    sponsor = aliased(Member)
    of_sponsor = (sponsor.name, sponsor.headline, sponsor.portrait_url, sponsor.role)
    return (
        select(*Member.__table__.c, *(part.label(f"sponsor_{part.key}") for part in of_sponsor))
        .outerjoin(sponsor, sponsor.id == Member.sponsor_id)
        .where(Member.id == bindparam("member_id", type_=Uuid))
    )


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


PERSON = (Member.id, Member.name, Member.headline, Member.portrait_url, Member.role)
_MEMBER = Read(_one_member(), MemberView.of)
_BY_NAME: dict[str, type] = {"name_key": str, "id": UUID}
_MEMBERS = ListRead(_members, FoundView.of, key=_BY_NAME, is_ascending=True)
_meant = cast(bindparam("wanted", type_=String), TSQUERY)
_NAMED = ListRead(
    lambda cut: _members(cut, func.array_to_tsvector(Member.name_words).op("@@")(_meant)),
    FoundView.of,
    key=_BY_NAME,
    is_ascending=True,
)
_LINEAGE = Read(_lineage(), PersonView.of)
_INVITEES = ListRead(_invitees, InviteeView.of, key={"joined_at": datetime, "id": UUID})
