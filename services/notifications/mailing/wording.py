"""Mails of notices put into words, in one layout for text and one for HTML."""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from services.notifications import rules
from services.notifications.mailing.letter import Item, Letter

FOLDER = Path(__file__).parent
WIDTH = 72
MOST_SHOWN, LONGEST_SUBJECT = 20, 120


@dataclass(frozen=True)
class Wording:
    """A mail in words."""

    subject: str
    text: str
    html: str


def put_into_words(letter: Letter, *, public_url: str) -> Wording:
    """A letter in its own language; beyond twenty things, how many more there are."""
    common = TEXTS[letter.locale]
    # The most personal first, so that what is only counted is the rest.
    ordered = sorted(letter.items, key=lambda item: rules.CLASSES.index(item.class_))
    shown = ordered[:MOST_SHOWN]
    more = len(letter.items) - len(shown)
    words: dict[str, Any] = {
        "locale": letter.locale,
        "subject": _subject(letter, common),
        "parts": _parts(shown, common, has_titles=letter.object_id is None),
        "more": _counted(common, "more", more) if more else "",
        "all_link": f"{public_url}/notices",
        "all_button": common["go_on" if letter.kind == "farewell" else "all"],
        "farewell": common["parting"] if letter.kind == "farewell" else "",
        "why": common["why"][letter.scope],
        "preferences": common["preferences"],
        "preferences_link": f"{public_url}/settings/notices",
        "unsubscribe": common["unsubscribe"][letter.scope],
        "unsubscribe_link": f"{public_url}/unsubscribe/{letter.unsubscribing}",
    }
    layouts = _layouts()
    return Wording(
        subject=words["subject"],
        text=layouts.get_template("layout.txt").render(words),
        html=layouts.get_template("layout.html").render(words),
    )


def _subject(letter: Letter, common: Mapping[str, Any]) -> str:
    count = len(letter.items)
    if letter.kind != "notice":
        return _counted(common, letter.kind, count)
    first = letter.items[0].text or common["something"]
    subject = first if len(first) <= LONGEST_SUBJECT else f"{first[: LONGEST_SUBJECT - 1]}…"
    return subject if count == 1 else f"{subject} (+{count - 1})"


def _parts(
    items: Sequence[Item], common: Mapping[str, Any], *, has_titles: bool
) -> Sequence[tuple[str, Sequence[Mapping[str, str]]]]:
    """The things, which are in the order of their classes, by these."""
    return [
        (
            common["classes"][class_] if has_titles else "",
            [
                {
                    "text": item.text or common["something"],
                    "reason": item.reason or common["only_there"],
                    "link": item.link,
                }
                for item in those
            ],
        )
        for class_, those in groupby(items, key=lambda item: item.class_)
    ]


def _counted(common: Mapping[str, Any], name: str, count: int) -> str:
    one, several = common[name]
    form: str = several if count > 1 else one
    return form.format(count=count)


@cache
def _layouts() -> Environment:
    layouts = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    layouts.filters["wrap"] = _wrap
    return layouts


def _wrap(text: str) -> str:
    return textwrap.fill(text, WIDTH, break_long_words=False, break_on_hyphens=False)


NO_BREAK = "\u00a0"
TEXTS: Mapping[str, Mapping[str, Any]] = {
    "fr": {
        "digest": (
            f"Votre résumé Skiller{NO_BREAK}: une nouvelle",
            f"Votre résumé Skiller{NO_BREAK}: {{count}} nouvelles",
        ),
        "roundup": (
            "Une chose vous attend sur Skiller",
            "{count} choses vous attendent sur Skiller",
        ),
        "farewell": (
            "Une nouvelle, et nous cessons de vous écrire",
            "{count} nouvelles, et nous cessons de vous écrire",
        ),
        "classes": {
            rules.TO_ME: "Pour vous",
            rules.MY_CIRCLE: "Votre cercle",
            rules.MY_KEYWORDS: "Vos mots-clés",
        },
        "something": "Du nouveau pour vous",
        "only_there": "Cela ne se lit que sur Skiller.",
        "more": ("Et une autre nouvelle.", "Et {count} autres nouvelles."),
        "all": "Tout voir sur Skiller",
        "go_on": "Continuer à recevoir ces messages",
        "parting": f"Votre dernière visite sur Skiller remonte à trois mois ou plus{NO_BREAK}: nous"
        " cessons de vous écrire. Une visite suffit pour que nous reprenions.",
        "why": {
            rules.TO_ME: "Vous recevez ce message parce qu’il vous concerne.",
            rules.MY_CIRCLE: "Vous recevez ce message parce qu’il parle de votre cercle.",
            rules.MY_KEYWORDS: "Vous recevez ce message parce qu’il parle de vos mots-clés.",
            "digest": "Ce résumé réunit ce que vous n’avez pas lu,"
            " et que nous ne vous avons pas encore écrit.",
        },
        "preferences": "Choisir ce que nous vous écrivons",
        "unsubscribe": {
            rules.TO_ME: "Ne plus recevoir de messages « Pour vous »".replace(
                "« ", f"«{NO_BREAK}"
            ).replace(" »", f"{NO_BREAK}»"),
            rules.MY_CIRCLE: "Ne plus recevoir de messages sur votre cercle",
            rules.MY_KEYWORDS: "Ne plus recevoir de messages sur vos mots-clés",
            "digest": "Ne plus recevoir de résumés",
        },
    },
    "en": {
        "digest": ("Your Skiller digest: one thing new", "Your Skiller digest: {count} things new"),
        "roundup": (
            "One thing waits for you on Skiller",
            "{count} things wait for you on Skiller",
        ),
        "farewell": (
            "One thing new, and we stop writing",
            "{count} things new, and we stop writing",
        ),
        "classes": {
            rules.TO_ME: "For you",
            rules.MY_CIRCLE: "Your circle",
            rules.MY_KEYWORDS: "Your keywords",
        },
        "something": "Something new for you",
        "only_there": "It is read on Skiller alone.",
        "more": ("And one thing more.", "And {count} things more."),
        "all": "See all of it on Skiller",
        "go_on": "Go on receiving these messages",
        "parting": "Your last visit to Skiller was three months ago, or more: we stop writing."
        " We begin again when you come by.",
        "why": {
            rules.TO_ME: "You get this message because it concerns you.",
            rules.MY_CIRCLE: "You get this message because it is about your circle.",
            rules.MY_KEYWORDS: "You get this message because it is about your keywords.",
            "digest": "This digest holds what you have not read and we have not written of.",
        },
        "preferences": "Choose what we write to you",
        "unsubscribe": {
            rules.TO_ME: "No more messages “For you”",
            rules.MY_CIRCLE: "No more messages about your circle",
            rules.MY_KEYWORDS: "No more messages about your keywords",
            "digest": "No more digests",
        },
    },
}
