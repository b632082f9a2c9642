"""What templates find beside what a view gives them."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask, request
from markupsafe import Markup

from web import assets, i18n, links, noticing, pieces, project_wording, rendering, session, wording
from web.api.models import Post
from web.i18n import _
from web.links import with_query
from web.pictures import bars, seeds, timeline

THEME, THEMES = "skiller-theme", ("light", "dark")


def install(app: Flask) -> None:
    """Give them to an application's templates."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals |= {
        "FORMER": pieces.FORMER,
        "asset": lambda name: assets.assets().url(name),
        "bar": bars.bar,
        "here": here,
        "lacks_part": rendering.lacks_part,
        "language": i18n.locale,
        "links": links,
        "mark": seeds.mark,
        "moment": i18n.moment,
        "me": session.find_me,
        "is_unknown": session.is_unknown,
        "pieces": pieces,
        "projects": project_wording,
        "said": said,
        "say_absent": rendering.say_absent,
        "seed_head": seeds.seed_head,
        "short_month": i18n.short_month,
        "strip": timeline.strip,
        "theme": theme,
        "timeline": timeline.timeline,
        "unread": noticing.unread,
        "words": wording,
    }
    app.jinja_env.filters |= FILTERS


def here(**query: str | None) -> str:
    """This page, with something else asked of it."""
    kept = {name: value for name, value in request.args.items() if name not in ("said", "cursor")}
    return with_query(request.path, **{**kept, **query})


def lang(post: Post) -> Markup:
    """In which language people's own words are, where that is known and another than the page's."""
    is_known = post.lang in i18n.LOCALES and post.lang != i18n.locale()
    return Markup(f' lang="{post.lang}"') if is_known else Markup("")


def theme() -> str:
    """The theme that was chosen here; empty for the system's."""
    chosen = request.cookies.get(THEME, "")
    return chosen if chosen in THEMES else ""


def said() -> str:
    """What was just done, when the page is reached by doing it."""
    say = SAID.get(request.args.get("said", ""))
    return say() if say is not None else ""


# Filters are called at once, where a function goes through the template's context.
FILTERS: Mapping[str, Callable[..., Any]] = {
    "calendar_day": i18n.calendar_day,
    "glyph": pieces.glyph,
    "hue": pieces.hue,
    "initials": pieces.initials,
    "label": pieces.label,
    "lang": lang,
    "to_keyword": links.keyword,
    "to_member": links.member,
    "to_post": links.post,
    "to_skill": links.skill,
    "weekday": i18n.weekday,
}
SAID: Mapping[str, Callable[[], str]] = {
    "asked": lambda: _("Your question is out: it went to the people who follow you."),
    "shared": lambda: _("Your experience is out: it went to the people who follow you."),
    "answered": lambda: _("Your answer is in."),
    "edited": lambda: _("Your changes are in."),
    "removed": lambda: _("It is taken away."),
    "saved": lambda: _("Saved."),
    "reported": lambda: _("The moderators are told. You can read here what came of it."),
    "requested": lambda: _("They will find your question among those that wait for them."),
    "stopped": lambda: _("Nobody more is asked."),
    "told_here": lambda: _("This device is told from now on."),
    "told_no_more": lambda: _("That device is told no more."),
    "spared": lambda: _("For a month you are asked nothing more for the sake of this skill."),
    "invited": lambda: _("The invitation is on its way."),
    "declined": lambda: _("The request is declined."),
    "revoked": lambda: _("The invitation is taken back."),
    "mailed": lambda: _("A mail is on its way: follow its link."),
    "password": lambda: _("Your new password counts from now on."),
    "closed": lambda: _("That session is closed."),
    "blocked": lambda: _("You will not see each other any more."),
    "unblocked": lambda: _("You can see each other again."),
    "contested": lambda: _("A moderator will look at this line and answer you."),
    "hidden": lambda: _("Others do not see this skill any more."),
    "shown": lambda: _("Others see this skill again."),
    "done": lambda: _("Done."),
    "mailed-again": lambda: _("You get these mails again, as you had chosen."),
    "begun": lambda: _(
        "Your project is there. Say what it needs: who could help is proposed to you."
    ),
    "ended": lambda: _("The project is closed; what was learned stays."),
    "told": lambda: _("It is told to the people who follow the project."),
    "called": lambda: _("Your call is out."),
    "offered": lambda: _("Your offer is with the project's people."),
    "asked-to-help": lambda: _("They are asked; you will see here what they answer."),
    "thanked": lambda: _("Your thanks are said, and prove what they helped with."),
    "opinion-asked": lambda: _("Your round is open."),
    "opinion-given": lambda: _("Your answer is in."),
    "published": lambda: _("The next version is published."),
    "joined": lambda: _(
        "Welcome. Follow a few keywords, then ask or answer: that is all there is to it."
    ),
    "joined-mailed": lambda: _(
        "Welcome. We mailed you a link: follow it, so that answers can reach you by mail, too."
    ),
}
