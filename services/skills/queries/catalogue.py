"""Reading the catalogue."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.skills.models import Skill, SkillTerm

SKILL = (Skill.slug, Skill.label_en, Skill.label_fr, Skill.category)


@dataclass(frozen=True, slots=True)
class SkillView:
    """An entry of the catalogue."""

    slug: str
    label_en: str
    label_fr: str
    category: str

    @classmethod
    def of(cls, row: Any) -> "SkillView":
        """A row with `SKILL`."""
        return cls(row.slug, row.label_en, row.label_fr, row.category)

    @property
    def labels(self) -> dict[str, str]:
        """Its labels by language."""
        return {"en": self.label_en, "fr": self.label_fr}


def list_known_terms(session: Session, terms: Collection[str]) -> list[str]:
    """Which of these terms the catalogue has already, whatever they mean there."""
    return list(session.scalars(select(SkillTerm.term).where(SkillTerm.term.in_(terms))))
