"""Asking, answering, sharing, and changing what was written."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, literal_column, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock, members
from chassis.claims import Claims
from chassis.identifiers import new_id
from chassis.languages import guess_language
from chassis.markdown.text import Text
from chassis.messaging.outbox import record
from chassis.statements import Statement
from services.discussion import access
from services.discussion.actions.keywords import replace_keywords, use_keywords
from services.discussion.errors import AddressInvalid, LinkNotAllowed, NotTheAuthor, PostNotFound
from services.discussion.events import edited, published
from services.discussion.models import FollowRef, MemberRef, Post, PostVersion
from services.discussion.rules import MOST_KEYWORDS, SILENT_EDITS
from services.discussion.versions import earlier_of, written


def ask_question(
    session: Session,
    *,
    actor: Claims,
    title: str,
    text: Text,
    keywords: Sequence[str],
    audience: str,
    lang: str | None = None,
) -> UUID:
    """Publish a question; records `post.published`. Its language is guessed where not told.

    Hashtags in the text are keywords too, as far as there is room. Raises KeywordInvalid or
    AddressInvalid.
    """
    columns = {"title": title, "audience": audience, "lang": lang}
    return _publish_listed(session, "question", actor, text=text, keywords=keywords, **columns)


def share_post(
    session: Session,
    *,
    actor: Claims,
    title: str,
    text: Text,
    keywords: Sequence[str],
    audience: str,
    form: str,
    link: str | None = None,
    lang: str | None = None,
) -> UUID:
    """Publish an experience, or a watch that may carry a link; the rest as for questions.

    Raises LinkNotAllowed besides.
    """
    if link is not None and form != "watch":
        raise LinkNotAllowed
    columns: dict[str, Any] = {"title": title, "audience": audience, "lang": lang}
    columns |= {"form": form, "link": link}
    return _publish_listed(session, "share", actor, text=text, keywords=keywords, **columns)


def answer_question(
    session: Session, *, actor: Claims, question_id: UUID, text: Text, lang: str | None = None
) -> UUID:
    """Publish an answer; records `post.published`. Raises QuestionNotFound or AddressInvalid."""
    members.require_active(session, MemberRef, actor)
    question = access.lock_question(session, viewer_id=actor.id, question_id=question_id)
    _require_addresses(session, actor=actor, text=text)
    post = _new_post(
        "answer",
        actor,
        text=text,
        audience=question.audience,
        lang=lang,
        question_id=question_id,
        asker_id=question.author_id,
    )
    session.add(post)
    session.flush()
    _COUNT_ANSWER.rows(session, question_id=question_id)
    record(session, published(post, []))
    return post.id


def edit_post(
    session: Session,
    *,
    actor: Claims,
    post_id: UUID,
    kind: str,
    text: Text | None,
    changes: Mapping[str, Any],
) -> None:
    """Change one's own post; records `post.edited` when anything is new.

    `text` is the new body, `changes` the rest by the names of their columns, and `keywords`.
    Within a day of its publication an edit leaves a mark, later what the post said before; skills
    is told that of both where somebody had liked it.
    Raises PostNotFound, NotTheAuthor, KeywordInvalid, AddressInvalid or LinkNotAllowed.
    """
    members.require_active(session, MemberRef, actor)
    row = access.lock_post(session, viewer_id=actor.id, post_id=post_id)
    if row.kind != kind:
        raise PostNotFound
    if row.author_id != actor.id:
        raise NotTheAuthor
    if text is not None:
        _require_addresses(session, actor=actor, text=text)
    post = session.get_one(Post, post_id, populate_existing=True)
    former, before = _version_of(session, post), _said(session, post)
    _change(session, post, text, changes)
    if _said(session, post) == before:
        return
    now = clock.now()
    _keep_version(session, post, former, now)
    post.revision, post.edited_at = post.revision + 1, now
    session.flush()
    keywords = access.keywords_of(session, [post_id])
    earlier = earlier_of(session, [post_id], keywords=keywords).get(post_id, ())
    record(session, edited(post, keywords.get(post_id, []), earlier))


def _version_of(session: Session, post: Post) -> dict[str, Any]:
    keywords = access.keywords_of(session, [post.id]).get(post.id, [])
    columns = {name: getattr(post, name) for name in _VERSION}
    return {**columns, "keywords": written(keywords)}


def _keep_version(session: Session, post: Post, former: dict[str, Any], now: datetime) -> None:
    """Keep what a post said, to be shown, or because it is what somebody liked."""
    is_shown = now - post.published_at > SILENT_EDITS
    after = _version_of(session, post)
    is_new = any(after[name] != former[name] for name in ("title", "body", "keywords"))
    if is_shown or (is_new and _is_liked(session, post)):
        version = {"post_id": post.id, "replaced_at": now, "is_shown": is_shown, **former}
        session.execute(insert(PostVersion).values(version))


def _is_liked(session: Session, post: Post) -> bool:
    """Or may be one of its answers, which are about what their question is about."""
    if post.like_count or post.answer_count:
        return True
    accepted = select(Post.accepted_answer_id).where(Post.id == post.question_id)
    return post.question_id is not None and session.scalar(accepted) == post.id


def _change(session: Session, post: Post, text: Text | None, changes: Mapping[str, Any]) -> None:
    for name in changes.keys() - {"keywords"}:
        setattr(post, name, changes[name])
    if post.link is not None and post.form != "watch":
        raise LinkNotAllowed
    if text is not None and "lang" not in changes:
        post.lang = guess_language(f"{post.title}\n{text.plain}")
    session.flush()
    if "keywords" in changes:
        labels = _with_hashtags(changes["keywords"], text)
        replace_keywords(session, post=post, labels=labels)
    keywords = access.keywords_of(session, [post.id]).get(post.id, [])
    called_so = [keyword.label for keyword in keywords]
    columns: dict[str, Any]
    if text is not None:
        columns = Post.shown(text, title=post.title, lang=post.lang, labels=called_so)
        columns["body"] = text.markdown
    else:
        # The text is the same, and nothing is rendered under the lock.
        called = Post.called(title=post.title, lang=post.lang, labels=called_so)
        columns = {"search": called.op("||")(func.ts_filter(Post.search, literal_column("'{c}'")))}
    session.execute(update(Post).where(Post.id == post.id).values(columns))
    session.refresh(post)


def _said(session: Session, post: Post) -> Any:
    """All of a post that its author chooses."""
    chosen = ("title", "body", "lang", "audience", "form", "link")
    keywords = access.keywords_of(session, [post.id]).get(post.id, [])
    return [getattr(post, name) for name in chosen], [(k.slug, k.written) for k in keywords]


def _publish_listed(
    session: Session,
    kind: str,
    actor: Claims,
    *,
    text: Text,
    keywords: Sequence[str],
    **columns: Any,
) -> UUID:
    members.require_active(session, MemberRef, actor)
    _require_addresses(session, actor=actor, text=text)
    labels = _with_hashtags(keywords, text)
    post = _new_post(kind, actor, text=text, labels=labels, **columns)
    session.add(post)
    session.flush()
    used = use_keywords(session, post=post, labels=labels)
    record(session, published(post, used))
    return post.id


def _with_hashtags(labels: Sequence[str], text: Text | None) -> Sequence[str]:
    """The keywords that were chosen, and hashtags of the text as far as there is room."""
    hashtags = text.hashtags if text else ()
    return list(dict.fromkeys([*labels, *hashtags]))[: max(MOST_KEYWORDS, len(labels))]


def _require_addresses(session: Session, *, actor: Claims, text: Text) -> None:
    """Raises AddressInvalid where the text names somebody else than whom the actor follows, or
    who follows them, as they are called."""
    if not text.addresses:
        return
    near = or_(
        select(FollowRef.is_following)
        .where(FollowRef.follower_id == actor.id, FollowRef.followed_id == MemberRef.id)
        .where(FollowRef.is_following)
        .exists(),
        select(FollowRef.is_following)
        .where(FollowRef.follower_id == MemberRef.id, FollowRef.followed_id == actor.id)
        .where(FollowRef.is_following)
        .exists(),
    )
    ids = {address.member_id for address in text.addresses}
    known = select(MemberRef.id, MemberRef.name).where(MemberRef.id.in_(ids), near)
    found = session.execute(known.where(access.is_listed()), {"viewer_id": actor.id}).all()
    names = {row.id: row.name for row in found}
    wrong = [a.name for a in text.addresses if names.get(a.member_id) != a.name]
    if wrong:
        raise AddressInvalid(errors={"body": [f"{AddressInvalid.detail} Not so: {wrong[0]}"]})


def _new_post(
    kind: str,
    actor: Claims,
    *,
    text: Text,
    audience: str,
    title: str = "",
    lang: str | None = None,
    labels: Sequence[str] = (),
    **columns: Any,
) -> Post:
    lang = lang or guess_language(f"{title}\n{text.plain}")
    return Post(
        id=new_id(),
        kind=kind,
        author_id=actor.id,
        title=title,
        body=text.markdown,
        **Post.shown(text, title=title, lang=lang, labels=labels),
        lang=lang,
        audience=audience,
        revision=1,
        published_at=clock.now(),
        **columns,
    )


_VERSION = ("revision", "title", "body", "body_html", "prose")
_COUNT_ANSWER = Statement(
    update(Post)
    .where(Post.id == bindparam("question_id", type_=Uuid))
    .values(answer_count=Post.answer_count + 1)
)
