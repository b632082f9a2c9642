"""`/notices`: what one is told, how much of it is unread, and reading it."""

from typing import Any
from uuid import UUID

from flask import request

from chassis.auth import current_member
from chassis.pages import Page
from chassis.transactions import reading, transaction
from chassis.web import Blueprint
from services.notifications import wording
from services.notifications.actions import asking
from services.notifications.actions import reading as acts
from services.notifications.api.looking import note_visit
from services.notifications.queries import notices as queries
from services.notifications.queries.notices import CountView
from services.notifications.schemas.notices import (
    NoticeCountSchema,
    NoticeFilters,
    NoticePageSchema,
    ReadRequest,
)
from services.notifications.views import NoticeView

bp = Blueprint("notices", "What one is told, and why")
bp.before_request(note_visit)


@bp.get("/notices")
@bp.arguments(NoticeFilters, location="query")
@bp.response(200, NoticePageSchema)
def list_notices(filters: dict[str, Any]) -> Page[NoticeView]:
    """What the caller is told, the latest first, in the language of `Accept-Language`."""
    asked = request.accept_languages.best_match(wording.LOCALES)
    with reading() as session:
        return queries.list_notices(session, viewer_id=current_member().id, locale=asked, **filters)


@bp.get("/notices/count")
@bp.response(200, NoticeCountSchema)
def get_count() -> CountView:
    """How many notices the caller has not read; 304 while that is as it was."""
    with reading() as session:
        return queries.get_unread_count(session, viewer_id=current_member().id)


@bp.put("/notices/read")
@bp.arguments(ReadRequest)
@bp.response(204)
def put_read(wanted: dict[str, Any]) -> None:
    """Read what happened up to a moment, or what is about one thing, whose page was opened."""
    with transaction() as session:
        acts.read_all(session, actor=current_member(), **wanted)


@bp.put("/notices/<uuid:notice_id>/read")
@bp.response(204)
def put_notice_read(notice_id: UUID) -> None:
    """Read one notice."""
    with transaction() as session:
        acts.read_notice(session, actor=current_member(), notice_id=notice_id)


@bp.put("/notices/<uuid:notice_id>/not-me")
@bp.response(204)
def put_not_me(notice_id: UUID) -> None:
    """Say of an ask that it is not for the caller: its skill is spared them for 30 days."""
    with transaction() as session:
        asking.decline_ask(session, actor=current_member(), notice_id=notice_id)
