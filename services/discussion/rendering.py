"""From Markdown to HTML that is safe to show: rendered first, sanitised afterwards."""

from html import escape

import nh3
from markdown_it import MarkdownIt

TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr",
    "li", "ol", "p", "pre", "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "code": {"class"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}
# Ten times the longest body. Tables that fill their rows up and addresses that are
# defined once and used a thousand times would make megabytes of a few lines.
LONGEST = 200_000

# Raw HTML is text, not markup; images are left out: they would tell others who reads.
_markdown = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


def render(body: str) -> str:
    """The HTML of a post's Markdown: no script, style, image or foreign frame.

    A body that swells beyond measure is shown as it was written.
    """
    html = _markdown.render(body)
    return nh3.clean(
        html if len(html) <= LONGEST else f"<pre>{escape(body)}</pre>",
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel="nofollow noopener noreferrer",
    )
