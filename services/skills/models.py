"""Tables of skills: the catalogue, what was heard, and what follows from it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    DDL,
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    SmallInteger,
    event,
    false,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis import tables
from chassis.blocks import BlockRefColumns
from chassis.database import new_metadata
from chassis.members import MemberRefColumns
from services.skills import rules


class Base(DeclarativeBase):
    metadata = new_metadata()


tables.attach(Base.metadata)
_TRIGRAMS = DDL("CREATE EXTENSION IF NOT EXISTS pg_trgm")  # type: ignore[no-untyped-call]
event.listen(Base.metadata, "before_create", _TRIGRAMS)


class MemberRef(MemberRefColumns, Base):
    """A member, as identity tells; one who is not proposable is in no list of experts."""

    __tablename__ = "member_refs"

    is_proposable: Mapped[bool] = mapped_column(server_default=true())


class BlockRef(BlockRefColumns, Base):
    """Whether one member blocks another, as social tells."""


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


class PostRef(Base):
    """A post, as discussion tells; revision 0 stands for one that is liked but not yet told.

    Of one that was removed only its place is left: who wrote it, what it answered.
    """

    __tablename__ = "post_refs"
    __table_args__ = (
        Index("ix_post_refs_question_id", "question_id"),
        Index("ix_post_refs_written", "author_id", "published_at"),
        Index("ix_post_refs_catalogue", "catalogue", "id"),
        Index("ix_post_refs_weighing", "weighing", "id"),
        CheckConstraint("revision = 0 OR author_id IS NOT NULL", name="told_with_author"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str | None]
    author_id: Mapped[UUID | None]
    question_id: Mapped[UUID | None]
    title: Mapped[str] = mapped_column(server_default="")
    # What skills are looked for in, kept for new catalogue entries: the title, what its readers
    # see, its keywords as their author wrote them; and with which catalogue that was done.
    prose: Mapped[str] = mapped_column(server_default="")
    keywords: Mapped[str] = mapped_column(server_default="")  # a line each
    catalogue: Mapped[int] = mapped_column(server_default="0")
    audience: Mapped[str] = mapped_column(server_default="members")
    # The distinct voices that like it, in hundredths of one.
    support: Mapped[int] = mapped_column(server_default="0")
    like_count: Mapped[int] = mapped_column(server_default="0")  # those that count
    weighing: Mapped[int] = mapped_column(server_default="0")  # by which rules.WEIGHING
    text: Mapped[str] = mapped_column(server_default="")  # what an earlier release reads
    published_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    removed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    revision: Mapped[int] = mapped_column(server_default="0")


class Mention(Base):
    """A skill that a post is about, how much (hundredths) and why (`detection.subjects`)."""

    __tablename__ = "mentions"
    __table_args__ = (Index("ix_mentions_skill_id", "skill_id"),)

    post_id: Mapped[UUID] = mapped_column(ForeignKey("post_refs.id"), primary_key=True)
    skill_id: Mapped[int] = mapped_column(ForeignKey("skills.id"), primary_key=True)
    relevance: Mapped[int] = mapped_column(SmallInteger, server_default="60")
    reason: Mapped[str] = mapped_column(server_default="body")


class LikeRef(Base):
    """Whether a member likes a post, as discussion tells."""

    __tablename__ = "like_refs"
    __table_args__ = (
        Index("ix_like_refs_liker_id", "liker_id", "post_id"),
        Index(
            "ix_like_refs_latest",
            "post_id",
            "liked_at",
            "liker_id",
            postgresql_where=text("voice_id IS NOT NULL"),
        ),
    )

    post_id: Mapped[UUID] = mapped_column(primary_key=True)
    liker_id: Mapped[UUID] = mapped_column(primary_key=True)
    is_liked: Mapped[bool]
    liked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    # Whose voice it is counted as; None for one that does not count.
    voice_id: Mapped[UUID | None]
    revision: Mapped[int]


class AcceptRef(Base):
    """Which answer a question's asker accepts, as discussion tells."""

    __tablename__ = "accept_refs"
    __table_args__ = (Index("ix_accept_refs_answer_id", "answer_id"),)

    question_id: Mapped[UUID] = mapped_column(primary_key=True)
    answer_id: Mapped[UUID]
    asker_id: Mapped[UUID]
    is_accepted: Mapped[bool]
    # The answer on which it is counted, and as whose voice; None where it does not count.
    counted_id: Mapped[UUID | None]
    voice_id: Mapped[UUID | None]
    accepted_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    revision: Mapped[int]


