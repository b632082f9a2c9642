"""What one is told."""

from collections.abc import Sequence
from datetime import datetime

from web.api.client import Api, decoded
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


def list_notices(
    api: Api, *, locale: str, unread: bool = False, cursor: str | None = None
) -> Page[Notice]:
    """What one is told, the latest first."""
    target = with_query("/notices", unread="true" if unread else None, cursor=cursor)
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
