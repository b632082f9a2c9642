"""Copies a synthetic community's members and whom they follow, as the actions would have left both.

A test makes a community both ways and finds the same rows (`demo/tests/test_copying.py`).
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from chassis.copying import copy_rows
from chassis.mailing.addresses import key_of
from chassis.replicas import insert_all
from chassis.statements import Statement
from demo.community.arriving import NAME, TOGETHER, WELCOME, Arrival, Count
from demo.community.following import follows_of
from demo.community.people import INVITED_BEFORE, Person, member_id, person, sponsor_of
from demo.community.scale import Scale
from demo.joining import do_alone
from services.discussion.models import MemberRef as DiscussionMemberRef
from services.identity import names, rules, tokens
from services.identity.models import Member
from services.social.models import MemberRef as SocialMemberRef

GROUP = 500  # members whose rows are one transaction
Row = dict[str, Any]

_STUB = ("id", "name", "headline", "revision")
# Whoever acts is known by their token before identity told of them: by this alone.
_KNOW = {
    service: Statement(insert_all(model, _STUB).on_conflict_do_nothing())
    for service, model in (("social", SocialMemberRef), ("discussion", DiscussionMemberRef))
}
_STAGE = "CREATE TEMP TABLE copied_{0} (LIKE {0}) ON COMMIT DROP"
_KEEP = "INSERT INTO {0} SELECT * FROM copied_{0} ON CONFLICT DO NOTHING"


def copy_members(arrival: Arrival, count: Count) -> None:
    """Everybody but the first, who joined by their actions; services hear of them afterwards."""
    numbers = range(TOGETHER, arrival.scale.members)

    def copy(session: Session, people: Sequence[Person]) -> None:
        ids = [who.claims.id for who in people]
        known = set(session.scalars(select(Member.id).where(Member.id.in_(ids))))
        new = [who for who in people if who.claims.id not in known]
        copy_rows(session, "members", (_member(arrival.scale, who) for who in new))
        copy_rows(session, "credentials", (_credentials(arrival, who) for who in new))
        copy_rows(session, "invitations", (_invitation(arrival.scale, who) for who in new))

    _in_groups(arrival, "identity", numbers, copy, count)


def know_members(arrival: Arrival, count: Count) -> None:
    """Let the services whose rows refer to members know that there are such."""
    for service in _KNOW:

        def know(session: Session, people: Sequence[Person], service: str = service) -> None:
            claims = sorted((who.claims for who in people), key=lambda one: one.id)
            _KNOW[service].rows(
                session,
                id=[one.id for one in claims],
                name=[one.name for one in claims],
                headline=[one.headline for one in claims],
                revision=[0] * len(claims),
            )

        _in_groups(arrival, service, range(arrival.scale.members), know, count)


def copy_follows(arrival: Arrival, count: Count) -> None:
    """Whom everybody follows, and that whoever joined and their sponsor follow each other."""

    def copy(session: Session, people: Sequence[Person]) -> None:
        for table, rows_of in (("follows", _follows), ("keyword_follows", _keyword_follows)):
            session.execute(text(_STAGE.format(table)))
            rows = [row for who in people for row in rows_of(arrival.scale, who)]
            copy_rows(session, f"copied_{table}", rows)
            session.execute(text(_KEEP.format(table)))
            count(len(rows))

    _in_groups(arrival, "social", range(arrival.scale.members), copy, lambda _: None)


def _in_groups(
    arrival: Arrival,
    service: str,
    numbers: range,
    copy: Callable[[Session, Sequence[Person]], None],
    count: Count,
) -> None:
    for first in range(0, len(numbers), GROUP):
        people = [person(arrival.scale, number) for number in numbers[first : first + GROUP]]

        def copy_some(session: Session, people: Sequence[Person] = people) -> None:
            copy(session, people)

        do_alone(arrival.machine, NAME, service, copy_some)
        count(len(people))


def _member(scale: Scale, who: Person) -> Row:
    assert who.sponsor is not None
    return {
        "id": who.claims.id,
        "name": who.name,
        "keyed_name": who.name,
        "name_words": names.name_words(who.name),
        "name_key": names.name_key(who.name),
        "headline": who.headline,
        "company": who.company,
        "location": who.location,
        "bio": who.bio,
        "locale": who.language,
        "role": who.claims.role,
        "state": "active",
        "sponsor_id": member_id(scale, who.sponsor),
        "joined_at": scale.moment(who.joined),
        "revision": 2,  # they joined, and then said what they do
    }


def _credentials(arrival: Arrival, who: Person) -> Row:
    return {
        "member_id": who.claims.id,
        "email": who.email,
        "email_key": key_of(who.email),
        "password_hash": arrival.password_hash,
    }


def _invitation(scale: Scale, who: Person) -> Row:
    assert who.sponsor is not None
    at = max(0.0, who.joined - INVITED_BEFORE)
    return {
        "id": scale.id_of(at, "invitation", who.number),
        "token_hash": tokens.digest(tokens.new_secret()),  # which nobody ever hears
        "sponsor_id": member_id(scale, who.sponsor),
        "role": who.claims.role,
        "is_first_start": False,
        "note": WELCOME[who.language],
        "created_at": scale.moment(at),
        "expires_at": scale.moment(at) + rules.INVITATION_LIFE,
        "used_at": scale.moment(who.joined),
        "invitee_id": who.claims.id,
    }


def _follows(scale: Scale, who: Person) -> Iterator[Row]:
    if who.sponsor is not None:
        sponsor_id, joined_at = member_id(scale, who.sponsor), scale.moment(who.joined)
        for pair in ((who.claims.id, sponsor_id), (sponsor_id, who.claims.id)):
            yield _on(("follower_id", "followed_id"), pair, joined_at)
    for one in follows_of(scale, who):
        # Of sponsor and newcomer both follow the other already.
        if isinstance(one.what, int) and not _is_related(scale, who, one.what):
            pair = who.claims.id, member_id(scale, one.what)
            yield _on(("follower_id", "followed_id"), pair, scale.moment(one.at))


def _is_related(scale: Scale, who: Person, other: int) -> bool:
    return other == who.sponsor or sponsor_of(scale, other) == who.number


def _keyword_follows(scale: Scale, who: Person) -> Iterator[Row]:
    for one in follows_of(scale, who):
        if isinstance(one.what, str):
            pair = who.claims.id, one.what
            yield _on(("member_id", "slug"), pair, scale.moment(one.at)) | {"merged_from": None}


def _on(key: tuple[str, str], pair: tuple[Any, Any], at: Any) -> Row:
    state = {"is_following": True, "revision": 1, "changed_at": at}
    return dict(zip(key, pair, strict=True)) | state
