"""What stands on a page dozens of times, as markup: in Python, a fifth of what macros cost.

Everything that is not ours is escaped here.
"""

import zlib
from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Any

from flask import g
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup, escape

from web import assets, i18n, links, wording
from web.api.models import Keyword, Level, Person, Post, Skill
from web.i18n import _
from web.i18n import counted as ngettext
from web.pictures.seeds import seed_head

FORMER = "A former member"  # as the API calls whoever has left
HUES = 6  # pairs of colours for initials
NOTHING: Mapping[str, Any] = MappingProxyType({})


def proof() -> Markup:
    """The field by which a form shows that it is ours."""
    found: Markup | None = g.get("proof")
    if found is None:
        found = g.proof = Markup('<input type="hidden" name="csrf_token" value="%s">')
        found = g.proof = found % generate_csrf()
    return found


def button(
    path: str,
    words: str,
    icon: str | None = None,
    next: str | None = None,
    pressed: bool | None = None,
    kind: str = "",
    fields: Mapping[str, Any] = NOTHING,
    swap: str | None = None,
    inner: str = "",
) -> Markup:
    """A form that is one button; `next` is where it leads back to, `inner` follows its words."""
    told = {"next": next, **fields} if next else fields
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">'
        for name, value in told.items()
    )
    swapped = f' data-swap="{swap}"' if swap else ""
    state = "" if pressed is None else f' aria-pressed="{"true" if pressed else "false"}"'
    return Markup(
        f'<form method="post" action="{escape(path)}" class="in-row"{swapped}>{proof()}{hidden}'
        f'<button class="btn slim {kind}"{state}>{glyph(icon) if icon else ""}{escape(words)}'
        f"{escape(inner)}</button></form>"
    )


def like(post_id: str, is_liked: bool, count: int, next: str) -> Markup:
    """The button that likes a post, with how many do."""
    return button(
        f"/posts/{post_id}/like",
        _("Like"),
        icon="heart",
        next=next,
        pressed=is_liked,
        kind="like",
        fields={"on": "" if is_liked else "1", "count": count},
        swap="like",
        inner=Markup(f' <span class="num">{i18n.number(count)}</span>'),
    )


def portrait(person: Person, size: str = "") -> Markup:
    """Somebody's picture, or their initials; of a former member an icon."""
    if person.portrait_url:
        return Markup(
            f'<img class="av {size}" src="{escape(person.portrait_url)}" alt="" width="44"'
            ' height="44" loading="lazy">'
        )
    is_gone = person.name == FORMER
    inner = glyph("circle-user-round") if is_gone else escape(initials(person.name))
    return Markup(f'<span class="av {size} c{hue(person)}" aria-hidden="true">{inner}</span>')


def who(person: Person, line: str | None = None, size: str = "") -> Markup:
    """Somebody with their picture and a line about them, or below what they wrote."""
    if person.name == FORMER:
        name = f'<span class="gone">{escape(_("A former member"))}</span>'
    else:
        name = f'<a href="{links.member(person.id)}">{escape(person.name)}</a>'
    said = escape(person.headline if line is None else line)
    return Markup(f'<div class="who">{portrait(person, size)}<div>{name}<p>{said}</p></div></div>')


def line(post: Post) -> Markup:
    """Who wrote a post, and when."""
    headline = escape(post.author.headline)
    return Markup(f"{headline} · " if headline else "") + i18n.when(post.published_at)


def chips(keywords: Sequence[Keyword]) -> Markup:
    """Keywords that lead to their pages."""
    if not keywords:
        return Markup("")
    ones = "".join(
        f'<li><a class="chip" href="{links.keyword(one.slug)}">{escape(one.label)}</a></li>'
        for one in keywords
    )
    return Markup(f'<ul class="chips">{ones}</ul>')


def level(level: Level, member_id: str) -> Markup:
    """What somebody has proved in a skill, with its seed head."""
    head = seed_head(
        likes=level.evidence_count,
        voices=level.liker_count,
        level=level.level,
        freshness=level.freshness,
    )
    named = _("%(skill)s, %(level)s", skill=label(level.skill), level=wording.level(level.level))
    likes = ngettext("%(num)d like", "%(num)d likes", level.evidence_count)
    people = ngettext("%(num)d person", "%(num)d people", level.liker_count)
    behind = _("%(likes)s from %(people)s", likes=likes, people=people)
    return Markup(
        f'<p class="why">{head}<span><a href="{links.evidence(member_id, level.skill.slug)}">'
        f"{escape(named)}</a><br>{escape(behind)}</span></p>"
    )


def glyph(name: str) -> Markup:
    """An icon of the sprite; the words beside it say the same."""
    return _glyph(assets.assets().url("sprite.svg"), name)


@cache
def _glyph(sprite: str, name: str) -> Markup:
    return Markup(f'<svg class="i" aria-hidden="true"><use href="{sprite}#{name}"/></svg>')


def hue(person: Person) -> int:
    """Which of the pairs of colours somebody's initials have: always the same."""
    return zlib.crc32(person.id.encode()) % HUES + 1


def initials(name: str) -> str:
    """The first letters of the first and the last word."""
    parts = name.split()
    return (
        "".join(part[0] for part in dict.fromkeys((parts[0], parts[-1]))).upper() if parts else ""
    )


def label(skill: Skill) -> str:
    """What a skill is called in the visitor's language."""
    return skill.labels.fr if i18n.locale() == "fr" else skill.labels.en
