"""What a phone needs to install Skiller, and what it shows without a network."""

from typing import Any

from flask import Blueprint, Response, jsonify

from web.assets import assets, respond
from web.i18n import _, locale
from web.rendering import render

bp = Blueprint("installing", __name__)


@bp.get("/manifest.webmanifest")
def get_manifest() -> Response:
    """How the application is called and looks."""
    icons = [
        {"src": assets().url("icon-192.png"), "sizes": "192x192", "type": "image/png"},
        {"src": assets().url("icon-512.png"), "sizes": "512x512", "type": "image/png"},
        {
            "src": assets().url("icon-512.png"),
            "sizes": "512x512",
            "type": "image/png",
            "purpose": "maskable",
        },
    ]
    response = jsonify(
        name="Skiller",
        short_name="Skiller",
        description=_("The network where skills are proved by helping."),
        lang=locale(),
        start_url="/",
        scope="/",
        display="standalone",
        background_color="#f5f4ee",
        theme_color="#14594a",
        icons=icons,
    )
    response.mimetype = "application/manifest+json"
    return response


@bp.get("/worker.js")
def get_worker() -> Response:
    """The service worker: at the root, because it answers for all pages."""
    asset = assets().named("worker.js")
    response = respond(asset, "no-cache")
    response.headers["Service-Worker-Allowed"] = "/"
    return response


@bp.get("/offline")
def get_offline() -> Any:
    """What is shown without a network; the service worker keeps it, as strangers see it."""
    return render("welcome/offline.html")
