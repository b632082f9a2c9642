"""Where to look once a synthetic community is there, and how to sign in."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.slugs import slug_of
from demo.community import words
from demo.community.arriving import Arrival
from demo.community.discussing import id_of
from demo.community.newest import named, threads_of
from demo.community.people import person
from demo.community.ventures import id_of as project_id_of
from demo.community.ventures import venture
from services.skills.models import Attribution, Skill


def describe_tour(arrival: Arrival, url: str) -> Iterator[str]:
    """Lines for people: what stands at which address, and who may sign in."""
    scale, people = arrival.scale, named(arrival.scale)
    waiting, *_, answered = threads_of(scale)
    project = project_id_of(scale, venture(scale, 0))
    keyword = words.domains()[people[0].domain].topics[0].said["fr"].keyword
    best = arrival.machine.do("skills", _best)
    company = slug_of(words.names()["organisations"][0][0])
    yield ""
    yield f"Attributions by level: {', '.join(arrival.machine.do('skills', _levels))}."
    yield ""
    yield "Worth opening:"
    yield from _page("the latest, and what is followed", f"{url}/")
    for member_id, slug, level in best:
        yield from _page(f"a member of level {level} in {slug}", f"{url}/members/{member_id}")
        yield from _page("what proves it", f"{url}/members/{member_id}/skills/{slug}")
        yield from _page("who else knows it", f"{url}/skills/{slug}")
    yield from _page("an answered question", f"{url}/questions/{id_of(scale, answered.first)}")
    yield from _page("one that waits", f"{url}/questions/{id_of(scale, waiting.first)}")
    yield from _page("a keyword", f"{url}/keywords/{slug_of(keyword)}")
    yield from _page("a project", f"{url}/projects/{project}")
    yield from _page("a company, for its people", f"{url}/companies/{company}")
    yield from _page("who invited whom", f"{url}/members/{person(scale, 0).claims.id}/tree")
    yield ""
    yield f"Sign in: {url}/sign-in"
    yield f"  {person(scale, 0).email} (an administrator)"
    yield f"  {people[0].email} (a member who has news; so have nine others)"
    for number in range(scale.members):
        if person(scale, number).organisation == 0:
            yield f"  {person(scale, number).email} (of a company)"
            break
    told = arrival.password or "that which the first run printed"
    yield f"  Their password: {told}"


def _page(what: str, address: str) -> Iterator[str]:
    yield f"  {what}:"
    yield f"    {address}"


def _best(session: Session) -> Sequence[Any]:
    """Whoever holds most of what can be held: member, skill and level, of one."""
    held = select(Attribution.member_id, Skill.slug, Attribution.level)
    held = held.join(Skill, Skill.id == Attribution.skill_id).where(Attribution.level > 0)
    held = held.order_by(Attribution.level.desc(), Attribution.strength.desc())
    return session.execute(held.limit(1)).all()


def _levels(session: Session) -> list[str]:
    counted = select(Attribution.level, func.count()).where(Attribution.level > 0)
    rows = session.execute(counted.group_by(Attribution.level).order_by(Attribution.level)).all()
    return [f"{count} of level {level}" for level, count in rows]
