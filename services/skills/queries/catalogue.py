"""Reading the catalogue."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.skills.models import SkillTerm


def list_known_terms(session: Session, terms: Collection[str]) -> list[str]:
    """Which of these terms the catalogue has already, whatever they mean there."""
    return list(session.scalars(select(SkillTerm.term).where(SkillTerm.term.in_(terms))))
