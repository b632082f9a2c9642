"""From Markdown to HTML that is safe to show: rendered first, sanitised afterwards."""

import re
from dataclasses import dataclass
from html import escape
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr",
    "li", "ol", "p", "pre", "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "code": {"class"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}
# Ten times the longest body. Tables that fill their rows up and addresses that are
# defined once and used a thousand times would make megabytes of a few lines.
LONGEST = 200_000

# What parsing may cost, in steps of the parser's rules and in cells of tables (which fill their
# rows up): some 50 ms, 100 at the worst. The longest of real posts take half of the steps.
MOST_STEPS = 8_000
MOST_CELLS = 5_000
_DELIMITERS = re.compile(r"[ \t>]*\|?[ \t]*:?-+:?[ \t]*(\|[ \t]*:?-*:?[ \t]*)+")


@dataclass(frozen=True)
class Text:
    """What somebody wrote, as they wrote it and as it is shown."""

    markdown: str
    html: str

    @classmethod
    def of(cls, markdown: str) -> "Text":
        """Rendered; before a transaction begins, for this may take a while."""
        return cls(markdown, render(markdown))


class _TooHeavy(Exception):
    """Rendering this would take too long."""


def render(body: str) -> str:
    """The HTML of a post's Markdown: no script, style, image or foreign frame.

    A body that is heavy to parse, or swells beyond measure, is shown as it was written.
    """
    return nh3.clean(
        _parse(body) or f"<pre>{escape(body)}</pre>",
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel="nofollow noopener noreferrer",
    )


def _parse(body: str) -> str | None:
    if _cells_of(body) > MOST_CELLS:
        return None
    try:
        html: str = _markdown.render(body, {"steps": 0})
    except _TooHeavy:
        return None
    return html if len(html) <= LONGEST else None


def _cells_of(body: str) -> int:
    """How many cells the body's tables have at most: columns times the lines up to a blank one."""
    cells = columns = 0
    for line in body.splitlines():
        if _DELIMITERS.fullmatch(line):
            columns = max(columns, line.count("|") + 1)
        elif not line.strip():
            columns = 0
        cells += columns
    return cells


def _count_step(state: StateInline | StateBlock, *_: Any) -> bool:
    """A rule that never applies, asked first at each step of the parser."""
    state.env["steps"] += 1
    if state.env["steps"] > MOST_STEPS:
        raise _TooHeavy
    return False


# Raw HTML is text, not markup; images are left out: they would tell others who reads.
_markdown = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
_markdown.inline.ruler.before("text", "steps", _count_step)
_markdown.block.ruler.before("table", "steps", _count_step)
