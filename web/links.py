"""Addresses of pages, for templates: `url_for` would take a third of a page's time.

A test sees that each leads to a view.
"""

from functools import lru_cache
from urllib.parse import quote, urlencode

from web.api.models import Post


def member(member_id: str) -> str:
    """Somebody's page."""
    return f"/members/{member_id}"


def evidence(member_id: str, slug: str) -> str:
    """What proves a skill of somebody's."""
    return f"/members/{member_id}/skills/{_part(slug)}"


def skill(slug: str) -> str:
    """A skill's page."""
    return f"/skills/{_part(slug)}"


def keyword(slug: str) -> str:
    """A keyword's page."""
    return f"/keywords/{_part(slug)}"


def post(found: Post) -> str:
    """Where a post stands; an answer at its question."""
    if found.kind == "answer":
        return f"/questions/{found.question_id}?from={found.id}#post-{found.id}"
    return f"/{found.kind}s/{found.id}"


@lru_cache(4096)
def _part(slug: str) -> str:
    return quote(slug, safe="")


def with_query(path: str, **query: str | None) -> str:
    """A path with what is asked of it."""
    asked = {name: value for name, value in query.items() if value}
    return f"{path}?{urlencode(asked)}" if asked else path
