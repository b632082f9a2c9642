"""Markdown becomes HTML that is safe to show, whoever wrote it, and loses no word."""

import os
import re
import time
from html import escape
from html.parser import HTMLParser
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.markdown import text
from chassis.markdown.text import (
    ATTRIBUTES,
    LONGEST,
    TAGS,
    Address,
    NothingToShow,
    Text,
    TextHidden,
    excerpt_of,
)

ADA = UUID("019e0f2f-0400-7809-91c9-bc701e7ea419")
EXAMPLES = int(os.environ.get("SKILLER_FUZZ_EXAMPLES", "60"))
MOST_SECONDS = 2.0  # of CPU, for the longest body; on a quiet machine all take less than 1
LONGEST_BODY = 20_000


class Audit(HTMLParser):
    """What a browser would see: every tag, attribute and address."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.addresses, self.text = set(), set(), [], ""
        self.values = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {(tag, name) for name, _ in attrs}
        self.values += [value or "" for _, value in attrs]
        self.addresses += [value for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data):
        self.text += data


def assert_safe(html):
    seen = Audit(html)
    allowed = {(tag, name) for tag, names in ATTRIBUTES.items() for name in names}
    allowed |= {("a", "rel"), ("pre", "tabindex"), ("td", "align"), ("th", "align")}
    assert seen.tags <= TAGS
    assert seen.attributes <= allowed
    for address in seen.addresses:
        scheme = address.partition(":")[0].lower() if ":" in address.split("/")[0] else ""
        assert scheme in ("http", "https", "mailto", "")


def render(markdown):
    return Text.of(markdown).html


def render_or_refuse(markdown):
    try:
        return render(markdown)
    except (NothingToShow, TextHidden):
        return ""


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


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(st.sampled_from([*HOSTILE.values(), *'<>"`()[]!*_~|#\\\n:&; ', "a"]), max_size=12))
def test_hostile_pieces_in_any_mixture_render_without_harm(pieces):
    html = render_or_refuse("".join(pieces))

    assert_safe(html)


def test_raw_html_is_shown_as_it_was_written():
    html = render("Use <b>bold</b> & <script>alert(1)</script>")

    assert Audit(html).text.strip() == "Use <b>bold</b> & <script>alert(1)</script>"


def test_a_picture_becomes_a_link_with_its_words():
    html = render("before ![the oven](http://spy.example/x.png) after")

    assert "img" not in html
    assert '<a href="http://spy.example/x.png"' in html and ">the oven</a>" in html


def test_link_tells_nobody_where_the_reader_comes_from():
    html = render("[docs](https://example.org/a?b=1&c=2)")

    assert 'href="https://example.org/a?b=1&amp;c=2"' in html
    assert 'rel="nofollow noopener noreferrer"' in html


def test_ordinary_markdown_keeps_its_meaning():
    html = render(
        "# Title\n\n1. *one*\n\n~~gone~~ `code`\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n> q"
    )

    assert Audit(html).tags >= {"h3", "ol", "li", "em", "s", "code", "table", "td", "blockquote"}


SHOWN = {
    "headings are below the page's own": ("# A\n\n### B", "<h3>A</h3>\n<h5>B</h5>\n"),
    "a line is a line": ("Bonjour,\nAda", "<p>Bonjour,<br>\nAda</p>\n"),
    "a byte order mark is nothing": ("<b>", "<p>&lt;b&gt;</p>\n"),
    "code can be scrolled by keyboard": (
        "```\nx\n```",
        '<pre tabindex="0"><code>x\n</code></pre>\n',
    ),
    "what is no language is code": (
        "``` see this\nx\n```",
        '<pre tabindex="0"><code>see this\nx\n</code></pre>\n',
    ),
    "a definition is text": ("[Edit]: fixed", "<p>[Edit]: fixed</p>\n"),
    "no link without a target": (
        "<ftp://a.example> [call](tel:+33) [x](y) [z](//a.example)",
        "<p>&lt;ftp://a.example&gt; [call](tel:+33) [x](y) [z](//a.example)</p>\n",
    ),
    "a row that is too long is no table": (
        "| a |\n|---|\n| b | c |",
        "<p>| a |<br>\n|---|<br>\n| b | c |</p>\n",
    ),
}


@pytest.mark.parametrize(("markdown", "html"), SHOWN.values(), ids=SHOWN)
def test_what_is_written_is_what_is_shown(markdown, html):
    assert render(markdown) == html


def test_a_pasted_address_is_a_link_without_the_full_stop():
    found = Text.of("Voir https://example.org/guide_(fr).")

    assert '<a href="https://example.org/guide_(fr)"' in found.html
    assert found.html.endswith(">https://example.org/guide_(fr)</a>.</p>\n")
    assert found.prose == "Voir  ."


def test_the_alignment_of_a_table_is_kept():
    html = render("| a | b |\n|:--|--:|\n| 1 | 2 |")

    assert '<td align="left">1</td>' in html and '<td align="right">2</td>' in html


@pytest.mark.parametrize("levels", [10, 30, 200])
def test_what_is_nested_deeply_is_shown_or_refused(levels):
    body = "".join("  " * level + f"- level {level}x\n" for level in range(levels))
    if levels > 40:
        with pytest.raises(TextHidden):
            Text.of(body[:20_000])
        return

    found = Text.of(body)

    assert [f"level {level}x" for level in range(levels)] == found.plain.split("\n")


@pytest.mark.parametrize("markdown", ["***", "&nbsp;", "```\n```", ">>>", "- - -", "\u200b"])
def test_a_text_that_shows_nothing_is_refused(markdown):
    with pytest.raises(NothingToShow):
        Text.of(markdown)


def test_a_member_is_named_by_an_address():
    found = Text.of(f"Ask @[Ada Lovelace](member:{ADA}), not @[Bob](member:nobody).")

    assert f'<a href="/members/{ADA}" data-member="{ADA}"' in found.html
    assert ">@Ada Lovelace</a>" in found.html and "@[Bob](member:nobody)" in found.html
    assert found.addresses == (Address(ADA, "Ada Lovelace"),)
    assert found.plain.startswith("Ask @Ada Lovelace, not")
    assert "Ada" not in found.prose


def test_prose_is_what_the_author_says_and_readers_see():
    found = Text.of(
        "Post**gre**SQL, C\\#.\n\n> You should use Jira\n\n"
        "- `pip install kotlin`\n- see https://github.com/python/ruby\n\n"
        "~~~\nimport java\n~~~\nWrite ``` before.\n\n| Redis | Scala |\n|---|---|\n| Go | R |"
    )

    assert found.prose.split("\n") == [
        "PostgreSQL, C#.",
        "> You should use Jira",
        "see  ",
        "Write ``` before.",
        *("Redis", "Scala", "Go", "R"),
    ]
    assert "import java" in found.plain and "pip install kotlin" in found.plain


@pytest.mark.parametrize(
    "line",
    [
        "[Kubernetes]: https://a.example",
        '[Kubernetes]: <https://a.example> "Docker"',
        "[Kubernetes]: /url 'Docker'",
        "[Kubernetes]: mailto:a@b.example",
        "> [Kubernetes]: www.a.example",
    ],
)
def test_what_defines_a_link_is_shown_and_says_nothing(line):
    found = Text.of(f"Use an index.\n\n{line}\nAs ever.")

    assert "[Kubernetes]:" in found.plain
    assert [said.removeprefix("> ") for said in found.prose.split("\n")] == [
        "Use an index.",
        "As ever.",
    ]
    for said in ("[Kubernetes]: does it well", "[Edit]: Kubernetes: that does it"):
        assert Text.of(said).prose == said


def test_hashtags_are_found_outside_of_code_quotes_and_addresses():
    found = Text.of(
        "#développement-durable, C# and #c++ (#1)\n# Title\n`#code` http://a.example/#part\n\n> #no"
    )

    assert found.hashtags == ("développement-durable", "c++")


def test_an_excerpt_ends_behind_a_word():
    assert excerpt_of("One\ntwo  three") == "One two three"
    assert excerpt_of("word " * 100, most=14) == "word word…"
    assert excerpt_of("x" * 300, most=10) == "x" * 9 + "…"


PIECES = st.sampled_from(
    [
        *("alpha ", "bêta", " γ", "日本 ", "C++ ", "x1", "level\n", "été"),
        *("# ", "- ", "1. ", "12) ", "> ", "    ", "```\n", "~~~\n", "```py\n", "|", "|---|\n"),
        *("| a | b |\n|---|:--|\n", "\n", "\n\n", "*", "**", "_", "`", "``", "[", "]", "(", ")"),
        *("](http://a.b/c)", '![x](http://i.j/k "t")', "<b>", "<!--", "&amp;", "&#65;", "\\", "~~"),
        *("---\n", "http://q.r/s ", "<http://t.u>", "[1]: http://v.w\n", "[foo][1]", "\t", "#"),
        f"@[N](member:{ADA})",
    ]
)


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(PIECES, max_size=60))
def test_every_word_can_be_read_afterwards_or_the_text_is_refused(pieces):
    markdown = "".join(pieces)
    html = render_or_refuse(markdown)
    if not html:
        return

    seen = Audit(html)
    readable = re.sub(r"\s", "", "".join([seen.text, *seen.values]))
    for word in re.findall(r"[^\W_]+", re.sub(r"&#?\w+;", " ", markdown)):
        # The number of an item is shown by the list.
        assert word in readable or word.isdigit(), (word, html)


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
    "addresses of pages": longest("http://a.b "),
    "half addresses": longest("://"),
    "addresses of people": longest("@["),
    "mails": longest("mailto:"),
    "cells": ("|a" * 3000 + "|\n" + "|-" * 3000 + "|\n" + "`\n" * 6000)[:LONGEST_BODY],
    "lost words": " ".join(f"{n:x}" for n in range(3_500)) + "\n\n|a|\n|-|\n|b|c|\n",
}


@pytest.mark.parametrize("markdown", HEAVY.values(), ids=HEAVY)
def test_longest_body_neither_swells_nor_lasts(markdown):
    assert len(markdown) <= LONGEST_BODY
    started = time.thread_time()

    html = render_or_refuse(markdown)

    assert time.thread_time() - started < MOST_SECONDS
    assert len(html) <= 2 * LONGEST
    assert_safe(html)


def test_body_that_swells_beyond_measure_is_shown_as_it_was_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(text, "LONGEST", 1_000)
    body = "<" * 900

    assert Text.of(body).html == f'<pre tabindex="0">{escape(body)}</pre>'


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

    assert html == f'<pre tabindex="0">{escape(body, quote=False).rstrip()}</pre>'


def test_long_ordinary_post_is_rendered() -> None:
    body = ("Some **bold** text, `code`, a [link](https://example.org).\n\n- one\n- two\n\n" * 300)[
        :20_000
    ]

    html = render(body)

    assert "<li>one</li>" in html and not html.startswith("<pre>")
