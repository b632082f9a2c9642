"""Notices as members read them: what happened, why they are told, who did it.

The statement and the view that lists, mails and pushes share.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, Uuid, any_, bindparam, cast, func, literal_column, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from chassis import clock
from chassis.pages import AnySelect
from chassis.statements import ReadSession, Statement, viewer
from services.notifications import access, rules, wording
from services.notifications.models import MemberRef, Notice, ObjectRef
from services.notifications.places import place_of

FACES = 3
FOR_SOME = ("followers-only", "invited")


class PersonView(msgspec.Struct, frozen=True):
    """A member as answers show them."""

    id: UUID
    name: str
    headline: str
    portrait_url: str | None


class ObjectView(msgspec.Struct, frozen=True):
    """What a notice is about; `url` is its page's path."""

    type: str
    id: UUID
    title: str
    url: str


class NoticeView(msgspec.Struct, frozen=True):
    """A notice in its reader's language."""

    id: UUID
    kind: str
    class_: str
    reason: str
    text: str
    object: ObjectView
    actors: Sequence[PersonView]
    actor_count: int
    happened_at: datetime
    is_unread: bool
    read_at: datetime | None


def list_told(
    session: ReadSession, *, viewer_id: UUID, notice_ids: Sequence[UUID], locale: str
) -> Sequence[tuple[NoticeView, bool]]:
    """Those of some notices that their member is shown and has not read, the latest first.

    With whether what it is about is for some alone: its words leave Skiller in no mail or push.
    """
    values = {"viewer_id": viewer_id, "now": clock.now(), "notice_ids": list(notice_ids)}
    rows = _TOLD_OF.rows(session, **values)
    return [(notice_of(row, locale), row.audience in FOR_SOME) for row in rows]


def notice_link(notice: NoticeView) -> str:
    """The path that reads a notice, and leads to what it is about."""
    return f"/notices/{notice.id}?to={quote(notice.object.url, safe='')}"


def told() -> AnySelect:
    one, parent, mine = aliased(ObjectRef), aliased(ObjectRef), aliased(MemberRef)
    actor = aliased(MemberRef)
    faces, known = _faces(), aliased(ObjectRef)
    is_known = (
        (Notice.kind == rules.ASK)
        & (known.author_id == Notice.member_id)
        & (known.type == "skill")
        & (known.state == Notice.part)
    )
    return (
        select(
            *(getattr(Notice, name) for name in _COPIED),
            Notice.class_.label("class_"),
            access.is_unread().label("is_unread"),
            *(getattr(one, name).label(f"object_{name}") for name in _OBJECT),
            parent.title.label("parent_title"),
            *(known.title.label("skill"), known.title_fr.label("skill_fr")),
            func.coalesce(parent.audience, one.audience).label("audience"),
            *(getattr(actor, name).label(f"actor_{name}") for name in _PERSON),
            func.coalesce(mine.locale, literal_column("'fr'")).label("locale"),
            faces.c.faces,
            faces.c.count.label("face_count"),
        )
        .outerjoin(one, one.id == Notice.object_id)
        .outerjoin(parent, parent.id == one.parent_id)
        .outerjoin(actor, actor.id == Notice.actor_id)
        .outerjoin(known, is_known)
        .outerjoin(mine, mine.id == viewer())
        .outerjoin(faces, literal_column("true"))
    )


def _faces() -> Any:
    """Of a group the three who came last, and how many there are."""
    acting = access.acting(Notice).correlate(Notice).order_by(literal_column("at").desc())
    latest = acting.limit(literal_column(str(FACES))).subquery("latest")
    face = func.jsonb_build_array(
        latest.c.id, latest.c.name, latest.c.headline, latest.c.portrait_url
    )
    return select(
        func.jsonb_agg(aggregate_order_by(face, latest.c.at.desc())).label("faces"),
        func.max(latest.c["count"]).label("count"),
    ).lateral("faces")


def notice_of(row: Any, locale: str) -> NoticeView:
    actors, count = _actors_of(row)
    title = row.object_title_fr if locale == "fr" and row.object_title_fr else row.object_title
    facts = wording.Facts(
        kind=row.kind,
        part=row.part,
        names=[one.name for one in actors],
        count=count,
        title=title or row.parent_title or "",
        skill=(row.skill_fr if locale == "fr" else row.skill) or row.part,
        project=(row.object_title if row.object_type == "project" else row.parent_title) or "",
    )
    return NoticeView(
        row.id,
        row.kind,
        row.class_,
        wording.reason_of(facts, locale),
        wording.text_of(facts, locale),
        ObjectView(row.object_type or "member", row.object_id, facts.title, place_of(row)),
        actors,
        count,
        row.happened_at,
        row.is_unread,
        row.read_at,
    )


def _actors_of(row: Any) -> tuple[Sequence[PersonView], int]:
    if row.face_count:
        return [PersonView(UUID(one[0]), *one[1:]) for one in row.faces], row.face_count
    if row.actor_id is None or row.actor_name is None:
        return [], 0
    its = (row.actor_name, row.actor_headline, row.actor_portrait_url)
    return [PersonView(row.actor_id, *its)], 1


_COPIED = ("id", "member_id", "kind", "object_id", "part", "actor_id", "happened_at", "read_at")
_OBJECT = ("type", "title", "title_fr", "state", "parent_id")
_PERSON = ("name", "headline", "portrait_url")
_TOLD_OF = Statement(
    told()
    .where(
        Notice.id == any_(cast(bindparam("notice_ids"), ARRAY(Uuid))),
        access.is_unread(),
        access.is_shown(),
    )
    .order_by(Notice.happened_at.desc(), Notice.id)
)
