"""Who is let in: invitations, and those who ask for one."""

from typing import Any

from web.api.client import Api
from web.api.models import Invitation, Page, WaitingRequest


def ask_for_invitation(api: Api, **request: Any) -> None:
    """Ask to be invited; a mail asks to confirm the address."""
    api.send("POST", "/invitation-requests", type(None), request)


def list_invitations(api: Api, *, cursor: str | None = None) -> Page[Invitation]:
    """One's own, the newest first."""
    return api.get("/invitations", Page[Invitation], cursor=cursor)


def invite(api: Api, *, key: str, email: str | None, note: str) -> Invitation:
    """Invite somebody; the link is told once, and not again with the same key."""
    return api.send("POST", "/invitations", Invitation, {"email": email, "note": note}, key=key)


def revoke(api: Api, invitation_id: str) -> None:
    """Take an open invitation back."""
    api.send("DELETE", f"/invitations/{invitation_id}", type(None))


def list_requests(api: Api, *, cursor: str | None = None) -> Page[WaitingRequest]:
    """Who waits: first those who name what one knows or follows."""
    return api.get("/invitation-requests", Page[WaitingRequest], cursor=cursor)


def sponsor(api: Api, request_id: str, *, note: str) -> None:
    """Invite somebody who asked."""
    path = f"/invitation-requests/{request_id}/sponsor"
    api.send("POST", path, type(None), {"note": note})


def decline(api: Api, request_id: str) -> None:
    """Decline a request."""
    api.send("DELETE", f"/invitation-requests/{request_id}", type(None))
