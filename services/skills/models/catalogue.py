"""The catalogue: its entries, what they are called, and how often they are asked about."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Text,
    false,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.skills.models.base import Base


class Skill(Base):
    """An entry of the catalogue; `post_count` is how many questions are about it.

    One that a moderator merged into another leads to it, and in the end to `root_id`; its own
    terms stay its own, so that taking back is clearing the two.
    """

    __tablename__ = "skills"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    label_en: Mapped[str]
    label_fr: Mapped[str]
    category: Mapped[str]
    post_count: Mapped[int] = mapped_column(server_default="0")
    broader_id: Mapped[int | None]
    related_ids: Mapped[list[int]] = mapped_column(ARRAY(Integer), server_default="{}")
    # Words that speak of it without naming it, everyday ones with a `?` behind them.
    clues: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("skills.id"))
    root_id: Mapped[int | None]
    # What the catalogue calls it, while a moderator's labels stand.
    own_label_en: Mapped[str | None]
    own_label_fr: Mapped[str | None]
    is_retired: Mapped[bool] = mapped_column(server_default=false())  # taken back by a moderator
    revision: Mapped[int] = mapped_column(server_default="0")  # of what is told of it
    changed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    @property
    def meant_id(self) -> int:
        """The id of the skill that it leads to in the end; its own where it leads nowhere."""
        return self.root_id or self.id

    @property
    def labels(self) -> dict[str, str]:
        """Its labels by language."""
        return {"en": self.label_en, "fr": self.label_fr}


class SkillTerm(Base):
    """A label or alias, normalised as texts are; one term means one skill.

    `kind` is what it proves by itself (`detection.detector.Kind`), `source` whose it is: the
    `catalogue`'s, which the code brings along and takes away again; a moderator's (`renamed`,
    `candidate`), which no loader touches; or `esco`, `added`, which yield to the catalogue's.
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
    source: Mapped[str] = mapped_column(server_default="catalogue")
    is_ours: Mapped[bool] = mapped_column(server_default=true())  # what an earlier release reads


class SkillAlias(Base):
    """The slug that keywords make of a label or alias, where it is not the skill's own.

    `source` as of terms.
    """

    __tablename__ = "skill_aliases"

    slug: Mapped[str] = mapped_column(primary_key=True)
    skill_id: Mapped[int] = mapped_column(ForeignKey("skills.id"), index=True)
    source: Mapped[str] = mapped_column(server_default="catalogue")


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


class UnknownKeyword(Base):
    """A keyword of a post that names no skill, by what its author wrote; as mentions follow."""

    __tablename__ = "unknown_keywords"
    __table_args__ = (
        Index("ix_unknown_keywords_published_at", "published_at"),
        Index("ix_unknown_keywords_slug", "slug", "published_at"),
    )

    post_id: Mapped[UUID] = mapped_column(ForeignKey("post_refs.id"), primary_key=True)
    slug: Mapped[str] = mapped_column(primary_key=True)
    written: Mapped[str]
    published_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class EscoConcept(Base):
    """Which skill a concept of the European classification is."""

    __tablename__ = "esco_concepts"

    uri: Mapped[str] = mapped_column(primary_key=True)
    skill_id: Mapped[int] = mapped_column(ForeignKey("skills.id"), index=True)


class CatalogueVersion(Base):
    """One row, counted up when terms change, so that a process knows when to read them again."""

    __tablename__ = "catalogue_version"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int]
    reading: Mapped[int] = mapped_column(server_default="0")  # by which `subjects.READING`
