"""Markdown becomes HTML that is safe to show, whoever wrote it."""

import time
from html import escape
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.discussion.rendering import ATTRIBUTES, LONGEST, TAGS, render

MOST_SECONDS = 2.0  # of CPU, for the longest body; on a quiet machine all take less than 1
LONGEST_BODY = 20_000


class Audit(HTMLParser):
    """What a browser would see: every tag, attribute and address."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.addresses, self.text = set(), set(), [], ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {(tag, name) for name, _ in attrs}
        self.addresses += [value for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data):
        self.text += data


def assert_safe(html):
    seen = Audit(html)
    allowed = {(tag, name) for tag, names in ATTRIBUTES.items() for name in names}
    assert seen.tags <= TAGS
    assert seen.attributes <= allowed | {("a", "rel")}
    for address in seen.addresses:
        scheme = address.partition(":")[0].lower() if ":" in address.split("/")[0] else ""
        assert scheme in ("http", "https", "mailto", "")


HOSTILE = {
    "script": "<script>alert(1)</script>",
    "script in code": "```\n</code></pre><script>alert(1)</script>\n```",
    "script in language": '```"><script>alert(1)</script>\nx\n```',
    "split script": "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "event handler": "<p onclick=alert(1)>x</p> <img src=x onerror=alert(1)>",
    "handler in title": '[x](http://a "y\\" onmouseover=\\"alert(1)")',
    "handler in address": '[x](http://a"onclick=alert`1`)',
    "javascript": "[x](javascript:alert(1))",
    "mixed case": "[x](JaVaScRiPt:alert(1))",
    "entity": "[x](javascript&colon;alert(1)) [y](&#106;avascript:alert(1))",
    "control": "[x](java\tscript:alert(1)) [y](<java\nscript:alert(1)>) [z](\x01javascript:a)",
    "reference": "[x][1]\n\n[1]: javascript:alert(1)",
    "autolink": "<javascript:alert(1)> <data:text/html,x> <vbscript:x>",
    "vbscript": "[x](vbscript:msgbox(1)) [y](file:///etc/passwd)",
    "data": "[x](data:text/html;base64,PHNjcmlwdD4=) ![y](data:image/svg+xml,<svg/onload=a>)",
    "other scheme": "[x](ftp://a) [y](skype:a?call) [z](intent:#Intent) <tel:1> [w](blob:a)",
    "image": "![x](http://spy.example/who-reads.png)",
    "iframe": "<iframe src=http://a></iframe><object data=x></object><embed src=x>",
    "svg": "<svg><script>alert(1)</script></svg><math><mi xlink:href='javascript:a'></math>",
    "style": "<style>*{background:url(//a)}</style><p style='background:url(//a)'>",
    "form": "<form action=//a><input><button formaction=javascript:a>x</button></form>",
    "meta": "<meta http-equiv=refresh content='0;//a'><base href=//a><link rel=stylesheet>",
    "comment": "<!--><script>alert(1)</script>-->  <![CDATA[<script>]]> <?php x ?>",
    "template": "<template><script>a</script></template><noscript><p title='</noscript><img>'>",
    "nested junk": "> - 1. **[*`<b onclick=a>`](javascript:a)** | <i>\n> - |-|-|\n" * 5,
    "bidirectional": "\u202e<\u200bscript>alert(1)",
}


@pytest.mark.parametrize("markdown", HOSTILE.values(), ids=HOSTILE)
def test_hostile_markdown_renders_without_harm(markdown):
    html = render(markdown)

    assert_safe(html)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*HOSTILE.values(), *'<>"`()[]!*_~|#\\\n:&; ', "a"]), max_size=12))
def test_hostile_pieces_in_any_mixture_render_without_harm(pieces):
    html = render("".join(pieces))

    assert_safe(html)


def test_raw_html_is_shown_as_it_was_written():
    html = render("Use <b>bold</b> & <script>alert(1)</script>")

    assert Audit(html).text.strip() == "Use <b>bold</b> & <script>alert(1)</script>"


def test_image_is_left_out_but_its_neighbours_stay():
    html = render("before ![spy](http://spy.example/x.png) after")

    assert "img" not in html and "spy.example" not in html
    assert "before" in html and "after" in html


def test_link_tells_nobody_where_the_reader_comes_from():
    html = render("[docs](https://example.org/a?b=1&c=2)")

    assert 'href="https://example.org/a?b=1&amp;c=2"' in html
    assert 'rel="nofollow noopener noreferrer"' in html


def test_ordinary_markdown_keeps_its_meaning():
    html = render(
        "# Title\n\n1. *one*\n\n~~gone~~ `code`\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n> q"
    )

    assert Audit(html).tags >= {"h1", "ol", "li", "em", "s", "code", "table", "td", "blockquote"}


def longest(pattern):
    return (pattern * (LONGEST_BODY // len(pattern) + 1))[:LONGEST_BODY]


HEAVY = {
    "quotes": longest(">"),
    "lists": longest("- "),
    "steps": "\n".join(" " * depth + "- a" for depth in range(195)),
    "brackets": longest("["),
    "images": longest("!["),
    "open links": longest("[a](b"),
    "pairs": "[" * 10_000 + "]" * 10_000,
    "stars": longest("*a_ "),
    "star runs": longest("*_"),
    "backticks": "".join("`" * run + " " for run in range(1, 199)),
    "angles": longest("<"),
    "comments": longest("<!--"),
    "entities": longest("&#x"),
    "definitions": longest("[a]: u 'x\n"),
    "wide table": longest("|a")[:6000] + "\n" + longest("|-")[:6000] + "\n" + "a\n" * 3990,
    "repeated address": "[a]: /" + "x" * 9_900 + "\n\n" + "[a]" * 3_300,
}


@pytest.mark.parametrize("markdown", HEAVY.values(), ids=HEAVY)
def test_longest_body_neither_swells_nor_lasts(markdown):
    assert len(markdown) <= LONGEST_BODY
    started = time.thread_time()

    html = render(markdown)

    assert time.thread_time() - started < MOST_SECONDS
    assert len(html) <= 2 * LONGEST
    assert_safe(html)


def test_body_that_swells_beyond_measure_is_shown_as_it_was_written():
    html = render(HEAVY["repeated address"])

    assert html.startswith("<pre>[a]: /xxx")
    assert Audit(html).text == HEAVY["repeated address"]


@pytest.mark.parametrize(
    "body",
    [
        "|" + "a|" * 1500 + "\n|" + "-|" * 1500 + "\n" + "a\n" * 20_000,
        "|a" * 3000 + "|\n" + "|-" * 3000 + "|\n" + "`\n" * 6000,
        "a|b\n-|-\n" + "1\n" * 9_000,
        "![" * 10_000,
        "[" * 20_000,
        "**a_b" * 4_000,
        "- a\n" * 5_000,
        "~~a" * 6_666,
    ],
)
def test_what_is_heavy_to_parse_is_shown_as_it_was_written(body: str) -> None:
    body = body[:20_000]

    html = render(body)

    assert html == f"<pre>{escape(body, quote=False)}</pre>"


def test_long_ordinary_post_is_rendered() -> None:
    body = ("Some **bold** text, `code`, a [link](https://example.org).\n\n- one\n- two\n\n" * 300)[
        :20_000
    ]

    html = render(body)

    assert "<li>one</li>" in html and not html.startswith("<pre>")
