"""Writes a synthetic community's chapters: what is asked, answered, shared, liked and accepted."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.markdown.text import Text
from demo.community.arriving import Arrival, Count
from demo.community.people import person
from demo.community.scale import Scale
from demo.community.threads import Post, Thread, chapter
from services.discussion import models
from services.discussion.actions import accepts, likes, posts


def write_chapters(arrival: Arrival, numbers: Sequence[int], count: Count) -> None:
    """Write these, each of them whole or not at all."""
    for number in numbers:
        count(write(arrival, chapter(arrival.scale, number)))


def write(arrival: Arrival, threads: Sequence[Thread], *, is_news: bool = False) -> int:
    """Write threads, or find them written; how many posts and likes they have."""

    def write_all(session: Session) -> None:
        for thread in threads:
            _write(session, arrival, thread)

    first = models.Post, id_of(arrival.scale, threads[0].first)
    arrival.once("discussion", first, write_all, is_news=is_news)
    return sum(1 + len(post.likes) for thread in threads for post in thread.posts)


def id_of(scale: Scale, post: Post) -> UUID:
    """The id that a post has in Skiller."""
    return scale.id_of(post.at, "post", *post.key)


def _write(session: Session, arrival: Arrival, thread: Thread) -> None:
    question_id = _publish(session, arrival, thread.first, None)
    for answer in thread.answers:
        _publish(session, arrival, answer, question_id)
    for post in thread.posts:
        for like in post.likes:
            with arrival.at(like.at, "like", *post.key, like.by):
                actor = person(arrival.scale, like.by).claims
                likes.like_post(session, actor=actor, post_id=id_of(arrival.scale, post))
    if thread.accepted is not None:
        number, at = thread.accepted
        with arrival.at(at, "accept", *thread.first.key):
            answer_id = id_of(arrival.scale, thread.answers[number])
            accepts.accept_answer(session, actor=thread.first.by.claims, answer_id=answer_id)


def _publish(session: Session, arrival: Arrival, post: Post, question_id: UUID | None) -> UUID:
    actor, said, text = post.by.claims, post.said, Text.of(post.said.body)
    with arrival.at(post.at, "post", *post.key):
        if question_id is not None:
            return posts.answer_question(session, actor=actor, question_id=question_id, text=text)
        its: dict[str, Any] = {
            "title": said.title,
            "text": text,
            "keywords": said.keywords,
            "audience": "members",
        }
        if said.form:
            return posts.share_post(session, actor=actor, form=said.form, link=said.link, **its)
        return posts.ask_question(session, actor=actor, **its)
