"""The few files that pages need: under addresses that change with their content, kept for ever.

Read and compressed once at the start.
"""

import gzip
import hashlib
import mimetypes
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import brotli
from flask import Blueprint, Response, abort, current_app, request
from lucide.jinja import lucide

FOLDER = Path(__file__).parent / "static"
SVG = "http://www.w3.org/2000/svg"
# The icons that templates name (`icon`); a test sees that none is missing.
ICONS = (
    *("arrow-left", "bell", "bookmark", "building-2", "check", "chevron-right", "clock"),
    *("circle-user-round", "compass", "download", "ellipsis", "eye", "eye-off", "flag", "folder"),
    *("hand-helping", "heart", "house", "info", "key-round", "languages", "link", "log-out"),
    *("mail", "map-pin", "message-circle", "pencil", "plus", "search", "settings", "share-2"),
    *("shield", "sprout", "sun-moon", "trash-2", "triangle-alert", "user-round-plus"),
    *("users-round", "x"),
)
FOR_EVER = "public, max-age=31536000, immutable"
mimetypes.add_type("application/manifest+json", ".webmanifest")
bp = Blueprint("assets", __name__)


@dataclass(frozen=True)
class Asset:
    """One file: its address, and its bytes by how they are encoded."""

    url: str
    kind: str
    bodies: Mapping[str, bytes]


class Assets:
    """All of them, by name and by address."""

    def __init__(self) -> None:
        self._by_name = {name: _asset(name, body) for name, body in _files()}
        self._by_url = {asset.url: asset for asset in self._by_name.values()}

    def url(self, name: str) -> str:
        """Where a file is."""
        return self._by_name[name].url

    def find(self, url: str) -> Asset | None:
        """What is there."""
        return self._by_url.get(url)

    def named(self, name: str) -> Asset:
        """A file by its name."""
        return self._by_name[name]


@bp.get("/static/<path:name>")
def get_asset(name: str) -> Response:
    """A file that never changes at this address."""
    asset = assets().find(f"/static/{name}")
    if asset is None:
        abort(404)
    return respond(asset, FOR_EVER)


def assets() -> Assets:
    """Those of this application."""
    found: Assets = current_app.extensions["assets"]
    return found


def respond(asset: Asset, kept: str) -> Response:
    """The file in the smallest form that the browser reads."""
    accepted = request.accept_encodings
    encoding = next((one for one in ("br", "gzip") if one in asset.bodies and accepted[one]), "")
    response = Response(asset.bodies[encoding], mimetype=asset.kind)
    response.headers["Cache-Control"] = kept
    response.headers["Vary"] = "Accept-Encoding"
    if encoding:
        response.headers["Content-Encoding"] = encoding
    return response


def sprite() -> bytes:
    """The icons as symbols of one file."""
    symbols = "".join(_symbol(name) for name in ICONS)
    return f'<svg xmlns="{SVG}">{symbols}</svg>'.encode()


def _symbol(name: str) -> str:
    drawn = ElementTree.fromstring(str(lucide(name)))
    inner = "".join(
        ElementTree.tostring(part, encoding="unicode").replace(f'xmlns:ns0="{SVG}" ', "")
        for part in drawn
    )
    return f'<symbol id="{name}" viewBox="0 0 24 24">{inner.replace("ns0:", "")}</symbol>'


def _files() -> Iterator[tuple[str, bytes]]:
    for file in sorted(FOLDER.iterdir()):
        yield file.name, file.read_bytes()
    yield "sprite.svg", sprite()


def _asset(name: str, body: bytes) -> Asset:
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    stem, _, ending = name.rpartition(".")
    url = f"/static/{stem}.{hashlib.sha256(body).hexdigest()[:12]}.{ending}"
    bodies = {"": body}
    if not kind.startswith("image/") or kind == "image/svg+xml":
        bodies |= {"br": brotli.compress(body), "gzip": gzip.compress(body, mtime=0)}
    return Asset(url, kind, bodies)
