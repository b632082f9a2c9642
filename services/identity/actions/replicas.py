"""What identity keeps of others' facts: first steps, and what members know and follow.

Of who has left nothing is kept again.
"""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from chassis.replicas import Row, insert_all, upsert_newer
from chassis.slugs import slug_of
from chassis.statements import Statement
from contracts.discussion import PostPublished
from contracts.skills import SkillAttributed, SkillMerged, SkillRenamed, SkillWithdrawn
from contracts.social import KeywordFollowed, KeywordUnfollowed
from services.identity.actions.locks import hold_states
from services.identity.models import FirstStep, KeywordFollowRef, SkillEntryRef, SkillRef


def keep_posts(session: Session, events: Sequence[PostPublished]) -> None:
    """Keep when each author first published: the earliest, in whatever order it is heard."""
    states = hold_states(session, {event.author_id for event in events})
    first: dict[UUID, Row] = {}
    for event in events:
        row = {"member_id": event.author_id, "post_at": event.published_at}
        if states.get(event.author_id) != "left":
            known = first.setdefault(event.author_id, row)
            first[event.author_id] = min(known, row, key=itemgetter("post_at"))
    _write(session, _FIRST_POST, first)


def keep_skills(session: Session, events: Sequence[SkillAttributed | SkillWithdrawn]) -> None:
    """Keep members' skills as they are now, and the first one that each ever had."""
    states = hold_states(session, {event.member_id for event in events})
    heard = [event for event in events if states.get(event.member_id) != "left"]
    upsert_newer(session, SkillRef, [_skill_row(event) for event in heard])
    first: dict[UUID, Row] = {}
    for event in heard:
        if event.state == "held" and event.last_evidence_at is not None:
            row = _first_skill_row(event)
            known = first.setdefault(event.member_id, row)
            first[event.member_id] = min(known, row, key=itemgetter("skill_at"))
    _write(session, _FIRST_SKILL, first)


def keep_skill_entries(session: Session, events: Sequence[SkillMerged | SkillRenamed]) -> None:
    """Keep what skills are called, and where they lead, the highest revision of each."""
    rows = [
        {
            "slug": event.slug,
            "slug_en": slug_of(event.label_en),
            "slug_fr": slug_of(event.label_fr),
            "label_en": event.label_en,
            "label_fr": event.label_fr,
            "into_slug": event.into,
            "revision": event.revision,
        }
        for event in events
    ]
    upsert_newer(session, SkillEntryRef, rows)


def keep_keyword_follows(
    session: Session, events: Sequence[KeywordFollowed | KeywordUnfollowed]
) -> None:
    """Keep who follows which keyword, the highest revision of each pair."""
    states = hold_states(session, {event.member_id for event in events})
    rows = [
        {
            "member_id": event.member_id,
            "slug": event.slug,
            "is_following": event.state == "followed",
            "revision": event.revision,
        }
        for event in events
        if states.get(event.member_id) != "left"
    ]
    upsert_newer(session, KeywordFollowRef, rows)


def empty(session: Session) -> None:
    """Forget skills and keywords before they are heard anew; first steps are kept for good."""
    for replica in (SkillRef, SkillEntryRef, KeywordFollowRef):
        session.execute(delete(replica))


def _skill_row(event: SkillAttributed | SkillWithdrawn) -> Row:
    return {
        "member_id": event.member_id,
        "slug": event.skill,
        "slug_en": slug_of(event.label_en),
        "slug_fr": slug_of(event.label_fr),
        "is_held": event.state == "held",
        "revision": event.revision,
    }


def _first_skill_row(event: SkillAttributed | SkillWithdrawn) -> Row:
    return {
        "member_id": event.member_id,
        "skill_slug": event.skill,
        "skill_label_en": event.label_en,
        "skill_label_fr": event.label_fr,
        "skill_at": event.last_evidence_at,
    }


def _write(session: Session, statement: Statement, by_member: Mapping[UUID, Row]) -> None:
    """Write a row each, in the order of the members: two writers do not wait crosswise."""
    if by_member:
        rows = [by_member[member_id] for member_id in sorted(by_member)]
        statement.rows(session, **{name: [row[name] for row in rows] for name in rows[0]})


def _keep_earliest(names: Sequence[str], moment: str) -> Statement:
    """An upsert of first steps that replaces those that are later than the new ones."""
    statement = insert_all(FirstStep, ["member_id", *names])
    new, old = statement.excluded[moment], getattr(FirstStep, moment)
    upsert = statement.on_conflict_do_update(
        index_elements=["member_id"],
        set_={name: statement.excluded[name] for name in names},
        where=old.is_(None) | (new < old),
    )
    return Statement(upsert)


_FIRST_POST = _keep_earliest(["post_at"], "post_at")
_FIRST_SKILL = _keep_earliest(
    ["skill_slug", "skill_label_en", "skill_label_fr", "skill_at"], "skill_at"
)
