"""What is asked, answered, shared and liked."""

from typing import Any

from web.api.client import Api, part
from web.api.models import (
    ActiveMembers,
    Found,
    Html,
    Keyword,
    Liked,
    Page,
    Person,
    Post,
    Version,
)


def list_feed(api: Api, *, cursor: str | None = None) -> Page[Post]:
    """What people and keywords that one follows bring, as cards."""
    return api.get("/feed", Page[Post], view="card", cursor=cursor)


def list_for_you(api: Api, *, cursor: str | None = None) -> Page[Post]:
    """Open questions near one's skills, as cards."""
    return api.get("/feed/for-you", Page[Post], view="card", cursor=cursor)


def get_question(api: Api, question_id: str) -> Post:
    """One question."""
    return api.get(f"/questions/{question_id}", Post)


def list_questions(
    api: Api, *, keyword: str | None = None, cursor: str | None = None
) -> Page[Post]:
    """Questions, the newest first, as cards."""
    return api.get("/questions", Page[Post], view="card", keyword=keyword, cursor=cursor)


def list_shares(api: Api, *, keyword: str | None = None, cursor: str | None = None) -> Page[Post]:
    """Shares, the newest first, as cards."""
    return api.get("/shares", Page[Post], view="card", keyword=keyword, cursor=cursor)


def get_share(api: Api, share_id: str) -> Post:
    """One share."""
    return api.get(f"/shares/{share_id}", Post)


def list_answers(
    api: Api,
    question_id: str,
    *,
    sort: str = "best",
    cursor: str | None = None,
    first: str | None = None,
) -> Page[Post]:
    """The answers to a question; `first` is one to begin with."""
    asked = {"sort": sort, "cursor": cursor, "from": first}
    return api.get(f"/questions/{question_id}/answers", Page[Post], **asked)


def list_posts(api: Api, *, author: str, kind: str, cursor: str | None = None) -> Page[Post]:
    """What a member wrote of one kind, as cards."""
    return api.get("/posts", Page[Post], view="card", author=author, kind=kind, cursor=cursor)


def ask(api: Api, *, key: str, **question: Any) -> Post:
    """Ask a question."""
    return api.send("POST", "/questions", Post, question, key=key)


def share(api: Api, *, key: str, **what: Any) -> Post:
    """Share an experience, or a watch."""
    return api.send("POST", "/shares", Post, what, key=key)


def answer(api: Api, question_id: str, *, key: str, body: str) -> Post:
    """Answer a question."""
    return api.send("POST", f"/questions/{question_id}/answers", Post, {"body": body}, key=key)


def edit(api: Api, kind: str, post_id: str, **changes: Any) -> Post:
    """Change a post of one's own."""
    return api.send("PATCH", f"/{kind}s/{post_id}", Post, changes)


def remove(api: Api, kind: str, post_id: str) -> None:
    """Take a post of one's own away."""
    api.send("DELETE", f"/{kind}s/{post_id}", type(None))


def like(api: Api, post_id: str, *, is_liked: bool) -> Liked:
    """Like a post, or no more."""
    return api.send("PUT" if is_liked else "DELETE", f"/posts/{post_id}/like", Liked)


def accept(api: Api, answer_id: str, *, is_accepted: bool) -> None:
    """Accept an answer to one's own question, or no more."""
    api.send("PUT" if is_accepted else "DELETE", f"/answers/{answer_id}/accept", type(None))


def request_answer(api: Api, question_id: str, *, member_id: str) -> None:
    """Ask a member to answer."""
    path = f"/questions/{question_id}/requests"
    api.send("POST", path, type(None), {"member_id": member_id})


def list_likers(api: Api, post_id: str, *, cursor: str | None = None) -> Page[Person]:
    """Who likes a post."""
    return api.get(f"/posts/{post_id}/likes", Page[Person], cursor=cursor)


def list_history(api: Api, post_id: str, *, cursor: str | None = None) -> Page[Version]:
    """What a post said before it was edited."""
    return api.get(f"/posts/{post_id}/history", Page[Version], cursor=cursor)


def preview(api: Api, body: str) -> str:
    """Markdown as readers will see it."""
    return api.send("POST", "/posts/preview", Html, {"body": body}).body_html


def search(api: Api, q: str, *, cursor: str | None = None) -> Found:
    """Posts that match."""
    return api.get("/search", Found, q=q, cursor=cursor)


def get_keyword(api: Api, slug: str) -> Keyword:
    """One keyword, with those beside it."""
    return api.get(f"/keywords/{part(slug)}", Keyword)


def list_keywords(api: Api, *, q: str = "", cursor: str | None = None) -> Page[Keyword]:
    """Keywords that begin so, else the most used."""
    return api.get("/keywords", Page[Keyword], q=q or None, cursor=cursor)


def list_liked_there(api: Api, slug: str) -> ActiveMembers:
    """Who was liked most under a keyword lately."""
    return api.get(f"/keywords/{part(slug)}/members", ActiveMembers)


def report(api: Api, *, kind: str, object_id: str, reason: str, word: str) -> None:
    """Tell the moderators of a post or a person."""
    body = {"object": {"type": kind, "id": object_id}, "reason": reason, "word": word}
    api.send("POST", "/reports", type(None), body)
