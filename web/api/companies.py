"""Companies: whether one is counted in one's own, what it knows, and what moderators register."""

from collections.abc import Sequence
from datetime import datetime

from web.api.client import Api, part
from web.api.models import Answer, Expert, Page, Person, Skill, Understood

NOTHING: type[None] = type(None)
SHOWN = 50  # skills on a page of a map


class Company(Answer):
    slug: str
    name: str


class Agreement(Answer):
    """The company that one's confirmed address shows, and whether one is counted in it."""

    organisation: Company | None
    has_agreed: bool


class LevelCount(Answer):
    """How many stand at a level or a higher one, in whole fives; None for fewer."""

    level: int
    people_count: int | None


class SharedSkill(Answer):
    """A skill that five people or more hold."""

    skill: Skill
    people_count: int
    levels: list[LevelCount]


class Map(Answer):
    """What a company knows; of nobody as long as fewer than five are counted."""

    people_count: int | None
    counted_at: datetime | None
    items: list[SharedSkill]
    next: str | None = None


class Outsider(Answer):
    """An expert whom the company's people know."""

    expert: Expert
    follower_count: int | None


class Outside(Answer):
    understood: list[Understood]
    items: list[Outsider]


class Registered(Company, kw_only=True):
    """A company as moderators see it."""

    domains: list[str]
    is_closed: bool
    registered_at: datetime
    revision: int


class CompanyAct(Answer):
    """What a moderator did to it, and how it stood afterwards."""

    id: str
    act: str
    actor: Person
    reason: str
    name: str
    domains: list[str]
    at: datetime


def get_agreement(api: Api) -> Agreement:
    """One's own."""
    return api.get("/members/me/organisation", Agreement)


def agree(api: Api, slug: str) -> None:
    """Be counted in a company."""
    api.send("PUT", "/members/me/organisation", NOTHING, {"organisation": slug})


def take_back(api: Api) -> None:
    """Be counted in none."""
    api.send("DELETE", "/members/me/organisation", NOTHING)


def get_map(api: Api, slug: str, *, cursor: str | None = None) -> Map:
    """What one's company knows."""
    return api.get(f"/organisations/{part(slug)}/map", Map, limit=SHOWN, cursor=cursor)


def find_outside(api: Api, slug: str, q: str) -> Outside:
    """Who knows it outside and is known to the company's people."""
    return api.get(f"/organisations/{part(slug)}/outside", Outside, q=q)


def list_companies(api: Api, *, cursor: str | None = None) -> Page[Registered]:
    """For moderators: what is registered."""
    return api.get("/organisations", Page[Registered], cursor=cursor)


def get_company(api: Api, slug: str) -> Registered:
    """For moderators: one of them."""
    return api.get(f"/organisations/{part(slug)}", Registered)


def list_acts(api: Api, slug: str, *, cursor: str | None = None) -> Page[CompanyAct]:
    """For moderators: what was done to it."""
    return api.get(f"/organisations/{part(slug)}/acts", Page[CompanyAct], cursor=cursor)


def register(api: Api, *, key: str, name: str, domains: Sequence[str], reason: str) -> None:
    """For moderators: register a company by the domains of its people's addresses."""
    body = {"name": name, "domains": list(domains), "reason": reason}
    api.send("POST", "/organisations", NOTHING, body, key=key)


def change(
    api: Api,
    slug: str,
    *,
    revision: int,
    name: str,
    domains: Sequence[str],
    is_closed: bool,
    reason: str,
) -> None:
    """For moderators: change one as it was looked at."""
    body = {"revision": revision, "name": name, "domains": list(domains), "is_closed": is_closed}
    api.send("PATCH", f"/organisations/{part(slug)}", NOTHING, {**body, "reason": reason})
