"""From Markdown to HTML that is safe to show: rendered first, sanitised afterwards."""

import nh3
from markdown_it import MarkdownIt

TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr",
    "li", "ol", "p", "pre", "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "code": {"class"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}

# Raw HTML is text, not markup; images are left out: they would tell others who reads.
_markdown = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


def render(body: str) -> str:
    """The HTML of a post's Markdown: no script, style, image or foreign frame."""
    return nh3.clean(
        _markdown.render(body),
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel="nofollow noopener noreferrer",
    )
