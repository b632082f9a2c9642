"""Signing in and out."""

from web.api.client import Api
from web.api.models import Granted, OpenSession, Page


def sign_in(api: Api, *, email: str, password: str) -> Granted:
    """Tokens for who proves to be a member."""
    return api.send("POST", "/sessions", Granted, {"email": email, "password": password})


def refresh(api: Api, token: str) -> Granted:
    """New tokens for a refresh token, which is good for one time."""
    return api.send("POST", "/sessions/refresh", Granted, {"refresh_token": token})


def sign_out(api: Api) -> None:
    """End this session."""
    api.send("DELETE", "/sessions/current", type(None))


def prove_again(api: Api, *, password: str) -> Granted:
    """The password once more, for what asks for it."""
    return api.send("PUT", "/sessions/current/password", Granted, {"password": password})


def list_sessions(api: Api, *, cursor: str | None = None) -> Page[OpenSession]:
    """Where one is signed in."""
    return api.get("/sessions", Page[OpenSession], cursor=cursor)


def close_session(api: Api, session_id: str) -> None:
    """Sign out elsewhere."""
    api.send("DELETE", f"/sessions/{session_id}", type(None))


def forget_password(api: Api, *, email: str) -> None:
    """Let a link be mailed to an address, if somebody has it."""
    api.send("POST", "/password-resets", type(None), {"email": email})


def reset_password(api: Api, *, token: str, password: str) -> None:
    """A new password by a mailed link."""
    api.send("PUT", f"/password-resets/{token}", type(None), {"password": password})


def mail_confirmation(api: Api) -> None:
    """Let the link be mailed that confirms one's own address."""
    api.send("POST", "/address-confirmations", type(None))


def confirm_address(api: Api, token: str) -> None:
    """Say that an address is read."""
    api.send("PUT", f"/address-confirmations/{token}", type(None))
