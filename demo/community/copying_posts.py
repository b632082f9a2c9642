"""Copies a synthetic community's chapters, as the actions would have left their rows.

What posts and likes say is a pure function of their chapter, made by processes beside this one, of
which each has a few groups in hand, so that memory stays small.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from chassis import garbage
from chassis.copying import copy_rows
from chassis.folding import fold
from chassis.identifiers import new_id
from chassis.languages import guess_language
from chassis.markdown.text import Text, excerpt_of
from chassis.slugs import slug_of
from demo.community import copied_keywords
from demo.community.arriving import NAME, Arrival, Count, acting
from demo.community.copied_keywords import Use
from demo.community.discussing import id_of
from demo.community.people import member_id
from demo.community.scale import Scale
from demo.community.threads import Post, Thread, chapter
from demo.joining import do_alone
from services.discussion import models
from services.discussion.rules import CONFIGURATIONS, RENDERING, tidy_label

GROUP = 12  # chapters whose rows are made together, and one transaction
MAKERS, AHEAD = 2, 4  # processes, and groups that wait to be copied
Row = dict[str, Any]

_COLUMNS = (
    *("id", "kind", "author_id", "question_id", "asker_id", "title", "body", "body_html"),
    *("excerpt", "prose", "lang", "rendering", "audience", "like_count", "answer_count"),
    *("accepted_answer_id", "form", "link", "revision", "published_at"),
)
# Posts pass through a table of the session's: searches compare words that the server makes.
_STAGE = f"""CREATE TEMP TABLE copied_posts ON COMMIT DROP AS SELECT {", ".join(_COLUMNS)},
    ''::text AS called, ''::text AS labels, ''::text AS said, ''::text AS config
    FROM posts WITH NO DATA"""
_KEEP = f"""INSERT INTO posts ({", ".join(_COLUMNS)}, search) SELECT {", ".join(_COLUMNS)},
    setweight(to_tsvector(config::regconfig, called), 'A')
    || setweight(to_tsvector(config::regconfig, labels), 'B')
    || setweight(to_tsvector(config::regconfig, said), 'C') FROM copied_posts"""


@dataclass
class Chapter:
    """A chapter as rows; `first_id` tells whether it is there."""

    first_id: UUID
    posts: list[Row]
    likes: list[Row]
    accepts: list[Row]
    uses: list[Use]


def copy_chapters(arrival: Arrival, numbers: Sequence[int], count: Count) -> None:
    """Copy these in their order, each of them whole or not at all."""
    for chapters in _make_ahead(arrival.scale, numbers):

        def copy(session: Session, chapters: Sequence[Chapter] = chapters) -> None:
            _copy(session, chapters)

        do_alone(arrival.machine, NAME, "discussion", copy)
        count(sum(len(one.posts) + len(one.likes) for one in chapters))


def make(scale: Scale, numbers: Sequence[int]) -> list[Chapter]:
    """The rows of some chapters."""
    return [_make(scale, chapter(scale, number)) for number in numbers]


def _make_ahead(scale: Scale, numbers: Sequence[int]) -> Iterator[list[Chapter]]:
    making: deque[Future[list[Chapter]]] = deque()
    how = get_context("spawn")
    with ProcessPoolExecutor(MAKERS, how, initializer=garbage.look_seldom) as makers:
        for first in range(0, len(numbers), GROUP):
            making.append(makers.submit(make, scale, numbers[first : first + GROUP]))
            if len(making) > AHEAD:
                yield making.popleft().result()
        while making:
            yield making.popleft().result()


def _copy(session: Session, chapters: Sequence[Chapter]) -> None:
    firsts = [one.first_id for one in chapters]
    known = set(session.scalars(select(models.Post.id).where(models.Post.id.in_(firsts))))
    new = [one for one in chapters if one.first_id not in known]
    session.execute(text(_STAGE))
    copy_rows(session, "copied_posts", (row for one in new for row in one.posts))
    session.execute(text(_KEEP))
    copied_keywords.use_keywords(session, [use for one in new for use in one.uses])
    copy_rows(session, "likes", (row for one in new for row in one.likes))
    copy_rows(session, "accepts", (row for one in new for row in one.accepts))


def _make(scale: Scale, threads: Sequence[Thread]) -> Chapter:
    made = Chapter(id_of(scale, threads[0].first), [], [], [], [])
    for thread in threads:
        use = _use(scale, thread.first)
        made.uses.append(use)
        first = _post(scale, thread.first, list(use.labels.values()))
        answers = [_post(scale, one, ()) for one in thread.answers]
        first |= {"id": use.post_id, "answer_count": len(answers)}
        for answer in answers:
            answer |= {"question_id": first["id"], "asker_id": first["author_id"]}
        if thread.accepted is not None:
            number, at = thread.accepted
            first["accepted_answer_id"] = answers[number]["id"]
            made.accepts.append(_accept(scale, first["id"], answers[number]["id"], at))
        made.posts += [first, *answers]
        for post, row in zip(thread.posts, (first, *answers), strict=True):
            made.likes += [_like(scale, row["id"], one.by, one.at) for one in post.likes]
    return made


def _use(scale: Scale, first: Post) -> Use:
    """Ids are drawn as the action draws them: the post's, and one for each keyword."""
    labels: dict[str, str] = {}
    for label in first.said.keywords:
        labels.setdefault(slug_of(label), tidy_label(label))
    with acting(scale, first.at, "post", *first.key):
        post_id = new_id()
        fresh = {slug: new_id() for slug in sorted(labels)}
    return Use(post_id, scale.moment(first.at), labels, fresh)


def _post(scale: Scale, post: Post, labels: Sequence[str]) -> Row:
    said, shown = post.said, Text.of(post.said.body)
    kind = ("share" if said.form else "question") if labels else "answer"
    lang = guess_language(f"{said.title}\n{shown.plain}")
    return {
        "id": id_of(scale, post),
        "kind": kind,
        "author_id": post.by.claims.id,
        "question_id": None,
        "asker_id": None,
        "title": said.title,
        "body": shown.markdown,
        "body_html": shown.html,
        "excerpt": excerpt_of(shown.plain),
        "prose": shown.prose,
        "lang": lang,
        "rendering": RENDERING,
        "audience": "members",
        "like_count": len(post.likes),
        "answer_count": 0,
        "accepted_answer_id": None,
        "form": said.form or None,
        "link": said.link,
        "revision": 1,
        "published_at": scale.moment(post.at),
        "called": fold(said.title),
        "labels": fold(" ".join(labels)),
        "said": fold(shown.plain),
        "config": CONFIGURATIONS[lang],
    }


def _like(scale: Scale, post_id: UUID, by: int, at: float) -> Row:
    return {
        "post_id": post_id,
        "member_id": member_id(scale, by),
        "is_liked": True,
        "revision": 1,
        "liked_at": scale.moment(at),
        "is_imported": True,
    }


def _accept(scale: Scale, question_id: UUID, answer_id: UUID, at: float) -> Row:
    return {
        "question_id": question_id,
        "answer_id": answer_id,
        "is_accepted": True,
        "revision": 1,
        "changed_at": scale.moment(at),
    }
