"""Reading sessions: where a member is signed in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.pages import Page, list_page
from services.identity.models import MemberSession


@dataclass(frozen=True)
class SessionView:
    """A device that is signed in; `is_current` says that it asks."""

    id: UUID
    device: str
    opened_at: datetime
    used_at: datetime
    expires_at: datetime
    is_current: bool


def list_sessions(
    session: Session, *, member_id: UUID, current_id: UUID, limit: int, cursor: str | None
) -> Page[Any]:
    """A member's open sessions, the latest opened first."""
    page = list_page(
        session,
        select(MemberSession).where(
            MemberSession.member_id == member_id,
            MemberSession.closed_at.is_(None),
            MemberSession.expires_at > clock.now(),
        ),
        sort_key=[MemberSession.opened_at, MemberSession.id],
        limit=limit,
        cursor=cursor,
    )
    return page.map(lambda rows: [_view(row.MemberSession, current_id) for row in rows])


def _view(opened: MemberSession, current_id: UUID) -> SessionView:
    return SessionView(
        id=opened.id,
        device=opened.device,
        opened_at=opened.opened_at,
        used_at=opened.used_at,
        expires_at=opened.expires_at,
        is_current=opened.id == current_id,
    )
