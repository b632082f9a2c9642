"""Moderators make skills of keywords that name none, let them mean one, or refuse (ADR 0022)."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import any_, delete, exists, select
from sqlalchemy.dialects.postgresql import array, insert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.claims import Claims
from chassis.slugs import slug_of
from services.skills import rules
from services.skills.access import require_moderator, uses_since
from services.skills.actions.catalogue import Entry, add_skills, count_up, lock_catalogue
from services.skills.actions.entries import Act, find_entry, keep_act, tell_renamed
from services.skills.actions.terms import MODERATORS
from services.skills.errors import (
    CandidateAnswered,
    CandidateInUse,
    CandidateNotFound,
    CategoryUnknown,
    LabelInvalid,
    SlugTaken,
)
from services.skills.models import (
    CandidateAnswer,
    Skill,
    SkillAlias,
    SkillTerm,
    UnknownKeyword,
)

MOST_SPELLINGS = 10  # of a keyword, that its skill is found by


@dataclass(frozen=True)
class NewSkill:
    """What a moderator says of a skill that is made of a keyword.

    `is_everyday`: the words mean other things too, and count beside a near skill alone.
    """

    label_en: str
    label_fr: str
    category: str
    slug: str = ""  # that of the keyword
    is_everyday: bool = False


def accept_candidate(
    session: Session, *, actor: Claims, slug: str, skill: NewSkill, reason: str
) -> None:
    """Make a skill of a keyword; posts are read again by the worker.

    Raises what `require_moderator` raises, CandidateNotFound, CandidateAnswered, CategoryUnknown,
    LabelInvalid, SlugTaken or TermTaken.
    """
    spellings = _lock_candidate(session, actor, slug)
    entry = _entry(slug, skill, spellings)
    if session.scalar(select(exists().where(Skill.category == skill.category))) is not True:
        raise CategoryUnknown
    if not entry.slug or not slug_of(skill.label_en) or not slug_of(skill.label_fr):
        raise LabelInvalid
    _require_free(session, {entry.slug, slug})
    add_skills(session, [entry], source="candidate")
    made = session.scalars(select(Skill).where(Skill.slug == entry.slug)).one()
    # No load calls it otherwise.
    made.own_label_en, made.own_label_fr = made.label_en, made.label_fr
    answer = _answer(actor, slug, spellings, "accepted", reason)
    answer.skill_id, answer.terms = made.id, sorted(entry.terms)
    answer.slugs = sorted(entry.slugs)
    session.add(answer)
    labels = (skill.label_en, skill.label_fr)
    keep_act(session, actor=actor, act=Act("accept", slug, reason, into=made.slug, labels=labels))


def alias_candidate(session: Session, *, actor: Claims, slug: str, into: str, reason: str) -> None:
    """Let a keyword mean a skill that there is; posts are read again by the worker.

    Raises what `require_moderator` raises, CandidateNotFound, CandidateAnswered, SkillNotFound or
    SlugTaken.
    """
    spellings = _lock_candidate(session, actor, slug)
    found = find_entry(session, slug=into)
    target = session.get_one(Skill, found.root_id) if found.root_id else found
    _require_free(session, {slug})
    entry = Entry(target.slug, "", "", target.category, aliases=spellings)
    answer = _answer(actor, slug, spellings, "alias", reason)
    rows = [
        {"term": term, "skill_id": target.id, "kind": kind, "source": "candidate", "is_ours": False}
        for term, kind in sorted(entry.terms.items())
    ]
    new = insert(SkillTerm).values(rows).on_conflict_do_nothing()
    answer.terms = sorted(session.scalars(new.returning(SkillTerm.term)))
    lead = {"slug": slug, "skill_id": target.id, "source": "candidate"}
    session.execute(insert(SkillAlias).values(lead))
    answer.skill_id, answer.slugs = target.id, [slug]
    session.add(answer)
    keep_act(session, actor=actor, act=Act("alias", slug, reason, into=target.slug))
    count_up(session)


def refuse_candidate(session: Session, *, actor: Claims, slug: str, reason: str) -> None:
    """Let a keyword be none of a skill, and wait no more.

    Raises what `require_moderator` raises, CandidateNotFound or CandidateAnswered.
    """
    spellings = _lock_candidate(session, actor, slug)
    session.add(_answer(actor, slug, spellings, "refused", reason))
    keep_act(session, actor=actor, act=Act("refuse", slug, reason))


def reopen_candidate(session: Session, *, actor: Claims, slug: str, reason: str) -> None:
    """Take an answer back: its words are no terms any more, and it may wait again.

    A skill that was made of it is retired, with its id, unless the catalogue has it by now.
    Raises what `require_moderator` raises, CandidateNotFound or CandidateInUse.
    """
    require_moderator(session, actor)
    lock_catalogue(session)
    answer = session.get(CandidateAnswer, slug, populate_existing=True)
    if answer is None:
        raise CandidateNotFound
    skill = session.get_one(Skill, answer.skill_id) if answer.skill_id else None
    if skill:
        own = SkillTerm.skill_id == skill.id, SkillTerm.term.in_(answer.terms)
        session.execute(delete(SkillTerm).where(*own, SkillTerm.source == "candidate"))
        led = SkillAlias.skill_id == skill.id, SkillAlias.slug.in_(answer.slugs)
        session.execute(delete(SkillAlias).where(*led, SkillAlias.source == "candidate"))
    if skill and answer.outcome == "accepted":
        _retire(session, skill)
    keep_act(
        session, actor=actor, act=Act("reopen", slug, reason, into=skill.slug if skill else None)
    )
    session.delete(answer)
    if skill:
        count_up(session)


def _lock_candidate(session: Session, actor: Claims, slug: str) -> list[str]:
    """How a keyword that waits is written, the most used first."""
    require_moderator(session, actor)
    lock_catalogue(session)
    if session.get(CandidateAnswer, slug, populate_existing=True):
        raise CandidateAnswered
    since = clock.now() - timedelta(days=rules.CANDIDATE_DAYS)
    used = session.execute(uses_since(since).where(UnknownKeyword.slug == slug)).all()
    if len({row.author_id for row in used}) < rules.CANDIDATE_MEMBERS:
        raise CandidateNotFound
    counts = Counter(row.written for row in used)
    return sorted(counts, key=lambda written: (-counts[written], written))[:MOST_SPELLINGS]


def _entry(slug: str, skill: NewSkill, spellings: Sequence[str]) -> Entry:
    texts = (skill.label_en, skill.label_fr, *spellings)
    return Entry(
        slug_of(skill.slug) or slug,
        skill.label_en,
        skill.label_fr,
        skill.category,
        aliases=spellings,
        ambiguous=texts if skill.is_everyday else (),
    )


def _answer(
    actor: Claims, slug: str, spellings: Sequence[str], outcome: str, reason: str
) -> CandidateAnswer:
    return CandidateAnswer(
        slug=slug,
        label=spellings[0],
        outcome=outcome,
        reason=reason,
        answered_by_id=actor.id,
        answered_at=clock.now(),
    )


def _require_free(session: Session, slugs: Collection[str]) -> None:
    """No other skill has these addresses; raises SlugTaken."""
    wanted = array(sorted(slugs))
    own = exists().where(Skill.slug == any_(wanted), ~Skill.is_retired)
    led = exists().where(SkillAlias.slug == any_(wanted))
    if session.scalar(select(own | led)):
        raise SlugTaken


def _retire(session: Session, skill: Skill) -> None:
    """Where the catalogue has it by now, it stays, and is called as there."""
    sources = set(session.scalars(select(SkillTerm.source).where(SkillTerm.skill_id == skill.id)))
    leads = exists().where(Skill.merged_into_id == skill.id)
    is_led = skill.merged_into_id is not None or session.scalar(select(leads))
    labels, own = (skill.label_en, skill.label_fr), (skill.own_label_en, skill.own_label_fr)
    if is_led or sources & {*MODERATORS} or (labels != own and not sources):
        raise CandidateInUse
    skill.is_retired = not sources
    skill.label_en, skill.label_fr = own[0] or skill.label_en, own[1] or skill.label_fr
    skill.own_label_en = skill.own_label_fr = None
    if labels != own:
        tell_renamed(session, [skill.id])
