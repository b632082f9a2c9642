"""Who listens to whom."""

from collections.abc import Sequence

from web.api.client import Api, part
from web.api.models import Page, Person, Relation, Relations, Suggestions


def get_relation(api: Api, member_id: str) -> Relation:
    """What the viewer and a member are to each other."""
    return api.get(f"/members/{member_id}/follow", Relation)


def list_relations(api: Api, member_ids: Sequence[str]) -> dict[str, Relation]:
    """The same to each of up to 50, by id; who cannot be seen is left out."""
    if not member_ids:
        return {}
    wanted = ",".join(dict.fromkeys(member_ids))
    found = api.get("/relations", Relations, members=wanted)
    return {relation.member_id: relation for relation in found.items}


def follow(api: Api, member_id: str, *, is_following: bool) -> None:
    """Follow a member, or no more."""
    api.send("PUT" if is_following else "DELETE", f"/members/{member_id}/follow", type(None))


def follow_keyword(api: Api, slug: str, *, is_following: bool) -> None:
    """Follow a keyword, or no more."""
    api.send("PUT" if is_following else "DELETE", f"/keywords/{part(slug)}/follow", type(None))


def block(api: Api, member_id: str, *, is_blocked: bool) -> None:
    """Block a member, or no more."""
    api.send("PUT" if is_blocked else "DELETE", f"/members/{member_id}/block", type(None))


def list_followers(api: Api, member_id: str, *, cursor: str | None = None) -> Page[Person]:
    """Who follows a member."""
    return api.get(f"/members/{member_id}/followers", Page[Person], cursor=cursor)


def list_following(api: Api, member_id: str, *, cursor: str | None = None) -> Page[Person]:
    """Whom a member follows."""
    return api.get(f"/members/{member_id}/following", Page[Person], cursor=cursor)


def list_blocked(api: Api, *, cursor: str | None = None) -> Page[Person]:
    """Whom one blocks."""
    return api.get("/members/me/blocked", Page[Person], cursor=cursor)


def list_suggestions(api: Api) -> Suggestions:
    """Up to 20 members whom one might follow, each with why."""
    return api.get("/suggestions/members", Suggestions)


def dismiss(api: Api, member_id: str) -> None:
    """Suggest a member no more."""
    api.send("DELETE", f"/suggestions/members/{member_id}", type(None))
