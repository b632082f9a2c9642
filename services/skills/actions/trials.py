"""What a change of the catalogue would mean for members, found by doing it and rolling back.

Posts are read with the catalogue as it would be, in pages, each in a savepoint of its own: what is
locked meanwhile is what the worker locks when it reads posts again.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.skills.actions import attributions, contributions, mentions
from services.skills.actions.voices import Turned
from services.skills.detection.detector import Detector, Term
from services.skills.detection.words import Passage
from services.skills.lexicon import Lexicon, make_lexicon, read_entries
from services.skills.models import Attribution, Contribution, Mention, PostRef

MOST_MEMBERS = 20  # that are tried: those with most evidence
MOST_POSTS = 1_000  # theirs, all together
PAGE = 200  # posts of one savepoint, but those of one member stay together
LATEST = 2_000  # posts among which a new name is looked for

Posts = Mapping[UUID, Sequence[UUID]]  # by member
Levels = Mapping[tuple[UUID, int], int]  # by member and skill


@dataclass(frozen=True)
class Step:
    """A member's level in a skill before and after."""

    member_id: UUID
    skill_id: int
    before: int
    after: int


@dataclass(frozen=True)
class Trial:
    """What was tried: the steps of `member_count` members; whether that was everybody."""

    steps: Sequence[Step] = ()
    member_count: int = 0
    is_complete: bool = True


def try_change(
    session: Session,
    *,
    change: Callable[[Session], None],
    find_posts: Callable[[Session], tuple[Posts, bool]],
) -> Trial:
    """Do a change to the catalogue and to some members' posts, and roll all of it back.

    `find_posts` says whose posts are tried, and whether those are all that are concerned.
    """
    with rolled_back(session):
        change(session)
        session.flush()
        entries = read_entries(session)
    lexicon = make_lexicon(*entries, version=0)
    posts, is_complete = find_posts(session)
    steps: list[Step] = []
    for page in _pages(posts):
        with rolled_back(session):
            steps += _try_page(session, page, lexicon)
    steps.sort(key=lambda one: (one.after - one.before, one.skill_id, one.member_id))
    return Trial(steps, len(posts), is_complete)


def find_posts_about(session: Session, *, skill_id: int) -> tuple[Posts, bool]:
    """The posts that name a skill, of the members with most evidence in it.

    What a member holds depends on their own posts alone, so these are tried exactly.
    """
    has_evidence = Attribution.skill_id == skill_id, Attribution.evidence > 0
    first = select(Attribution.member_id).where(*has_evidence)
    first = first.order_by(Attribution.evidence.desc(), Attribution.member_id)
    chosen = list(session.scalars(first.limit(MOST_MEMBERS)))
    counted = select(func.count()).select_from(Attribution).where(*has_evidence)
    theirs: dict[UUID, list[UUID]] = {}
    left = MOST_POSTS
    for member_id in chosen:
        named = select(Contribution.post_id).where(
            Contribution.member_id == member_id, Contribution.skill_id == skill_id
        )
        posts = list(session.scalars(named.limit(left + 1)))
        if len(posts) <= left:
            theirs[member_id] = posts
            left -= len(posts)
    return theirs, len(theirs) == session.execute(counted).scalar_one()


def find_posts_naming(session: Session, *, terms: Collection[str]) -> tuple[Posts, bool]:
    """Among the latest posts those that hold one of these terms, and the answers to them."""
    detector = Detector([Term(term, 0) for term in terms])
    columns = PostRef.id, PostRef.title, PostRef.prose, PostRef.keywords
    told = select(*columns).where(PostRef.revision > 0, PostRef.removed_at.is_(None))
    rows = session.execute(told.order_by(PostRef.id.desc()).limit(LATEST)).all()
    texts = {row.id: "\n".join((row.title, row.prose, row.keywords)) for row in rows}
    naming = [one for one, text in texts.items() if detector.find(Passage(text))]
    concerned = PostRef.id.in_(naming) | PostRef.question_id.in_(naming)
    written = select(PostRef.author_id, PostRef.id).where(concerned, PostRef.revision > 0)
    theirs: dict[UUID, list[UUID]] = defaultdict(list)
    for author_id, post_id in session.execute(
        written.order_by(PostRef.id.desc()).limit(MOST_POSTS)
    ):
        if author_id:
            theirs[author_id].append(post_id)
    return theirs, len(rows) < LATEST and sum(map(len, theirs.values())) < MOST_POSTS


def count_concerned(session: Session, *, skill_id: int) -> tuple[int, int]:
    """How many posts name a skill, and how many members hold it."""
    posts = select(func.count()).select_from(Mention).where(Mention.skill_id == skill_id)
    held = Attribution.skill_id == skill_id, Attribution.level > 0
    holders = select(func.count()).select_from(Attribution).where(*held)
    return session.execute(posts).scalar_one(), session.execute(holders).scalar_one()


class _Tried(Exception):
    """Ends a savepoint, so that nothing of it stays."""


@contextmanager
def rolled_back(session: Session) -> Iterator[None]:
    """What is done in the block is undone at its end."""
    with suppress(_Tried), session.begin_nested():
        yield
        raise _Tried


def _pages(posts: Posts) -> Iterator[Posts]:
    """Members whole, until a page is full."""
    page: dict[UUID, Sequence[UUID]] = {}
    for member_id, theirs in posts.items():
        if page and sum(map(len, page.values())) + len(theirs) > PAGE:
            yield page
            page = {}
        page[member_id] = theirs
    if page:
        yield page


def _try_page(session: Session, posts: Posts, lexicon: Lexicon) -> list[Step]:
    """Levels of today on both sides: what has only aged since it was told is no step."""
    page = [post_id for theirs in posts.values() for post_id in theirs]
    contributions.settle_posts(session, mentions.detect(session, page), turned=Turned())
    before = levels_today(session, posts)
    found = mentions.detect(session, page, lexicon=lexicon)
    contributions.settle_posts(session, found, turned=Turned())
    return find_steps(session, posts, before=before)


def find_steps(session: Session, members: Collection[UUID], *, before: Levels) -> list[Step]:
    """Whose level became another since, the losses first."""
    after = _told_levels(session, members)
    steps = [
        Step(*key, before.get(key, 0), after.get(key, 0))
        for key in before.keys() | after.keys()
        if before.get(key, 0) != after.get(key, 0)
    ]
    return sorted(steps, key=lambda one: (one.after - one.before, one.skill_id, one.member_id))


def levels_today(session: Session, members: Collection[UUID]) -> Levels:
    """Levels of these members, brought up to date: what has only aged is no step."""
    held = select(Attribution.member_id, Attribution.skill_id)
    held = held.where(Attribution.member_id.in_(members), Attribution.evidence_count > 0)
    keys = {(row.member_id, row.skill_id) for row in session.execute(held)}
    attributions.sum_up(session, attributions.lock_attributions(session, keys), heard={})
    return _told_levels(session, members)


def _told_levels(session: Session, members: Collection[UUID]) -> Levels:
    """By member and skill, as they are told; what members hide is nobody's to see."""
    held = select(Attribution.member_id, Attribution.skill_id, Attribution.level)
    held = held.where(Attribution.member_id.in_(members), ~Attribution.is_hidden)
    rows = session.execute(held.where(Attribution.level > 0))
    return {(row.member_id, row.skill_id): row.level for row in rows}
