"""What posts are about, how often together, and which of their keywords name no skill."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import combinations
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Delete,
    Integer,
    String,
    Update,
    Uuid,
    any_,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import Insert
from sqlalchemy.orm import Session

from chassis.pages import AnySelect
from chassis.replicas import insert_all
from chassis.slugs import slug_of
from chassis.statements import Statement
from services.skills.actions.understandings import tell_changed
from services.skills.detection.subjects import LEAST_MAIN, MOST_MAIN, Reader, Subject
from services.skills.detection.versions import Since, since_of
from services.skills.lexicon import Lexicon, lexicon_of
from services.skills.models import Mention, PostRef, Skill, SkillPair, UnknownKeyword

Named = tuple[int, str, datetime | None]  # how much, why, and which edit added it
Found = dict[UUID, dict[int, Named]]
_Said = tuple[Sequence[Subject], Since]
_NOTHING: _Said = ((), {})


def detect(
    session: Session, post_ids: Iterable[UUID], *, lexicon: Lexicon | None = None
) -> set[UUID]:
    """Look for skills in posts, and in the answers of those that are questions.

    Mentions and counts of pairs follow; records `question.understood`. Returns the posts that were
    looked through, whose contributions the caller settles. With the catalogue as it is, unless
    another is given.
    """
    wanted = set(post_ids)
    if not wanted:
        return set()
    posts = _LOCKED.rows(session, post_ids=list(wanted))
    lexicon = lexicon or lexicon_of(session)
    asked = [post.question_id for post in posts if post.question_id]
    questions = _QUESTIONS.rows(session, post_ids=asked) if asked else ()
    found = _read(lexicon.reader, posts, {row.id: row for row in questions})
    _keep_unknown(session, lexicon.reader, posts)
    questions_read = [post for post in posts if post.kind == "question"]
    _replace(session, found, {post.id for post in questions_read})
    _tell(session, lexicon, questions_read, found)
    _stamp(session, [post.id for post in posts], lexicon)
    return set(found)


def _read(reader: Reader, posts: Iterable[Any], questions: Mapping[UUID, Any]) -> Found:
    """Of one that was removed nothing is left; what it was asked for counts no more."""
    about = {one: _subjects(reader, question) for one, question in questions.items()}
    found: Found = {}
    for post in posts:
        question = about.get(post.question_id, _NOTHING) if post.removed_at is None else _NOTHING
        subjects, since = _subjects(reader, post, question)
        found[post.id] = {
            one.skill_id: (one.relevance, one.reason, _after(since.get(one.skill_id), post))
            for one in subjects
        }
    return found


def _subjects(reader: Reader, post: Any, question: _Said = _NOTHING) -> _Said:
    about, asked_since = question
    subjects = reader.subjects(
        title=post.title,
        prose=post.prose,
        keywords=post.keywords.splitlines(),
        question=about,
    )
    if not post.earlier and not asked_since:
        return subjects, {}
    versions = post.earlier
    return subjects, since_of(
        reader, subjects, versions, question=about, question_since=asked_since
    )


def _after(since: datetime | None, post: Any) -> datetime | None:
    """Nobody liked it before it was there: what its question said by then it had from the start."""
    return since if since and since > post.published_at else None


def _keep_unknown(session: Session, reader: Reader, posts: Iterable[Any]) -> None:
    """Answers have no keywords; a removed post has none any more."""
    tagged = [post for post in posts if post.kind != "answer"]
    rows = {
        (post.id, slug): (keyword, post.published_at)
        for post in tagged
        for keyword in reader.unknown(post.keywords.splitlines())
        if (slug := slug_of(keyword))
    }
    columns = zip(*(key + value for key, value in sorted(rows.items())), strict=True)
    given = dict(zip(_UNKNOWN, map(list, columns), strict=True)) if rows else {}
    if tagged:
        still = {"slugs": given.get("slug", []), "slug_post_ids": given.get("post_id", [])}
        _FORGET_UNKNOWN.rows(session, post_ids=[post.id for post in tagged], **still)
    if rows:
        _WRITE_UNKNOWN.rows(session, **given)


def _tell(session: Session, lexicon: Lexicon, questions: Iterable[Any], found: Found) -> None:
    """What is for followers alone is nobody else's to know, nor what it is about."""
    about = {}
    for question in questions:
        named = found[question.id] if question.audience != "followers-only" else {}
        main = [skill_id for skill_id, named in named.items() if named[0] >= LEAST_MAIN]
        about[question.id] = [lexicon.skills[skill_id].slug for skill_id in main[:MOST_MAIN]]
    tell_changed(session, about=about)


def _stamp(session: Session, post_ids: list[UUID], lexicon: Lexicon) -> None:
    read = update(PostRef).where(PostRef.id.in_(post_ids), PostRef.catalogue != lexicon.version)
    session.execute(
        read.values(catalogue=lexicon.version).execution_options(synchronize_session=False)
    )


