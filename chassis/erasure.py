"""Stub until merged."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session


def forget(session: Session, *, actor_id: UUID, texts: Sequence[str] = ()) -> None:
    """Stub until merged."""
