"""What people write in Markdown, and what readers see of it: as safe HTML and as plain text.

Every word that was written can be read afterwards, or the text is refused. So there are no
definitions at a distance (`[1]: https://…`): what nobody refers to would vanish, and where a
link leads would stand elsewhere than the link.
"""

import re
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from urllib.parse import unquote
from uuid import UUID

import nh3
from markdown_it.common.normalize_url import normalizeLinkText
from markdown_it.token import Token

from chassis.errors import Invalid
from chassis.markdown.parser import TooHeavy, parse, render
from chassis.texts import count_seen

TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p",
    "pre", "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title", "data-member"}, "code": {"class"}, "ol": {"start"}}
_ALIGNED = {"align": {"left", "center", "right"}}
SCHEMES = {"http", "https", "mailto"}
# Ten times the longest body: tables that fill their rows up would make megabytes of few lines.
LONGEST = 200_000
# Several that compute at once end no sooner, and everybody else waits for all of their turns.
_ONE_AT_A_TIME = threading.Lock()

_HASHTAG = re.compile(r"(?<![\w/&#@.])#((?=\w*[^\W\d_])[\w+-]{2,50})")
_WORD = re.compile(r"[^\W_]+")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|\w{2,31});")
_BARE = re.compile(r"https?://|mailto:", re.IGNORECASE)
# What elsewhere would be a link's definition, unseen, is shown, but tells of an address alone.
_DEFINITION = re.compile(r"\s*\[[^\]]+\]:\s*<?(?:[a-z][a-z+.-]*:(?=\S)|www\.|[/#])", re.IGNORECASE)


class NothingToShow(Invalid):
    code = "nothing_to_show"
    detail = "Of this text a reader would see nothing."


class TextHidden(Invalid):
    code = "text_hidden"
    detail = "A part of this text would not be shown: write it more plainly, or nest it less."


@dataclass(frozen=True)
class Address:
    """A member who is named in a text: `@[Name](member:ID)`."""

    member_id: UUID
    name: str


@dataclass(frozen=True)
class Text:
    """What somebody wrote, as they wrote it and as it is shown.

    `plain` is everything that is shown, a line for each paragraph, item and cell. `prose` is
    the same as evidence of what its author says: without code, addresses of pages and of
    people, and lines that define a link; a line that quotes begins with `> `.
    """

    markdown: str
    html: str
    plain: str = ""
    prose: str = ""
    addresses: tuple[Address, ...] = ()
    hashtags: tuple[str, ...] = ()

    @classmethod
    def of(cls, markdown: str) -> "Text":
        """Rendered; before a transaction begins, for this may take a while.

        A body that is heavy to parse, or swells beyond measure, is shown as it was written.
        Raises NothingToShow or TextHidden.
        """
        with _ONE_AT_A_TIME:
            shown = _shown(markdown)
            html = render(shown.tokens) if shown else ""
        if shown is None or len(html) > LONGEST:
            lines = markdown.rstrip()
            return cls(markdown, _clean(f"<pre>{escape(lines)}</pre>"), plain=lines, prose="")
        if not count_seen("".join(shown.plain)):
            raise NothingToShow
        return cls(
            markdown,
            _clean(html),
            plain="\n".join(shown.plain),
            prose="\n".join(shown.prose),
            addresses=tuple(dict.fromkeys(shown.addresses)),
            hashtags=tuple(dict.fromkeys(shown.hashtags)),
        )


def excerpt_of(plain: str, *, most: int = 280) -> str:
    """The beginning of a plain text on one line, cut behind a word."""
    line = " ".join(plain[: 4 * most].split())
    if len(line) <= most:
        return line
    cut = line[: most - 1]
    return f"{cut[: cut.rfind(' ') if ' ' in cut[most // 2 :] else None].rstrip(' ,;:.')}…"


def _clean(html: str) -> str:
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        tag_attribute_values={"td": _ALIGNED, "th": _ALIGNED},
        set_tag_attribute_values={"pre": {"tabindex": "0"}},
        url_schemes=SCHEMES,
        link_rel="nofollow noopener noreferrer",
    )


@dataclass
class _Shown:
    """A parsed text, its tokens made ready to be rendered, and what a reader finds in them."""

    tokens: list[Token]
    plain: list[str] = field(default_factory=list)
    prose: list[str] = field(default_factory=list)
    # What can be read but is not in the text: where links lead, the numbers of items, …
    beside: list[str] = field(default_factory=list)
    addresses: list[Address] = field(default_factory=list)
    hashtags: list[str] = field(default_factory=list)


def _shown(body: str) -> _Shown | None:
    """Raises TextHidden; None where parsing would take too long."""
    # A row with more cells than its table has columns would lose them.
    for has_tables in (True, False):
        try:
            shown = _Shown(parse(body, has_tables=has_tables))
        except TooHeavy:
            return None
        _prepare(shown)
        if not _hides(body, shown):
            return shown
    raise TextHidden