def _replace(session: Session, found: Found, question_ids: set[UUID]) -> None:
    """Store what was found; of questions count the differences."""
    before: Found = {post_id: {} for post_id in found}
    for row in _BEFORE.rows(session, post_ids=list(found)):
        before[row.post_id][row.skill_id] = (row.relevance, row.reason, row.added_at)
    gone = {(p, skill) for p in found for skill in before[p].keys() - found[p].keys()}
    new = [
        (post_id, skill_id, *named)
        for post_id, skills in sorted(found.items())
        for skill_id, named in sorted(skills.items())
        if before[post_id].get(skill_id) != named
    ]
    if gone:
        key = tuple_(Mention.post_id, Mention.skill_id)
        session.execute(delete(Mention).where(key.in_(gone)))
    if new:
        columns = zip(_MENTION_COLUMNS, zip(*new, strict=True), strict=True)
        _WRITE.rows(session, **{name: list(values) for name, values in columns})
    if gone or new:
        _count(session, *({one: set(by[one]) for one in question_ids} for by in (before, found)))


def _count(session: Session, before: dict[UUID, set[int]], found: dict[UUID, set[int]]) -> None:
    """Questions alone: answers repeat theirs, and would count them by their number."""
    singles: Counter[int] = Counter()
    pairs: Counter[tuple[int, int]] = Counter()
    for skills_by_post, step in ((before, -1), (found, 1)):
        for skills in skills_by_post.values():
            for skill_id in skills:
                singles[skill_id] += step
            for pair in combinations(sorted(skills), 2):
                pairs[pair] += step
    if steps := sorted((skill_id, step) for skill_id, step in singles.items() if step):
        skill_ids, changes = zip(*steps, strict=True)
        _COUNT.rows(session, skill_ids=list(skill_ids), steps=list(changes))
    if steps_of_pairs := sorted((*pair, step) for pair, step in pairs.items() if step):
        columns = zip(_PAIR_COLUMNS, zip(*steps_of_pairs, strict=True), strict=True)
        _COUNT_PAIRS.rows(session, **{name: list(values) for name, values in columns})


def _select_locked() -> AnySelect:
    """The posts themselves and the answers to them, in id order."""
    ids = bindparam("post_ids", type_=ARRAY(Uuid))
    concerned = or_(PostRef.id == any_(ids), PostRef.question_id == any_(ids))
    columns = PostRef.id, PostRef.kind, PostRef.question_id, PostRef.audience, *_WORDS, *_MOMENTS
    rows = select(*columns).where(concerned, PostRef.revision > 0)
    return rows.order_by(PostRef.id).with_for_update()


def _count_posts() -> Update:
    """Add a step to each skill's number of posts; the rows are locked in the order of ids."""
    wanted = func.unnest(
        bindparam("skill_ids", type_=ARRAY(Integer)), bindparam("steps", type_=ARRAY(Integer))
    ).table_valued("skill_id", "step")
    wanted = wanted.render_derived(name="wanted")
    locked = (
        select(Skill.id, wanted.c.step)
        .join(wanted, wanted.c.skill_id == Skill.id)
        .order_by(Skill.id)
        .with_for_update(of=Skill)
        .cte("locked")
    )
    counted = update(Skill).where(Skill.id == locked.c.id)
    return counted.values(post_count=Skill.post_count + locked.c.step)


def _count_pairs() -> Insert:
    new = insert_all(SkillPair, _PAIR_COLUMNS)
    return new.on_conflict_do_update(
        index_elements=_PAIR_COLUMNS[:2],
        set_={"post_count": SkillPair.post_count + new.excluded.post_count},
    )


def _write() -> Insert:
    new = insert_all(Mention, _MENTION_COLUMNS)
    changed = {name: new.excluded[name] for name in _MENTION_COLUMNS[2:]}
    return new.on_conflict_do_update(index_elements=_MENTION_COLUMNS[:2], set_=changed)


def _forget_unknown() -> Delete:
    """What these posts have no more."""
    given = func.unnest(
        bindparam("slug_post_ids", type_=ARRAY(Uuid)), bindparam("slugs", type_=ARRAY(String))
    ).table_valued("post_id", "slug")
    given = given.render_derived(name="given")
    still = exists().where(
        given.c.post_id == UnknownKeyword.post_id, given.c.slug == UnknownKeyword.slug
    )
    return delete(UnknownKeyword).where(_of_these(UnknownKeyword.post_id), ~still)


def _write_unknown() -> Insert:
    new = insert_all(UnknownKeyword, _UNKNOWN)
    changed = {name: new.excluded[name] for name in _UNKNOWN[2:]}
    return new.on_conflict_do_update(index_elements=_UNKNOWN[:2], set_=changed)


def _of_these(column: Any) -> ColumnElement[bool]:
    these: ColumnElement[bool] = column == any_(bindparam("post_ids", type_=ARRAY(Uuid)))
    return these


_MOMENTS = (PostRef.published_at, PostRef.removed_at)
_WORDS = (PostRef.title, PostRef.prose, PostRef.keywords, PostRef.earlier)
_UNKNOWN = ("post_id", "slug", "written", "published_at")
_MENTION_COLUMNS = ("post_id", "skill_id", "relevance", "reason", "added_at")
_PAIR_COLUMNS = ("skill_id", "other_id", "post_count")
_LOCKED = Statement(_select_locked())
_QUESTIONS = Statement(select(PostRef.id, *_WORDS).where(_of_these(PostRef.id)))
_BEFORE = Statement(
    select(*(getattr(Mention, name) for name in _MENTION_COLUMNS)).where(_of_these(Mention.post_id))
)
_COUNT = Statement(_count_posts())
_COUNT_PAIRS = Statement(_count_pairs())
_WRITE = Statement(_write())
_FORGET_UNKNOWN = Statement(_forget_unknown())
_WRITE_UNKNOWN = Statement(_write_unknown())
