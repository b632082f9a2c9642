"""Projects, who builds them, their calls, who helps, and their news."""

from typing import Any

from web.api.client import Api
from web.api.models import Page
from web.api.project_models import (
    Belonging,
    Call,
    Helper,
    Helpers,
    HelpInvitation,
    Offer,
    Project,
    ProjectChange,
    Thanks,
    Update,
)


def list_projects(api: Api, **wanted: Any) -> Page[Project]:
    """Projects: `q`, `stage`, `keyword`, `member`, `followed`, `needs_me`, `cursor`."""
    return api.get("/projects", Page[Project], **wanted)


def get_project(api: Api, project_id: str) -> Project:
    """One project."""
    return api.get(f"/projects/{project_id}", Project)


def begin(api: Api, *, key: str, **project: Any) -> Project:
    """Begin one."""
    return api.send("POST", "/projects", Project, project, key=key)


def change(api: Api, project_id: str, revision: str, **changes: Any) -> Project:
    """Change one as it was at a revision, close it, or open it again."""
    return api.send(
        "PATCH",
        f"/projects/{project_id}",
        Project,
        changes,
        headers={"If-Match": f'"{revision}"'},
    )


def wake(api: Api, project_id: str) -> None:
    """Say that it goes on."""
    api.send("PUT", f"/projects/{project_id}/awake", type(None))


def follow(api: Api, project_id: str, *, is_following: bool) -> None:
    """Hear of it, or no more."""
    method = "PUT" if is_following else "DELETE"
    api.send(method, f"/projects/{project_id}/follow", type(None))


def list_changes(api: Api, project_id: str, *, cursor: str | None = None) -> Page[ProjectChange]:
    """What was changed of it."""
    return api.get(f"/projects/{project_id}/history", Page[ProjectChange], cursor=cursor)


def list_people(
    api: Api, project_id: str, *, limit: int | None = None, cursor: str | None = None
) -> Page[Belonging]:
    """Who builds it, the owner first."""
    path = f"/projects/{project_id}/members"
    return api.get(path, Page[Belonging], limit=limit, cursor=cursor)


def part_with(api: Api, project_id: str, member_id: str) -> None:
    """Leave a project, or remove somebody from it."""
    api.send("DELETE", f"/projects/{project_id}/members/{member_id}", type(None))


def list_calls(
    api: Api,
    project_id: str,
    *,
    state: str | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> Page[Call]:
    """What it looks for."""
    path = f"/projects/{project_id}/calls"
    return api.get(path, Page[Call], state=state, limit=limit, cursor=cursor)


def get_call(api: Api, project_id: str, call_id: str) -> Call:
    """One call."""
    return api.get(f"/projects/{project_id}/calls/{call_id}", Call)


def call(api: Api, project_id: str, *, key: str, **wanted: Any) -> Call:
    """Look for help."""
    return api.send("POST", f"/projects/{project_id}/calls", Call, wanted, key=key)


def end_call(api: Api, project_id: str, call_id: str, *, state: str) -> None:
    """Say that it was answered, or take it back."""
    api.send("PATCH", f"/projects/{project_id}/calls/{call_id}", type(None), {"state": state})


def list_helpers(api: Api, project_id: str, call_id: str) -> list[Helper]:
    """Who could help."""
    return api.get(f"/projects/{project_id}/calls/{call_id}/helpers", Helpers).items


def thank(api: Api, project_id: str, call_id: str, *, key: str, **given: Any) -> None:
    """Thank a contributor for an answered call."""
    path = f"/projects/{project_id}/calls/{call_id}/thanks"
    api.send("POST", path, type(None), given, key=key)


def list_thanks(api: Api, project_id: str) -> Page[Thanks]:
    """Whom it thanked."""
    return api.get(f"/projects/{project_id}/thanks", Page[Thanks], limit=50)


def invite(api: Api, project_id: str, *, key: str, **asked: Any) -> None:
    """Ask a member to help, or a contributor to own it."""
    api.send("POST", f"/projects/{project_id}/invitations", type(None), asked, key=key)


def list_invitations(
    api: Api, project_id: str, *, cursor: str | None = None
) -> Page[HelpInvitation]:
    """Whom it asked."""
    return api.get(f"/projects/{project_id}/invitations", Page[HelpInvitation], cursor=cursor)


def list_my_invitations(api: Api, *, cursor: str | None = None) -> Page[HelpInvitation]:
    """What the visitor is asked."""
    return api.get("/projects/invitations", Page[HelpInvitation], cursor=cursor)


def answer_invitation(api: Api, project_id: str, invitation_id: str, **answer: Any) -> None:
    """Accept, decline, or leave it for later."""
    path = f"/projects/{project_id}/invitations/{invitation_id}"
    api.send("PUT", path, type(None), answer)


def withdraw_invitation(api: Api, project_id: str, invitation_id: str) -> None:
    """Take it back."""
    api.send("DELETE", f"/projects/{project_id}/invitations/{invitation_id}", type(None))


def list_offers(
    api: Api, project_id: str, call_id: str, *, cursor: str | None = None
) -> Page[Offer]:
    """Who offers help for a call; to others than its people, their own offer."""
    path = f"/projects/{project_id}/offers"
    return api.get(path, Page[Offer], call_id=call_id, limit=50, cursor=cursor)


def offer(api: Api, project_id: str, *, key: str, **offered: Any) -> None:
    """Offer help for a call."""
    api.send("POST", f"/projects/{project_id}/offers", type(None), offered, key=key)


def answer_offer(api: Api, project_id: str, offer_id: str, *, answer: str) -> None:
    """Accept or decline it, or withdraw one's own."""
    path = f"/projects/{project_id}/offers/{offer_id}"
    api.send("PUT", path, type(None), {"answer": answer})


def list_updates(
    api: Api, project_id: str, *, limit: int | None = None, cursor: str | None = None
) -> Page[Update]:
    """Its news."""
    path = f"/projects/{project_id}/updates"
    return api.get(path, Page[Update], limit=limit, cursor=cursor)


def list_feed(api: Api, *, limit: int | None = None, cursor: str | None = None) -> Page[Update]:
    """News of what the visitor follows or builds."""
    return api.get("/projects/feed", Page[Update], limit=limit, cursor=cursor)


def tell(api: Api, project_id: str, *, key: str, **told: Any) -> Update:
    """Tell news."""
    return api.send("POST", f"/projects/{project_id}/updates", Update, told, key=key)


def remove_update(api: Api, project_id: str, update_id: str) -> None:
    """Take news away."""
    api.send("DELETE", f"/projects/{project_id}/updates/{update_id}", type(None))


def like_update(api: Api, project_id: str, update_id: str, *, is_liked: bool) -> None:
    """Like news, or no more."""
    method = "PUT" if is_liked else "DELETE"
    api.send(method, f"/projects/{project_id}/updates/{update_id}/like", type(None))