def _prepare(shown: _Shown) -> None:
    """Make the tokens fit for a page in which a post is a part, and gather what they show."""
    quotes = 0
    for token in shown.tokens:
        if token.type == "blockquote_open":
            quotes += 1
        elif token.type == "blockquote_close":
            quotes -= 1
        elif token.type == "inline":
            token.children = list(_inline(token.children or []))
            _gather(token.children, shown, is_quoted=quotes > 0)
        elif token.type in ("fence", "code_block"):
            _keep_language(token)
            shown.plain.append(token.content.rstrip("\n"))
            shown.beside.append(token.info)
        elif token.type in ("heading_open", "heading_close"):
            # A page has its own first and second headings.
            token.tag = f"h{min(6, int(token.tag[1]) + 2)}"
        elif token.type in ("th_open", "td_open"):
            style = str(token.attrs.pop("style", ""))
            if style:
                token.attrs["align"] = style.removeprefix("text-align:")
        elif token.type == "list_item_open":
            shown.beside.append(token.info)


def _keep_language(token: Token) -> None:
    """A fence's first word is the code's language where it can be one; else it is code too."""
    info = token.info.strip()
    if info and not re.fullmatch(r"[\w+#.-]{1,30}", info):
        token.info, token.content = "", f"{info}\n{token.content}"


def _inline(children: Sequence[Token]) -> Iterator[Token]:
    """A line's tokens: pictures as links, for they would tell others who reads; no empty link."""
    is_linked = False
    pictured: list[str] = []  # inside of a link, where no other can stand
    for position, token in enumerate(children):
        if token.type == "image":
            source = str(token.attrs["src"])
            alternative = "".join(_text_of(token.children or []))
            if is_linked:
                pictured.append(source)
                yield Token("text", "", 0, content=alternative)
            else:
                yield from _link_to(source, alternative, str(token.attrs.get("title", "")))
            continue
        yield token
        if token.type == "link_open":
            is_linked = True
            if children[position + 1].type == "link_close":
                yield Token("text", "", 0, content=normalizeLinkText(str(token.attrs["href"])))
        elif token.type == "link_close":
            is_linked = False
            for source in pictured:
                yield Token("text", "", 0, content=" ")
                yield from _link_to(source)
            pictured = []


def _link_to(url: str, text: str = "", title: str = "") -> list[Token]:
    opened = Token("link_open", "a", 1, markup="" if text else "autolink")
    opened.attrs = {"href": url, "title": title} if title else {"href": url}
    shown = Token("text", "", 0, content=text or normalizeLinkText(url))
    return [opened, shown, Token("link_close", "a", -1)]


def _readings(link: Token, url: str) -> list[str]:
    """Where a link leads, as it is kept and as a browser shows it, and what it tells of itself."""
    return [url, unquote(url), normalizeLinkText(url), str(link.attrs.get("title", ""))]


def _text_of(children: Sequence[Token]) -> Iterator[str]:
    for token in children:
        if token.type == "image":
            yield from _text_of(token.children or [])
        else:
            yield "\n" if token.type in ("softbreak", "hardbreak") else token.content


def _gather(children: Sequence[Token], shown: _Shown, *, is_quoted: bool) -> None:
    plain: list[str] = []
    prose: list[str] = []
    is_silent = False
    for token in children:
        if token.type == "link_open":
            is_silent = token.markup in ("linkify", "autolink", "address")
            shown.beside += _readings(token, str(token.attrs["href"]))
            if token.markup == "address":
                member_id, name = token.meta["address"]
                shown.addresses.append(Address(UUID(member_id), name))
        elif token.type == "link_close":
            is_silent = False
        else:
            text = "\n" if token.type in ("softbreak", "hardbreak") else token.content
            plain.append(text)
            is_said = not is_silent and token.type != "code_inline"
            prose.append(text if is_said and not _BARE.match(text) else " ")
            if token.type == "text" and not is_silent and not is_quoted:
                shown.hashtags += _HASHTAG.findall(text)
    shown.plain.append("".join(plain))
    mark = "> " if is_quoted else ""
    lines = zip(shown.plain[-1].split("\n"), "".join(prose).split("\n"), strict=True)
    shown.prose += [
        mark + line for seen, line in lines if line.strip() and not _DEFINITION.match(seen)
    ]


def _hides(body: str, shown: _Shown) -> bool:
    """Whether a word of the body cannot be found in what is shown."""
    written = _ENTITY.sub(" ", body)
    seen = "\n".join([*shown.plain, *shown.beside])
    missing = Counter(_WORD.findall(written)) - Counter(_WORD.findall(seen))
    # A word that marks cut in two, or that stands in a longer one, is there all the same.
    return any(seen.count(word) < written.count(word) for word in missing)
