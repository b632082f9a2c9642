"""Letters put into words: the texts of a language, in one layout for text and one for HTML.

The texts are data: `texts/<locale>.toml` has the kinds of mail, `layout.*` what all share.
"""

import textwrap
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from services.identity.mailing.letter import Letter, Named

FOLDER = Path(__file__).parent
WIDTH = 72
# Where a day ends last: twelve hours after it ended in UTC.
LAST_ZONE = timedelta(hours=12)
# `why` tells why somebody gets the mail, and what to do if it is not for them.
PARTS = {"subject", "paragraphs", "button", "closing", "why"}


@dataclass(frozen=True)
class Wording:
    """A mail in words."""

    subject: str
    text: str
    html: str


def put_into_words(letter: Letter) -> Wording:
    """A letter in its own language."""
    texts = read_texts(letter.locale)
    own, common = texts[letter.kind], texts["common"]
    facts = {name: _shown(value, common) for name, value in letter.facts.items()}
    # Filled in as plain text, and escaped by the layout as a whole.
    words = {
        "locale": letter.locale,
        "link": letter.link,
        "note": letter.note.strip(),
        "greeting": common["greeting"],
        "signature": common["signature"],
        "quoting": common["quoting"],
        "subject": own["subject"].format_map(facts),
        "button": own.get("button"),
        "by_link": common["by_link"].format(button=own.get("button")),
        "paragraphs": [text.format_map(facts) for text in own["paragraphs"]],
        "closing": [text.format_map(facts) for text in own.get("closing", [])],
        "why": own["why"].format_map(facts),
    }
    layouts = _layouts()
    return Wording(
        subject=str(words["subject"]),
        text=layouts.get_template("layout.txt").render(words),
        html=layouts.get_template("layout.html").render(words),
    )


@cache
def read_texts(locale: str) -> Mapping[str, Any]:
    """The texts of a language, by kind, and what all share as `common`."""
    return tomllib.loads((FOLDER / "texts" / f"{locale}.toml").read_text("utf-8"))


def _shown(value: str | datetime | Named, common: Mapping[str, Any]) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Named):
        name = common["quoted"].format(name=value.name) if value.name else common["somebody"]
        return str(common["roles"][value.role].format(name=name))
    last = value.astimezone(UTC) - LAST_ZONE - timedelta(days=1)
    day = common["first_day"] if last.day == 1 else str(last.day)
    month = common["months"][last.month - 1]
    return str(common["date"]).format(day=day, month=month, year=last.year)


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
    layouts.filters["quote"] = _quote
    return layouts


def _wrap(text: str, prefix: str = "") -> str:
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=prefix,
        subsequent_indent=prefix,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _quote(text: str) -> str:
    return "\n".join(_wrap(line, "> ") if line.strip() else ">" for line in text.splitlines())
