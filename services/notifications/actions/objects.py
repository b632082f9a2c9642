"""What notices are about, as its owners tell it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.replicas import upsert_newer
from services.notifications.models import ObjectRef

_NOTHING: Mapping[str, Any] = {
    "parent_id": None,
    "author_id": None,
    "title": "",
    "title_fr": "",
    "audience": "",
    "state": "",
    "level": 0,
    "named": "",
    "keywords": "",
    "is_there": True,
}


def build_row(
    kind: str, object_id: UUID, *, revision: int, at: datetime, **more: Any
) -> dict[str, Any]:
    """The row of something; what `more` does not name is empty."""
    return {
        "id": object_id,
        "type": kind,
        **_NOTHING,
        **more,
        "happened_at": at,
        "revision": revision,
    }


def keep(session: Session, rows: Sequence[Mapping[str, Any]]) -> set[UUID]:
    """Keep things, the highest revision of each; the ids of those that changed."""
    return {key[0] for key in upsert_newer(session, ObjectRef, rows)}
