"""The parser of Markdown, with what it may cost and which links it makes."""

import re
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

# What parsing may cost, in steps of the parser's rules and in cells of tables (which fill their
# rows up): some 50 ms, 100 at the worst. The longest of real posts take half of the steps.
MOST_STEPS = 8_000
MOST_CELLS = 5_000
MOST_COLUMNS = 100
MOST_NESTED = 100  # levels of the parser, of which a list takes two; the interpreter has room
MOST_LINKS = 500  # addresses that are looked for in the text
_DELIMITERS = re.compile(r"[ \t>]*\|?[ \t]*:?-+:?[ \t]*(\|[ \t]*:?-*:?[ \t]*)+")
_TARGET = re.compile(r"https?://[^\s/]|mailto:[^\s@]+@|/(?![/\\])", re.IGNORECASE)
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_ADDRESS = re.compile(rf"@\[([^\[\]\n\\]{{1,100}})\]\(member:({_UUID})\)")


class TooHeavy(Exception):
    """Parsing this would take too long."""


def parse(body: str, *, has_tables: bool) -> list[Token]:
    """The tokens of a body; raises TooHeavy."""
    if _cells_of(body) > MOST_CELLS:
        raise TooHeavy
    parser = _parser(has_links=body.count("://") <= MOST_LINKS, has_tables=has_tables)
    return parser.parse(body, {"steps": 0})


def render(tokens: list[Token]) -> str:
    """Their HTML, not yet cleaned."""
    parser = _parser(has_links=True, has_tables=True)
    html: str = parser.renderer.render(tokens, parser.options, {})
    return html


def _cells_of(body: str) -> int:
    """How many cells the body's tables have at most: columns times the lines up to a blank one."""
    cells = columns = 0
    for line in body.splitlines():
        if _DELIMITERS.fullmatch(line):
            columns = max(columns, line.count("|") + 1)
            if columns > MOST_COLUMNS:
                return MOST_CELLS + 1
        elif not line.strip():
            columns = 0
        cells += columns
    return cells


def _count_step(state: StateInline | StateBlock, *_: Any) -> bool:
    """A rule that never applies, asked first at each step of the parser."""
    state.env["steps"] += 1
    if state.env["steps"] > MOST_STEPS:
        raise TooHeavy
    return False


def _address(state: StateInline, silent: bool) -> bool:
    """`@[Name](member:ID)`, a link to the member's page."""
    if state.src[state.pos] != "@" or state.linkLevel:
        return False
    found = _ADDRESS.match(state.src, state.pos)
    if found is None:
        return False
    if not silent:
        name, member_id = found.groups()
        opened = state.push("link_open", "a", 1)
        opened.markup = "address"
        opened.attrs = {"href": f"/members/{member_id}", "data-member": member_id}
        opened.meta = {"address": (member_id, name)}
        state.push("text", "", 0).content = f"@{name}"
        state.push("link_close", "a", -1)
    state.pos = found.end()
    return True


@cache
def _parser(*, has_links: bool, has_tables: bool) -> MarkdownIt:
    options = {"html": False, "breaks": True, "linkify": has_links, "maxNesting": MOST_NESTED}
    markdown = MarkdownIt("commonmark", options).enable(["strikethrough", "linkify"])
    markdown.enable("table" if has_tables else [])
    markdown.disable("reference")
    markdown.inline.ruler.before("text", "steps", _count_step)
    markdown.inline.ruler.before("link", "address", _address)
    markdown.block.ruler.before("table", "steps", _count_step)
    markdown.validateLink = lambda url: bool(_TARGET.match(url))  # type: ignore[method-assign]
    assert markdown.linkify is not None
    markdown.linkify.set({"fuzzy_link": False, "fuzzy_email": False})
    for scheme in ("ftp:", "//"):
        markdown.linkify.add(scheme, None)
    return markdown
