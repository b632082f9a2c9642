"""What likes prove."""

from collections.abc import Sequence

from web.api.client import Api, part
from web.api.models import (
    Evidence,
    Expert,
    HeldSkill,
    Knowing,
    Level,
    Levels,
    OneSkill,
    Page,
    Proof,
    Skill,
    Subjects,
)

SHOWN = 15  # skills of a member on a page


def list_held(
    api: Api, member_id: str, *, state: str = "held", limit: int = SHOWN, cursor: str | None = None
) -> Page[HeldSkill]:
    """A member's skills; `state` is held or past."""
    path = f"/members/{member_id}/skills"
    return api.get(path, Page[HeldSkill], state=state, limit=limit, cursor=cursor)


def get_proof(api: Api, member_id: str, slug: str) -> Proof:
    """One skill of a member with its months."""
    return api.get(f"/members/{member_id}/skills/{part(slug)}", Proof)


def list_evidence(
    api: Api, member_id: str, slug: str, *, cursor: str | None = None
) -> Page[Evidence]:
    """The posts that prove it, the worthiest first."""
    path = f"/members/{member_id}/skills/{part(slug)}/evidence"
    return api.get(path, Page[Evidence], group="post", cursor=cursor)


def list_levels(api: Api, member_ids: Sequence[str], keywords: Sequence[str]) -> dict[str, Level]:
    """Of each of these members the highest level among skills, by keywords' slugs."""
    if not member_ids or not keywords:
        return {}
    asked = {"members": ",".join(dict.fromkeys(member_ids)), "keywords": ",".join(keywords)}
    return {level.member_id: level for level in api.get("/skills/levels", Levels, **asked).items}


def find_experts(
    api: Api, q: str, *, sort: str = "best", company: str = "", location: str = ""
) -> Knowing:
    """Who knows what these words name."""
    return api.get(
        "/experts", Knowing, q=q, sort=sort, company=company or None, location=location or None
    )


def list_who_could_answer(api: Api, question_id: str, *, limit: int = 5) -> Knowing:
    """Who could answer a question and has not."""
    return api.get(f"/questions/{question_id}/experts", Knowing, limit=limit)


def list_skills(api: Api, *, q: str = "", cursor: str | None = None) -> Page[Skill]:
    """Skills, those most asked about first, or those called so."""
    return api.get("/skills", Page[Skill], q=q or None, cursor=cursor)


def get_skill(api: Api, slug: str) -> OneSkill:
    """One skill with what is around it."""
    return api.get(f"/skills/{part(slug)}", OneSkill)


def list_experts(api: Api, slug: str, *, cursor: str | None = None) -> Page[Expert]:
    """Who holds a skill, the strongest first."""
    return api.get(f"/skills/{part(slug)}/experts", Page[Expert], cursor=cursor)


def detect(api: Api, *, title: str, text: str, keywords: Sequence[str]) -> Subjects:
    """Which skills a post would be about."""
    body = {"title": title, "text": text, "keywords": list(keywords)}
    return api.send("POST", "/skills/detect", Subjects, body)


def hide(api: Api, slug: str, *, is_hidden: bool) -> None:
    """Hide a skill of one's own, or show it."""
    path = f"/members/me/skills/{part(slug)}"
    api.send("PUT", path, type(None), {"is_hidden": is_hidden})


def contest(api: Api, *, skill: str, post_id: str, word: str) -> None:
    """Say that a post of one's own is no proof of a skill."""
    body = {"skill": skill, "post_id": post_id, "word": word}
    api.send("POST", "/contests", type(None), body)
