"""What keeps pages from strangers' hands: their policy, forms that prove where they come from."""

import hashlib
from urllib.parse import urlsplit

from flask import Flask, Response, abort, request
from flask_wtf.csrf import CSRFProtect

from web.config import Settings

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types skiller"
)
WRITING = ("POST", "PUT", "PATCH", "DELETE")
csrf = CSRFProtect()


def protect(app: Flask, settings: Settings) -> None:
    """Check every form of an application, and give its pages their headers."""
    # Not the secret itself: what the gateway believes cannot be had from a signed form.
    app.secret_key = hashlib.sha256(b"forms " + settings.web_secret.encode()).digest()
    app.config.update(
        SESSION_COOKIE_NAME="skiller-forms",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        # A form stays good as long as its browser is open; no host is behind another's name.
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
    )
    csrf.init_app(app)
    app.after_request(_add_headers)


def local_path(text: str | None) -> str:
    """A path of ours that a visitor may be led to; `/` for anything else."""
    if not text or not text.startswith("/") or text.startswith("//"):
        return "/"
    if "\\" in text or any(ord(letter) < 32 for letter in text):
        return "/"
    parts = urlsplit(text)
    return "/" if parts.scheme or parts.netloc else text


def refuse_other_sites() -> None:
    """Browsers say where a request comes from; a page of ours never posts from elsewhere."""
    if request.method in WRITING and request.headers.get("Sec-Fetch-Site") == "cross-site":
        abort(403)


def _add_headers(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", POLICY)
    # `no-referrer` would make browsers send `Origin: null` with our own forms.
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    response.headers.setdefault("Cache-Control", "private, no-cache")
    return response
