"""Which posts mention which skills, and how often skills are mentioned together."""

from collections import Counter
from collections.abc import Iterable
from itertools import combinations
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Table,
    Update,
    Uuid,
    any_,
    bindparam,
    delete,
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
from chassis.statements import Statement
from services.skills.actions import evidence
from services.skills.detection import Detector
from services.skills.models import (
    CatalogueVersion,
    Mention,
    PostRef,
    Skill,
    SkillPair,
    SkillTerm,
)

PAGE = 500

_detectors: dict[str, tuple[int, Detector]] = {}


def detect(session: Session, post_ids: Iterable[UUID]) -> set[UUID]:
    """Look for skills in posts, and in the answers of those that are questions.

    Mentions and counts of pairs follow. Returns the posts that were looked through, whose
    evidence the caller weighs anew.
    """
    wanted = set(post_ids)
    if not wanted:
        return set()
    posts = _LOCKED.rows(session, post_ids=list(wanted))
    detector = _detector(session)
    asked = [post.question_id for post in posts if post.question_id]
    questions = {row.id: row.text for row in _TEXTS.rows(session, post_ids=asked)} if asked else {}
    found: dict[UUID, set[int]] = {}
    for post in posts:
        found[post.id] = detector.find(post.text)
        if post.question_id in questions and post.removed_at is None:
            found[post.id] |= detector.find(questions[post.question_id])
    _replace(session, found)
    return set(found)


def detect_everywhere(session: Session) -> None:
    """Look through every post again, after the catalogue changed."""
    after: UUID | None = None
    while True:
        statement = select(PostRef.id).where(PostRef.revision > 0).order_by(PostRef.id)
        if after is not None:
            statement = statement.where(PostRef.id > after)
        page = list(session.scalars(statement.limit(PAGE)))
        if not page:
            return
        evidence.weigh(session, detect(session, page))
        after = page[-1]


def _detector(session: Session) -> Detector:
    """The catalogue's detector, read again when the catalogue has changed."""
    database = str(session.get_bind().engine.url)
    row = _VERSION.first(session)
    version = row.version if row else 0
    known = _detectors.get(database)
    if known is None or known[0] != version:
        rows = session.execute(select(SkillTerm.term, SkillTerm.skill_id))
        known = (version, Detector(dict(rows.all())))
        _detectors[database] = known
    return known[1]


def _replace(session: Session, found: dict[UUID, set[int]]) -> None:
    """Store what was found, and count the differences."""
    before: dict[UUID, set[int]] = {post_id: set() for post_id in found}
    for row in _BEFORE.rows(session, post_ids=list(found)):
        before[row.post_id].add(row.skill_id)
    gone = {(p, skill) for p in found for skill in before[p] - found[p]}
    new = sorted((p, skill) for p in found for skill in found[p] - before[p])
    if gone:
        key = tuple_(Mention.post_id, Mention.skill_id)
        session.execute(delete(Mention).where(key.in_(gone)))
    if new:
        posts, skills = zip(*new, strict=True)
        _ADD.rows(session, post_id=list(posts), skill_id=list(skills))
    if gone or new:
        _count(session, before, found)


def _count(session: Session, before: dict[UUID, set[int]], found: dict[UUID, set[int]]) -> None:
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
    columns = PostRef.id, PostRef.question_id, PostRef.text, PostRef.removed_at
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
    table: Table = SkillPair.__table__  # type: ignore[assignment]
    new = insert_all(table, _PAIR_COLUMNS)
    return new.on_conflict_do_update(
        index_elements=_PAIR_COLUMNS[:2],
        set_={"post_count": table.c.post_count + new.excluded.post_count},
    )


def _of_these(column: Any) -> ColumnElement[bool]:
    these: ColumnElement[bool] = column == any_(bindparam("post_ids", type_=ARRAY(Uuid)))
    return these


_LOCKED = Statement(_select_locked())
_TEXTS = Statement(select(PostRef.id, PostRef.text).where(_of_these(PostRef.id)))
_VERSION = Statement(select(CatalogueVersion.version))
_BEFORE = Statement(select(Mention.post_id, Mention.skill_id).where(_of_these(Mention.post_id)))
_PAIR_COLUMNS = ("skill_id", "other_id", "post_count")
_COUNT = Statement(_count_posts())
_COUNT_PAIRS = Statement(_count_pairs())
_ADD = Statement(insert_all(Mention.__table__, ["post_id", "skill_id"]))  # type: ignore[arg-type]
