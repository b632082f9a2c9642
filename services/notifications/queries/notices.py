"""A member's notices, and how many of them are unread."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import String, bindparam, func, literal_column, select, union_all

from chassis import clock
from chassis.pages import AnySelect, Page
from chassis.statements import Cut, ListRead, ReadSession, Statement
from services.notifications import access, rules, views
from services.notifications.models import Notice
from services.notifications.views import NoticeView


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
        return cut(views.told().join(page, page.c.id == Notice.id), Notice.happened_at, Notice.id)

    def view(row: Any) -> NoticeView:
        return views.notice_of(row, locale or row.locale)

    return ListRead(build, view, key={"happened_at": datetime, "id": UUID})


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


_COUNT = Statement(_counted())
