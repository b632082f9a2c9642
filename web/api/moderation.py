"""What moderators read and do; each act with its reason, the grave ones tried first."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from web.api import posts
from web.api.client import Api, part
from web.api.models import Page, Post
from web.api.moderation_models import (
    Act,
    Alarm,
    Candidate,
    CatalogueAct,
    CatalogueTrial,
    Concerned,
    Contest,
    Discount,
    DiscountTrial,
    KeywordMerge,
    Report,
)
from web.errors import Moved, Refused

MOST_PAGES = 5  # of somebody's answers, in which one is looked for
NOTHING: type[None] = type(None)


def list_reports(api: Api, *, state: str, cursor: str | None = None) -> Page[Report]:
    """Reports: `open` or `answered` to moderators, `mine` to everybody."""
    return api.get("/reports", Page[Report], state=state, cursor=cursor)


def answer_report(api: Api, report_id: str, *, outcome: str, word: str) -> None:
    """Say what came of a report."""
    body = {"outcome": outcome, "word": word}
    api.send("PUT", f"/reports/{report_id}/answer", NOTHING, body)


def find_post(api: Api, post_id: str, *, author: str | None) -> Post | None:
    """A post of which only the id is known; an answer is looked for among its author's."""
    for get in (posts.get_question, posts.get_share):
        try:
            return get(api, post_id)
        except Refused as refused:
            if refused.problem.status != 404:
                raise
    cursor = None
    for _ in range(MOST_PAGES if author else 0):
        page = posts.list_posts(api, author=author or "", kind="answer", cursor=cursor)
        found = next((one for one in page.items if one.id == post_id), None)
        cursor = page.next
        if found or cursor is None:
            return found
    return None


def list_acts(api: Api, *, member: str | None = None, cursor: str | None = None) -> Page[Act]:
    """What was done to members, or to one of them."""
    return api.get("/moderation-acts", Page[Act], member=member, cursor=cursor)


def act(api: Api, *, key: str, dry_run: bool, **what: Any) -> Concerned:
    """Do something to a member, or to all below them; a dry run only says to whom."""
    body = {**what, "dry_run": dry_run}
    return api.send("POST", "/moderation-acts", Concerned, body, key=None if dry_run else key)


def find_moved(api: Api, slug: str) -> str | None:
    """The keyword to which a slug leads that is none any more; None for any other."""
    try:
        posts.get_keyword(api, slug)
    except Moved as moved:
        return moved.target.rpartition("/")[2]
    return None


def rename_keyword(api: Api, slug: str, *, label: str) -> None:
    """Say what a keyword is called."""
    api.send("PATCH", f"/keywords/{part(slug)}", NOTHING, {"label": label})


def merge_keyword(api: Api, slug: str, *, into: str, dry_run: bool) -> KeywordMerge:
    """Let a keyword lead to another."""
    body = {"into": into, "is_dry_run": dry_run}
    return api.send("PUT", f"/keywords/{part(slug)}/merge", KeywordMerge, body)


def part_keyword(api: Api, slug: str) -> None:
    """Take that back."""
    api.send("DELETE", f"/keywords/{part(slug)}/merge", NOTHING)


def merge_skill(
    api: Api, slug: str, *, key: str, into: str, reason: str, dry_run: bool
) -> CatalogueTrial:
    """Let a skill lead to another."""
    body = {"into": into, "reason": reason, "is_dry_run": dry_run}
    path = f"/skills/{part(slug)}/merge"
    return api.send("PUT", path, CatalogueTrial, body, key=None if dry_run else key)


def rename_skill(
    api: Api, slug: str, *, key: str, en: str, fr: str, reason: str, dry_run: bool
) -> CatalogueTrial:
    """Say what a skill is called in each language."""
    body = {"en": en, "fr": fr, "reason": reason, "is_dry_run": dry_run}
    path = f"/skills/{part(slug)}/labels"
    return api.send("PUT", path, CatalogueTrial, body, key=None if dry_run else key)


def part_skill(api: Api, slug: str, *, reason: str) -> None:
    """Take a merge of skills back."""
    _take_back(api, f"/skills/{part(slug)}/merge", reason)


def restore_labels(api: Api, slug: str, *, reason: str) -> None:
    """Call a skill as the catalogue does again."""
    _take_back(api, f"/skills/{part(slug)}/labels", reason)


def list_catalogue_acts(
    api: Api, *, slug: str | None = None, cursor: str | None = None
) -> Page[CatalogueAct]:
    """What was done to the catalogue, or to one skill or keyword of it."""
    return api.get("/catalogue-acts", Page[CatalogueAct], slug=slug, cursor=cursor)


def list_candidates(api: Api, *, state: str, cursor: str | None = None) -> Page[Candidate]:
    """Keywords that name no skill: what waits, or what was answered."""
    return api.get("/skill-candidates", Page[Candidate], state=state, cursor=cursor)


def answer_candidate(api: Api, slug: str, *, key: str, **answer: Any) -> None:
    """Make a skill of a keyword, let it mean one that there is, or refuse it."""
    api.send("PUT", f"/skill-candidates/{part(slug)}/answer", NOTHING, answer, key=key)


def reopen_candidate(api: Api, slug: str, *, reason: str) -> None:
    """Take such an answer back."""
    _take_back(api, f"/skill-candidates/{part(slug)}/answer", reason)


def list_contests(api: Api, *, state: str, cursor: str | None = None) -> Page[Contest]:
    """Lines of evidence that their authors contest."""
    return api.get("/contests", Page[Contest], state=state, cursor=cursor)


def answer_contest(api: Api, contest_id: str, *, key: str, outcome: str, word: str) -> None:
    """Keep a line, or take it out."""
    body = {"outcome": outcome, "word": word}
    api.send("PUT", f"/contests/{contest_id}/answer", NOTHING, body, key=key)


def list_alarms(api: Api, *, state: str, cursor: str | None = None) -> Page[Alarm]:
    """Groups that like themselves."""
    return api.get("/skill-alarms", Page[Alarm], state=state, cursor=cursor)


def answer_alarm(api: Api, alarm_id: str, *, key: str, outcome: str, reason: str) -> None:
    """Discount a group, or let it be."""
    body = {"outcome": outcome, "reason": reason}
    api.send("PUT", f"/skill-alarms/{alarm_id}/answer", NOTHING, body, key=key)


def list_discounts(api: Api, *, state: str, cursor: str | None = None) -> Page[Discount]:
    """What was taken out of the evidence: `standing`, or `ended`."""
    return api.get("/discounts", Page[Discount], state=state, cursor=cursor)


def discount(
    api: Api,
    *,
    key: str,
    dry_run: bool,
    skill: str,
    reason: str,
    post_id: str | None = None,
    member_ids: Sequence[str] = (),
) -> DiscountTrial:
    """Take a post, or what a group likes of each other, out of the evidence."""
    body: dict[str, Any] = {"skill": skill, "reason": reason, "is_dry_run": dry_run}
    body |= {"post_id": post_id, "member_ids": list(member_ids)}
    return api.send("POST", "/discounts", DiscountTrial, body, key=None if dry_run else key)


def end_discount(api: Api, discount_id: str, *, reason: str) -> None:
    """Put back what a discount took out."""
    _take_back(api, f"/discounts/{discount_id}", reason)


def _take_back(api: Api, path: str, reason: str) -> None:
    api.call("DELETE", f"{path}?{urlencode({'reason': reason})}")
