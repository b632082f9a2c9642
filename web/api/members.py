"""Who belongs: members, their pages, joining and leaving."""

from typing import Any

from web.api.client import Api, part
from web.api.models import Invitee, Lineage, Member, OwnMember, Page, Preview
from web.api.models import Person as FoundMember


def get_member(api: Api, member_id: str) -> Member:
    """One member."""
    return api.get(f"/members/{member_id}", Member)


def unnamed(member_id: str) -> FoundMember:
    """A member for a page of what others keep of them, while identity says no name."""
    return FoundMember(member_id, "")


def get_myself(api: Api) -> OwnMember:
    """Oneself, with what only oneself sees."""
    return api.get("/members/me", OwnMember)


def find_members(api: Api, q: str, *, cursor: str | None = None) -> Page[FoundMember]:
    """Members whose name has these words."""
    return api.get("/members", Page[FoundMember], q=q, cursor=cursor)


def list_invitees(api: Api, member_id: str, *, cursor: str | None = None) -> Page[Invitee]:
    """Who joined by a member's invitations."""
    return api.get(f"/members/{member_id}/invitees", Page[Invitee], cursor=cursor)


def get_lineage(api: Api, member_id: str) -> list[FoundMember]:
    """Who invited a member, and who invited them: the eldest first, 30 at most."""
    return api.get(f"/members/{member_id}/lineage", Lineage).items


def get_preview(api: Api, token: str) -> Preview:
    """Who invites by this link."""
    return api.get(f"/invitations/preview/{part(token)}", Preview)


def join(api: Api, **joiner: Any) -> Member:
    """Become a member by an invitation."""
    return api.send("POST", "/members", Member, joiner)


def change_profile(api: Api, **changes: Any) -> OwnMember:
    """Change how one is shown."""
    return api.send("PATCH", "/members/me", OwnMember, changes)


def put_portrait(api: Api, picture: bytes, *, kind: str) -> None:
    """Show oneself by a picture."""
    api.call("PUT", "/members/me/portrait", headers={"Content-Type": kind}, body=picture)


def drop_portrait(api: Api) -> None:
    """Show oneself without one."""
    api.send("DELETE", "/members/me/portrait", type(None))


def change_password(api: Api, *, password: str, new_password: str) -> None:
    """Change one's password; other sessions are closed."""
    body = {"password": password, "new_password": new_password}
    api.send("PUT", "/members/me/password", type(None), body)


def change_address(api: Api, *, email: str, password: str) -> None:
    """Change one's address, once it is confirmed."""
    api.send("PUT", "/members/me/address", type(None), {"email": email, "password": password})


def get_export(api: Api, path: str = "/members/me/export") -> bytes:
    """One's data as a service hands them out: JSON as it came."""
    return api.call("GET", path).body


def leave(api: Api, *, password: str, removes_posts: bool) -> None:
    """Leave for good."""
    body = {"password": password, "removes_posts": removes_posts}
    api.send("DELETE", "/members/me", type(None), body)
