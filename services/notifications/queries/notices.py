"""A member's notices as they are shown: what happened, why they are told, who did it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import String, bindparam, func, literal_column, select, union_all
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from chassis import clock
from chassis.pages import AnySelect, Page
from chassis.statements import Cut, ListRead, ReadSession, Statement, viewer
from services.notifications import access, rules, wording
from services.notifications.models import MemberRef, Notice, ObjectRef
from services.notifications.places import place_of

FACES = 3


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


class CountView(msgspec.Struct, frozen=True):
    """How many of a member's notices are unread: a hundred stands for more."""

    unread: int
    by_class: Mapping[str, int]


def list_notices(
    session: ReadSession,
    *,
    viewer_id: UUID,
    locale: str | None,
    unread: bool,
    class_: str | None,
    limit: int,
    cursor: str | None,
) -> Page[NoticeView]:
    """The viewer's notices, the latest first; in their own language where none is named."""
    wanted = {} if class_ is None else {"class": class_}
    read = _notices(unread, class_ is not None, locale)
    return read.page(
        session, viewer_id=viewer_id, now=clock.now(), limit=limit, cursor=cursor, **wanted
    )


def get_unread_count(session: ReadSession, *, viewer_id: UUID) -> CountView:
    """How many are unread, in all and by class, a hundred at most."""
    rows = _COUNT.rows(session, viewer_id=viewer_id, now=clock.now())
    by_class = {row.class_: row.count for row in rows}
    return CountView(
        min(sum(by_class.values()), rules.MOST_COUNTED),
        {name: by_class.get(name, 0) for name in rules.CLASSES},
    )


@cache
def _notices(unread: bool, has_class: bool, locale: str | None) -> ListRead[NoticeView]:
    def build(cut: Cut) -> AnySelect:
        # First which, then what they say: people and titles are looked up for a page alone.
        shown = select(Notice.id, Notice.happened_at).where(access.is_shown())
        if unread:
            shown = shown.where(access.is_unread())
        if has_class:
            shown = shown.where(Notice.class_ == bindparam("class", type_=String))
        page = cut(shown, Notice.happened_at, Notice.id).subquery("page")
        return cut(_told().join(page, page.c.id == Notice.id), Notice.happened_at, Notice.id)

    def view(row: Any) -> NoticeView:
        return _notice_of(row, locale or row.locale)

    return ListRead(build, view, key={"happened_at": datetime, "id": UUID})


def _told() -> AnySelect:
    one, parent, mine = aliased(ObjectRef), aliased(ObjectRef), aliased(MemberRef)
    actor = aliased(MemberRef)
    faces = _faces()
    return (
        select(
            *(getattr(Notice, name) for name in _COPIED),
            Notice.class_.label("class_"),
            access.is_unread().label("is_unread"),
            *(getattr(one, name).label(f"object_{name}") for name in _OBJECT),
            parent.title.label("parent_title"),
            *(getattr(actor, name).label(f"actor_{name}") for name in _PERSON),
            func.coalesce(mine.locale, literal_column("'fr'")).label("locale"),
            faces.c.faces,
            faces.c.count.label("face_count"),
        )
        .outerjoin(one, one.id == Notice.object_id)
        .outerjoin(parent, parent.id == one.parent_id)
        .outerjoin(actor, actor.id == Notice.actor_id)
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


def _notice_of(row: Any, locale: str) -> NoticeView:
    actors, count = _actors_of(row)
    title = row.object_title_fr if locale == "fr" and row.object_title_fr else row.object_title
    facts = wording.Facts(
        kind=row.kind,
        part=row.part,
        names=[one.name for one in actors],
        count=count,
        title=title or row.parent_title or "",
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


def _counted() -> Any:
    """Of each class no further than a hundred: nobody reads more of a number."""

    def few(name: str) -> Any:
        some = select(Notice.class_.label("class_")).where(
            Notice.class_ == name, access.is_unread(), access.is_shown()
        )
        return some.limit(literal_column(str(rules.MOST_COUNTED))).subquery(name)

    classes = (few(name) for name in rules.CLASSES)
    each = (select(one.c.class_, func.count().label("count")).group_by("class_") for one in classes)
    return union_all(*each)


_COPIED = ("id", "member_id", "kind", "object_id", "part", "actor_id", "happened_at", "read_at")
_OBJECT = ("type", "title", "title_fr", "state", "parent_id")
_PERSON = ("name", "headline", "portrait_url")
_COUNT = Statement(_counted())
