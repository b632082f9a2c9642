"""What one is told, and how one wants to be."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from web.api.client import Api, decoded, part
from web.api.models import Answer, Page, Person
from web.links import with_query


class NoticeObject(Answer):
    """What a notice is about; `url` is the path of its page."""

    type: str
    id: str
    title: str
    url: str


class Notice(Answer):
    """A notice, as the API says it in the visitor's language."""

    id: str
    kind: str
    reason: str
    text: str
    object: NoticeObject
    actors: list[Person]
    actor_count: int
    happened_at: datetime
    is_unread: bool


class NoticeCount(Answer):
    """How many are unread; 100 stands for more."""

    unread: int


class TakenStep(Answer):
    """That members were asked to answer one's question, or, by the last step, told of it."""

    step: int
    taken_at: datetime
    asked_count: int


class NextStep(Answer):
    """Who is asked or told next; all followers of the keywords where `most` is none."""

    at: datetime
    most: int | None


class Ladder(Answer):
    """What is done for one's question while nobody answers."""

    state: str
    steps: list[TakenStep]
    next: NextStep | None


class ClassWish(Answer):
    """How one is told of a class: by mail (`now`, `digest` or `off`), and on one's devices."""

    mail: str
    push: bool


class Quiet(Answer):
    """When nothing is sent: HH:MM to HH:MM, and on weekends."""

    begins: str = msgspec.field(name="from")
    ends: str = msgspec.field(name="until")
    on_weekends: bool = msgspec.field(name="weekends")


class Preferences(Answer):
    """How one is told; `mail_state` is `none`, `ok` or `bounced`."""

    version: int
    classes: dict[str, ClassWish]
    kinds: dict[str, str]
    digest: str
    digest_hour: int
    time_zone: str
    quiet: Quiet
    paused_until: datetime | None
    mail_state: str


class Unsubscription(Answer):
    """What the link of a mail is for: a class, or `digest`; and whether it is mailed no more."""

    scope: str
    is_off: bool


def list_notices(
    api: Api,
    *,
    locale: str,
    unread: bool = False,
    class_: str | None = None,
    cursor: str | None = None,
) -> Page[Notice]:
    """What one is told, or of that what is new or of a class; the latest first."""
    asked = {"unread": "true" if unread else None, "class": class_, "cursor": cursor}
    target = with_query("/notices", **asked)
    answer = api.call("GET", target, headers={"Accept-Language": locale})
    return decoded(answer.body, Page[Notice])


def count_unread(api: Api) -> int:
    """How many notices one has not read."""
    return api.get("/notices/count", NoticeCount).unread


def read_up_to(api: Api, moment: str) -> None:
    """Read all that happened up to a moment."""
    api.send("PUT", "/notices/read", type(None), {"up_to": moment})


def read_of(api: Api, object_id: str) -> None:
    """Read what is about something whose page was opened."""
    api.send("PUT", "/notices/read", type(None), {"object_id": object_id})


def read_one(api: Api, notice_id: str) -> None:
    """Read one."""
    api.send("PUT", f"/notices/{notice_id}/read", type(None))


def decline(api: Api, notice_id: str) -> None:
    """Say of an ask that it is not for oneself."""
    api.send("PUT", f"/notices/{notice_id}/not-me", type(None))


def get_ladder(api: Api, question_id: str) -> Ladder:
    """What is done for one's question."""
    return api.get(f"/questions/{question_id}/ladder", Ladder)


def stop_ladder(api: Api, question_id: str) -> None:
    """Let nobody be asked any more."""
    api.send("DELETE", f"/questions/{question_id}/ladder", type(None))


def newest(found: Sequence[Notice]) -> str:
    """Up to when what is shown was read."""
    return max(one.happened_at for one in found).isoformat() if found else ""


def get_preferences(api: Api) -> Preferences:
    """How one is told."""
    return api.get("/notices/preferences", Preferences)


def put_preferences(api: Api, version: str, **chosen: Any) -> Preferences:
    """Choose it, all of it, where it still is as it was at a version."""
    headers = {"If-Match": f'"{version}"'}
    return api.send("PUT", "/notices/preferences", Preferences, chosen, headers=headers)


def get_unsubscription(api: Api, token: str) -> Unsubscription:
    """What the link of a mail is for."""
    return api.get(f"/unsubscriptions/{part(token)}", Unsubscription)


def unsubscribe(api: Api, token: str) -> Unsubscription:
    """No more mails of that."""
    return api.send("POST", f"/unsubscriptions/{part(token)}", Unsubscription)


def subscribe_again(api: Api, token: str) -> Unsubscription:
    """Take that back."""
    return api.send("DELETE", f"/unsubscriptions/{part(token)}", Unsubscription)
