"""Where one begins: for strangers what Skiller is, for members what is new and where to help."""

from typing import Any

from flask import Blueprint

from web import session
from web.api import people, posts, skills
from web.api.client import api
from web.rendering import attempt, cursor, render
from web.session import signed_in

bp = Blueprint("home", __name__)
SHOWN = 3  # people to listen to


@bp.get("/")
def get_home() -> Any:
    """A stranger's first page, or a member's."""
    me = session.find_me()
    if me is None:
        return render("welcome/stranger.html")
    feed = posts.list_feed(api(), cursor=cursor())
    held = attempt(skills.list_held, api(), me.id, limit=4)
    relation = attempt(people.get_relation, api(), me.id)
    near = attempt(people.list_suggestions, api())
    return render(
        "home/home.html",
        section="home",
        feed=feed,
        held=held,
        follower_count=relation.follower_count if relation else 0,
        suggestions=near.items[:SHOWN] if near else None,
    )


@bp.get("/help-out")
@signed_in
def get_help_out() -> Any:
    """Open questions near one's skills."""
    feed = posts.list_for_you(api(), cursor=cursor())
    held = attempt(skills.list_held, api(), session.me().id, limit=4)
    return render("home/help_out.html", section="home", feed=feed, held=held)
