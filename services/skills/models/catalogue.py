"""The catalogue: its entries, what they are called, and how often they are asked about."""

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Integer, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.skills.models.base import Base


class Skill(Base):
    """An entry of the catalogue; `post_count` is how many questions are about it."""

    __tablename__ = "skills"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    label_en: Mapped[str]
    label_fr: Mapped[str]
    category: Mapped[str]
    post_count: Mapped[int] = mapped_column(server_default="0")
    broader_id: Mapped[int | None]
    related_ids: Mapped[list[int]] = mapped_column(ARRAY(Integer), server_default="{}")

    @property
    def labels(self) -> dict[str, str]:
        """Its labels by language."""
        return {"en": self.label_en, "fr": self.label_fr}


class SkillTerm(Base):
    """A label or alias, normalised as texts are; one term means one skill.

    `kind` is what it proves by itself (`detection.detector.Kind`); `is_ours` is what the code
    brings along, and takes away again.
    """

    __tablename__ = "skill_terms"
    __table_args__ = (
        Index(
            "ix_skill_terms_alike",
            "term",
            postgresql_using="gin",
            postgresql_ops={"term": "gin_trgm_ops"},
        ),
    )

    term: Mapped[str] = mapped_column(primary_key=True)
    skill_id: Mapped[int] = mapped_column(ForeignKey("skills.id"), index=True)
    kind: Mapped[str] = mapped_column(server_default="plain")
    is_ours: Mapped[bool] = mapped_column(server_default=true())


class SkillAlias(Base):
    """The slug that keywords make of a label or alias, where it is not the skill's own."""

    __tablename__ = "skill_aliases"

    slug: Mapped[str] = mapped_column(primary_key=True)
    skill_id: Mapped[int] = mapped_column(ForeignKey("skills.id"), index=True)


class SkillPair(Base):
    """How many questions are about both skills; `skill_id` is the lower of the two."""

    __tablename__ = "skill_pairs"
    __table_args__ = (
        CheckConstraint("skill_id < other_id", name="ordered"),
        Index("ix_skill_pairs_other_id", "other_id"),
    )

    skill_id: Mapped[int] = mapped_column(ForeignKey("skills.id"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("skills.id"), primary_key=True)
    post_count: Mapped[int]


class CatalogueVersion(Base):
    """One row, counted up when terms change, so that a process knows when to read them again."""

    __tablename__ = "catalogue_version"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int]