class PostVoice(Base):
    """How many counted likes of a post are of one voice, which is heard once."""

    __tablename__ = "post_voices"

    post_id: Mapped[UUID] = mapped_column(ForeignKey("post_refs.id"), primary_key=True)
    voice_id: Mapped[UUID] = mapped_column(primary_key=True)
    like_count: Mapped[int]


class Contribution(Base):
    """What a post brings its author in one skill, as it was last counted.

    Worths in millionths (`rules.Fortnight`); what replaces it subtracts it exactly.
    """

    __tablename__ = "contributions"
    __table_args__ = (
        Index("ix_contributions_proof", "member_id", "skill_id", "liked_at", "post_id"),
    )

    post_id: Mapped[UUID] = mapped_column(ForeignKey("post_refs.id"), primary_key=True)
    skill_id: Mapped[int] = mapped_column(ForeignKey("skills.id"), primary_key=True)
    member_id: Mapped[UUID]
    number: Mapped[int]
    kind: Mapped[str]
    backed: Mapped[int]
    shared: Mapped[int]
    asked: Mapped[int]
    unbacked: Mapped[int]
    like_count: Mapped[int]
    liked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))  # the latest


class Fortnight(Base):
    """Member × skill × fortnight: the sums of the contributions."""

    __tablename__ = "fortnights"

    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    skill_id: Mapped[int] = mapped_column(ForeignKey("skills.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    backed: Mapped[int] = mapped_column(BigInteger, server_default="0")
    shared: Mapped[int] = mapped_column(BigInteger, server_default="0")
    asked: Mapped[int] = mapped_column(BigInteger, server_default="0")
    unbacked: Mapped[int] = mapped_column(BigInteger, server_default="0")
    like_count: Mapped[int] = mapped_column(server_default="0")
    answer_count: Mapped[int] = mapped_column(server_default="0")


class Supporter(Base):
    """Member × skill × voice: on how many of the member's posts the voice is heard."""

    __tablename__ = "supporters"

    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    skill_id: Mapped[int] = mapped_column(ForeignKey("skills.id"), primary_key=True)
    voice_id: Mapped[UUID] = mapped_column(primary_key=True)
    answers: Mapped[int] = mapped_column(server_default="0")
    shares: Mapped[int] = mapped_column(server_default="0")
    questions: Mapped[int] = mapped_column(server_default="0")


class Attribution(Base):
    """Member × skill: what its fortnights add up to, and the level that was last announced.

    `evidence` is E of the order, `strength` L of answers and shares, `by_answers` of answers
    alone, all with their ages in them (`rules.Sums`). The row stays when the evidence goes, so
    that its revision only grows.
    """

    __tablename__ = "attributions"
    __table_args__ = (
        Index(
            "ix_attributions_skill",
            "skill_id",
            "strength",
            "member_id",
            postgresql_where=text("strength > 0"),
        ),
        Index(
            "ix_attributions_order",
            "skill_id",
            "evidence",
            "member_id",
            postgresql_where=text("evidence > 0"),
        ),
    )

    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    skill_id: Mapped[int] = mapped_column(ForeignKey("skills.id"), primary_key=True)
    evidence: Mapped[float] = mapped_column(server_default="0")
    strength: Mapped[float] = mapped_column(server_default="0")
    by_answers: Mapped[float] = mapped_column(server_default="0")
    voices: Mapped[float] = mapped_column(server_default="0")
    all_voices: Mapped[int] = mapped_column(server_default="0")
    liker_count: Mapped[int] = mapped_column(server_default="0")
    evidence_count: Mapped[int] = mapped_column(server_default="0")
    answer_count: Mapped[int] = mapped_column(server_default="0")
    fortnight_count: Mapped[int] = mapped_column(server_default="0")
    last_evidence_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    level: Mapped[int] = mapped_column(server_default="0")
    is_hidden: Mapped[bool] = mapped_column(server_default=false())  # by the member
    revision: Mapped[int] = mapped_column(server_default="0")

    @property
    def held(self) -> rules.Held:
        """Who and what is behind it."""
        return rules.Held(int(self.voices), self.all_voices, self.fortnight_count)


class DueLiker(Base):
    """A member whose likes begin or cease to count, up to which post that is done."""

    __tablename__ = "due_likers"

    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    after_post_id: Mapped[UUID | None]


class CatalogueVersion(Base):
    """One row, counted up when terms change, so that a process knows when to read them again."""

    __tablename__ = "catalogue_version"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int]
