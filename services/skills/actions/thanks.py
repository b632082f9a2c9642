"""Thanks for help in a project, as what they prove: an answer, with the skills that its owner
names as keywords, that they like.

So all that holds of likes holds of thanks: whose voice it is and what it weighs, fading, trust,
leaving, the catalogue's changes. Nobody reads such an answer: evidence says that there is one.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID, uuid5

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from contracts.discussion import Keyword, PostLiked, PostPublished
from contracts.projects import ContributionThanked
from services.skills.models import PostRef, Skill, SkillAlias


def find_proofs(
    session: Session, events: Sequence[ContributionThanked]
) -> list[tuple[PostPublished, PostLiked]]:
    """What these thanks are as an answer and its like."""
    labels = _labels_of(session, {slug for event in events for slug in event.skills})
    return [(_answer(event, labels), _like(event)) for event in events]


def mark_answers(session: Session, events: Sequence[ContributionThanked]) -> None:
    """Note of answers that they stand for thanks."""
    for event in events:
        told = update(PostRef).where(PostRef.id == _id_of(event)).values(call_id=event.call_id)
        session.execute(told)


def _answer(event: ContributionThanked, labels: Mapping[str, str]) -> PostPublished:
    return PostPublished(
        post_id=_id_of(event),
        revision=event.revision,
        author_id=event.member_id,
        kind="answer",
        question_id=None,
        title="",
        body="",
        keywords=tuple(
            Keyword(slug=slug, label=labels.get(slug, slug.replace("-", " ")))
            for slug in event.skills
        ),
        audience="followers-only",  # `access.PRIVATE`
        published_at=event.thanked_at,
        prose="",
    )


def _like(event: ContributionThanked) -> PostLiked:
    return PostLiked(
        post_id=_id_of(event),
        author_id=event.member_id,
        liker_id=event.owner_id,
        kind="answer",
        revision=event.revision,
        liked_at=event.thanked_at,
    )


def _id_of(event: ContributionThanked) -> UUID:
    """The same whenever it is heard; no post of discussion's has it."""
    return uuid5(event.call_id, str(event.member_id))


def _labels_of(session: Session, slugs: set[str]) -> dict[str, str]:
    """What the catalogue calls skills, by their slugs, or by those of other names of theirs.

    Not what moderators call them: they may take that back, and it is understood no more.
    """
    label = func.coalesce(Skill.own_label_en, Skill.label_en).label("label")
    own = session.execute(select(Skill.slug, label).where(Skill.slug.in_(slugs)))
    others = (
        select(SkillAlias.slug, label)
        .join(Skill, Skill.id == SkillAlias.skill_id)
        .where(SkillAlias.slug.in_(slugs))
    )
    found = {row.slug: row.label for row in session.execute(others)}
    return found | {row.slug: row.label for row in own}
