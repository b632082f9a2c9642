"""A catalogue of few words, for tests that let it change again and again."""

from collections.abc import Sequence
from functools import cache

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from services.skills.actions.catalogue import Entry, count_up, read_catalogue
from services.skills.models import Skill, SkillTerm


@cache
def few_entries(*slugs: str) -> Sequence[Entry]:
    """The entries of the catalogue's file that have these slugs."""
    return tuple(one for one in read_catalogue() if one.slug in slugs)


def leave_few(session: Session, entries: Sequence[Entry]) -> None:
    """Leave the terms and clues of these entries alone: they are read in no time.

    All skills stay; of the others nothing is understood any more.
    """
    slugs = [one.slug for one in entries]
    theirs = select(Skill.id).where(Skill.slug.in_(slugs))
    session.execute(delete(SkillTerm).where(SkillTerm.skill_id.not_in(theirs)))
    session.execute(update(Skill).where(Skill.slug.not_in(slugs)).values(clues=[]))
    count_up(session)
